//! Who the customer is, as the business's own page says it: a short-lived JWT (RFC 7519) signed with Ed25519
//! (RFC 8037), made for the person who is signed in there.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use protocol::Clock;
use serde::{Deserialize, Serialize};

/// Whose signatures the desk accepts.
#[derive(Clone, Debug)]
pub struct IdentityOptions {
    /// The `iss` claim that tokens must carry.
    pub issuer: String,
    /// The `aud` claim that tokens must carry.
    pub audience: String,
    /// The page's Ed25519 public key.
    pub public_key: [u8; 32],
}

/// What a valid token says. `Debug` prints nothing of it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Claims {
    /// The business's own id of the customer. Tools get it from here, never from a model.
    pub sub: String,
    /// The customer's name, when the page gives it; looked for in every message from then on.
    #[serde(default)]
    pub name: Option<String>,
    /// The customer's e-mail address, when the page gives it.
    #[serde(default)]
    pub email: Option<String>,
    /// When the token ends, in seconds since the Unix epoch.
    pub exp: i64,
}

impl std::fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Claims(***)")
    }
}

/// Why an identity was refused. The customer goes on as someone unknown, and is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The desk knows no page that may say who someone is.
    #[error("no identity issuer is configured")]
    NotConfigured,
    /// Signature, issuer, audience or form are wrong.
    #[error("the identity token is not valid")]
    Invalid,
    /// It was valid once.
    #[error("the identity token has expired")]
    Expired,
}

/// How long a token may still be valid at the most, in seconds: a page that hands out longer ones is refused,
/// since a stolen one would serve too long.
const LONGEST_LIFE: i64 = 15 * 60;

/// Reads and checks a token.
///
/// # Errors
/// [`IdentityError`], one for each way to be refused.
pub fn verify(
    token: &str,
    options: Option<&IdentityOptions>,
    clock: &dyn Clock,
) -> Result<Claims, IdentityError> {
    let options = options.ok_or(IdentityError::NotConfigured)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[&options.issuer]);
    validation.set_audience(&[&options.audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // The time is a parameter here, so the library's own look at the clock is replaced by the check below.
    validation.validate_exp = false;
    let claims =
        jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_ed_der(&options.public_key), &validation)
            .map_err(|_| IdentityError::Invalid)?
            .claims;
    let left = claims.exp - clock.now().seconds();
    if left <= 0 {
        return Err(IdentityError::Expired);
    }
    if left > LONGEST_LIFE || claims.sub.is_empty() {
        return Err(IdentityError::Invalid);
    }
    Ok(claims)
}
