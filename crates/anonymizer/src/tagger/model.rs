//! The weights, and the file that they are shipped in.
//!
//! The file: eight bytes that name the format, a checksum of the rest, the scale of the weights, the chain's scores;
//! then a bit for each row of the table that says whether it is in use; then for each such row a byte to check the
//! feature by, a byte that says which labels it has a weight for, and these weights, a byte each. Numbers are little
//! endian.

use super::lattice::{Chain, LABELS, Scores};

const FORMAT: &[u8; 8] = b"SOTTOTG1";

/// The table has two to the power of this many rows.
const ROW_BITS: u32 = 19;
const ROWS: usize = 1 << ROW_BITS;

/// Why a model file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It begins with something else.
    #[error("not a model of the tagger")]
    Format,
    /// It ends too early or too late.
    #[error("the model has another length than it says")]
    Length,
    /// Some byte of it is another one than was written.
    #[error("the model is damaged")]
    Checksum,
    /// A number in it cannot be one that was trained.
    #[error("the model holds a number that is none")]
    Number,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Row {
    /// Eight more bits of the feature: a feature never seen in training does not borrow another's weights.
    check: u8,
    weights: [i8; LABELS],
}

/// What was trained.
pub(crate) struct Model {
    pub(crate) chain: Chain,
    scale: f32,
    table: Vec<Row>,
}

impl Model {
    /// Reads a model file.
    pub(crate) fn parse(file: &[u8]) -> Result<Self, ModelError> {
        let rest = file.strip_prefix(FORMAT).ok_or(ModelError::Format)?;
        let (written, body) = rest.split_first_chunk().ok_or(ModelError::Length)?;
        if u64::from_le_bytes(*written) != checksum(body) {
            return Err(ModelError::Checksum);
        }
        let mut body = body;
        let scale = number(&mut body)?;
        let mut scores = [[0.0; LABELS]; LABELS];
        for score in scores.iter_mut().flatten() {
            *score = number(&mut body)?;
        }
        let mut first = [0.0; LABELS];
        for score in &mut first {
            *score = number(&mut body)?;
        }
        let table = rows(body)?;
        Ok(Self { chain: Chain::new(scores, first), scale, table })
    }

    /// The scores of a word with these features.
    pub(crate) fn emission(&self, keys: &[u64]) -> Scores {
        let mut sum = [0i32; LABELS];
        for key in keys {
            let Some(row) = self.table.get(row_of(*key)) else { continue };
            // A branch on the check would be guessed wrong half of the time, and keep the processor from fetching the
            // rows of the next keys meanwhile.
            let counts = if row.check == check_of(*key) { -1 } else { 0 };
            for (sum, weight) in sum.iter_mut().zip(row.weights) {
                *sum += i32::from(weight & counts);
            }
        }
        sum.map(|sum| sum as f32 * self.scale)
    }
}

/// Writes a model file. `features` are keys with their weights; where two need the same row, the heavier stays.
/// Forbidden steps of the chain may have any score.
pub(crate) fn encode(scores: &[Scores; LABELS], first: &Scores, features: &[(u64, Scores)]) -> Vec<u8> {
    let most =
        features.iter().flat_map(|(_, weights)| weights).fold(f32::MIN_POSITIVE, |m, w| m.max(w.abs()));
    let scale = most / 127.0;
    let heaviness = |weights: &Scores| weights.iter().map(|w| w.abs()).sum::<f32>();
    let mut table: Vec<Option<(u64, &Scores)>> = vec![None; ROWS];
    for (key, weights) in features {
        let slot = &mut table[row_of(*key)];
        if slot.is_none_or(|(_, held)| heaviness(held) < heaviness(weights)) {
            *slot = Some((*key, weights));
        }
    }
    let mut used = vec![0u8; ROWS / 8];
    let mut rows = Vec::new();
    for (index, slot) in table.iter().enumerate() {
        let Some((key, weights)) = slot else { continue };
        let quantised = weights.map(|weight| (weight / scale).round() as i8);
        let labels = (0..LABELS).filter(|label| quantised[*label] != 0).fold(0u8, |mask, l| mask | 1 << l);
        if labels != 0 {
            used[index / 8] |= 1 << (index % 8);
            rows.extend([check_of(*key), labels]);
            rows.extend(quantised.into_iter().filter(|weight| *weight != 0).map(i8::cast_unsigned));
        }
    }
    let numbers = std::iter::once(&scale).chain(scores.iter().flatten()).chain(first);
    let mut body: Vec<u8> = numbers.flat_map(|number| number.to_le_bytes()).collect();
    body.extend(used);
    body.extend(rows);
    [FORMAT.as_slice(), &checksum(&body).to_le_bytes(), &body].concat()
}

