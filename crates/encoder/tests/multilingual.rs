//! The multilingual model through its public door: a small one made here of numbers that follow a rule, and the real one
//! where `SOTTO_TEST_MODELS` says that it is installed.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests stop at the first surprise, and are told by the environment where models are"
)]

use encoder::multilingual::{BranchFile, Multilingual, MultilingualFile, NetworkFile, Scratch, TableFile};
use encoder::{Backend, MatrixFile, ModelError, Source};
use proptest::prelude::*;

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

    fn matrix(&mut self, outputs: usize, inputs: usize) -> MatrixFile {
        let weights = self.floats(outputs * inputs, 0.2);
        MatrixFile::quantise(&weights, self.floats(outputs, 0.1)).expect("whole blocks")
    }

    fn norm(&mut self, width: usize) -> (Vec<f32>, Vec<f32>) {
        (self.floats(width, 0.3).iter().map(|x| x + 1.0).collect(), self.floats(width, 0.1))
    }
}

/// States of 32 numbers, two branches of 32.
fn model() -> MultilingualFile {
    let mut numbers = Numbers(7);
    let mut pieces: Vec<String> = ["<unk>", "<s>", "</s>", "▁"].map(str::to_owned).to_vec();
    pieces.extend(('a'..='z').map(String::from));
    pieces.extend(('a'..='z').map(|letter| format!("▁{letter}")));
    let count = pieces.len();
    let mut branch = |order: usize, before| BranchFile {
        order,
        before,
        first: numbers.matrix(32, order * 32),
        second: numbers.matrix(32, order * 32),
    };
    let branches = vec![branch(2, 0), branch(5, 2)];
    MultilingualFile {
        name: "small".to_owned(),
        source: Source { package: "none".to_owned(), ..Source::default() },
        begin: 1,
        end: 2,
        pieces,
        scores: numbers.floats(count, 3.0),
        table: TableFile {
            width: 32,
            codes: (0..(count + 2) * 32).map(|_| numbers.next() as u8).collect(),
            scales: vec![0.01, 0.02, 0.03],
            offsets: vec![-1.0, -2.0, -4.0],
        },
        network: NetworkFile {
            channels: 32,
            epsilon: 1e-12,
            projection: numbers.matrix(64, 32),
            projection_norm: numbers.norm(64),
            branches,
            features_norm: numbers.norm(96),
            sentence: numbers.matrix(64, 96),
            narrow: numbers.matrix(32, 64),
            across: numbers.matrix(32, 96),
            wide: numbers.matrix(64, 32),
            last: numbers.matrix(64, 96),
        },
        ..MultilingualFile::default()
    }
}

