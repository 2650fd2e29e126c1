//! Figures that more than one evaluation needs.

/// A guess: how sure it was, and whether it was right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub(super) confidence: f64,
    pub(super) right: bool,
}

/// The chance that a message of the first kind has a higher confidence than one of the second (area under the ROC
/// curve); ties count half. None when there is none of one kind.
pub(super) fn auroc(high: &[f64], low: &[f64]) -> Option<f64> {
    if high.is_empty() || low.is_empty() {
        return None;
    }
    let mut all: Vec<(f64, bool)> =
        high.iter().map(|value| (*value, true)).chain(low.iter().map(|value| (*value, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = 0.0;
    for tied in all.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let before = (tied.as_ptr() as usize - all.as_ptr() as usize) / size_of::<(f64, bool)>();
        let rank = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        ranks += rank * tied.iter().filter(|(_, is_high)| *is_high).count() as f64;
    }
    let (high, low) = (high.len() as f64, low.len() as f64);
    Some((ranks - high * (high + 1.0) / 2.0) / (high * low))
}

/// The largest share of all messages that can be answered, the surest first, while at least `precision` of the answers
/// are right.
pub(super) fn coverage(outcomes: &[Outcome], precision: f64) -> f64 {
    let mut sorted = outcomes.to_vec();
    sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let (mut answered, mut right, mut best) = (0_usize, 0_usize, 0_usize);
    // A threshold cannot part messages that are equally sure.
    for tied in sorted.chunk_by(|a, b| a.confidence.total_cmp(&b.confidence).is_eq()) {
        answered += tied.len();
        right += tied.iter().filter(|outcome| outcome.right).count();
        if right as f64 >= precision * answered as f64 {
            best = answered;
        }
    }
    best as f64 / outcomes.len().max(1) as f64
}

/// Expected calibration error: how far confidence is from the share that is right, over ten equal steps of confidence,
/// weighted by how many guesses are in each (Guo et al. 2017).
pub(super) fn calibration_error(outcomes: &[Outcome]) -> f64 {
    let mut error = 0.0;
    for step in 0..10 {
        let inside = |outcome: &&Outcome| ((outcome.confidence * 10.0) as usize).min(9) == step;
        let (mut confidence, mut right) = (0.0, 0.0);
        for outcome in outcomes.iter().filter(inside) {
            confidence += outcome.confidence;
            right += f64::from(u8::from(outcome.right));
        }
        error += (confidence - right).abs();
    }
    error / outcomes.len().max(1) as f64
}

/// The value that `share` of the values are not above; `values` must not be empty.
pub(super) fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(of: &[(f64, bool)]) -> Vec<Outcome> {
        of.iter().map(|(confidence, right)| Outcome { confidence: *confidence, right: *right }).collect()
    }

    #[test]
    fn the_area_is_that_of_pairs_counted_one_by_one() {
        assert_eq!(auroc(&[0.9, 0.8], &[0.1, 0.2]), Some(1.0));
        assert_eq!(auroc(&[0.1], &[0.9]), Some(0.0));
        assert_eq!(auroc(&[0.5, 0.5], &[0.5]), Some(0.5));
        assert_eq!(auroc(&[0.9, 0.4, 0.6], &[0.5, 0.6]), Some(3.5 / 6.0));
        assert_eq!(auroc(&[], &[0.5]), None);
    }

    #[test]
    fn coverage_is_the_largest_share_at_that_precision() {
        let some =
            outcomes(&[(0.9, true), (0.8, false), (0.7, true), (0.6, true), (0.5, false), (0.4, false)]);
        assert_eq!(coverage(&some, 0.75), 4.0 / 6.0);
        assert_eq!(coverage(&some, 0.9), 1.0 / 6.0);
        assert_eq!(coverage(&outcomes(&[(0.5, true), (0.5, false)]), 0.9), 0.0);
    }

    #[test]
    fn the_calibration_error_is_nought_when_confidence_is_the_share_that_is_right() {
        let fair = outcomes(&[(0.5, true), (0.5, false), (1.0, true), (0.0, false)]);
        assert!(calibration_error(&fair) < 1e-12);
        assert!((calibration_error(&outcomes(&[(0.95, false), (0.95, true)])) - 0.45).abs() < 1e-12);
    }

    #[test]
    fn a_quantile_is_a_value_of_the_list() {
        assert_eq!(quantile(&mut [3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(quantile(&mut [3.0, 1.0, 2.0], 0.99), 3.0);
    }
}
