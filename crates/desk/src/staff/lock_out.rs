//! Guessing is slowed down for each e-mail address, whether anyone has it or not.

use protocol::Timestamp;
use store::desk::Attempts;

use super::{Staff, problem::StaffProblem};

/// Tries that cost no waiting.
const FREE: u32 = 5;
/// The first wait, in seconds; each further failure doubles it.
const FIRST_WAIT: i64 = 30;
/// The longest wait, in seconds: a stranger who knows an address cannot keep its owner out for longer at a time.
const LONGEST_WAIT: i64 = 15 * 60;
/// Failures older than this are forgotten, in seconds.
const FORGET: i64 = 24 * 60 * 60;

/// Refuses while the address must wait, else counts this try; a success forgets them all.
pub(super) async fn admit(staff: &Staff, email: &str) -> Result<(), StaffProblem> {
    let now = staff.clock.now();
    let problem = |error| staff.store_problem(&error);
    let attempts = staff.store.sign_in_attempts(email).await.map_err(problem)?;
    if let Some(seconds) = wait(attempts, now) {
        return Err(StaffProblem::RateLimited(seconds));
    }
    staff.store.count_attempt(email, now.plus_seconds(-FORGET)).await.map_err(problem)
}

/// How long to wait before the next try, in seconds.
fn wait(attempts: Attempts, now: Timestamp) -> Option<u32> {
    let over = attempts.failures.checked_sub(FREE)?;
    let wait = FIRST_WAIT.saturating_mul(1 << over.min(10)).min(LONGEST_WAIT);
    let left = attempts.last_at.plus_seconds(wait).seconds() - now.seconds();
    u32::try_from(left).ok().filter(|&seconds| seconds > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_begins_with_the_fifth_failure_doubles_and_is_bounded() {
        let after = |failures, seconds: i64| {
            wait(Attempts { failures, last_at: Timestamp(0) }, Timestamp(seconds * 1000))
        };
        assert_eq!(after(4, 0), None);
        assert_eq!(after(5, 0), Some(30));
        assert_eq!(after(5, 29), Some(1));
        assert_eq!(after(5, 30), None);
        assert_eq!(after(7, 0), Some(120));
        assert_eq!(after(u32::MAX, 0), Some(900));
        assert_eq!(after(u32::MAX, 900), None);
    }
}
