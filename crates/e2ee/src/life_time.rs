//! The life time of key packages (RFC 9420 section 7.2: applications define the longest that they accept).

use openmls::prelude::Lifetime;
use protocol::Timestamp;

use crate::KeyPackageError;

/// How long a key package of ours is good, in seconds, and the longest that we accept: 84 days.
pub const KEY_PACKAGE_SECONDS: i64 = 84 * 24 * 60 * 60;

/// How far back a life time begins, in seconds, for clocks that are slow: one hour.
pub const SKEW_SECONDS: i64 = 60 * 60;

/// The life time of a key package made now.
pub(crate) fn from(now: Timestamp) -> Lifetime {
    let second = |seconds: i64| u64::try_from(seconds).unwrap_or(0);
    Lifetime::init(
        second(now.seconds().saturating_sub(SKEW_SECONDS)),
        second(now.seconds().saturating_add(KEY_PACKAGE_SECONDS)),
    )
}

/// Refuses what is not good now, and what would be good for longer than we accept (or for ever).
pub(crate) fn check(life_time: &Lifetime, now: Timestamp) -> Result<(), KeyPackageError> {
    let now = u64::try_from(now.seconds()).unwrap_or(0);
    let longest = u64::try_from(KEY_PACKAGE_SECONDS + SKEW_SECONDS).unwrap_or(0);
    if life_time.not_after() <= now {
        Err(KeyPackageError::Expired)
    } else if life_time.not_before() > now {
        Err(KeyPackageError::NotYetValid)
    } else if life_time.not_after() - life_time.not_before() > longest {
        Err(KeyPackageError::LifeTimeTooLong)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    #[test]
    fn our_own_life_time_is_good_from_an_hour_ago_for_84_days() {
        let life_time = from(NOW);
        assert_eq!(check(&life_time, NOW), Ok(()));
        assert_eq!(check(&life_time, NOW.plus_seconds(-SKEW_SECONDS)), Ok(()));
        assert_eq!(check(&life_time, NOW.plus_seconds(-SKEW_SECONDS - 1)), Err(KeyPackageError::NotYetValid));
        assert_eq!(check(&life_time, NOW.plus_seconds(KEY_PACKAGE_SECONDS - 1)), Ok(()));
        assert_eq!(check(&life_time, NOW.plus_seconds(KEY_PACKAGE_SECONDS)), Err(KeyPackageError::Expired));
    }

    #[test]
    fn an_infinite_or_backward_life_time_is_refused() {
        assert_eq!(check(&Lifetime::init(0, u64::MAX), NOW), Err(KeyPackageError::LifeTimeTooLong));
        assert_eq!(check(&Lifetime::init(u64::MAX, 0), NOW), Err(KeyPackageError::Expired));
        assert_eq!(check(&Lifetime::init(u64::MAX, u64::MAX), NOW), Err(KeyPackageError::NotYetValid));
    }
}
