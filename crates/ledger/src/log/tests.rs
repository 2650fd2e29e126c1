use std::{process::Command, thread};

use proptest::prelude::*;

use super::*;
use crate::{verify_consistency, verify_inclusion};

const NAME: &str = "desk.example/access";

fn leaf(number: u64) -> Leaf {
    Leaf {
        time: 1_700_000_000_000 + number as i64,
        actor: "assistant".into(),
        action: "restore".into(),
        subject: format!("subject {number}"),
        purpose: "answer-customer".into(),
        fields: vec!["PERSON".into()],
    }
}

fn fill(ledger: &Ledger, range: std::ops::Range<u64>) {
    for number in range {
        assert_eq!(ledger.append(&leaf(number)).unwrap(), number);
    }
}

fn journal(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("journal")
}

/// The hash over the first leaves, computed without any file.
fn expected_root(size: u64) -> Hash {
    struct Plain(Vec<Hash>);
    impl Nodes for Plain {
        type Error = ();
        fn node(&self, level: u32, index: u64) -> Result<Hash, ()> {
            let size = 1usize << level;
            reduce(&self.0[index as usize * size..][..size]).ok_or(())
        }
    }
    let leaves = (0..size).map(|number| leaf_hash(&leaf(number).octets())).collect();
    tree::root(&Plain(leaves), size).unwrap()
}

#[test]
fn what_was_appended_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in [(0, 3), (3, 255), (255, 256), (256, 257), (257, 600)] {
        let ledger = Ledger::open(folder.path(), NAME).unwrap();
        fill(&ledger, from..to);
        assert_eq!(ledger.root().unwrap(), Root { size: to, hash: expected_root(to) });
        drop(ledger);
        let ledger = Ledger::open(folder.path(), NAME).unwrap();
        assert_eq!(ledger.root().unwrap(), Root { size: to, hash: expected_root(to) });
        for number in 0..to {
            assert_eq!(ledger.leaf(number).unwrap(), leaf(number).octets());
        }
    }
    assert!(folder.path().join("tile/0/001").exists(), "600 leaves fill two tiles");
    assert!(folder.path().join("tile/entries/001").exists());
}

#[test]
fn proofs_from_files_and_memory_hold() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path(), NAME).unwrap();
    fill(&ledger, 0..530);
    for size in [1, 2, 255, 256, 257, 400, 512, 513, 530] {
        let root = ledger.root_at(size).unwrap();
        assert_eq!(root.hash, expected_root(size), "size {size}");
        for index in [0, 1, 100, 255, 256, 300, 511, 512, 529].into_iter().filter(|&index| index < size) {
            let proof = ledger.inclusion_proof(index, size).unwrap();
            let hash = leaf_hash(&leaf(index).octets());
            assert_eq!(verify_inclusion(&hash, index, &root, &proof), Ok(()), "leaf {index} of {size}");
        }
        let proof = ledger.consistency_proof(size, 530).unwrap();
        assert_eq!(verify_consistency(&root, &ledger.root().unwrap(), &proof), Ok(()), "{size} to 530");
    }
    assert!(matches!(ledger.inclusion_proof(530, 530), Err(ReadError::OutOfRange)));
    assert!(matches!(ledger.consistency_proof(2, 531), Err(ReadError::OutOfRange)));
    assert!(matches!(ledger.leaf(530), Err(ReadError::OutOfRange)));
}

#[test]
fn the_third_level_of_tiles_is_read_back() {
    // 65,536 leaves fill a tile of the second level; written without flushes, as the files would be.
    let folder = tempfile::tempdir().unwrap();
    let tiles = Tiles::new(folder.path());
    let hashes: Vec<Hash> = (0..65_536u64).map(|number| leaf_hash(&number.to_be_bytes())).collect();
    let mut roots = Vec::new();
    for (number, run) in (0..).zip(hashes.chunks(WIDTH)) {
        tiles.write_hashes(0, number, run).unwrap();
        roots.push(reduce(run).unwrap());
    }
    tiles.write_hashes(1, 0, &roots).unwrap();
    let levels = read_edge(&tiles, 65_536).unwrap();
    assert_eq!(
        levels.iter().map(|level| (level.base, level.hashes.len())).collect::<Vec<_>>(),
        [(65_536, 0), (256, 0), (0, 1)]
    );
    assert_eq!(levels[2].hashes[0], reduce(&hashes).unwrap());
}

