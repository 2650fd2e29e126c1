//! Long random conversations: after each step all members are compared.

use e2ee::{Member, OpenError, Opened, PendingCommit, device_key_package};

use crate::world::{agree, desk_identity, now, pair, pinned};

const STEPS: usize = 1000;
const MOST_DEVICES: usize = 3;

/// The desk is member 0; the device that began is member 1 and stays.
struct Group {
    members: Vec<Member>,
    random: Random,
}

#[test]
fn a_thousand_random_steps_leave_all_in_agreement_first_seed() {
    run(1);
}

#[test]
fn a_thousand_random_steps_leave_all_in_agreement_second_seed() {
    run(2);
}

#[test]
fn a_thousand_random_steps_leave_all_in_agreement_third_seed() {
    run(3);
}

fn run(seed: u64) {
    let (device, desk) = pair();
    let mut group = Group { members: vec![desk, device], random: Random(seed) };
    for step in 0..STEPS {
        match group.random.below(10) {
            0..4 => group.message(),
            4 => group.late_message(),
            5 => group.update(),
            6 => group.conflict(),
            7 => group.add(),
            8 => group.remove(),
            _ => group.restart(),
        }
        for other in &group.members[1..] {
            agree(&group.members[0], other);
        }
        assert!(group.members.len() <= MOST_DEVICES + 1, "step {step}");
    }
    assert!(group.members[0].epoch() > 200, "the seed exercised commits");
}

impl Group {
    fn message(&mut self) {
        let from = self.anyone();
        let count = 1 + self.random.below(5);
        let mut sealed: Vec<(usize, Vec<u8>)> = Vec::new();
        for number in 0..count {
            let length = self.random.below(2000);
            sealed.push((length, self.members[from].seal(&vec![number as u8; length]).unwrap().body));
        }
        for at in self.others(from) {
            let turn = self.random.below(count);
            // Each member gets them in an order of its own.
            for (length, body) in sealed[turn..].iter().chain(&sealed[..turn]) {
                self.expect_message(at, body, *length);
            }
        }
    }

    fn late_message(&mut self) {
        let from = self.anyone();
        let body = self.members[from].seal(b"late").unwrap().body;
        for _ in 0..self.random.below(4) {
            self.update();
        }
        for at in self.others(from) {
            self.expect_message(at, &body, 4);
            assert_eq!(self.members[at].open(&body, now()).err(), Some(OpenError::Replay));
        }
    }

    fn expect_message(&mut self, at: usize, body: &[u8], length: usize) {
        match self.members[at].open(body, now()).unwrap() {
            Opened::Message { payload, .. } => assert_eq!(payload.len(), length),
            Opened::Commit { .. } | Opened::Own => panic!("not a message of another"),
        }
    }

    fn update(&mut self) {
        let by = self.anyone();
        let pending = self.members[by].update().unwrap();
        self.accept(by, &pending);
    }

    fn conflict(&mut self) {
        let winner = self.anyone();
        let others = self.others(winner);
        let loser = others[self.random.below(others.len())];
        let lost = self.members[loser].update().unwrap();
        let won = self.members[winner].update().unwrap();
        if self.random.below(2) == 0 {
            self.members[loser].abandon().unwrap();
        }
        self.accept(winner, &won);
        assert_eq!(self.members[winner].open(&lost.commit, now()).err(), Some(OpenError::StaleCommit));
    }

    fn add(&mut self) {
        if self.members.len() > MOST_DEVICES {
            return self.remove();
        }
        let by = self.any_device();
        let package = device_key_package(now()).unwrap();
        let pending = self.members[by].add(&package.public, now()).unwrap();
        self.accept(by, &pending);
        let welcome = pending.welcome.unwrap();
        self.members.push(Member::join_as_device(&welcome, &package.private, &pinned(), now()).unwrap());
    }

    fn remove(&mut self) {
        if self.members.len() == 2 {
            return self.update();
        }
        let gone = 2 + self.random.below(self.members.len() - 2);
        let mut by = self.any_device();
        if by == gone {
            by = 1;
        }
        let leaf = self.members[gone].own_leaf();
        let pending = self.members[by].remove(leaf).unwrap();
        self.accept(by, &pending);
        let mut gone = self.members.remove(gone);
        assert!(!gone.is_active());
        let after = self.members[0].seal(b"after").unwrap();
        assert_eq!(gone.open(&after.body, now()).err(), Some(OpenError::Removed));
    }

    fn restart(&mut self) {
        let at = self.anyone();
        let state = self.members[at].state();
        self.members[at] =
            if at == 0 { Member::load_desk(&state, &desk_identity()) } else { Member::load(&state) }.unwrap();
    }

    fn accept(&mut self, by: usize, pending: &PendingCommit) {
        self.members[by].confirm().unwrap();
        for at in self.others(by) {
            assert!(matches!(self.members[at].open(&pending.commit, now()), Ok(Opened::Commit { .. })));
        }
    }

    fn anyone(&mut self) -> usize {
        self.random.below(self.members.len())
    }

    fn any_device(&mut self) -> usize {
        1 + self.random.below(self.members.len() - 1)
    }

    fn others(&self, than: usize) -> Vec<usize> {
        (0..self.members.len()).filter(|&at| at != than).collect()
    }
}

/// SplitMix64: the same steps for the same seed on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }
}
