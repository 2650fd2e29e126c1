//! Sentence embeddings in many languages: a text and its translation have vectors near each other.
//!
//! A second kind of model beside the [`Encoder`](crate::Encoder): SentencePiece's normalisation and pieces, a table of
//! first states, and a convolution in place of attention, which is why it costs less. Google's
//! universal-sentence-encoder-multilingual is of this kind.

mod file;
mod network;
mod normaliser;
mod pieces;

pub use file::{BranchFile, MultilingualFile, NetworkFile, ReplacementsFile, TableFile};
pub use network::Scratch;

use crate::file::{ModelError, Source};
use crate::multiply::{Available, Backend};
use network::Network;
use normaliser::Normaliser;
use pieces::Pieces;

/// Octets of a text that count; what comes after them is not read.
pub const LONGEST_TEXT: usize = 1 << 20;

/// A model, ready to run. It is immutable and `Sync`: make one and share it.
#[derive(Debug)]
pub struct Multilingual {
    machine: Available,
    name: String,
    source: Source,
    normaliser: Normaliser,
    pieces: Pieces,
    network: Network,
}

impl Multilingual {
    /// Checks and packs a [`MultilingualFile`] for the fastest instructions of this machine.
    ///
    /// # Errors
    /// When the file is not such a model, is damaged, or does not fit together; the error says which.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        Self::pack(MultilingualFile::from_bytes(bytes)?)
    }

    /// The same, of a file that is taken apart already.
    ///
    /// # Errors
    /// When it does not fit together.
    pub fn new(file: MultilingualFile) -> Result<Self, ModelError> {
        file.check()?;
        Self::pack(file)
    }

    fn pack(file: MultilingualFile) -> Result<Self, ModelError> {
        let machine = Available::new(Backend::best()).expect("the best back end is one that is available");
        let pieces = Pieces::new(&file);
        Ok(Self {
            machine,
            name: file.name,
            source: file.source,
            normaliser: Normaliser::new(file.replacements),
            pieces,
            network: Network::new(file.table, file.network)?,
        })
    }

    /// The same model with other instructions; none when this machine lacks them.
    #[must_use]
    pub fn with_backend(self, backend: Backend) -> Option<Self> {
        Some(Self { machine: Available::new(backend)?, ..self })
    }

    /// The instructions that it uses.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.machine.backend()
    }

    /// The model's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it comes from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// How many numbers an embedding has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.network.width
    }

    /// Octets that the model holds in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        self.normaliser.size() + self.pieces.size() + self.network.size()
    }

    /// The numbers of a text's pieces, between the marks of its two ends.
    #[must_use]
    pub fn pieces(&self, text: &str) -> Vec<u32> {
        let text = &text[..text.floor_char_boundary(LONGEST_TEXT)];
        self.pieces.cut(&self.normaliser.normalise(text))
    }

    /// One vector of length one for the whole text; the dot product of two is their cosine. Time and memory are linear
    /// in the text, and [`LONGEST_TEXT`] bounds them.
    #[must_use]
    pub fn embed(&self, text: &str, scratch: &mut Scratch) -> Vec<f32> {
        self.network.run(self.machine, &self.pieces(text), scratch)
    }
}
