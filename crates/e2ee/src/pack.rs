//! OpenMLS's entities as JSON, with their arrays of octets packed.
//!
//! The store of OpenMLS keeps JSON, in which an octet takes three or four; JSON keeps the names of the fields,
//! by which a later OpenMLS can read what this one wrote. So the text stays as it is, and only an array of
//! numbers that are octets, written as serde_json writes it, is replaced by a zero octet (which JSON text never
//! contains), its length and the octets themselves.

use zeroize::Zeroizing;

const MARK: u8 = 0;
/// Shorter arrays are smaller as text.
const SHORTEST: usize = 4;

/// Packs JSON text. What is no text of JSON comes back changed from [`unpack`], or not at all.
pub(crate) fn pack(json: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut packed = Zeroizing::new(Vec::with_capacity(json.len()));
    let mut rest = json;
    let mut in_string = false;
    while let Some((&octet, after)) = rest.split_first() {
        if octet == b'['
            && !in_string
            && let Some((octets, after)) = array(rest)
        {
            packed.push(MARK);
            packed.extend_from_slice(&u32::try_from(octets.len()).unwrap_or(u32::MAX).to_be_bytes());
            packed.extend_from_slice(&octets);
            rest = after;
            continue;
        }
        packed.push(octet);
        rest = after;
        match octet {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                if let Some((&escaped, after)) = rest.split_first() {
                    packed.push(escaped);
                    rest = after;
                }
            }
            _ => {}
        }
    }
    packed
}

/// The text that was packed; none when a length is past the end.
pub(crate) fn unpack(packed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut json = Zeroizing::new(Vec::with_capacity(packed.len() * 4));
    let mut rest = packed;
    while let Some((&octet, after)) = rest.split_first() {
        if octet != MARK {
            json.push(octet);
            rest = after;
            continue;
        }
        let (length, after) = after.split_first_chunk::<4>()?;
        let (octets, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        json.push(b'[');
        for (index, octet) in octets.iter().enumerate() {
            if index > 0 {
                json.push(b',');
            }
            write_number(&mut json, *octet);
        }
        json.push(b']');
        rest = after;
    }
    Some(json)
}

/// An array of octets at the start of the text, and what follows it.
fn array(text: &[u8]) -> Option<(Zeroizing<Vec<u8>>, &[u8])> {
    let mut octets = Zeroizing::new(Vec::new());
    let mut rest = text.strip_prefix(b"[")?;
    loop {
        let digits = rest.iter().take(4).take_while(|octet| octet.is_ascii_digit()).count();
        let (number, after) = rest.split_at(digits);
        let value = number.iter().fold(0_u32, |value, digit| value * 10 + u32::from(digit - b'0'));
        // What is written otherwise would not come back as it was.
        if digits == 0 || (digits > 1 && number.starts_with(b"0")) {
            return None;
        }
        octets.push(u8::try_from(value).ok()?);
        match after.split_first()? {
            (b',', after) => rest = after,
            (b']', after) => return (octets.len() >= SHORTEST).then_some((octets, after)),
            _ => return None,
        }
    }
}

fn write_number(json: &mut Vec<u8>, number: u8) {
    if number >= 100 {
        json.push(b'0' + number / 100);
    }
    if number >= 10 {
        json.push(b'0' + number / 10 % 10);
    }
    json.push(b'0' + number % 10);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<u16>().prop_map(|number| json!(number)),
            any::<i64>().prop_map(|number| json!(number)),
            any::<f32>().prop_map(|number| json!(number)),
            "[\\[\\]0-9,\"\\\\a\u{0}]{0,20}".prop_map(|text| json!(text)),
            proptest::collection::vec(any::<u8>(), 0..50).prop_map(|octets| json!(octets)),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                proptest::collection::vec(("[a\\[1,\"]{0,5}", inner), 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_back_to_the_octet(value in values()) {
            let text = serde_json::to_vec(&value).unwrap();
            let unpacked = unpack(&pack(&text)).unwrap();
            prop_assert_eq!(unpacked.as_slice(), text.as_slice());
        }

        #[test]
        fn unpack_never_panics(foreign in proptest::collection::vec(prop_oneof![Just(0), any::<u8>()], 0..100)) {
            let _ = unpack(&foreign);
        }
    }

    #[test]
    fn an_octet_takes_an_octet() {
        let octets: Vec<u8> = (0..=255).collect();
        let text = serde_json::to_vec(&json!({ "secret": octets })).unwrap();
        assert_eq!(pack(&text).len(), br#"{"secret":}"#.len() + 1 + 4 + 256);
    }

    #[test]
    fn an_array_that_only_looks_like_one_stays_text() {
        for text in [
            r#""[1,2,3,4,5]""#,
            r#""\"[1,2,3,4,5]""#,
            "[1,2,3,4,256]",
            "[01,2,3,4]",
            "[1,2,3,4 ]",
            "[1, 2,3,4]",
        ] {
            assert_eq!(pack(text.as_bytes()).as_slice(), text.as_bytes());
        }
    }

    #[test]
    fn a_length_past_the_end_is_nothing() {
        assert!(unpack(&[MARK, 0, 0, 0, 5, 1, 2, 3, 4]).is_none());
        assert!(unpack(&[MARK, 0, 0]).is_none());
        assert!(unpack(&[MARK, 255, 255, 255, 255]).is_none());
    }
}
