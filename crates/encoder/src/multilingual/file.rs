//! The model file: little-endian numbers as in the other model file, with the same beginning and the same digest at the
//! end.
//!
//! ```text
//! "SOTTOMUL"  version u32
//! name, package, version, SHA-256 of the package, licence, what was changed    each: length u32, UTF-8
//! unknown, begin, end u32: numbers of pieces
//! pieces u32, each: length u32, UTF-8; scores f32 × pieces
//! units u32, double array u32 × units; replacements: length u32, UTF-8, each text ends with NUL
//! rows, width, kinds u32; scales, offsets f32 × kinds; codes u8 × rows × width
//! channels, branches u32, epsilon f32
//! projection (matrix), its norm: weight, bias f32 × branches × channels
//! each branch: order, before u32; first, second (matrices)
//! norm of the features: weight, bias f32 × (width + branches × channels); sentence (matrix)
//! narrow, across, wide, last (matrices)
//! SHA-256 of all that
//! ```
//! Matrices are those of the other file.

use super::network::{self, Network};
use super::normaliser::Normaliser;
use super::pieces::Pieces;
use crate::file::read::{Rest, area};
use crate::file::write::{begin, floats, matrix, norm, number, seal, text};
use crate::file::{MatrixFile, ModelError, Source, finite};

const MAGIC: &[u8; 8] = b"SOTTOMUL";

/// A multilingual sentence model as it is kept in a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MultilingualFile {
    /// For people.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// What stands for a character that no piece has.
    pub unknown: u32,
    /// What stands before a text.
    pub begin: u32,
    /// What stands after a text.
    pub end: u32,
    /// Pieces in the order of their numbers; a space is written as U+2581.
    pub pieces: Vec<String>,
    /// The logarithm of each piece's probability.
    pub scores: Vec<f32>,
    /// How characters are replaced before a text is cut.
    pub replacements: ReplacementsFile,
    /// The first state of each piece.
    pub table: TableFile,
    /// The layers.
    pub network: NetworkFile,
}

/// SentencePiece's normalisation as it is compiled: a double array (Aoe 1989) in the form of darts-clone, whose values
/// are places in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplacementsFile {
    /// The double array; empty when nothing is replaced.
    pub units: Vec<u32>,
    /// What is put in place; each text ends with NUL.
    pub texts: String,
}

/// First states, of eight bits: `code · scale + offset`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableFile {
    /// How many numbers a state has.
    pub width: usize,
    /// A row for each piece; there may be more.
    pub codes: Vec<u8>,
    /// What one is worth; row `n` has that of number `n` modulo how many there are.
    pub scales: Vec<f32>,
    /// What zero is worth, likewise.
    pub offsets: Vec<f32>,
}

/// The layers: a convolution over words of several widths and a small network after it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkFile {
    /// How many numbers a branch has for each piece.
    pub channels: usize,
    /// Added to a variance.
    pub epsilon: f32,
    /// From first states to those of all branches side by side.
    pub projection: MatrixFile,
    /// Weight and bias of the normalisation after it.
    pub projection_norm: (Vec<f32>, Vec<f32>),
    /// In their order.
    pub branches: Vec<BranchFile>,
    /// Weight and bias of the normalisation of first states and branches side by side.
    pub features_norm: (Vec<f32>, Vec<f32>),
    /// From the mean of the features to a state of the sentence.
    pub sentence: MatrixFile,
    /// From the sentence's state.
    pub narrow: MatrixFile,
    /// From the sentence's state and the outputs of `narrow`, side by side.
    pub across: MatrixFile,
    /// From the outputs of `across`.
    pub wide: MatrixFile,
    /// From the outputs of `across` and of `wide`, side by side, to the vector.
    pub last: MatrixFile,
}

/// Two convolutions one after the other, each with its input added to what it gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BranchFile {
    /// How many pieces it sees at once.
    pub order: usize,
    /// How many of them come before the one in question.
    pub before: usize,
    /// The inputs are the pieces' channels in the order of the text.
    pub first: MatrixFile,
    /// The same.
    pub second: MatrixFile,
}

