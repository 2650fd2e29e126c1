//! Addresses of wallets: Base58Check with its double SHA-256 (Bitcoin, Litecoin, Dogecoin, Dash, Tron; the XRP Ledger
//! with an alphabet of its own), Bech32 and Bech32m (BIP 173, BIP 350), and the hexadecimal ones of Ethereum. The
//! mixed case by which the latter check themselves (ERC-55) is not read: it needs Keccak, and many write them small.

use std::cell::OnceCell;
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::cues::{CueHits, CueIndex};
use super::{Candidate, Recogniser, Scene};
use crate::Entity;

const BITCOIN: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const RIPPLE: &str = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
const BECH32: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// What stands before the last "1" of a Bech32 address.
const CHAINS: &[&str] = &[
    "bc", "tb", "bcrt", "ltc", "addr", "stake", "cosmos", "osmo", "juno", "inj", "sei", "celestia", "kava",
    "terra", "thor", "zil", "one", "erd", "bnb", "band", "secret",
];
/// The shortest and the longest address that is read.
const LENGTHS: std::ops::RangeInclusive<usize> = 25..=110;

pub(crate) struct Wallets {
    cues: CueIndex,
}

impl Wallets {
    pub(crate) fn new() -> Self {
        let cues = [
            "bitcoin",
            "btc",
            "wallet",
            "wallet address",
            "crypto",
            "litecoin",
            "tron",
            "xrp",
            "solana",
            "sol",
        ];
        Self { cues: CueIndex::new(cues.into_iter().map(|cue| (0, cue))) }
    }

    fn score(&self, scene: &Scene<'_>, range: &Range<usize>, cues: &OnceCell<CueHits>) -> Option<u8> {
        let written = scene.text.get(range.clone())?;
        if is_ethereum(written) {
            return Some(93);
        }
        if passes_base58(written, BITCOIN) || passes_base58(written, RIPPLE) || passes_bech32(written) {
            return Some(97);
        }
        // Solana's have no check, and people mistype those that have one.
        let mixed = written.bytes().any(|byte| byte.is_ascii_digit())
            && written.bytes().any(|byte| byte.is_ascii_alphabetic());
        let shaped = mixed && (written.len() <= 62) && alphabet_only(written, BITCOIN)
            || written.to_ascii_lowercase().starts_with("bc1");
        let announced = shaped
            && (scene.expects(Entity::Crypto)
                || cues.get_or_init(|| self.cues.find(&scene.folded)).near(range).next().is_some());
        announced.then_some(82)
    }
}

impl Recogniser for Wallets {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        if scene.marks().longest < *LENGTHS.start() {
            return;
        }
        // Looked for once for all candidates, of which a text may be full.
        let cues = OnceCell::new();
        let bytes = scene.text.as_bytes();
        let mut at = 0;
        while let Some(start) =
            bytes[at..].iter().position(u8::is_ascii_alphanumeric).map(|offset| at + offset)
        {
            at = start + bytes[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
            let range = start..at;
            if LENGTHS.contains(&range.len())
                && scene.is_word(&range)
                && let Some(score) = self.score(scene, &range, &cues)
            {
                found.push(Candidate { range, entity: Entity::Crypto, score, recogniser: "crypto" });
            }
        }
    }
}

