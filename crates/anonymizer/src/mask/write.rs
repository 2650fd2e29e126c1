//! The masked text itself.

use zeroize::Zeroizing;

use super::Basis;
use crate::resolve::Place;
use crate::vault::{TokenVault, Written};

/// The text with what stands for each place.
pub(super) fn write(written: &str, places: &[Place], stand_ins: &[Written]) -> String {
    let mut masked = String::with_capacity(written.len());
    let mut at = 0;
    for (place, stand_in) in places.iter().zip(stand_ins) {
        masked.push_str(&written[at..place.range.start]);
        masked.push_str(&stand_in.text);
        at = place.range.end;
    }
    masked.push_str(&written[at..]);
    masked
}

/// Whether restoring gives what was there before, but for what the policy lets nobody have back. Tokens are read
/// everywhere; a surrogate may run into the words around it.
pub(super) fn comes_back(
    masked: &str,
    written: &str,
    places: &[Place],
    stand_ins: &[Written],
    vault: &TokenVault,
    basis: Basis,
) -> bool {
    let mut expected = Zeroizing::new(String::with_capacity(written.len()));
    let mut at = 0;
    for (place, stand_in) in places.iter().zip(stand_ins) {
        expected.push_str(&written[at..place.range.start]);
        expected.push_str(if stand_in.comes_back { &written[place.range.clone()] } else { &stand_in.text });
        at = place.range.end;
    }
    expected.push_str(&written[at..]);
    let restored = vault.restore(masked);
    match basis {
        Basis::Written => restored.text.reveal() == expected.as_str(),
        Basis::Masked => restored.text == vault.restore(&expected).text,
    }
}
