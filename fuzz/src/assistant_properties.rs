//! The assistant's properties: files that somebody else wrote, and texts that a model wrote. Each takes any bytes, and
//! panics where one does not hold.

use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::OnceLock;

use anonymizer::{Anonymizer, Options, Plaintext, Policy, TokenVault};
use assistant::import::{self, Defaults, Draft, Problem, archive, sitemap};
use assistant::{Business, FlowState, Flows, FlowsError, Input, Known, Language, Progress, Setting};
use pulldown_cmark::{Event, Parser, Tag};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::replay::Property;

/// The name of each target, as its folder of inputs is called, and its property.
pub const TARGETS: [(&str, Property); 3] = [("import", import), ("flows", flows), ("sanitise", sanitise)];

/// Of whatever form a file is (its first byte says which), it gives articles that can be kept, or a problem that names it.
pub fn import(input: &[u8]) {
    let Some((form, bytes)) = input.split_first() else { return };
    match form % 7 {
        0 => articles("a/b.md", bytes),
        1 => articles("a/b.html", bytes),
        2 => articles("a/b.csv", bytes),
        3 => articles("a/b.pdf", bytes),
        4 => articles("a/b.docx", &document(bytes)),
        5 => match archive::entries("a.zip", bytes) {
            Ok(entries) => entries.for_each(|entry| match entry {
                Ok(entry) => articles(&entry.name, &entry.bytes),
                Err(problem) => named("a.zip", &problem),
            }),
            Err(problem) => named("a.zip", &problem),
        },
        _ => match sitemap::read("map.xml", &String::from_utf8_lossy(bytes)) {
            Ok(_) => {}
            Err(problem) => named("map.xml", &problem),
        },
    }
}

fn articles(name: &str, bytes: &[u8]) {
    for read in import::read(name, bytes, Defaults::default()) {
        match read {
            Ok(draft) => {
                assert!(
                    draft.text.len() <= import::ARTICLE_OCTETS && draft.article.id.len() <= import::ID_LENGTH
                );
                let kept =
                    Draft::parse("kept.md", &draft.text, Vec::new()).expect("what is kept can be read again");
                assert_eq!((kept.key(), kept.text), (draft.key(), draft.text));
            }
            Err(problem) => named(name, &problem),
        }
    }
}

fn named(place: &str, problem: &Problem) {
    assert!(problem.place.starts_with(place) && !problem.problem.is_empty(), "{problem}");
}

/// The bytes as the text of a DOCX file: a fuzzer would not find the sums of a zip.
fn document(bytes: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    archive.start_file("word/document.xml", stored).expect("memory takes it");
    archive.write_all(bytes).expect("memory takes it");
    archive.finish().expect("memory takes it").into_inner()
}

/// A file of flows is refused with lines that are in it, or each of its flows can be begun and gone on with.
pub fn flows(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let known = Known { tools: &business().tools, articles: &["returns".to_owned()].into() };
    match Flows::from_files([("a.yaml".to_owned(), text.to_string())], known) {
        Ok(flows) => flows.flows().for_each(|flow| go_through(&flows, &flow.name)),
        Err(FlowsError::Problems(problems)) => {
            // YAML ends a line at either of these, and something may be missing after the last one.
            let lines = 2 + text.matches(['\n', '\r']).count();
            assert!(!problems.is_empty());
            for problem in problems {
                assert!(problem.file == "a.yaml" && (1..=lines).contains(&problem.line), "{problem}");
                assert!(!problem.problem.is_empty());
            }
        }
        Err(other) => panic!("{other}"),
    }
}

fn go_through(flows: &Flows, flow: &str) {
    let mut vault = TokenVault::new();
    let mut mask =
        |text: &str| masking().mask(&Plaintext::new(text.to_owned()), &mut vault).expect("it is harmless");
    let today = jiff::civil::date(2026, 11, 22);
    let setting = Setting { business: business(), language: Language::English, today };
    let mut progress =
        flows.start(flow, &mask("hello, about WF-48377"), &setting).expect("it is one of them");
    for message in ["yes", "2", "49.90 on 3 December", "no, I meant WF-48378", "what does shipping cost?"] {
        let state: FlowState = match progress {
            Progress::Asks { state, .. } | Progress::Aside { state, .. } | Progress::Calls { state, .. } => {
                state
            }
            Progress::HandsOff { .. } | Progress::Ends { .. } => return,
        };
        progress = flows.go_on(state, Input::Message { text: &mask(message), intent: None }, &setting);
    }
}

/// Nothing is left of a text but words, lists and links to the declared host, and no piece is an address of another one.
pub fn sanitise(input: &[u8]) {
    let hosts = ["shop.example".to_owned()];
    let clean = assistant::sanitise(&String::from_utf8_lossy(input), &hosts);
    assert_eq!(assistant::without_links(&clean, &hosts), clean);
    for event in Parser::new(&clean) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("{html:?} is left in {clean:?}"),
            Event::Start(Tag::Image { dest_url, .. }) => {
                panic!("an image of {dest_url:?} is left in {clean:?}")
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let host =
                    dest_url.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
                let ours = host.is_some_and(|host| host.eq_ignore_ascii_case(&hosts[0]));
                assert!(ours, "a link to {dest_url:?} is left in {clean:?}");
            }
            _ => {}
        }
    }
}

fn business() -> &'static Business {
    static BUSINESS: OnceLock<Business> = OnceLock::new();
    BUSINESS.get_or_init(|| {
        // Of the fuzzer's crate, or of the crate whose tests replay its inputs.
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let content = here.ancestors().map(|folder| folder.join("content")).find(|content| content.is_dir());
        let shop = content.expect("both are in the repository").join("demo/shop.toml");
        Business::load(&shop).expect("the demo shop is declared")
    })
}

fn masking() -> &'static Anonymizer {
    static MASKING: OnceLock<Anonymizer> = OnceLock::new();
    MASKING.get_or_init(|| Anonymizer::with_policy(Policy::support(), Options::default()))
}