fn is_ethereum(written: &str) -> bool {
    written
        .strip_prefix("0x")
        .is_some_and(|address| address.len() == 40 && address.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn alphabet_only(written: &str, alphabet: &str) -> bool {
    written.chars().all(|c| alphabet.contains(c))
}

/// Twenty-five bytes: a version, a hash of twenty, and the first four of the double hash of both.
fn passes_base58(written: &str, alphabet: &str) -> bool {
    let Some(bytes) = base58(written, alphabet) else { return false };
    let (payload, check) = bytes.split_at(21);
    Sha256::digest(Sha256::digest(payload)).starts_with(check)
}

fn base58(written: &str, alphabet: &str) -> Option<[u8; 25]> {
    if written.len() > 35 {
        return None;
    }
    let mut bytes = [0_u8; 25];
    for c in written.chars() {
        let mut carry = u32::try_from(alphabet.find(c)?).ok()?;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry > 0 {
            return None;
        }
    }
    Some(bytes)
}

/// A chain, "1", data, and six signs of a BCH code; one case throughout.
fn passes_bech32(written: &str) -> bool {
    let lower = written.to_ascii_lowercase();
    if lower != written && written.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return false;
    }
    let Some((chain, data)) = lower.rsplit_once('1').filter(|(chain, _)| CHAINS.contains(chain)) else {
        return false;
    };
    let data: Option<Vec<u32>> =
        data.chars().map(|c| BECH32.find(c).and_then(|place| u32::try_from(place).ok())).collect();
    let Some(data) = data else { return false };
    let high = chain.bytes().map(|byte| u32::from(byte >> 5));
    let low = chain.bytes().map(|byte| u32::from(byte & 31));
    let values = high.chain([0]).chain(low).chain(data);
    // Bech32 leaves 1, Bech32m this constant (BIP 350).
    matches!(bch_remainder(values), 1 | 0x2bc8_30a3)
}

/// The remainder of the BCH code over GF(32) of BIP 173.
fn bch_remainder(values: impl Iterator<Item = u32>) -> u32 {
    let generator = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    values.fold(1, |rest: u32, value| {
        let top = rest >> 25;
        let shifted = ((rest & 0x01ff_ffff) << 5) ^ value;
        generator
            .iter()
            .enumerate()
            .filter(|(bit, _)| top >> bit & 1 == 1)
            .fold(shifted, |sum, (_, g)| sum ^ g)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::recognise::found_by;

    fn wallets(text: &str) -> Vec<String> {
        found_by(&Wallets::new(), text)
    }

    /// The first block's address, examples of BIP 173, BIP 350, of the XRP Ledger's and of Tron's documentation.
    const PUBLISHED: [&str; 8] = [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "0x52908400098527886E0F7030069857D2E4169EE7",
    ];

    #[test]
    fn published_addresses_are_found() {
        for address in PUBLISHED {
            assert_eq!(wallets(&format!("pay to {address}.")), [address]);
        }
    }

    #[test]
    fn what_fails_its_check_counts_beside_its_cue_only() {
        let wrong = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb";
        assert_eq!(wallets(wrong), Vec::<String>::new());
        assert_eq!(wallets(&format!("my wallet is {wrong}")), [wrong]);
        assert_eq!(wallets("sol: 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV").len(), 1);
        for text in [
            "commit 52908400098527886e0f7030069857d2e4169ee7",
            "my wallet is bc1q",
            "my wallet is 0000000000000000000000000000000a",
            "0x52908400098527886E0F7030069857D2E4169EE",
            "wallet ABCDEFGHJKLMNPQRSTUVWXYZabcdefgh",
            "bc1qW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "x11A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNaTTTTTT",
        ] {
            assert_eq!(wallets(text), Vec::<String>::new(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_sign_fails_the_check(address in prop::sample::select(&PUBLISHED[..7]), place in 4..34_usize, by in 1..32_usize) {
            let alphabet = if address.starts_with('r') { RIPPLE } else if address.to_lowercase().starts_with("bc1") { BECH32 } else { BITCOIN };
            let mut signs: Vec<char> = address.chars().collect();
            let was = alphabet.find(signs[place].to_ascii_lowercase()).or_else(|| alphabet.find(signs[place])).expect("the sign is of the alphabet");
            let upper = address.starts_with("BC1");
            let now = alphabet.chars().nth((was + by) % alphabet.len()).expect("within the alphabet");
            let now = if upper { now.to_ascii_uppercase() } else { now };
            prop_assume!(now != signs[place]);
            signs[place] = now;
            let changed: String = signs.into_iter().collect();
            prop_assert!(!(passes_base58(&changed, BITCOIN) || passes_base58(&changed, RIPPLE) || passes_bech32(&changed)));
        }
    }
}
