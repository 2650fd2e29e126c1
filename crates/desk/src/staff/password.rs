//! Passwords: which are good enough, and how they are kept (argon2id, RFC 9106, the crate's parameters).

use argon2::{
    Argon2, Params,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use protocol::Entropy;
use serde::{Deserialize, Deserializer};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::problem::StaffProblem;

/// The shortest password, in characters. NIST SP 800-63B asks for 8 with a second factor; 12 costs a person little.
const SHORTEST: usize = 12;
/// The longest, in characters: a bound on work, not on people.
const LONGEST: usize = 256;
/// A password of fewer different characters is a key held down.
const FEWEST_DIFFERENT: usize = 5;
/// Passwords of 12 characters and more that lists of leaked ones are full of, in lower case, one a line.
const COMMON: &str = include_str!("common-passwords.txt");
/// How many hashes are computed at once: each takes 19 MiB and a tenth of a second of one core.
const AT_ONCE: usize = 2;
/// How many wait at the most; more are turned away.
const WAITING: usize = 16;

/// A password as it was typed, brought to one form of Unicode: two keyboards may write one letter in two ways.
pub(super) struct Password(Zeroizing<String>);

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&Zeroizing::new(String::deserialize(deserializer)?)))
    }
}

/// Whether a password belongs to an account.
pub(super) enum Verdict {
    Right {
        /// A new hash, when the parameters have changed since.
        rehashed: Option<Zeroizing<String>>,
    },
    Wrong,
}

/// Hashes passwords, a few at a time.
pub(super) struct Passwords {
    work: Semaphore,
    queue: Semaphore,
    /// Stands in for the account that does not exist, so that it takes as long.
    nobody: String,
}

impl Password {
    pub(super) fn new(typed: &str) -> Self {
        Self(Zeroizing::new(typed.nfkc().collect()))
    }

    /// Whether it is good enough for a new account of this name and address.
    pub(super) fn is_strong(&self, name: &str, email: &str) -> bool {
        let length = self.0.chars().count();
        let lower = Zeroizing::new(self.0.to_lowercase());
        let local = email.split('@').next().unwrap_or_default().to_lowercase();
        let mut different: Vec<char> = lower.chars().collect();
        different.sort_unstable();
        different.dedup();
        (SHORTEST..=LONGEST).contains(&length)
            && different.len() >= FEWEST_DIFFERENT
            && !COMMON.lines().any(|common| common == lower.as_str())
            && ![email.to_lowercase(), local, name.to_lowercase()].contains(&lower)
    }

    fn is_short_enough(&self) -> bool {
        self.0.chars().count() <= LONGEST
    }
}

impl Passwords {
    pub(super) fn new(entropy: &dyn Entropy) -> Self {
        let mut unknown = Zeroizing::new([0; 32]);
        entropy.fill(unknown.as_mut_slice());
        Self {
            work: Semaphore::new(AT_ONCE),
            queue: Semaphore::new(WAITING),
            nobody: hash(unknown.as_slice(), &salt(entropy)).to_string(),
        }
    }

    /// A PHC string for a new account.
    pub(super) async fn hash(
        &self,
        password: Password,
        entropy: &dyn Entropy,
    ) -> Result<Zeroizing<String>, StaffProblem> {
        let salt = salt(entropy);
        self.compute(move || hash(password.0.as_bytes(), &salt)).await
    }

    /// Checks a password against an account's hash; without an account it takes as long and is wrong.
    pub(super) async fn verify(
        &self,
        password: Password,
        stored: Option<Zeroizing<String>>,
        entropy: &dyn Entropy,
    ) -> Result<Verdict, StaffProblem> {
        if !password.is_short_enough() {
            return Ok(Verdict::Wrong);
        }
        let nobody = Zeroizing::new(self.nobody.clone());
        let salt = salt(entropy);
        self.compute(move || {
            let known = stored.is_some();
            let stored = stored.unwrap_or(nobody);
            let right = Argon2::default().verify_password(password.0.as_bytes(), stored.as_str()).is_ok();
            if !(right && known) {
                return Verdict::Wrong;
            }
            let rehashed = is_outdated(&stored).then(|| hash(password.0.as_bytes(), &salt));
            Verdict::Right { rehashed }
        })
        .await
    }

