//! Articles found by vectors in PostgreSQL, on the server that SOTTO_TEST_PGVECTOR names (a superuser's URL) and on one
//! of our own with the same programs, which is stopped and killed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use assistant::vectors::{ArticleTexts, Asked, Keep, MemoryIndex, Part, Scope, Texts, VectorIndex};
use assistant::{Embedder, Knowledge, Language, Reader, Retrieved};
use desk::StoredVectors;
use encoder::Encoder;
use protocol::DeskKey;
use rustix::process::{Pid, Signal, kill_process};
use store::vectors::VectorDatabase;
use tempfile::TempDir;

use super::world::{Random, content};

const WIDTH: usize = 24;
const TRIES: usize = 10;
const LONGER_THAN_A_REST: Duration = Duration::from_secs(6);
const QUESTIONS: [&str; 4] = [
    "where is the parcel that I ordered",
    "can I pay in six parts",
    "my hearing aid got wet",
    "how do I send something back",
];

fn shared() -> String {
    std::env::var("SOTTO_TEST_PGVECTOR").expect(
        "SOTTO_TEST_PGVECTOR must be a superuser's URL of a PostgreSQL server with pgvector; `cargo xtask test` starts one",
    )
}

fn embedder() -> Embedder {
    let folder = std::env::var("SOTTO_TEST_MODELS")
        .expect("SOTTO_TEST_MODELS must be the folder of the models; `cargo xtask models` installs them");
    let bytes = fs::read(PathBuf::from(folder).join("minilm.model")).unwrap();
    Embedder::new(Arc::new(Encoder::from_bytes(&bytes).unwrap()))
}

fn owner() -> DeskKey {
    DeskKey::random(&Random)
}

fn shop() -> Knowledge {
    Knowledge::load(&content().join("articles/en")).unwrap()
}

async fn asked<'a>(knowledge: &'a Knowledge, question: &str) -> Retrieved<'a> {
    knowledge.retrieve(question, Language::English, Reader::Author).await.unwrap()
}

fn ids(found: &Retrieved<'_>) -> Vec<String> {
    found.candidates.iter().map(|candidate| candidate.article.id.clone()).collect()
}

#[tokio::test]
async fn the_demo_shops_questions_find_the_same_from_the_database_as_from_memory() {
    let embedder = embedder();
    let stored = StoredVectors::open(&shared(), owner()).await.unwrap();
    let memory = shop().with_meaning(&embedder);
    let database = stored.with_meaning(shop(), &embedder).await.unwrap();
    let text = fs::read_to_string(content().join("../evaluation/retrieval.holdout.en.tsv")).unwrap();
    let questions =
        text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
    let mut count = 0;
    for (question, _) in questions {
        let (one, other) = (asked(&memory, question).await, asked(&database, question).await);
        assert_eq!(ids(&one), ids(&other), "{question}");
        assert!((one.confidence - other.confidence).abs() < 1e-3 && other.signals.meaning.is_some());
        count += 1;
    }
    assert!(count > 40);
    stored.remove().await.unwrap();
}

/// Made-up texts, four to an article, and vectors that are the same for the same text: near to each other by the first
/// word.
fn made_up(articles: usize, edition: &str) -> Texts {
    let texts = |place: usize| {
        let text = |part| format!("about{} article {place} {part} {edition}", place % 97);
        let texts = vec![
            (Part::Question, text("first")),
            (Part::Question, text("second")),
            (Part::Passage, text("third")),
            (Part::Passage, text("fourth")),
        ];
        ArticleTexts { place, key: format!("en/{place}"), texts }
    };
    let embed = |texts: &[String], _: Keep| texts.iter().map(|text| vector(text)).collect();
    Texts::new(Scope::Language(Language::English), (0..articles).map(texts).collect(), vector("any"), embed)
}