impl MultilingualFile {
    /// The file's content; [`MultilingualFile::from_bytes`] gives the same model back.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = begin(MAGIC, &self.name, &self.source);
        to.reserve(self.table.codes.len());
        let size = |to: &mut Vec<u8>, values: &[usize]| values.iter().for_each(|value| number(to, *value));
        for mark in [self.unknown, self.begin, self.end] {
            to.extend_from_slice(&mark.to_le_bytes());
        }
        number(&mut to, self.pieces.len());
        self.pieces.iter().for_each(|piece| text(&mut to, piece));
        floats(&mut to, &self.scores);
        number(&mut to, self.replacements.units.len());
        to.extend(self.replacements.units.iter().flat_map(|unit| unit.to_le_bytes()));
        text(&mut to, &self.replacements.texts);
        let TableFile { width, codes, scales, offsets } = &self.table;
        size(&mut to, &[codes.len().checked_div(*width).unwrap_or_default(), *width, scales.len()]);
        floats(&mut to, scales);
        floats(&mut to, offsets);
        to.extend_from_slice(codes);
        let network = &self.network;
        size(&mut to, &[network.channels, network.branches.len()]);
        floats(&mut to, &[network.epsilon]);
        matrix(&mut to, &network.projection);
        norm(&mut to, &network.projection_norm);
        for branch in &network.branches {
            size(&mut to, &[branch.order, branch.before]);
            matrix(&mut to, &branch.first);
            matrix(&mut to, &branch.second);
        }
        norm(&mut to, &network.features_norm);
        let last = [&network.sentence, &network.narrow, &network.across, &network.wide, &network.last];
        last.into_iter().for_each(|value| matrix(&mut to, value));
        seal(to)
    }

    /// Reads and checks a file.
    ///
    /// # Errors
    /// When it is not such a model, is damaged, or does not fit together.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut rest = Rest::open(bytes, MAGIC)?;
        let mut file = Self { name: rest.text()?, source: rest.source()?, ..Self::default() };
        [file.unknown, file.begin, file.end] = [rest.word()?, rest.word()?, rest.word()?];
        let pieces = rest.size()?;
        file.pieces = rest.texts(pieces)?;
        file.scores = rest.floats(pieces)?;
        let units = rest.size()?;
        let units = rest.take(area(units, 4)?)?.as_chunks().0;
        file.replacements.units = units.iter().map(|unit| u32::from_le_bytes(*unit)).collect();
        file.replacements.texts = rest.text()?;
        let [rows, width, kinds] = [rest.size()?, rest.size()?, rest.size()?];
        file.table = TableFile {
            width,
            scales: rest.floats(kinds)?,
            offsets: rest.floats(kinds)?,
            codes: rest.take(area(rows, width)?)?.to_vec(),
        };
        file.network = read_network(&mut rest, width)?;
        rest.end()?;
        file.check()?;
        Ok(file)
    }

    /// Whether everything fits together; nothing is assumed of it before.
    pub(super) fn check(&self) -> Result<(), ModelError> {
        Pieces::check(self)?;
        Normaliser::check(&self.replacements)?;
        let TableFile { width, codes, scales, offsets } = &self.table;
        if scales.is_empty() || scales.len() != offsets.len() {
            return Err(ModelError::Inconsistent("the scales of the first states"));
        }
        if *width == 0 || !codes.len().is_multiple_of(*width) || codes.len() / width < self.pieces.len() {
            return Err(ModelError::Inconsistent("the size of the first states"));
        }
        finite(&[&self.scores, scales, offsets])?;
        Network::check(&self.network, *width)
    }
}

fn read_network(rest: &mut Rest<'_>, width: usize) -> Result<NetworkFile, ModelError> {
    let [channels, branches] = [rest.size()?, rest.size()?];
    // Before memory is asked for that many.
    if branches > network::MOST_BRANCHES {
        return Err(ModelError::Inconsistent("too many branches"));
    }
    let all = area(channels, branches)?;
    let epsilon = rest.floats(1)?.first().copied().unwrap_or_default();
    let mut network = NetworkFile { channels, epsilon, ..NetworkFile::default() };
    network.projection = rest.matrix()?;
    network.projection_norm = rest.norm(all)?;
    for _ in 0..branches {
        network.branches.push(BranchFile {
            order: rest.size()?,
            before: rest.size()?,
            first: rest.matrix()?,
            second: rest.matrix()?,
        });
    }
    network.features_norm = rest.norm(all.checked_add(width).ok_or(ModelError::Truncated)?)?;
    network.sentence = rest.matrix()?;
    network.narrow = rest.matrix()?;
    network.across = rest.matrix()?;
    network.wide = rest.matrix()?;
    network.last = rest.matrix()?;
    Ok(network)
}
