//! Trains the tagger and prints how good it is: `cargo xtask train tagger --data FOLDER`.
//!
//! Reads the development data (see `models/README.md` for what is used and under which licences), writes sentences
//! of its own by grammar, fits the model with a constant seed in one thread, writes `models/tagger.bin`. With
//! `--figures`, measures the model that is there.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing figures is what it is for")]

mod corpus;
mod example;
mod figures;
mod fit;
mod grammar;
mod random;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anonymizer::tagger_training::{Tagger, encode};
use anyhow::{Context, Result, bail};

use corpus::Measured;
use example::Example;
use fit::Plan;
use grammar::{Grammar, LANGUAGES};
use random::Random;

const SEED: u64 = 20_261_122;
const PLAN: Plan = Plan { rounds: 5, rounds_after_pruning: 3, features: 220_000 };
/// How many texts are written in each language; English has twice as many, and German, whose nouns look like names.
const WRITTEN: usize = 16_000;
const SCORES: [u8; 4] = [40, 50, 60, 75];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (mut data, mut train, mut show) = (None, true, false);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--data" => data = arguments.next().map(PathBuf::from),
            "--figures" => train = false,
            "--errors" => show = true,
            _ => bail!("unknown argument {argument}; there are --data FOLDER, --figures and --errors"),
        }
    }
    let data = data.context("--data FOLDER is missing: where the development data is")?;
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/tagger.bin");
    let start = Instant::now();
    let (training, held_out) = texts(&data)?;
    if train {
        println!("{} texts to learn from, {} held out", training.len(), held_out.len());
        let fitted = fit::fit(&training, &PLAN, &mut Random(SEED));
        let file = encode(&fitted.steps, &fitted.first, &fitted.features);
        fs::write(&model, &file).with_context(|| format!("write {}", model.display()))?;
        println!(
            "{}: {} kB, after {:.0} s",
            model.display(),
            file.len() / 1000,
            start.elapsed().as_secs_f64()
        );
    }
    let file = fs::read(&model).with_context(|| format!("read {}", model.display()))?;
    measure(&Tagger::new(&file)?, &data, held_out, show)
}

fn measure(tagger: &Tagger, data: &Path, held_out: Vec<Measured>, show: bool) -> Result<()> {
    let synthetic = corpus::synthetic(&data.join("synthetic.jsonl"))?;
    let dialogues = corpus::dialogues(&data.join("sgd_dev_dialogues.jsonl"))?;
    let noisy =
        corpus::tagged(&data.join("wnut17_dev.jsonl"))?.into_iter().map(Measured::from).collect::<Vec<_>>();
    if show {
        figures::print_errors(tagger, "synthetic", &synthetic, 50);
        figures::print_errors(tagger, "dialogues", &dialogues, 50);
        figures::print_errors(tagger, "wnut17 dev", &noisy, 50);
        figures::print_errors(tagger, "held out", &held_out, 50);
    }
    figures::print(tagger, "synthetic", &synthetic, &SCORES);
    figures::print(tagger, "dialogues", &dialogues, &SCORES);
    figures::print(tagger, "wnut17 dev", &noisy, &SCORES);
    figures::print(tagger, "held out", &held_out, &SCORES);
    figures::print_false_alarms(tagger, &dialogues, &SCORES);
    figures::print_speed(tagger, &dialogues);
    Ok(())
}

/// What to learn from, and every tenth public text, held out.
fn texts(data: &Path) -> Result<(Vec<Example>, Vec<Measured>)> {
    let mut random = Random(SEED);
    let grammars: Vec<Grammar> =
        LANGUAGES.iter().map(|(code, text)| Grammar::new(code, text)).collect::<Result<_>>()?;
    let english = &grammars[0];
    let (mut training, mut held_out) = (Vec::new(), Vec::new());
    for file in ["broad_twitter.jsonl", "wnut17_train.jsonl"] {
        for (index, example) in corpus::tagged(&data.join(file))?.into_iter().enumerate() {
            if index % 10 == 9 {
                held_out.push(Measured::from(example));
                continue;
            }
            if random.percent(35) {
                let lower = example.rewrite(|_, c, out| out.extend(c.to_lowercase()));
                training.push(lower);
            }
            if random.percent(40) {
                training.push(corpus::about_others(&example, english, &mut random)?.vary(&mut random));
            }
            // What people wrote counts for more than what a grammar did.
            training.extend([example.clone(), example]);
        }
    }
    for (index, example) in corpus::contextual(&data.join("contextual.jsonl"))?.into_iter().enumerate() {
        if index % 10 == 9 {
            held_out.push(Measured::from(example));
            continue;
        }
        let others = corpus::about_others(&example, english, &mut random)?;
        training.push(if random.percent(75) { others.vary(&mut random) } else { example });
    }
    for (index, grammar) in grammars.iter().enumerate() {
        for _ in 0..if index < 2 { 2 * WRITTEN } else { WRITTEN } {
            let text = written(grammar, &mut random)?;
            let share = [0, 8, 25][random.below(3)];
            training.push(grammar.with_other_words(&text, share, &mut random).vary(&mut random));
        }
    }
    Ok((training, held_out))
}

/// One to three sentences.
fn written(grammar: &Grammar, random: &mut Random) -> Result<Example> {
    let mut text = Example::default();
    for index in 0..1 + random.below(3) {
        let section = if random.percent(35) { "plain" } else { "sentence" };
        let sentence = grammar.write(section, random)?;
        let between = match random.below(10) {
            _ if index == 0 => "",
            0..4 => " ",
            4..8 => ". ",
            _ => "\n",
        };
        text.append(between, &sentence);
    }
    Ok(text)
}
