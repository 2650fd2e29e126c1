//! `sotto anonymizer detect`: what is found in each text, and where.

use std::process::ExitCode;

use anonymizer::{Entity, Span};
use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use super::arguments::ReadingArguments;
use super::conversations::answer_all;
use super::policy::{self, is_told};

#[derive(Serialize)]
struct Detected<'a> {
    id: &'a Value,
    spans: Vec<Found>,
}

/// A span as other programs read it.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Found {
    /// In Unicode code points, as are Python's.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) entity: &'static str,
    /// From 0 to 1.
    pub(super) score: f64,
    pub(super) recogniser: &'static str,
}

/// Reads requests from standard input until it ends.
pub(crate) fn run(arguments: &ReadingArguments) -> Result<ExitCode> {
    let (anonymizer, policy) = policy::anonymizer(arguments)?;
    answer_all(|request, conversations, responses| {
        // As masking does, so that what is found here is known in the conversation's next text.
        let (_, mut spans) = conversations
            .with_known(request, |vault| anonymizer.mask_and_report(&request.text, request.speaker, vault));
        spans.retain(|span| is_told(policy.as_ref(), span.entity));
        let spans = found(request.text.reveal(), &spans);
        responses.write(&Detected { id: &request.id, spans })
    })
}

/// Without what only looks like a token of ours, which is nobody's.
pub(super) fn found(text: &str, spans: &[Span]) -> Vec<Found> {
    let mut points = CodePoints { text, byte: 0, point: 0 };
    spans
        .iter()
        .filter(|span| span.entity != Entity::Text)
        .map(|span| Found {
            start: points.at(span.range.start),
            end: points.at(span.range.end),
            entity: span.reported(),
            score: f64::from(span.score) / 100.0,
            recogniser: span.recogniser,
        })
        .collect()
}

/// Counts code points up to places that come in order, each character once.
struct CodePoints<'a> {
    text: &'a str,
    byte: usize,
    point: usize,
}

impl CodePoints<'_> {
    fn at(&mut self, byte: usize) -> usize {
        self.point += self.text.get(self.byte..byte).map_or(0, |passed| passed.chars().count());
        self.byte = byte;
        self.point
    }
}