#[test]
fn a_torn_end_is_cut_off_wherever_it_tears() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path(), NAME).unwrap();
    fill(&ledger, 0..4);
    let whole = fs::metadata(journal(&folder)).unwrap().len();
    fill(&ledger, 4..5);
    drop(ledger);
    let octets = fs::read(journal(&folder)).unwrap();
    for end in whole as usize..octets.len() {
        for filler in [None, Some(0), Some(0xff)] {
            let mut torn = octets[..end].to_vec();
            // A file system may have made the file longer before it wrote the content.
            torn.extend(filler.map_or(Vec::new(), |octet| vec![octet; octets.len() - end]));
            fs::write(journal(&folder), &torn).unwrap();
            let ledger = Ledger::open(folder.path(), NAME).unwrap();
            let root = ledger.root().unwrap();
            if torn == octets {
                assert_eq!(root.size, 5);
                continue;
            }
            assert_eq!(
                root,
                Root { size: 4, hash: expected_root(4) },
                "cut at {end}, filled with {filler:?}"
            );
            fill(&ledger, 4..6);
            drop(ledger);
            assert_eq!(Ledger::open(folder.path(), NAME).unwrap().root().unwrap().hash, expected_root(6));
        }
    }
}

#[test]
fn a_changed_leaf_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path(), NAME).unwrap();
    fill(&ledger, 0..5);
    drop(ledger);
    let octets = fs::read(journal(&folder)).unwrap();
    let place = octets.windows(9).position(|window| window == b"subject 2").unwrap();
    let mut changed = octets.clone();
    changed[place + 8] = b'9';
    fs::write(journal(&folder), &changed).unwrap();
    assert!(matches!(Ledger::open(folder.path(), NAME), Err(OpenError::Damaged { .. })));
    fs::write(journal(&folder), &octets).unwrap();
    assert_eq!(Ledger::open(folder.path(), NAME).unwrap().root().unwrap().size, 5);
}

#[test]
fn a_lost_tile_or_journal_does_not_open() {
    for lost in ["tile/0/000", "journal"] {
        let folder = tempfile::tempdir().unwrap();
        fill(&Ledger::open(folder.path(), NAME).unwrap(), 0..257);
        fs::remove_file(folder.path().join(lost)).unwrap();
        assert!(matches!(Ledger::open(folder.path(), NAME), Err(OpenError::Damaged { .. })), "{lost}");
    }
}

#[test]
fn a_second_opening_and_another_name_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path(), NAME).unwrap();
    assert!(matches!(Ledger::open(folder.path(), NAME), Err(OpenError::Locked { .. })));
    drop(ledger);
    assert!(matches!(Ledger::open(folder.path(), "another"), Err(OpenError::OtherOrigin { .. })));
}

#[test]
fn threads_that_append_at_once_get_each_its_own_place() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path(), NAME).unwrap();
    let given: Vec<(u64, Index)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let ledger = &ledger;
                scope.spawn(move || {
                    (0..50)
                        .map(|n| thread * 50 + n)
                        .map(|n| (n, ledger.append(&leaf(n)).unwrap()))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let mut places: Vec<_> = given.iter().map(|&(_, index)| index).collect();
    places.sort_unstable();
    assert_eq!(places, (0..400).collect::<Vec<_>>());
    for (number, index) in given {
        assert_eq!(ledger.leaf(index).unwrap(), leaf(number).octets());
    }
    let root = ledger.root().unwrap();
    drop(ledger);
    assert_eq!(Ledger::open(folder.path(), NAME).unwrap().root().unwrap(), root);
}

#[test]
fn a_leaf_that_is_too_long_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path(), NAME).unwrap();
    let long = Leaf { subject: "x".repeat(70_000), ..leaf(0) };
    assert!(matches!(ledger.append(&long), Err(AppendError::TooLong(_))));
    fill(&ledger, 0..1);
}