fn vector(text: &str) -> Vec<f32> {
    let numbers = |text: &str| -> Vec<f32> {
        let seed = text.bytes().fold(7_u32, |sum, octet| sum.wrapping_mul(31).wrapping_add(u32::from(octet)));
        (0..WIDTH).map(|at| ((seed % 10_007) as f32 * 0.37 + at as f32 * 91.7).sin()).collect()
    };
    let (topic, own) = (numbers(text.split(' ').next().unwrap()), numbers(text));
    let sum: Vec<f32> = topic.iter().zip(own).map(|(topic, own)| topic + 0.5 * own).collect();
    let length = sum.iter().map(|number| number * number).sum::<f32>().sqrt();
    sum.into_iter().map(|number| number / length).collect()
}

/// The places of the ten nearest of those that are shown.
async fn ten(
    index: &dyn VectorIndex,
    question: &str,
    shown: impl Fn(usize) -> bool + Send + Sync,
) -> Vec<usize> {
    let asked = Asked { vector: &vector(question), shown: &shown, also: &[1, 2] };
    let near = index.near(&asked).await.unwrap();
    assert!(near.articles.iter().any(|(place, _)| *place == 2));
    let mut ranked: Vec<_> = near.articles.iter().map(|(place, near)| (near.combined(), *place)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().map(|(_, place)| place).take(10).collect()
}

#[tokio::test]
async fn of_many_articles_the_ten_nearest_and_what_is_usual_are_as_from_memory() {
    let texts = made_up(3_000, "");
    let stored = StoredVectors::open(&shared(), owner()).await.unwrap();
    let (memory, database) = (MemoryIndex::new(&texts), stored.index(&texts).await.unwrap());
    for topic in 0..20 {
        let question = format!("about{topic} question");
        let even = |place: usize| place.is_multiple_of(2) || place == 1;
        assert_eq!(ten(&memory, &question, |_| true).await, ten(&*database, &question, |_| true).await);
        assert_eq!(ten(&memory, &question, even).await, ten(&*database, &question, even).await);
        let asked = Asked { vector: &vector(&question), shown: &even, also: &[] };
        let (one, other) = (memory.look(&asked).all, database.near(&asked).await.unwrap().all);
        assert_eq!(one.count, other.count);
        assert!((one.deviation / other.deviation - 1.0).abs() < 0.1, "{one:?} {other:?}");
    }
    stored.remove().await.unwrap();
}

#[tokio::test]
async fn a_changed_article_takes_the_place_of_the_old_one_and_other_desks_keep_theirs() {
    let (mine, theirs) = (owner(), owner());
    let database = VectorDatabase::open(&shared()).await.unwrap();
    let there = async |of: &DeskKey| {
        let table = database.table(of.octets(), "en", WIDTH).await.unwrap();
        table.keys().await.unwrap()
    };
    for (desk, articles) in [(mine, 50), (theirs, 20)] {
        let stored = StoredVectors::open(&shared(), desk).await.unwrap();
        stored.index(&made_up(articles, "")).await.unwrap();
    }
    let (before, others) = (there(&mine).await, there(&theirs).await);
    assert_eq!((before.len(), others.len()), (200, 80));
    let mut changed = made_up(49, "");
    changed.articles[7].texts[2].1 = "about7 something else".to_owned();
    let stored = StoredVectors::open(&shared(), mine).await.unwrap();
    stored.index(&changed).await.unwrap();
    let after = there(&mine).await;
    assert_eq!((after.len(), after.difference(&before).count()), (196, 1));
    stored.index(&made_up(49, "another model")).await.unwrap();
    assert_eq!(there(&mine).await.intersection(&before).count(), 0);
    stored.remove().await.unwrap();
    assert_eq!(there(&theirs).await, others);
    StoredVectors::open(&shared(), theirs).await.unwrap().remove().await.unwrap();
}

/// The answer of the words alone is there in time, and some time later that of the meaning again.
async fn answers_by_words(knowledge: &Knowledge) {
    for question in QUESTIONS {
        let began = Instant::now();
        let found = asked(knowledge, question).await;
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        assert!(found.signals.meaning.is_none() && !found.candidates.is_empty(), "{question}");
    }
}

async fn answers_by_meaning_again(knowledge: &Knowledge) {
    // It may take as many tries as there are connections that have died.
    for _ in 0..TRIES {
        if asked(knowledge, QUESTIONS[0]).await.signals.meaning.is_some() {
            return;
        }
        tokio::time::pause();
        tokio::time::advance(LONGER_THAN_A_REST).await;
        tokio::time::resume();
    }
    panic!("the meaning does not come back");
}

#[tokio::test]
async fn while_the_database_hangs_or_is_gone_words_answer_and_then_the_meaning_again() {
    let embedder = embedder();
    let mut server = Server::start(&shared());
    let stored = StoredVectors::open(&server.url(), owner()).await.unwrap();
    let knowledge = stored.with_meaning(shop(), &embedder).await.unwrap();
    answers_by_meaning_again(&knowledge).await;
    server.signal(Signal::STOP);
    answers_by_words(&knowledge).await;
    server.signal(Signal::CONT);
    answers_by_meaning_again(&knowledge).await;
    server.signal(Signal::KILL);
    server.process.wait().unwrap();
    answers_by_words(&knowledge).await;
    server.start_again();
    answers_by_meaning_again(&knowledge).await;
    // Somebody empties the table under a running desk.
    stored.remove().await.unwrap();
    answers_by_words(&knowledge).await;
}

/// A server that may be killed, with the programs of the shared one.
struct Server {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    process: Child,
}

impl Server {
    fn start(shared: &str) -> Self {
        let programs = store_programs(shared);
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let mut initdb = as_postgres(&programs, "initdb");
        initdb.args(["-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "--no-sync", "-D"]);
        let made = initdb.arg(folder.path().join("data")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = postgres(&programs, &folder, port);
        Self { programs, folder, port, process }
    }

    fn start_again(&mut self) {
        self.process = postgres(&self.programs, &self.folder, self.port);
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// To the server and the processes that it has made, each in a group of its own.
    fn signal(&self, signal: Signal) {
        let server = self.process.id();
        let parent = format!("PPid:\t{server}\n");
        let processes = fs::read_dir("/proc").unwrap().flatten();
        let children =
            processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).filter(|pid| {
                fs::read_to_string(format!("/proc/{pid}/status")).is_ok_and(|status| status.contains(&parent))
            });
        for pid in std::iter::once(server).chain(children.collect::<Vec<_>>()) {
            // A child may have ended with its server.
            let _ = kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), signal);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        let _ = self.process.wait();
    }
}

/// Where the programs of a running server are.
fn store_programs(url: &str) -> PathBuf {
    let mut ask = Command::new("psql");
    ask.args(["--no-psqlrc", "--tuples-only", "--no-align", "--dbname", url, "--command"]);
    let said = ask.arg("SELECT setting FROM pg_config WHERE name = 'BINDIR'").output().unwrap();
    PathBuf::from(String::from_utf8(said.stdout).unwrap().trim())
}

/// Runs the server, and returns once it says that it takes connections.
fn postgres(programs: &std::path::Path, folder: &TempDir, port: u16) -> Child {
    let mut command = as_postgres(programs, "postgres");
    command.arg("-D").arg(folder.path().join("data")).arg("-k").arg(folder.path());
    command.args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]);
    let mut server = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let said = BufReader::new(server.stderr.take().unwrap());
    let (ready, wait) = mpsc::channel();
    // It reads on: a server that nobody listens to would stop at a full pipe.
    thread::spawn(move || {
        for line in said.lines().map_while(Result::ok) {
            if line.contains("ready to accept connections") {
                let _ = ready.send(());
            }
        }
    });
    wait.recv_timeout(Duration::from_secs(60)).expect("PostgreSQL does not start");
    server
}

/// The server refuses to run as root; `setpriv` becomes it, and so its number stays. Another test of this process may hold
/// it to small files meanwhile, which is not for the server.
fn as_postgres(programs: &std::path::Path, program: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -S -f unlimited && exec \"$0\" \"$@\""]);
    if rustix::process::geteuid().is_root() {
        command.args(["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]);
    }
    command.arg(programs.join(program)).current_dir("/");
    command
}
