//! Euros and cents.

/// Reads `12`, `12.5` or `12.50` into cents; `None` for what is no such amount or is over 99,999.99.
pub(crate) fn cents(amount: &str) -> Option<i64> {
    let (euros, cents) = amount.split_once('.').unwrap_or((amount, "0"));
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_digit())
    };
    if !digits(euros, 5) || !digits(cents, 2) {
        return None;
    }
    let euros: i64 = euros.parse().ok()?;
    let tens = if cents.len() == 1 { 10 } else { 1 };
    Some(euros * 100 + cents.parse::<i64>().ok()? * tens)
}

/// Writes cents as `12.50`.
pub(crate) fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_digits_with_at_most_two_behind_the_point() {
        assert_eq!(["12", "12.5", "12.05", "0.00"].map(cents), [Some(1200), Some(1250), Some(1205), Some(0)]);
        for wrong in ["", ".", "1.", ".5", "-1", "+1", "1,5", "1.555", "1e3", " 1", "123456", "١"] {
            assert_eq!(cents(wrong), None, "{wrong}");
        }
        assert_eq!([1200, 1205, 0].map(amount), ["12.00", "12.05", "0.00"]);
    }
}
