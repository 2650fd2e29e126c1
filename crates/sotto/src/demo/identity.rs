//! How the shop says who is signed in: short-lived tokens for the desk (RFC 7519, signed with Ed25519 after RFC 8037),
//! and a longer one in the shop's own cookie.

use anyhow::{Context, Result};
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use protocol::{Entropy, Timestamp};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::{Deserialize, Serialize};
use shop::Customer;
use zeroize::Zeroizing;

/// Life of an identity token, in seconds.
const IDENTITY: i64 = 5 * 60;
/// Life of a session, in seconds.
const SESSION: i64 = 8 * 60 * 60;
/// `aud` of the tokens for the desk.
const DESK: &str = "sotto";
/// `aud` of the shop's own cookie, so that neither serves as the other.
const SHOP: &str = "wrenfield-session";

/// The shop's signing key.
pub(super) struct Signer {
    signing: EncodingKey,
    verifying: DecodingKey,
    issuer: String,
}

#[derive(Serialize)]
struct Identity<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    name: &'a str,
    email: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
}

#[derive(Serialize, Deserialize)]
struct Session {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
}

impl Signer {
    pub(super) fn new(seed: &[u8; 32], issuer: &str) -> Result<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok().context("the seed is no Ed25519 key")?;
        // PKCS #8 (RFC 8410): everything before the seed is constant.
        const PREFIX: [u8; 16] =
            [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        let document = Zeroizing::new([PREFIX.as_slice(), seed].concat());
        Ok(Self {
            signing: EncodingKey::from_ed_der(&document),
            verifying: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            issuer: issuer.to_owned(),
        })
    }

    /// A token that tells the desk who is signed in.
    pub(super) fn identity(
        &self,
        customer: &Customer,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<String> {
        let mut id = [0; 16];
        entropy.fill(&mut id);
        let claims = Identity {
            iss: &self.issuer,
            aud: DESK,
            sub: &customer.id,
            name: &customer.name,
            email: &customer.email,
            iat: now.seconds(),
            exp: now.seconds() + IDENTITY,
            jti: BASE64URL_NOPAD.encode(&id),
        };
        self.sign(&claims)
    }

    /// What the cookie of a signed-in customer holds.
    pub(super) fn session(&self, customer: &Customer, now: Timestamp) -> Result<String> {
        let (iss, aud, sub) = (self.issuer.clone(), SHOP.to_owned(), customer.id.clone());
        self.sign(&Session { iss, aud, sub, exp: now.seconds() + SESSION })
    }

    /// The id of the customer whose session this is, while it lasts.
    pub(super) fn signed_in(&self, cookie: &str, now: Timestamp) -> Option<String> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[SHOP]);
        validation.set_issuer(&[&self.issuer]);
        // The time is a parameter, so it is compared below and not by the library.
        validation.validate_exp = false;
        let session = jsonwebtoken::decode::<Session>(cookie, &self.verifying, &validation).ok()?.claims;
        (session.exp > now.seconds()).then_some(session.sub)
    }

    fn sign(&self, claims: &impl Serialize) -> Result<String> {
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), claims, &self.signing).context("sign a token")
    }
}
