//! Sealing a value under a key for one place, and nowhere else.

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{AeadInOut, KeyInit},
};
use hkdf::Hkdf;
use hmac::Mac;
use protocol::Entropy;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Octets that begin each sealed value; another number will mean another construction.
const VERSION: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
/// How much longer than its plaintext a sealed value is, in octets.
pub(super) const OVERHEAD: usize = 1 + NONCE + TAG;

/// A 256-bit key from which others are derived. It never encrypts anything itself.
#[derive(Clone)]
pub(crate) struct Key(Zeroizing<[u8; 32]>);

/// Where a sealed value stands. All of it is associated data: at any other place the value does not open.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) tenant: &'a [u8],
    /// Empty for what belongs to the tenant.
    pub(crate) subject: &'a [u8],
    /// `table.column`.
    pub(crate) column: &'static str,
    /// The row's primary key.
    pub(crate) row: &'a [u8],
}

/// The value was sealed under another key or for another place, or was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CannotOpen;

impl Key {
    pub(super) fn random(entropy: &dyn Entropy) -> Self {
        let mut octets = Zeroizing::new([0; 32]);
        entropy.fill(octets.as_mut_slice());
        Self(octets)
    }

    pub(crate) fn from_octets(octets: Zeroizing<[u8; 32]>) -> Self {
        Self(octets)
    }

    pub(super) fn from_slice(octets: &[u8]) -> Result<Self, CannotOpen> {
        octets.try_into().map(|octets| Self(Zeroizing::new(octets))).map_err(|_| CannotOpen)
    }

    pub(super) fn octets(&self) -> &[u8; 32] {
        &self.0
    }

    /// HKDF-SHA256 (RFC 5869): another key for each purpose and column.
    pub(super) fn derive(&self, purpose: &'static str, column: &'static str) -> Zeroizing<[u8; 32]> {
        let mut derived = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, self.0.as_slice())
            .expand_multi_info(
                &[b"sotto v1\0", purpose.as_bytes(), b"\0", column.as_bytes()],
                derived.as_mut_slice(),
            )
            .expect("32 octets are within HKDF's limit of 255 hashes");
        derived
    }

    /// XChaCha20-Poly1305 with a random 192-bit nonce: version, nonce, ciphertext, tag.
    pub(crate) fn seal(&self, place: Place<'_>, plaintext: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce);
        let mut sealed = Vec::with_capacity(plaintext.len() + OVERHEAD);
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let (_, body) = sealed.split_at_mut(1 + NONCE);
        let tag = self
            .cipher(place.column)
            .encrypt_inout_detached(&XNonce::from(nonce), &place.associated_data(), body.into())
            .expect("nothing stored comes near the cipher's limit of 256 GiB");
        sealed.extend_from_slice(&tag);
        sealed
    }

    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let (&[VERSION], rest) = sealed.split_first_chunk::<1>().ok_or(CannotOpen)? else {
            return Err(CannotOpen);
        };
        let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or(CannotOpen)?;
        let (body, tag) = rest.split_last_chunk::<TAG>().ok_or(CannotOpen)?;
        let mut plaintext = Zeroizing::new(body.to_vec());
        self.cipher(place.column)
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                &place.associated_data(),
                plaintext.as_mut_slice().into(),
                &(*tag).into(),
            )
            .map_err(|_| CannotOpen)?;
        Ok(plaintext)
    }

    /// HMAC-SHA256 (RFC 2104) of a value, cut to 128 bits: equal values can be found, nothing else is told.
    pub(super) fn blind_index(&self, column: &'static str, value: &str) -> [u8; 16] {
        let key = self.derive("blind index", column);
        let mut mac =
            hmac::Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes a key of any length");
        mac.update(value.as_bytes());
        let mut index = [0; 16];
        index.copy_from_slice(mac.finalize().into_bytes().split_at(16).0);
        index
    }

    fn cipher(&self, column: &'static str) -> XChaCha20Poly1305 {
        let key = self.derive("seal", column);
        XChaCha20Poly1305::new_from_slice(key.as_slice()).expect("the key has 32 octets")
    }
}

impl Place<'_> {
    /// Each part with its length before it, so that no two places read the same.
    fn associated_data(&self) -> Vec<u8> {
        let mut data = vec![VERSION];
        for part in [self.tenant, self.subject, self.column.as_bytes(), self.row] {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part);
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Fixed(u8);
    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn place<'a>(parts: &'a [Vec<u8>; 3], column: &'static str) -> Place<'a> {
        Place { tenant: &parts[0], subject: &parts[1], column, row: &parts[2] }
    }

    fn octets() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(any::<u8>(), 0..40)
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_at_its_place_alone(
            plaintext in proptest::collection::vec(any::<u8>(), 0..2000),
            here in [octets(), octets(), octets()],
            there in [octets(), octets(), octets()],
            key in any::<[u8; 32]>(),
        ) {
            let key = Key::from_octets(Zeroizing::new(key));
            let sealed = key.seal(place(&here, "a.b"), &plaintext, &Fixed(3));
            prop_assert_eq!(sealed.len(), plaintext.len() + OVERHEAD);
            let opened = key.open(place(&here, "a.b"), &sealed).unwrap();
            prop_assert_eq!(opened.as_slice(), plaintext.as_slice());
            prop_assert_eq!(key.open(place(&here, "a.c"), &sealed), Err(CannotOpen));
            if here != there {
                prop_assert_eq!(key.open(place(&there, "a.b"), &sealed), Err(CannotOpen));
            }
        }

        #[test]
        fn foreign_octets_never_open_and_never_panic(sealed in proptest::collection::vec(any::<u8>(), 0..100)) {
            let key = Key::random(&Fixed(1));
            prop_assert_eq!(key.open(place(&[vec![], vec![], vec![]], "a.b"), &sealed), Err(CannotOpen));
        }
    }

    #[test]
    fn each_part_of_a_place_counts_by_itself() {
        let key = Key::random(&Fixed(1));
        let here = [b"t".to_vec(), b"ab".to_vec(), b"c".to_vec()];
        let sealed = key.seal(place(&here, "x"), b"value", &Fixed(2));
        for part in 0..here.len() {
            let mut there = here.clone();
            there[part].push(b'!');
            assert_eq!(key.open(place(&there, "x"), &sealed), Err(CannotOpen), "part {part}");
        }
        let run_together = [b"t".to_vec(), b"a".to_vec(), b"bc".to_vec()];
        assert_eq!(key.open(place(&run_together, "x"), &sealed), Err(CannotOpen));
    }

    #[test]
    fn the_construction_does_not_change_unnoticed() {
        // Stored data must open with every later version; a change here needs a new VERSION.
        let key = Key::random(&Fixed(1));
        let parts = [b"tenant".to_vec(), b"subject".to_vec(), b"row".to_vec()];
        let sealed = key.seal(place(&parts, "table.column"), b"value", &Fixed(2));
        insta::assert_snapshot!(data_encoding::HEXLOWER.encode(&sealed), @"01020202020202020202020202020202020202020202020202858efa269b02eb9f5565e4339647f38600057ffeaf");
        insta::assert_snapshot!(data_encoding::HEXLOWER.encode(&key.blind_index("table.column", "value")), @"f188fb85dd5462a7f1c80679206ec814");
    }
}
