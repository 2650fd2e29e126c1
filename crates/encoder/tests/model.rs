//! The whole encoder through its public door, with a small model made here of numbers that follow a rule.

mod reference;

use encoder::{Backend, Dimensions, Encoder, LayerFile, MatrixFile, ModelError, ModelFile, Scratch, Source};
use proptest::prelude::*;

const HIDDEN: usize = 64;
const WIDE: usize = 128;

/// Numbers without a pattern that matters, the same on each run.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0 >> 8
    }

    fn floats(&mut self, count: usize, size: f32) -> Vec<f32> {
        (0..count).map(|_| ((self.next() & 0xffff) as f32 / 32768.0 - 1.0) * size).collect()
    }

    fn matrix(&mut self, outputs: usize, inputs: usize, bits: u8) -> MatrixFile {
        let weights = self.floats(outputs * inputs, 0.2);
        let bias = self.floats(outputs, 0.1);
        if bits == 8 {
            return MatrixFile::quantise(&weights, bias).expect("whole blocks");
        }
        MatrixFile {
            outputs,
            inputs,
            bits,
            codes: (0..outputs * inputs / 2).map(|_| self.next() as u8).collect(),
            scales: self.floats(outputs * inputs / 32, 0.03),
            bias,
        }
    }

    fn norm(&mut self) -> (Vec<f32>, Vec<f32>) {
        (self.floats(HIDDEN, 0.3).iter().map(|x| x + 1.0).collect(), self.floats(HIDDEN, 0.1))
    }
}

fn model(bits: u8) -> ModelFile {
    let mut numbers = Numbers(7);
    let mut vocabulary: Vec<String> = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map(str::to_owned).to_vec();
    vocabulary.extend(('a'..='z').map(String::from));
    vocabulary.extend(('a'..='z').map(|letter| format!("##{letter}")));
    let words = vocabulary.len();
    ModelFile {
        name: "small".to_owned(),
        source: Source { package: "none".to_owned(), ..Source::default() },
        dimensions: Dimensions { hidden: HIDDEN, heads: 2, intermediate: WIDE, epsilon: 1e-12 },
        labels: ["O", "A", "B"].map(str::to_owned).to_vec(),
        vocabulary,
        word_codes: (0..words * HIDDEN).map(|_| numbers.next() as u8).collect(),
        word_zero: 120,
        word_scales: numbers.floats(words, 0.01),
        positions: numbers.floats(210 * HIDDEN, 0.2),
        embedding_norm: numbers.norm(),
        layers: (0..2)
            .map(|_| LayerFile {
                query: numbers.matrix(HIDDEN, HIDDEN, bits),
                key: numbers.matrix(HIDDEN, HIDDEN, bits),
                value: numbers.matrix(HIDDEN, HIDDEN, bits),
                attention_output: numbers.matrix(HIDDEN, HIDDEN, bits),
                attention_norm: numbers.norm(),
                up: numbers.matrix(WIDE, HIDDEN, bits),
                down: numbers.matrix(HIDDEN, WIDE, bits),
                output_norm: numbers.norm(),
            })
            .collect(),
        head: Some(numbers.matrix(3, HIDDEN, bits)),
    }
}

