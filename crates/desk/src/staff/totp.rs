//! One-time codes (RFC 6238): six digits, 30 seconds, SHA-1, which is what authenticator apps understand.

use data_encoding::BASE32_NOPAD;
use protocol::{Entropy, Timestamp};
use totp_rs::{Algorithm, Builder};
use zeroize::Zeroizing;

/// 160 bits, as RFC 4226 section 4 recommends.
const SECRET: usize = 20;
/// Codes of this many steps before and after count too: clocks differ (RFC 6238, section 5.2).
const SKEW: u16 = 1;

/// A new secret, raw.
pub(super) fn new_secret(entropy: &dyn Entropy) -> Zeroizing<Vec<u8>> {
    let mut secret = Zeroizing::new(vec![0; SECRET]);
    entropy.fill(&mut secret);
    secret
}

/// The secret as a person types it into an app: base32 (RFC 4648).
pub(super) fn written(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// The step that the code belongs to; `None` when it is of none near this moment. Whoever calls this sees to it
/// that a step counts once.
pub(super) fn step(secret: &[u8], code: &str, now: Timestamp) -> Option<u64> {
    if code.len() != 6 || !code.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_skew(SKEW)
        .with_secret(secret.to_vec())
        .build_noncompliant();
    totp.check(code, u64::try_from(now.seconds()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the SHA-1 rows, the last six of their eight digits.
    #[test]
    fn the_vectors_of_the_rfc_hold() {
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let found = step(b"12345678901234567890", code, Timestamp(seconds * 1000));
            assert_eq!(found, Some(seconds as u64 / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_one_step_early_or_late_and_no_further() {
        let at = |seconds: i64| {
            step(b"12345678901234567890", "081804", Timestamp((1_111_111_109 + seconds) * 1000))
        };
        assert_eq!(at(-30), at(0));
        assert_eq!(at(30), at(0));
        assert_eq!((at(-60), at(60)), (None, None));
    }

    #[test]
    fn only_six_digits_are_a_code() {
        for code in ["", "08180", "0818044", "08180a", "081 804", "٠٨١٨٠٤"] {
            assert_eq!(step(b"12345678901234567890", code, Timestamp(1_111_111_109_000)), None, "{code}");
        }
    }
}
