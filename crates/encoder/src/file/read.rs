//! Octets to a model. Nothing is taken for granted: no length is believed before that many octets are there.

use super::{
    DIGEST, Dimensions, LayerFile, MAGIC, MatrixFile, ModelError, ModelFile, Source, VERSION, digest,
};
use crate::matrix::BLOCK;

impl ModelFile {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// When it is not a model, is damaged, or does not fit together.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let file = Rest::open(bytes, MAGIC)?.file()?;
        file.check()?;
        Ok(file)
    }
}

/// What is not read yet.
pub(crate) struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    /// What is between the beginning that every model file has and its digest, when both are right.
    pub(crate) fn open(bytes: &'a [u8], magic: &[u8; 8]) -> Result<Self, ModelError> {
        let mut rest = Self(bytes);
        if rest.take(magic.len()).map_err(|_| ModelError::NotAModel)? != magic {
            return Err(ModelError::NotAModel);
        }
        let version = rest.word()?;
        if version != VERSION {
            return Err(ModelError::Version(version));
        }
        let content = bytes.len().checked_sub(DIGEST).ok_or(ModelError::Truncated)?;
        if digest(&bytes[..content]) != bytes[content..] {
            return Err(ModelError::Damaged);
        }
        rest.0 = rest.0.get(..rest.0.len().saturating_sub(DIGEST)).unwrap_or_default();
        Ok(rest)
    }

    /// Nothing may be left.
    pub(crate) fn end(&self) -> Result<(), ModelError> {
        if self.0.is_empty() { Ok(()) } else { Err(ModelError::Inconsistent("more than a model")) }
    }

    pub(crate) fn source(&mut self) -> Result<Source, ModelError> {
        Ok(Source {
            package: self.text()?,
            version: self.text()?,
            sha256: self.text()?,
            licence: self.text()?,
            changes: self.text()?,
        })
    }

    fn file(mut self) -> Result<ModelFile, ModelError> {
        let mut file = ModelFile { name: self.text()?, source: self.source()?, ..ModelFile::default() };
        let [hidden, heads, intermediate] = [self.size()?, self.size()?, self.size()?];
        let [layers, positions, words, labels] = [self.size()?, self.size()?, self.size()?, self.size()?];
        let epsilon = self.floats(1)?.first().copied().unwrap_or_default();
        file.dimensions = Dimensions { hidden, heads, intermediate, epsilon };
        file.labels = self.texts(labels)?;
        file.vocabulary = self.texts(words)?;
        file.word_zero = self.take(1)?.first().copied().unwrap_or_default();
        file.word_scales = self.floats(words)?;
        file.word_codes = self.take(area(words, hidden)?)?.to_vec();
        file.positions = self.floats(area(positions, hidden)?)?;
        file.embedding_norm = self.norm(hidden)?;
        for _ in 0..layers {
            file.layers.push(LayerFile {
                query: self.matrix()?,
                key: self.matrix()?,
                value: self.matrix()?,
                attention_output: self.matrix()?,
                up: self.matrix()?,
                down: self.matrix()?,
                attention_norm: self.norm(hidden)?,
                output_norm: self.norm(hidden)?,
            });
        }
        if labels > 0 {
            file.head = Some(self.matrix()?);
        }
        self.end()?;
        Ok(file)
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(ModelError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn word(&mut self) -> Result<u32, ModelError> {
        let octets = self.take(4)?;
        Ok(u32::from_le_bytes(octets.try_into().map_err(|_| ModelError::Truncated)?))
    }

    pub(crate) fn size(&mut self) -> Result<usize, ModelError> {
        Ok(self.word()? as usize)
    }

    pub(crate) fn text(&mut self) -> Result<String, ModelError> {
        let length = self.size()?;
        let text = core::str::from_utf8(self.take(length)?);
        Ok(text.map_err(|_| ModelError::Inconsistent("a text is not UTF-8"))?.to_owned())
    }

    pub(crate) fn texts(&mut self, count: usize) -> Result<Vec<String>, ModelError> {
        // Each takes four octets at least, so a count that cannot be ends here, without memory for it.
        (0..count).map(|_| self.text()).collect()
    }

    pub(crate) fn floats(&mut self, count: usize) -> Result<Vec<f32>, ModelError> {
        let octets = self.take(area(count, 4)?)?;
        Ok(octets.as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect())
    }

    pub(crate) fn norm(&mut self, hidden: usize) -> Result<(Vec<f32>, Vec<f32>), ModelError> {
        Ok((self.floats(hidden)?, self.floats(hidden)?))
    }

    pub(crate) fn matrix(&mut self) -> Result<MatrixFile, ModelError> {
        let mut matrix = MatrixFile { outputs: self.size()?, inputs: self.size()?, ..MatrixFile::default() };
        matrix.bits = self.take(1)?.first().copied().unwrap_or_default();
        let weights = area(matrix.outputs, matrix.inputs)?;
        matrix.codes = self.take(if matrix.bits == 4 { weights / 2 } else { weights })?.to_vec();
        matrix.scales = self.floats(weights / BLOCK)?;
        matrix.bias = self.floats(matrix.outputs)?;
        Ok(matrix)
    }
}

pub(crate) fn area(rows: usize, columns: usize) -> Result<usize, ModelError> {
    rows.checked_mul(columns).ok_or(ModelError::Truncated)
}