fn number(body: &mut &[u8]) -> Result<f32, ModelError> {
    let (bytes, rest) = body.split_first_chunk().ok_or(ModelError::Length)?;
    *body = rest;
    Some(f32::from_le_bytes(*bytes)).filter(|number| number.is_finite()).ok_or(ModelError::Number)
}

fn rows(body: &[u8]) -> Result<Vec<Row>, ModelError> {
    let (used, mut rest) = body.split_at_checked(ROWS / 8).ok_or(ModelError::Length)?;
    let mut table = Vec::with_capacity(ROWS);
    for bits in used {
        for bit in 0..8 {
            let mut row = Row::default();
            if bits & 1 << bit != 0 {
                let ([check, labels], weights) = rest.split_first_chunk().ok_or(ModelError::Length)?;
                row.check = *check;
                rest = weights;
                for (label, slot) in row.weights.iter_mut().enumerate() {
                    if labels & 1 << label != 0 {
                        let (weight, weights) = rest.split_first().ok_or(ModelError::Length)?;
                        *slot = weight.cast_signed();
                        rest = weights;
                    }
                }
            }
            table.push(row);
        }
    }
    if rest.is_empty() { Ok(table) } else { Err(ModelError::Length) }
}

fn row_of(key: u64) -> usize {
    (key >> (u64::BITS - ROW_BITS)) as usize
}

fn check_of(key: u64) -> u8 {
    key as u8
}

/// Finds damage, not malice: the file is part of the program. FNV-1a.
fn checksum(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Vec<u8> {
        let features = [(7 << 50, [1.0, -2.0, 0.0, 0.0, 0.5, 0.0, 0.0]), (9 << 50 | 3, [0.25; LABELS])];
        encode(&[[0.5; LABELS]; LABELS], &[0.0; LABELS], &features)
    }

    #[test]
    fn what_was_written_is_read_but_for_rounding() {
        let model = Model::parse(&small()).ok().unwrap();
        let close = |key, expected: Scores| {
            model.emission(&[key]).iter().zip(expected).all(|(got, wanted)| (got - wanted).abs() < 0.01)
        };
        assert!(close(7 << 50, [1.0, -2.0, 0.0, 0.0, 0.5, 0.0, 0.0]));
        assert!(close(9 << 50 | 3, [0.25; LABELS]));
        assert!(close(9 << 50 | 4, [0.0; LABELS]), "another feature in the same row");
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let file = small();
        assert_eq!(Model::parse(b"").err(), Some(ModelError::Format));
        assert_eq!(Model::parse(&file[..12]).err(), Some(ModelError::Length));
        assert_eq!(Model::parse(b"{\"model\": 1}").err(), Some(ModelError::Format));
        for at in [9, 20, 200, 300, file.len() - 1] {
            let mut damaged = file.clone();
            damaged[at] ^= 0x10;
            assert_eq!(Model::parse(&damaged).err(), Some(ModelError::Checksum), "{at}");
        }
        assert_eq!(Model::parse(&file[..file.len() - 1]).err(), Some(ModelError::Checksum));
    }

    #[test]
    fn a_file_that_lies_about_itself_is_refused_although_its_checksum_is_right() {
        let signed = |body: &[u8]| [FORMAT.as_slice(), &checksum(body).to_le_bytes(), body].concat();
        let body = small()[16..].to_vec();
        for cut in [0, 3, 100, 1000, body.len() - 1] {
            assert_eq!(Model::parse(&signed(&body[..cut])).err(), Some(ModelError::Length), "{cut}");
        }
        let longer = [body.as_slice(), &[0]].concat();
        assert_eq!(Model::parse(&signed(&longer)).err(), Some(ModelError::Length));
        let mut none = body;
        none[..4].copy_from_slice(&f32::NAN.to_le_bytes());
        assert_eq!(Model::parse(&signed(&none)).err(), Some(ModelError::Number));
    }
}
