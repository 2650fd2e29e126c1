//! Vectors that are known already: those of the business's own texts, from one start to the next, and those of the last
//! messages, in memory alone.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// What a vector is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Model {
    English,
    Multilingual,
    /// The model for English with the weights of this mark.
    Rare(u64),
}

/// Vectors that are known already.
pub(super) trait Known {
    fn get(&mut self, model: Model, text: &str) -> Option<Vec<f32>>;
    fn put(&mut self, model: Model, text: &str, vector: &[f32]);
}

/// Vectors of texts. Those that were asked for are written, the others are of texts that are gone.
#[derive(Default)]
pub(super) struct Kept(HashMap<(Model, String), Entry>);

struct Entry {
    vector: Vec<f32>,
    used: bool,
}

/// Changes with what a file holds.
const VERSION: u32 = 1;
/// A larger file is not read: 10,000 articles take less than a third of it.
const MOST_OCTETS: u64 = 1 << 30;

#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    made_with: Vec<f32>,
    count: usize,
}

impl Kept {
    /// `None` for a file that cannot be used, for whatever reason.
    pub(super) fn read(file: &Path, made_with: &[f32]) -> Option<Self> {
        if fs::metadata(file).ok()?.len() > MOST_OCTETS {
            return None;
        }
        let octets = fs::read(file).ok()?;
        let (header, mut rest): (Header, _) = postcard::take_from_bytes(&octets).ok()?;
        if header.version != VERSION || header.made_with != made_with {
            return None;
        }
        let mut kept = HashMap::new();
        for _ in 0..header.count {
            let ((model, text, vector), after) = postcard::take_from_bytes(rest).ok()?;
            kept.insert((model, text), Entry { vector, used: false });
            rest = after;
        }
        Some(Self(kept))
    }

    /// Replaces the file as a whole, so that a crash leaves the old one or the new one.
    pub(super) fn write(&self, file: &Path, made_with: &[f32]) -> io::Result<()> {
        let used: Vec<_> = self.0.iter().filter(|(_, entry)| entry.used).collect();
        let header = Header { version: VERSION, made_with: made_with.to_vec(), count: used.len() };
        let failed = |error: postcard::Error| io::Error::other(error);
        let mut octets = postcard::to_stdvec(&header).map_err(failed)?;
        for ((model, text), entry) in used {
            octets = postcard::to_extend(&(model, text, &entry.vector), octets).map_err(failed)?;
        }
        let beside = file.with_extension("new");
        let mut new = File::create(&beside)?;
        new.write_all(&octets)?;
        new.sync_all()?;
        fs::rename(&beside, file)
    }
}

impl Known for Kept {
    fn get(&mut self, model: Model, text: &str) -> Option<Vec<f32>> {
        let entry = self.0.get_mut(&(model, text.to_owned()))?;
        entry.used = true;
        Some(entry.vector.clone())
    }

    fn put(&mut self, model: Model, text: &str, vector: &[f32]) {
        self.0.insert((model, text.to_owned()), Entry { vector: vector.to_vec(), used: true });
    }
}

/// How many messages of all conversations are remembered: one is thought about for some milliseconds.
const MOST_RECENT: usize = 16;

/// The vectors of the last masked messages, so that the intents and the articles do not have the same text embedded twice.
#[derive(Default)]
pub(super) struct Recent(VecDeque<(Model, String, Vec<f32>)>);

impl Known for Recent {
    fn get(&mut self, model: Model, text: &str) -> Option<Vec<f32>> {
        let found = self.0.iter().find(|(of, known, _)| *of == model && known == text);
        found.map(|(_, _, vector)| vector.clone())
    }

    fn put(&mut self, model: Model, text: &str, vector: &[f32]) {
        if self.0.len() == MOST_RECENT {
            self.0.pop_front();
        }
        self.0.push_back((model, text.to_owned(), vector.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODELS: [f32; 2] = [0.1, 0.2];

    #[test]
    fn what_was_used_is_there_after_a_start_and_the_rest_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("vectors");
        let mut kept = Kept::default();
        kept.put(Model::English, "old", &[1.0, 2.0]);
        kept.put(Model::English, "new", &[3.0]);
        kept.write(&file, &MODELS).unwrap();

        let mut kept = Kept::read(&file, &MODELS).unwrap();
        assert_eq!(kept.get(Model::English, "new"), Some(vec![3.0]));
        assert_eq!(kept.get(Model::Multilingual, "new"), None);
        kept.write(&file, &MODELS).unwrap();

        let mut kept = Kept::read(&file, &MODELS).unwrap();
        assert_eq!(kept.get(Model::English, "old"), None);
        assert_eq!(kept.get(Model::English, "new"), Some(vec![3.0]));
    }

    #[test]
    fn a_file_of_other_models_or_a_damaged_one_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("vectors");
        let mut kept = Kept::default();
        kept.put(Model::Multilingual, "text", &[0.5; 8]);
        kept.write(&file, &MODELS).unwrap();
        assert!(Kept::read(&file, &[0.1, 0.25]).is_none());
        assert!(Kept::read(&folder.path().join("missing"), &MODELS).is_none());
        let whole = fs::read(&file).unwrap();
        for length in 0..whole.len() {
            fs::write(&file, &whole[..length]).unwrap();
            assert!(Kept::read(&file, &MODELS).is_none(), "{length} octets");
        }
    }

    #[test]
    fn only_so_many_messages_are_remembered() {
        let mut recent = Recent::default();
        for number in 0..=MOST_RECENT {
            recent.put(Model::English, &number.to_string(), &[number as f32]);
        }
        assert_eq!(recent.get(Model::English, "0"), None);
        assert_eq!(recent.get(Model::English, "1"), Some(vec![1.0]));
        assert_eq!(recent.get(Model::Multilingual, "1"), None);
    }
}
