//! Accounts of the staff, invitations, sessions, failed tries.

use protocol::{Clock, StaffId, Timestamp};
use store::desk::{
    DeskStore, Enrolled, NewMessage, NewSession, NewStaff, Phase, SignedIn, Step, StoredSpeaker, TokenHash,
};

use super::world::{World, begin, channel, on_both, said};

const LINK: TokenHash = [1; 32];
const TOKEN: TokenHash = [2; 32];
const MIRA: StaffId = StaffId::from_octets([7; 16]);

fn now(world: &World) -> Timestamp {
    world.clock.now()
}

fn mira(email: &str) -> NewStaff<'_> {
    NewStaff { id: MIRA, email, name: "Mira Lang", password_hash: "$argon2id$1", totp_step: 10 }
}

fn session<'a>(token_hash: &'a TokenHash, totp_step: u64, ends_at: Timestamp) -> NewSession<'a> {
    NewSession { token_hash, staff: MIRA, totp_step, password_hash: None, ends_at }
}

async fn enrolled(world: &World) -> DeskStore {
    let desk = world.desk().await;
    desk.create_enrolment(&LINK, b"secret", now(world).plus_seconds(60)).await.unwrap();
    assert_eq!(desk.enrol(&LINK, &mira("mira@example.com")).await.unwrap(), Enrolled::Done);
    desk
}

#[test]
fn an_invitation_makes_one_account_with_its_own_secret() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        assert!(!desk.has_staff().await.unwrap());
        desk.create_enrolment(&LINK, b"secret", now(world).plus_seconds(60)).await.unwrap();
        assert_eq!(desk.enrolment(&LINK).await.unwrap().unwrap().totp_secret.as_slice(), b"secret");
        assert_eq!(desk.enrol(&[9; 32], &mira("a@b")).await.unwrap(), Enrolled::NoEnrolment);

        assert_eq!(desk.enrol(&LINK, &mira("Mira@Example.com")).await.unwrap(), Enrolled::Done);
        assert!(desk.has_staff().await.unwrap());
        assert!(desk.enrolment(&LINK).await.unwrap().is_none());
        assert_eq!(desk.enrol(&LINK, &mira("c@d")).await.unwrap(), Enrolled::NoEnrolment);
        let account = desk.staff_by_email(" mira@example.COM").await.unwrap().unwrap();
        assert_eq!((account.id, account.password_hash.as_str()), (MIRA, "$argon2id$1"));
        assert_eq!(account.totp_secret.as_slice(), b"secret");
        assert!(desk.staff_by_email("other@example.com").await.unwrap().is_none());
        assert_eq!(desk.staff_names().await.unwrap(), [(MIRA, "Mira Lang".to_owned())]);
    });
}

#[test]
fn an_invitation_ends_and_a_taken_address_does_not_use_it_up() {
    on_both(async |world: &World| {
        let desk = enrolled(world).await;
        desk.create_enrolment(&LINK, b"other", now(world).plus_seconds(60)).await.unwrap();
        let other = NewStaff { id: StaffId::from_octets([8; 16]), ..mira("MIRA@example.com") };
        assert_eq!(desk.enrol(&LINK, &other).await.unwrap(), Enrolled::EmailTaken);
        assert!(desk.enrolment(&LINK).await.unwrap().is_some());
        world.clock.advance(60);
        assert!(desk.enrolment(&LINK).await.unwrap().is_none());
        assert_eq!(desk.enrol(&LINK, &other).await.unwrap(), Enrolled::NoEnrolment);
    });
}

#[test]
fn a_code_signs_in_once_and_only_forward() {
    on_both(async |world: &World| {
        let desk = enrolled(world).await;
        let end = now(world).plus_seconds(60);
        for used in [10, 9] {
            assert_eq!(desk.sign_in(&session(&TOKEN, used, end)).await.unwrap(), SignedIn::CodeUsed);
        }
        assert!(desk.staff_session(&TOKEN).await.unwrap().is_none());
        assert_eq!(desk.sign_in(&session(&TOKEN, 11, end)).await.unwrap(), SignedIn::Yes);
        assert_eq!(desk.sign_in(&session(&[3; 32], 11, end)).await.unwrap(), SignedIn::CodeUsed);

        let newer = NewSession { password_hash: Some("$argon2id$2"), ..session(&[3; 32], 12, end) };
        assert_eq!(desk.sign_in(&newer).await.unwrap(), SignedIn::Yes);
        let account = desk.staff_by_email("mira@example.com").await.unwrap().unwrap();
        assert_eq!(account.password_hash.as_str(), "$argon2id$2");
    });
}

