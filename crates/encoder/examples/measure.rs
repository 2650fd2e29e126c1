//! What a model costs and how true it is: `measure MODEL FILE`, with a file of JSON lines that have a `text`.
//!
//! For each back end of this machine: CPU time of a text, tokens and all, one thread, after warm-up. Or, with
//! `--reference`, how often the most probable label is that of the model in double precision (slow); with `--labels`, a
//! JSON line for each text with place, number and label of each piece, to hold against another implementation.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement for people at a terminal"
)]

#[path = "../tests/reference/mod.rs"]
mod reference;

use std::time::Duration;

use encoder::{Backend, Encoder, ModelFile, Scratch};
use rustix::time::{ClockId, clock_gettime};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, file, more @ ..] = &*arguments else { panic!("measure MODEL FILE [--reference | --labels]") };
    let bytes = std::fs::read(model).unwrap();
    let texts: Vec<String> = std::fs::read_to_string(file)
        .unwrap()
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].as_str().unwrap().to_owned()
        })
        .collect();
    let before = resident();
    let encoder = Encoder::from_bytes(&bytes).unwrap();
    if more == ["--labels"] {
        return labels(&encoder, &texts);
    }
    if more == ["--reference"] {
        return agreement(&ModelFile::from_bytes(&bytes).unwrap(), &encoder, &texts);
    }
    let pieces: usize = texts.iter().map(|text| encoder.tokens(text).pieces().len()).sum();
    let characters: usize = texts.iter().map(|text| text.chars().count()).sum();
    println!(
        "{} texts of {:.0} characters and {:.1} pieces; the model holds {:.1} MB, the process {:.1} MB more than before",
        texts.len(),
        characters as f64 / texts.len() as f64,
        pieces as f64 / texts.len() as f64,
        encoder.size() as f64 / 1e6,
        (resident() - before) / 1e3,
    );
    for backend in Backend::ALL {
        if let Some(encoder) = Encoder::from_bytes(&bytes).unwrap().with_backend(backend) {
            costs(&encoder, &texts);
        }
    }
}

fn labels(encoder: &Encoder, texts: &[String]) {
    let mut scratch = Scratch::default();
    for text in texts {
        let mut pieces = Vec::new();
        encoder.classify(&encoder.tokens(text), &mut scratch, |encoding| {
            let shares = encoding.probabilities.iter().enumerate();
            let best = shares.fold((0, f32::MIN), |a, b| if *b.1 > a.1 { (b.0, *b.1) } else { a });
            let range = encoding.piece.range();
            pieces.push((range.start, range.end, encoding.piece.number, best.0));
        });
        println!("{}", serde_json::to_string(&pieces).unwrap());
    }
}

fn costs(encoder: &Encoder, texts: &[String]) {
    let mut scratch = Scratch::default();
    let mut run = |text: &String| {
        let start = cpu();
        encoder.classify(&encoder.tokens(text), &mut scratch, |encoding| {
            std::hint::black_box(encoding.probabilities);
        });
        cpu() - start
    };
    texts.iter().take(100).for_each(|text| {
        run(text);
    });
    let mut times: Vec<Duration> = texts.iter().map(run).collect();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let sum: Duration = times.iter().sum();
    println!(
        "{:?}: p50 {:.2} ms, p99 {:.2} ms, mean {:.2} ms of CPU",
        encoder.backend(),
        at(0.5),
        at(0.99),
        sum.as_secs_f64() * 1e3 / times.len() as f64
    );
}

fn agreement(file: &ModelFile, encoder: &Encoder, texts: &[String]) {
    let labels = encoder.labels().len();
    let best = |shares: &mut dyn Iterator<Item = f64>| {
        shares.enumerate().fold((0, f64::MIN), |a, b| if b.1 > a.1 { b } else { a }).0
    };
    let (mut same, mut all, mut furthest) = (0, 0, 0.0_f64);
    let mut scratch = Scratch::default();
    for text in texts {
        let tokens = encoder.tokens(text);
        if tokens.pieces().len() > encoder::WINDOW {
            continue;
        }
        let mark = |text: &str| file.vocabulary.iter().position(|piece| piece == text).unwrap() as u32;
        let numbers = tokens.pieces().iter().map(|piece| piece.number);
        let numbers: Vec<u32> =
            std::iter::once(mark("[CLS]")).chain(numbers).chain([mark("[SEP]")]).collect();
        let exact = reference::states(file, &numbers);
        let exact = reference::times(&exact, file.head.as_ref().unwrap());
        encoder.classify(&tokens, &mut scratch, |encoding| {
            let logits = &exact[(encoding.index + 1) * labels..][..labels];
            let sum: f64 = logits.iter().map(|logit| logit.exp()).sum();
            for (share, logit) in encoding.probabilities.iter().zip(logits) {
                furthest = furthest.max((f64::from(*share) - logit.exp() / sum).abs());
            }
            let ours = best(&mut encoding.probabilities.iter().copied().map(f64::from));
            same += usize::from(ours == best(&mut logits.iter().copied()));
            all += 1;
        });
    }
    println!(
        "labels as in double precision: {same} of {all} ({:.3} %); probabilities differ by at most {furthest:.1e}",
        same as f64 * 100.0 / all as f64
    );
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Memory of this process in kB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").trim().parse().unwrap_or_default()
}
