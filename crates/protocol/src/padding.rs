//! Payloads are padded into buckets before they are sealed, so that a length tells little.

/// The sizes that a padded payload can have, in octets.
pub const BUCKETS: [usize; 5] = [256, 1024, 4096, 16_384, 65_536];

/// The longest payload, in octets: the largest bucket less the length prefix.
pub const MAX_PAYLOAD: usize = BUCKETS[BUCKETS.len() - 1] - LENGTH;

const LENGTH: usize = 4;

/// Why a payload could not be padded or unpadded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaddingError {
    /// More than [`MAX_PAYLOAD`] octets.
    #[error("the payload has {0} octets; the most is {MAX_PAYLOAD}")]
    TooLong(usize),
    /// Not a bucket's size, a length past the end, or padding that is not zero.
    #[error("the padding is malformed")]
    Malformed,
}

/// Four octets of length (big-endian), the payload, zeros up to the next of [`BUCKETS`].
///
/// # Errors
/// [`PaddingError::TooLong`] past [`MAX_PAYLOAD`].
pub fn pad(payload: &[u8]) -> Result<Vec<u8>, PaddingError> {
    let needed = payload.len() + LENGTH;
    let bucket =
        BUCKETS.iter().find(|&&bucket| bucket >= needed).ok_or(PaddingError::TooLong(payload.len()))?;
    let length = u32::try_from(payload.len()).map_err(|_| PaddingError::TooLong(payload.len()))?;
    let mut padded = Vec::with_capacity(*bucket);
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(payload);
    padded.resize(*bucket, 0);
    Ok(padded)
}

/// The payload inside what [`pad`] made.
///
/// # Errors
/// [`PaddingError::Malformed`] for anything that [`pad`] does not make.
pub fn unpad(padded: &[u8]) -> Result<&[u8], PaddingError> {
    if !BUCKETS.contains(&padded.len()) {
        return Err(PaddingError::Malformed);
    }
    let (length, rest) = padded.split_first_chunk::<LENGTH>().ok_or(PaddingError::Malformed)?;
    let length = u32::from_be_bytes(*length) as usize;
    let (payload, zeros) = rest.split_at_checked(length).ok_or(PaddingError::Malformed)?;
    if zeros.iter().any(|&octet| octet != 0) {
        return Err(PaddingError::Malformed);
    }
    Ok(payload)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn unpad_returns_what_pad_took(payload in proptest::collection::vec(any::<u8>(), 0..5000)) {
            let padded = pad(&payload).unwrap();
            prop_assert!(BUCKETS.contains(&padded.len()));
            prop_assert_eq!(unpad(&padded).unwrap(), payload.as_slice());
        }

        #[test]
        fn unpad_never_panics(foreign in proptest::collection::vec(any::<u8>(), 256..=256)) {
            let _ = unpad(&foreign);
        }
    }

    #[test]
    fn the_longest_payload_fits_and_one_more_octet_does_not() {
        assert_eq!(pad(&vec![1; MAX_PAYLOAD]).unwrap().len(), 65_536);
        assert_eq!(pad(&vec![1; MAX_PAYLOAD + 1]), Err(PaddingError::TooLong(MAX_PAYLOAD + 1)));
    }

    #[test]
    fn a_length_past_the_end_or_non_zero_padding_is_malformed() {
        let mut padded = pad(b"hello").unwrap();
        padded[255] = 1;
        assert_eq!(unpad(&padded), Err(PaddingError::Malformed));
        assert_eq!(unpad(&[0xff; 256]), Err(PaddingError::Malformed));
        assert_eq!(unpad(&[0; 255]), Err(PaddingError::Malformed));
    }
}