/// Probabilities and states of every piece.
fn run(encoder: &Encoder, text: &str) -> (Vec<f32>, Vec<f32>) {
    let (mut probabilities, mut states, mut next) = (Vec::new(), Vec::new(), 0);
    encoder.classify(&encoder.tokens(text), &mut Scratch::default(), |encoding| {
        assert_eq!(encoding.index, next);
        next += 1;
        probabilities.extend_from_slice(encoding.probabilities);
        states.extend_from_slice(encoding.state);
    });
    assert_eq!(next, encoder.tokens(text).pieces().len());
    (probabilities, states)
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn the_encoder_follows_the_reference_in_floating_point() {
    for width in [4, 8] {
        let file = model(width);
        let encoder = Encoder::new(file.clone()).unwrap();
        let tokens = encoder.tokens("my name is jo doe, what a day");
        let numbers: Vec<u32> = tokens.pieces().iter().map(|piece| piece.number).collect();
        let exact = reference::states(&file, &[&[2], &*numbers, &[3]].concat());
        let (probabilities, states) = run(&encoder, "my name is jo doe, what a day");
        let inner = &exact[HIDDEN..exact.len() - HIDDEN];
        let furthest = states.iter().zip(inner).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max);
        assert!(furthest < 2e-3, "{furthest}");
        for shares in probabilities.chunks_exact(3) {
            assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
        let length = encoder.embed(&tokens, &mut Scratch::default()).iter().map(|x| x * x).sum::<f32>();
        assert!((length - 1.0).abs() < 1e-5);
    }
}

#[test]
fn every_back_end_gives_the_same_bits_for_a_text() {
    let text = "the quick brown fox jumps over the lazy dog ".repeat(20);
    for width in [4, 8] {
        let file = model(width);
        let plain = Encoder::new(file.clone()).unwrap().with_backend(Backend::Portable).unwrap();
        let (probabilities, states) = run(&plain, &text);
        for backend in Backend::ALL {
            let Some(other) = Encoder::new(file.clone()).unwrap().with_backend(backend) else { continue };
            let (others, other_states) = run(&other, &text);
            assert_eq!(bits(&others), bits(&probabilities), "{backend:?}");
            assert_eq!(bits(&other_states), bits(&states), "{backend:?}");
        }
    }
}

#[test]
fn used_memory_and_an_empty_text_do_not_change_what_follows() {
    let encoder = Encoder::new(model(4)).unwrap();
    let mut scratch = Scratch::default();
    let text = encoder.tokens("a b c");
    let fresh = encoder.embed(&text, &mut Scratch::default());
    for other in ["", "a", &"word ".repeat(700)] {
        let _ = encoder.embed(&encoder.tokens(other), &mut scratch);
        encoder.classify(&encoder.tokens(other), &mut scratch, |_| {});
        assert_eq!(bits(&encoder.embed(&text, &mut scratch)), bits(&fresh));
    }
}

#[test]
fn the_states_seen_beside_an_embedding_are_those_of_the_pieces_and_leave_it_as_it_is() {
    let encoder = Encoder::new(model(4)).unwrap();
    for text in ["", "a", "my name is jo doe, what a day", &"word ".repeat(700)] {
        let tokens = encoder.tokens(text);
        let (mut pieces, mut states) = (Vec::new(), Vec::new());
        let vector = encoder.embed_and_see(&tokens, &mut Scratch::default(), |piece, state| {
            pieces.push(*piece);
            states.extend_from_slice(state);
        });
        assert_eq!(pieces, tokens.pieces());
        assert_eq!(bits(&states), bits(&run(&encoder, text).1));
        assert_eq!(bits(&vector), bits(&encoder.embed(&tokens, &mut Scratch::default())));
    }
}

#[test]
fn a_file_comes_back_as_it_was_written() {
    let file = model(4);
    let bytes = file.to_bytes();
    assert_eq!(ModelFile::from_bytes(&bytes).unwrap(), file);
    let encoder = Encoder::from_bytes(&bytes).unwrap();
    assert_eq!(encoder.labels(), ["O", "A", "B"]);
    assert_eq!((encoder.name(), encoder.width()), ("small", HIDDEN));
}

#[test]
fn a_file_that_is_no_model_is_refused_with_what_is_wrong() {
    let error = |bytes: &[u8]| Encoder::from_bytes(bytes).unwrap_err();
    let bytes = model(4).to_bytes();
    assert_eq!(error(b""), ModelError::NotAModel);
    assert_eq!(error(b"PK\x03\x04 something else"), ModelError::NotAModel);
    assert_eq!(error(&bytes[..bytes.len() - 1]), ModelError::Damaged);
    let mut damaged = bytes.clone();
    damaged[5000] ^= 1;
    assert_eq!(error(&damaged), ModelError::Damaged);
    let mut later = bytes;
    later[8] = 2;
    assert_eq!(error(&later), ModelError::Version(2));
    let wrong = |change: fn(&mut ModelFile)| {
        let mut file = model(4);
        change(&mut file);
        Encoder::from_bytes(&file.to_bytes()).unwrap_err()
    };
    assert_eq!(wrong(|file| file.vocabulary[2] = "x".to_owned()), ModelError::NoMark("[CLS]"));
    assert!(matches!(wrong(|file| file.dimensions.heads = 0), ModelError::Inconsistent(_)));
    assert!(matches!(wrong(|file| file.positions[0] = f32::NAN), ModelError::Inconsistent(_)));
    assert!(matches!(wrong(|file| file.labels.push("C".to_owned())), ModelError::Inconsistent(_)));
}

/// The digest put right, so that what is behind it is reached.
fn sealed(mut content: Vec<u8>) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(&content);
    content.extend_from_slice(&digest);
    content
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_content_makes_it_panic(
        at in any::<prop::sample::Index>(),
        octets in prop::collection::vec(any::<u8>(), 1..12),
        length in any::<prop::sample::Index>(),
        head in any::<bool>(),
    ) {
        let whole = model(4).to_bytes();
        let mut content = whole[..whole.len() - 32].to_vec();
        // Half of the changes hit the numbers that say how long everything is.
        let at = if head { at.index(120) } else { at.index(content.len()) };
        let end = (at + octets.len()).min(content.len());
        content[at..end].copy_from_slice(&octets[..end - at]);
        if octets[0] & 1 == 0 {
            content.truncate(length.index(content.len()));
        }
        if let Ok(encoder) = Encoder::from_bytes(&sealed(content)) {
            run(&encoder, "any text, with ünïcode");
        }
    }
}