#[test]
fn a_session_tells_who_and_since_when_until_its_end() {
    on_both(async |world: &World| {
        let desk = enrolled(world).await;
        let began = now(world);
        desk.begin_first_session(&session(&TOKEN, 0, began.plus_seconds(60))).await.unwrap();
        world.clock.advance(20);
        let standing = desk.staff_session(&TOKEN).await.unwrap().unwrap();
        assert_eq!((standing.name.as_str(), standing.email.as_str()), ("Mira Lang", "mira@example.com"));
        assert_eq!((standing.seen_at, standing.ends_at), (began, began.plus_seconds(60)));
        desk.session_seen(&TOKEN).await.unwrap();
        assert_eq!(desk.staff_session(&TOKEN).await.unwrap().unwrap().seen_at, now(world));
        world.clock.advance(40);
        assert!(desk.staff_session(&TOKEN).await.unwrap().is_none());

        desk.begin_first_session(&session(&[3; 32], 0, now(world).plus_seconds(60))).await.unwrap();
        desk.end_session(&[3; 32]).await.unwrap();
        assert!(desk.staff_session(&[3; 32]).await.unwrap().is_none());
    });
}

#[test]
fn failed_tries_are_counted_until_a_success_or_for_a_while() {
    on_both(async |world: &World| {
        let desk = enrolled(world).await;
        for _ in 0..3 {
            desk.count_attempt("Mira@example.com", Timestamp(0)).await.unwrap();
            desk.count_attempt("nobody@example.com", Timestamp(0)).await.unwrap();
        }
        let attempts = desk.sign_in_attempts("mira@example.com").await.unwrap();
        assert_eq!((attempts.failures, attempts.last_at), (3, now(world)));
        desk.sign_in(&session(&TOKEN, 11, now(world).plus_seconds(60))).await.unwrap();
        assert_eq!(desk.sign_in_attempts("mira@example.com").await.unwrap().failures, 0);
        assert_eq!(desk.sign_in_attempts("nobody@example.com").await.unwrap().failures, 3);
        world.clock.advance(60);
        desk.count_attempt("nobody@example.com", now(world).plus_seconds(-30)).await.unwrap();
        assert_eq!(desk.sign_in_attempts("nobody@example.com").await.unwrap().failures, 1);
    });
}

#[test]
fn what_has_ended_is_swept_away() {
    on_both(async |world: &World| {
        let desk = enrolled(world).await;
        let soon = now(world).plus_seconds(60);
        desk.create_enrolment(&LINK, b"secret", soon).await.unwrap();
        desk.begin_first_session(&session(&TOKEN, 0, soon)).await.unwrap();
        desk.count_attempt("nobody@example.com", Timestamp(0)).await.unwrap();
        desk.sweep_staff(now(world)).await.unwrap();
        assert_eq!(rows(&desk).await, [1, 1, 1]);
        world.clock.advance(60);
        desk.sweep_staff(now(world)).await.unwrap();
        assert_eq!(rows(&desk).await, [0, 0, 0]);
    });
}

async fn rows(desk: &DeskStore) -> [i64; 3] {
    let mut counts = [0; 3];
    let queries = [
        "SELECT COUNT(*) FROM staff_enrolment",
        "SELECT COUNT(*) FROM staff_session",
        "SELECT COUNT(*) FROM staff_failure",
    ];
    for (count, query) in counts.iter_mut().zip(queries) {
        *count = sqlx::query_scalar(query).fetch_one(desk.database().readers()).await.unwrap();
    }
    counts
}

#[test]
fn a_customer_waits_since_the_first_word_that_nobody_answered() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        begin(&desk, channel(1)).await;
        let say = async |speaker, at, step: Step<'_>| {
            let message = NewMessage { at: Timestamp(at), ..said(speaker, "words") };
            desk.apply(channel(1), &Step { messages: vec![message], ..step }).await.unwrap();
            desk.waiting_since().await.unwrap()
        };
        let phase = |phase| Step { phase: Some(phase), ..Step::default() };
        assert_eq!(say(StoredSpeaker::Customer, 10, Step::default()).await, [], "the assistant answers");
        let handed_over = Step { answered: Some(1), ..phase(Phase::Waiting) };
        assert_eq!(say(StoredSpeaker::Note, 20, handed_over).await, [(channel(1), Timestamp(20))]);
        assert_eq!(say(StoredSpeaker::Customer, 30, Step::default()).await, [(channel(1), Timestamp(20))]);
        assert_eq!(say(StoredSpeaker::Agent, 40, phase(Phase::Agent(MIRA))).await, []);

        let closed = Step { answered: Some(4), ..phase(Phase::Closed) };
        assert_eq!(say(StoredSpeaker::Agent, 50, closed).await, []);
        assert_eq!(
            say(StoredSpeaker::Customer, 60, phase(Phase::Waiting)).await,
            [(channel(1), Timestamp(60))]
        );
    });
}