    /// Runs on a thread of its own, and only so many at once.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StaffProblem> {
        let _place = self.queue.try_acquire().map_err(|_| StaffProblem::RateLimited(1))?;
        let _turn = self.work.acquire().await.map_err(|_| StaffProblem::Unavailable)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| StaffProblem::Unavailable)
    }
}

fn salt(entropy: &dyn Entropy) -> [u8; 16] {
    let mut salt = [0; 16];
    entropy.fill(&mut salt);
    salt
}

fn hash(password: &[u8], salt: &[u8]) -> Zeroizing<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password, salt)
        .expect("the default parameters take any password below 4 GiB and a salt of 16 octets");
    Zeroizing::new(hash.to_string())
}

/// Whether a stored hash was made with other parameters than today's.
fn is_outdated(stored: &str) -> bool {
    let Ok(hash) = PasswordHash::new(stored) else { return true };
    let today = Params::default();
    let same = Params::try_from(&hash).is_ok_and(|params| {
        (params.m_cost(), params.t_cost(), params.p_cost())
            == (today.m_cost(), today.t_cost(), today.p_cost())
    });
    !same || hash.algorithm.as_str() != argon2::Algorithm::default().as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.iter_mut().zip(1..).for_each(|(byte, number)| *byte = number);
        }
    }

    #[test]
    fn short_common_and_personal_passwords_are_refused() {
        let strong = |password: &str| {
            Password::new(password).is_strong("Mira Lang-Petersen", "mira.langpetersen@example.com")
        };
        assert!(strong("seven purple lanterns"));
        assert!(strong("älte Brücke 77"));
        for weak in [
            "elevenchars",
            "password1234",
            "PASSWORD1234",
            "aaaaaaaaaaaaaaaa",
            "121212121212",
            "mira.langpetersen",
            "Mira Lang-Petersen",
            "mira.langpetersen@example.com",
        ] {
            assert!(!strong(weak), "{weak}");
        }
        assert!(!strong(&"long enough to cost".repeat(20)));
    }

    #[test]
    fn the_list_holds_only_what_could_be_chosen() {
        for common in COMMON.lines() {
            assert!(common.chars().count() >= SHORTEST, "{common} is refused for its length already");
            assert_eq!(common, common.to_lowercase());
        }
    }

    #[tokio::test]
    async fn a_password_matches_in_another_form_of_unicode_and_its_hash_is_current() {
        let passwords = Passwords::new(&Counting);
        let stored = passwords.hash(Password::new("Bru\u{308}cke im Regen"), &Counting).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", *stored);
        let verdict = passwords.verify(Password::new("Br\u{fc}cke im Regen"), Some(stored), &Counting).await;
        assert!(matches!(verdict, Ok(Verdict::Right { rehashed: None })));
    }

    #[tokio::test]
    async fn a_hash_of_older_parameters_is_made_anew_when_the_password_is_right() {
        let weaker = Argon2::from(Params::new(1024, 1, 1, None).unwrap());
        let old: PasswordHash = weaker.hash_password_with_salt(b"seven purple lanterns", &[7; 16]).unwrap();
        let old = Zeroizing::new(old.to_string());
        let passwords = Passwords::new(&Counting);
        let right =
            passwords.verify(Password::new("seven purple lanterns"), Some(old.clone()), &Counting).await;
        let Ok(Verdict::Right { rehashed: Some(new) }) = right else { panic!("it must be hashed anew") };
        assert!(!is_outdated(&new));
        let wrong = passwords.verify(Password::new("eight purple lanterns"), Some(old), &Counting).await;
        assert!(matches!(wrong, Ok(Verdict::Wrong)));
    }

    #[tokio::test]
    async fn nobody_has_no_right_password() {
        let passwords = Passwords::new(&Counting);
        let unknown = String::from_utf8((1..=32).collect()).unwrap();
        let verdict = passwords.verify(Password::new(&unknown), None, &Counting).await;
        assert!(matches!(verdict, Ok(Verdict::Wrong)));
    }
}
