//! What the multilingual model costs and how true it is: `sentences MODEL FILE`, with a file of JSON lines that have a
//! `text` and, to hold the model against another implementation, its `pieces` and its `vector`.
//!
//! For each back end of this machine: CPU time of a text, pieces and all, one thread, after warm-up.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement for people at a terminal"
)]

use std::time::Duration;

use encoder::Backend;
use encoder::multilingual::{Multilingual, Scratch};
use rustix::time::{ClockId, clock_gettime};
use serde_json::Value;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, file] = &*arguments else { panic!("sentences MODEL FILE") };
    let bytes = std::fs::read(model).unwrap();
    let lines = std::fs::read_to_string(file).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let texts: Vec<&str> = lines.iter().map(|line| line["text"].as_str().unwrap()).collect();
    let (before, start) = (resident(), cpu());
    let encoder = Multilingual::from_bytes(&bytes).unwrap();
    let loading = cpu() - start;
    let pieces: usize = texts.iter().map(|text| encoder.pieces(text).len()).sum();
    let characters: usize = texts.iter().map(|text| text.chars().count()).sum();
    println!(
        "{} texts of {:.0} characters and {:.1} pieces; the model holds {:.1} MB, the process {:.1} MB more than before; \
         loaded in {:.2} s",
        texts.len(),
        characters as f64 / texts.len() as f64,
        pieces as f64 / texts.len() as f64,
        encoder.size() as f64 / 1e6,
        (resident() - before) / 1e3,
        loading.as_secs_f64(),
    );
    agreement(&encoder, &lines);
    let start = cpu();
    texts.iter().for_each(|text| {
        std::hint::black_box(encoder.pieces(text));
    });
    println!("pieces alone: {:.3} ms a text", (cpu() - start).as_secs_f64() * 1e3 / texts.len() as f64);
    for backend in Backend::ALL {
        if let Some(encoder) = Multilingual::from_bytes(&bytes).unwrap().with_backend(backend) {
            costs(&encoder, &texts);
        }
    }
}

/// Of those that have a vector from elsewhere.
fn agreement(encoder: &Multilingual, lines: &[Value]) {
    let (mut compared, mut same, mut least) = (0, 0, 1.0_f64);
    for line in lines.iter().filter(|line| line["vector"].is_array()) {
        let text = line["text"].as_str().unwrap();
        let theirs: Vec<f64> = serde_json::from_value(line["vector"].clone()).unwrap();
        let pieces: Vec<u32> = serde_json::from_value(line["pieces"].clone()).unwrap();
        let ours = encoder.embed(text, &mut Scratch::default());
        let product: f64 = ours.iter().zip(&theirs).map(|(a, b)| f64::from(*a) * b).sum();
        let cosine = product / theirs.iter().map(|x| x * x).sum::<f64>().sqrt();
        compared += 1;
        least = least.min(cosine);
        if pieces == encoder.pieces(text) {
            same += 1;
        } else {
            println!("other pieces: {text:?} {:?}, not {pieces:?}", encoder.pieces(text));
        }
    }
    if compared > 0 {
        println!("the same pieces: {same} of {compared}; the least cosine: {least:.6}");
    }
}

fn costs(encoder: &Multilingual, texts: &[&str]) {
    let mut scratch = Scratch::default();
    let mut run = |text: &&str| {
        let start = cpu();
        std::hint::black_box(encoder.embed(text, &mut scratch));
        cpu() - start
    };
    texts.iter().take(100).for_each(|text| {
        run(text);
    });
    let mut times: Vec<Duration> = texts.iter().map(run).collect();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("{:?}: p50 {:.2} ms, p99 {:.2} ms of CPU", encoder.backend(), at(0.5), at(0.99));
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