const CHILD: &str = "SOTTO_LEDGER_TEST_FOLDER";

/// The folder that a child process was told to work in.
#[allow(clippy::disallowed_methods, reason = "a test's child process is told by its environment")]
fn told_folder() -> Option<std::ffi::OsString> {
    std::env::var_os(CHILD)
}

/// Runs one test of this file again, in a process of its own.
fn child(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--include-ignored", "--nocapture"]).env(CHILD, folder);
    command
}

#[test]
fn a_full_disk_is_said_and_appending_goes_on_once_there_is_space() {
    // A limit on the size of a file stands for the full disk; it holds for a whole process, so in a child.
    let Some(folder) = told_folder() else {
        let folder = tempfile::tempdir().unwrap();
        let this = "log::tests::a_full_disk_is_said_and_appending_goes_on_once_there_is_space";
        let shell = child(this, folder.path());
        // The shell ignores the signal that comes with the limit, and so does what it becomes.
        let mut command = Command::new("sh");
        command
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(shell.get_program())
            .args(shell.get_args());
        command.env(CHILD, folder.path());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let ledger = Ledger::open(folder.path(), NAME).unwrap();
        let root = ledger.root().unwrap();
        assert!(root.size > 10, "the child stored some before and ten after");
        assert_eq!(root.hash, expected_root(root.size));
        return;
    };
    let limit = |octets| {
        let maximum = rustix::process::getrlimit(rustix::process::Resource::Fsize).maximum;
        let limit = rustix::process::Rlimit { current: octets, maximum };
        rustix::process::setrlimit(rustix::process::Resource::Fsize, limit).unwrap();
    };
    let ledger = Ledger::open(Path::new(&folder), NAME).unwrap();
    limit(Some(1000));
    let mut stored = 0;
    let error = loop {
        match ledger.append(&leaf(stored)) {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, AppendError::Full(_)), "{error:?}");
    assert!(stored > 0);
    assert!(matches!(ledger.append(&leaf(stored)), Err(AppendError::Full(_))));
    limit(None);
    fill(&ledger, stored..stored + 10);
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    if let Some(folder) = told_folder() {
        let ledger = Ledger::open(Path::new(&folder), NAME).unwrap();
        for number in 0.. {
            let index = ledger.append(&leaf(number)).unwrap();
            fs::write(Path::new(&folder).join("acknowledged.new"), index.to_string()).unwrap();
            fs::rename(Path::new(&folder).join("acknowledged.new"), Path::new(&folder).join("acknowledged"))
                .unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let acknowledged = folder.path().join("acknowledged");
    let read = || fs::read_to_string(&acknowledged).ok().and_then(|text| text.parse::<u64>().ok());
    for round in 1..=2 {
        let mut running =
            child("log::tests::what_was_acknowledged_survives_a_kill", folder.path()).spawn().unwrap();
        let enough = 300 * round;
        while read().is_none_or(|index| index < enough) {
            assert!(running.try_wait().unwrap().is_none(), "the child ended by itself");
            thread::yield_now();
        }
        running.kill().unwrap();
        running.wait().unwrap();
        let last = read().unwrap();
        let root = Ledger::open(folder.path(), NAME).unwrap().root().unwrap();
        assert!(root.size > last, "{last} was acknowledged, the log has {}", root.size);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_octets_in_the_journal_make_it_panic(mut noise in proptest::collection::vec(any::<u8>(), 0..200), keep in 0usize..400) {
        let folder = tempfile::tempdir().unwrap();
        fill(&Ledger::open(folder.path(), NAME).unwrap(), 0..2);
        let mut octets = fs::read(journal(&folder)).unwrap();
        octets.truncate(keep);
        octets.append(&mut noise);
        fs::write(journal(&folder), &octets).unwrap();
        if let Ok(ledger) = Ledger::open(folder.path(), NAME) {
            prop_assert!(ledger.root().unwrap().size <= 2);
        }
    }
}
