//! The number that both ends can read to each other.

use sha2::{Digest, Sha512};

const LABEL: &[u8] = b"sotto safety number v1\0";
const GROUPS: usize = 12;

/// Twelve groups of five digits, from a hash over the group's id and all its members' signature keys in order
/// of their octets. It is the same at both ends exactly when they see the same group with the same members,
/// and it changes when a device comes or goes.
///
/// 60 digits are 199 bits: to make two groups with equal numbers takes about 2^100 tries, even for who chooses
/// keys of both.
pub(crate) fn number(group: &[u8], keys: &mut [[u8; 32]]) -> String {
    keys.sort_unstable();
    let mut hash = Sha512::new();
    hash.update(LABEL);
    hash.update((group.len() as u64).to_be_bytes());
    hash.update(group);
    for key in keys {
        hash.update(key);
    }
    let digest = hash.finalize();
    let digits: Vec<String> = digest
        .chunks_exact(5)
        .take(GROUPS)
        .map(|octets| {
            let number = octets.iter().fold(0_u64, |number, &octet| (number << 8) | u64::from(octet));
            format!("{:05}", number % 100_000)
        })
        .collect();
    digits.join(" ")
}

#[cfg(test)]
mod tests {

    #[test]
    fn the_number_does_not_depend_on_the_order_of_the_keys_and_does_on_everything_else() {
        let number = |group: &[u8], mut keys: Vec<[u8; 32]>| super::number(group, &mut keys);
        let first = number(b"group", vec![[1; 32], [2; 32]]);
        insta::assert_snapshot!(
            first,
            @"91335 82169 38688 43211 67364 96053 55969 04144 93749 67459 14548 13808"
        );
        assert_eq!(first, number(b"group", vec![[2; 32], [1; 32]]));
        assert_ne!(first, number(b"other", vec![[1; 32], [2; 32]]));
        assert_ne!(first, number(b"group", vec![[1; 32], [3; 32]]));
        assert_ne!(first, number(b"group", vec![[1; 32], [2; 32], [3; 32]]));
    }
}