fn embed(model: &Multilingual, text: &str) -> Vec<f32> {
    model.embed(text, &mut Scratch::default())
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn product(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn every_back_end_gives_the_same_bits_for_a_text_of_any_length() {
    for text in ["", "a quick brown fox", &"the lazy dog ".repeat(200)] {
        let plain = Multilingual::new(model()).unwrap().with_backend(Backend::Portable).unwrap();
        let vector = embed(&plain, text);
        assert!((product(&vector, &vector) - 1.0).abs() < 1e-5);
        for backend in Backend::ALL {
            let Some(other) = Multilingual::new(model()).unwrap().with_backend(backend) else { continue };
            assert_eq!(bits(&embed(&other, text)), bits(&vector), "{backend:?}");
        }
    }
}

#[test]
fn a_long_text_is_read_whole_and_used_memory_does_not_change_what_follows() {
    let model = Multilingual::new(model()).unwrap();
    let mut scratch = Scratch::default();
    let fresh = embed(&model, "a b c");
    // Pieces at both sides of where a window ends, and after several.
    for length in [126, 127, 128, 129, 130, 500] {
        let text = "abcdefg".chars().cycle().take(length).collect::<String>();
        let mut other = text.clone();
        other.pop();
        let vector = model.embed(&text, &mut scratch);
        assert_ne!(bits(&vector), bits(&model.embed(&format!("{other}z"), &mut scratch)));
        assert_eq!(bits(&vector), bits(&embed(&model, &text)));
        assert_eq!(bits(&model.embed("a b c", &mut scratch)), bits(&fresh));
    }
}

#[test]
fn a_file_comes_back_as_it_was_written() {
    let file = model();
    assert_eq!(MultilingualFile::from_bytes(&file.to_bytes()).unwrap(), file);
    let model = Multilingual::new(file).unwrap();
    assert_eq!((model.name(), model.width(), model.pieces("a")), ("small", 64, vec![1, 3, 4, 2]));
}

#[test]
fn a_file_that_is_no_such_model_is_refused_with_what_is_wrong() {
    let error = |bytes: &[u8]| Multilingual::from_bytes(bytes).unwrap_err();
    let bytes = model().to_bytes();
    assert_eq!(error(b"SOTTOENC"), ModelError::NotAModel);
    assert_eq!(error(&bytes[..bytes.len() - 1]), ModelError::Damaged);
    let mut damaged = bytes.clone();
    damaged[5000] ^= 1;
    assert_eq!(error(&damaged), ModelError::Damaged);
    let mut later = bytes;
    later[8] = 2;
    assert_eq!(error(&later), ModelError::Version(2));
    let wrong = |change: fn(&mut MultilingualFile)| {
        let mut file = model();
        change(&mut file);
        matches!(error(&file.to_bytes()), ModelError::Inconsistent(_) | ModelError::Truncated)
    };
    assert!(wrong(|file| file.unknown = 99));
    assert!(wrong(|file| file.pieces[5] = String::new()));
    assert!(wrong(|file| file.pieces[5] = "a".repeat(200)));
    assert!(wrong(|file| file.scores[5] = f32::NAN));
    assert!(wrong(|file| file.replacements.texts = "a".repeat(100)));
    assert!(wrong(|file| file.table.scales.clear()));
    assert!(wrong(|file| file.table.codes.truncate(640)));
    assert!(wrong(|file| file.network.branches.clear()));
    assert!(wrong(|file| file.network.branches[0].before = 2));
    assert!(wrong(|file| file.network.epsilon = -1.0));
    assert!(wrong(|file| file.network.last.scales[0] = f32::INFINITY));
}

/// A sentence, its pieces and the first numbers of its vector by the Python package that the model comes in: one sentence
/// in seven languages, another one in seven languages, and a few odd texts.
type Known = (&'static str, &'static [u32], [f32; 4]);

#[rustfmt::skip]
const KNOWN: [Known; 17] = [
    ("Where is my order? It should have been here on Monday, and nobody answers.", &[1, 6795, 32, 179, 2081, 21, 214, 402, 75, 372, 827, 54, 6591, 7, 17, 59, 2991, 5136, 8, 2], [-0.0684, -0.0076, -0.0503, 0.0201]),
    ("Wo bleibt meine Bestellung? Sie hätte am Montag hier sein sollen, und niemand antwortet.", &[1, 5325, 13609, 1975, 1175, 15728, 21, 2185, 7545, 411, 35930, 1769, 1026, 15082, 7, 82, 15955, 6, 62876, 8, 2], [-0.0497, -0.017, -0.0625, 0.0428]),
    ("Où est ma commande ? Elle devait arriver lundi et personne ne répond.", &[1, 238, 8238, 239, 224, 58310, 483, 4756, 13, 26026, 22576, 70, 43136, 100, 4395, 198, 13352, 8, 2], [-0.069, 0.0056, -0.0706, 0.0221]),
    ("¿Dónde está mi pedido? Debía llegar el lunes y nadie contesta.", &[1, 723, 230, 49709, 1129, 250, 34439, 21, 49066, 3116, 9431, 72, 83938, 51, 9256, 30994, 8, 2], [-0.0721, 0.0306, -0.0668, 0.0598]),
    ("Dov'è il mio ordine? Doveva arrivare lunedì e nessuno risponde.", &[1, 52214, 11, 949, 84, 1938, 40976, 21, 26954, 835, 23109, 98232, 34, 9838, 18562, 8, 2], [-0.0678, 0.0012, -0.0665, 0.0438]),
    ("Waar blijft mijn bestelling? Die had er maandag moeten zijn en niemand antwoordt.", &[1, 9389, 390, 96450, 96019, 56, 41537, 21, 626, 296, 452, 6, 16864, 26285, 6, 60725, 1478, 46, 15955, 6, 112753, 31, 8, 2], [-0.0619, 0.01, -0.0221, 0.027]),
    ("Onde está a minha encomenda? Devia ter chegado na segunda-feira e ninguém responde.", &[1, 35142, 1129, 10, 2051, 104494, 21, 18311, 29, 504, 106, 20926, 163, 6508, 18, 60965, 34, 12903, 21525, 8, 2], [-0.0783, 0.0288, -0.0815, 0.0365]),
    ("How do I change the password of my account?", &[1, 1348, 61, 33, 1350, 12, 11007, 19, 179, 3105, 21, 2], [-0.0008, -0.0609, 0.0117, 0.0425]),
    ("Wie ändere ich das Passwort meines Kontos?", &[1, 2534, 6, 38806, 22, 242, 161, 12157, 20525, 1975, 9, 30358, 378, 21, 2], [0.011, -0.0625, -0.0309, 0.0732]),
    ("Comment modifier le mot de passe de mon compte ?", &[1, 7626, 39932, 58, 9177, 13, 5735, 13, 1313, 5184, 483, 2], [-0.0101, -0.0478, -0.0314, 0.0629]),
    ("¿Cómo cambio la contraseña de mi cuenta?", &[1, 723, 327, 31180, 8732, 25, 2144, 34463, 13, 250, 4462, 21, 2], [0.0142, -0.0382, -0.0248, 0.0373]),
    ("Come cambio la password del mio account?", &[1, 3754, 8732, 25, 11007, 138, 1938, 3105, 21, 2], [-0.0036, -0.0624, -0.007, 0.065]),
    ("Hoe wijzig ik het wachtwoord van mijn account?", &[1, 2439, 22, 6, 23605, 24165, 6, 1300, 397, 6, 43843, 102813, 218, 96019, 3105, 21, 2], [-0.0021, -0.0209, -0.0202, 0.0352]),
    ("Como altero a palavra-passe da minha conta?", &[1, 2671, 13326, 39, 10, 16761, 18, 64174, 66, 2051, 5558, 21, 2], [-0.0125, -0.0377, -0.0229, 0.0551]),
    ("OK", &[1, 7402, 2], [0.1217, 0.0018, 0.0707, -0.0062]),
    ("Ｆｕｌｌ　ｗｉｄｔｈ ½ ﬁne №5 e\u{301} \u{200b}", &[1, 17004, 16050, 32259, 1668, 395, 323, 165, 2], [0.018, 0.0182, 0.0021, 0.0422]),
    ("😀 日本語のテキスト 𝔘𝔫𝔦 Ω≈ç√", &[1, 6, 0, 71578, 73, 53201, 6278, 18435, 6, 44723, 32968, 3066, 2176, 2], [0.0548, 0.0583, -0.009, 0.0682]),
];

fn installed() -> Option<Multilingual> {
    let folder = std::env::var_os("SOTTO_TEST_MODELS")?;
    let bytes = std::fs::read(std::path::Path::new(&folder).join("multilingual.model")).ok()?;
    Some(Multilingual::from_bytes(&bytes).unwrap())
}

#[test]
fn pieces_and_vectors_are_those_of_the_package() {
    let Some(model) = installed() else { return };
    for (text, pieces, first) in KNOWN {
        assert_eq!(model.pieces(text), pieces, "{text}");
        for (ours, theirs) in embed(&model, text).iter().zip(first) {
            assert!((ours - theirs).abs() < 3e-3, "{text}: {ours} {theirs}");
        }
    }
}

#[test]
fn a_translation_is_nearer_than_another_sentence() {
    let Some(model) = installed() else { return };
    let vectors: Vec<Vec<f32>> = KNOWN[..14].iter().map(|(text, ..)| embed(&model, text)).collect();
    let (first, second) = vectors.split_at(7);
    let least = |a: &[f32], among: &[Vec<f32>]| among.iter().map(|b| product(a, b)).fold(1.0, f32::min);
    let most = |a: &[f32], among: &[Vec<f32>]| among.iter().map(|b| product(a, b)).fold(-1.0, f32::max);
    for (these, others) in [(first, second), (second, first)] {
        for vector in these {
            assert!(least(vector, these) > most(vector, others) + 0.3);
        }
    }
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
    fn no_content_and_no_text_makes_it_panic(
        at in any::<prop::sample::Index>(),
        octets in prop::collection::vec(any::<u8>(), 1..12),
        length in any::<prop::sample::Index>(),
        text in "\\PC{0,200}",
    ) {
        let whole = model().to_bytes();
        let mut content = whole[..whole.len() - 32].to_vec();
        let at = at.index(content.len());
        let end = (at + octets.len()).min(content.len());
        content[at..end].copy_from_slice(&octets[..end - at]);
        if octets[0] & 1 == 0 {
            content.truncate(length.index(content.len()));
        }
        if let Ok(model) = Multilingual::from_bytes(&sealed(content)) {
            let _ = embed(&model, &text);
        }
        let model = Multilingual::new(model()).unwrap();
        prop_assert!(embed(&model, &text).iter().all(|value| value.is_finite()));
    }
}
