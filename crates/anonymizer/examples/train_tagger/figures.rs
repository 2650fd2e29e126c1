//! How good a model is, and how fast.

use std::ops::Range;
use std::time::Instant;

use anonymizer::tagger_training::{Label, Opinions, Tagged, Tagger};

use crate::corpus::Measured;

const LABELS: [(Label, &str); 3] =
    [(Label::Person, "person"), (Label::Location, "location"), (Label::Organization, "organization")];

#[derive(Default)]
struct Counts {
    gold: usize,
    found: usize,
    exact: usize,
    gold_touched: usize,
    found_touching: usize,
}

fn overlap(left: &Range<usize>, right: &Range<usize>) -> bool {
    left.start < right.end && right.start < left.end
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
}

/// Prints precision, recall and F1 for each label of a set, at each of these least scores.
pub(crate) fn print(tagger: &Tagger, name: &str, set: &[Measured], least: &[u8]) {
    let tagged: Vec<Vec<Tagged>> =
        set.iter().map(|measured| tagger.tag(&measured.example.text, &Opinions::default())).collect();
    for (label, label_name) in LABELS {
        if !set.iter().any(|measured| measured.example.spans.iter().any(|(_, gold)| *gold == label)) {
            continue;
        }
        for least in least {
            let mut counts = Counts::default();
            for (measured, tagged) in set.iter().zip(&tagged) {
                count(measured, tagged, label, *least, &mut counts);
            }
            let (precision, recall) =
                (share(counts.found_touching, counts.found), share(counts.gold_touched, counts.gold));
            let exact = f1(share(counts.exact, counts.found), share(counts.exact, counts.gold));
            println!(
                "{name:<11} {label_name:<12} score >= {least:>2}  overlap P {precision:.3} R {recall:.3} F1 {:.3}  \
                 exact F1 {exact:.3}  ({} to find)",
                f1(precision, recall),
                counts.gold
            );
        }
    }
}

fn count(measured: &Measured, tagged: &[Tagged], label: Label, least: u8, counts: &mut Counts) {
    let gold: Vec<_> =
        measured.example.spans.iter().filter(|(_, l)| *l == label).map(|(range, _)| range).collect();
    let found: Vec<_> = tagged
        .iter()
        .filter(|tagged| tagged.label == label && tagged.score >= least)
        .map(|tagged| &tagged.range)
        .filter(|range| {
            gold.iter().any(|gold| overlap(gold, range)) || !measured.either.iter().any(|r| overlap(r, range))
        })
        .collect();
    counts.gold += gold.len();
    counts.found += found.len();
    counts.exact += found.iter().filter(|range| gold.contains(range)).count();
    counts.gold_touched += gold.iter().filter(|gold| found.iter().any(|range| overlap(gold, range))).count();
    counts.found_touching +=
        found.iter().filter(|range| gold.iter().any(|gold| overlap(gold, range))).count();
}

/// Prints in how many of 100 turns with nothing to find something was found.
pub(crate) fn print_false_alarms(tagger: &Tagger, set: &[Measured], least: &[u8]) {
    let empty: Vec<_> = set.iter().filter(|measured| measured.empty_turn).collect();
    let tagged: Vec<_> =
        empty.iter().map(|measured| tagger.tag(&measured.example.text, &Opinions::default())).collect();
    for least in least {
        print!("false alarms in 100 turns, score >= {least:>2}:");
        for (label, name) in LABELS {
            let alarms = tagged
                .iter()
                .filter(|all| all.iter().any(|tagged| tagged.label == label && tagged.score >= *least))
                .count();
            print!("  {name} {:.2}", 100.0 * share(alarms, empty.len()));
        }
        let any = tagged.iter().filter(|all| all.iter().any(|tagged| tagged.score >= *least)).count();
        println!("  any {:.2}", 100.0 * share(any, empty.len()));
    }
}

/// Prints what was missed and what was found wrongly.
pub(crate) fn print_errors(tagger: &Tagger, name: &str, set: &[Measured], least: u8) {
    for measured in set {
        let text = &measured.example.text;
        let tagged: Vec<_> = tagger
            .tag(text, &Opinions::default())
            .into_iter()
            .filter(|tagged| tagged.score >= least)
            .collect();
        let gold = &measured.example.spans;
        for (range, label) in gold {
            if !tagged.iter().any(|tagged| tagged.label == *label && overlap(&tagged.range, range)) {
                println!("{name} missed {label:?} {:?} in {text:?}", &text[range.clone()]);
            }
        }
        for tagged in &tagged {
            let right =
                gold.iter().any(|(range, label)| *label == tagged.label && overlap(range, &tagged.range));
            if !right && !measured.either.iter().any(|range| overlap(range, &tagged.range)) {
                println!(
                    "{name} wrong {:?} {} {:?} in {text:?}",
                    tagged.label,
                    tagged.score,
                    &text[tagged.range.clone()]
                );
            }
        }
    }
}

/// Prints microseconds for a message of about 85 characters, and megabytes in a second of a long text.
pub(crate) fn print_speed(tagger: &Tagger, set: &[Measured]) {
    let texts: Vec<&str> = set.iter().map(|measured| measured.example.text.as_str()).collect();
    let messages: Vec<&str> = texts.iter().copied().filter(|text| (70..100).contains(&text.len())).collect();
    let mut times = Vec::new();
    for _ in 0..5 {
        for message in &messages {
            let start = Instant::now();
            let found = tagger.tag(message, &Opinions::default());
            times.push(start.elapsed().as_secs_f64() * 1e6);
            drop(found);
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    println!("a message of 70 to 100 bytes: p50 {:.0} µs, p99 {:.0} µs", at(0.5), at(0.99));
    let joined = texts.join("\n");
    for kilobytes in [1, 10, 100, 1000] {
        let mut end = joined.len().min(kilobytes * 1000);
        while !joined.is_char_boundary(end) {
            end -= 1;
        }
        let start = Instant::now();
        let repeats = 1 + 200 / kilobytes;
        for _ in 0..repeats {
            drop(tagger.tag(&joined[..end], &Opinions::default()));
        }
        let speed = (end * repeats) as f64 / 1e6 / start.elapsed().as_secs_f64();
        println!("a text of {} kB: {speed:.2} MB/s", end / 1000);
    }
    for (name, unit) in [("digits", "1"), ("one word", "a"), ("marks", ".,"), ("initials", "A ")] {
        let text = unit.repeat(1_000_000 / unit.len());
        let start = Instant::now();
        drop(tagger.tag(&text, &Opinions::default()));
        println!("a megabyte of {name}: {:.2} MB/s", 1.0 / start.elapsed().as_secs_f64());
    }
}
