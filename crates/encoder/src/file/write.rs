//! A model to octets.

use super::{MAGIC, MatrixFile, ModelFile, Source, VERSION, digest};

impl ModelFile {
    /// The file's content; [`ModelFile::from_bytes`] gives the same model back.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = begin(MAGIC, &self.name, &self.source);
        let sizes = self.dimensions;
        let positions = self.positions.len().checked_div(sizes.hidden).unwrap_or_default();
        for size in [sizes.hidden, sizes.heads, sizes.intermediate, self.layers.len(), positions] {
            number(&mut to, size);
        }
        number(&mut to, self.vocabulary.len());
        number(&mut to, self.labels.len());
        floats(&mut to, &[sizes.epsilon]);
        self.labels.iter().chain(&self.vocabulary).for_each(|value| text(&mut to, value));
        to.push(self.word_zero);
        floats(&mut to, &self.word_scales);
        to.extend_from_slice(&self.word_codes);
        floats(&mut to, &self.positions);
        norm(&mut to, &self.embedding_norm);
        for layer in &self.layers {
            let attention = [&layer.query, &layer.key, &layer.value, &layer.attention_output];
            attention.into_iter().chain([&layer.up, &layer.down]).for_each(|value| matrix(&mut to, value));
            norm(&mut to, &layer.attention_norm);
            norm(&mut to, &layer.output_norm);
        }
        self.head.iter().for_each(|head| matrix(&mut to, head));
        seal(to)
    }
}

/// What every model file begins with.
pub(crate) fn begin(magic: &[u8; 8], name: &str, source: &Source) -> Vec<u8> {
    let mut to = magic.to_vec();
    number(&mut to, VERSION as usize);
    let texts = [name, &source.package, &source.version, &source.sha256, &source.licence, &source.changes];
    texts.into_iter().for_each(|value| text(&mut to, value));
    to
}

/// With the digest that every model file ends with.
pub(crate) fn seal(mut to: Vec<u8>) -> Vec<u8> {
    let digest = digest(&to);
    to.extend_from_slice(&digest);
    to
}

pub(crate) fn number(to: &mut Vec<u8>, value: usize) {
    to.extend_from_slice(&u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes());
}

pub(crate) fn text(to: &mut Vec<u8>, value: &str) {
    number(to, value.len());
    to.extend_from_slice(value.as_bytes());
}

pub(crate) fn floats(to: &mut Vec<u8>, values: &[f32]) {
    to.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

pub(crate) fn norm(to: &mut Vec<u8>, (weight, bias): &(Vec<f32>, Vec<f32>)) {
    floats(to, weight);
    floats(to, bias);
}

pub(crate) fn matrix(to: &mut Vec<u8>, matrix: &MatrixFile) {
    number(to, matrix.outputs);
    number(to, matrix.inputs);
    to.push(matrix.bits);
    to.extend_from_slice(&matrix.codes);
    floats(to, &matrix.scales);
    floats(to, &matrix.bias);
}
