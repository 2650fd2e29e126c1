//! Inviting someone to make an account.

use protocol::{Capability, Clock, Entropy};
use store::{StoreError, desk::DeskStore};
use zeroize::Zeroizing;

use super::totp;

/// How long an invitation holds, in seconds.
const LIFE: i64 = 24 * 60 * 60;

/// Makes an invitation: a token of 256 random bits for the link `…/enrol#TOKEN`. It works once, within 24 hours; the
/// store keeps only its hash, so it cannot be shown again.
///
/// # Errors
/// [`StoreError`]; there is no invitation.
pub async fn create_enrolment(
    store: &DeskStore,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Zeroizing<String>, StoreError> {
    let token = Capability::random(entropy);
    let secret = totp::new_secret(entropy);
    store.create_enrolment(token.hash().octets(), &secret, clock.now().plus_seconds(LIFE)).await?;
    Ok(token.reveal())
}
