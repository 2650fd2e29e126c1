//! The business's staff: accounts, invitations to make one, sessions, and failed tries to sign in.
//!
//! What a person of the staff is known by is sealed under the tenant key; an e-mail address is found by its blind
//! index. Tokens come in as SHA-256 hashes: the store never holds one that opens a door.

mod account;
mod attempt;
mod enrolment;
mod session;
mod sweep;
mod waiting;

pub use account::StaffAccount;
pub use attempt::Attempts;
pub use enrolment::{Enrolled, Enrolment, NewStaff};
pub use session::{NewSession, SignedIn, StaffSession};

use super::DeskStore;

/// SHA-256 of a 256-bit random token.
pub type TokenHash = [u8; 32];

impl DeskStore {
    /// By which an account or a failed try is found. Letters' case and spaces around do not matter.
    fn email_index(&self, email: &str) -> Vec<u8> {
        self.keys.blind_index("staff_account.email_index", &email.trim().to_lowercase()).to_vec()
    }
}
