//! `sotto anonymizer explain`: why each span was found, and what gave way to it.

use std::process::ExitCode;

use anonymizer::{Anonymizer, Entity, Explanation};
use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use super::arguments::ExplainArguments;
use super::conversations::{Conversations, answer_all};
use super::detect::{Found, found};
use super::policy::{self, is_told};
use super::requests::Request;

#[derive(Serialize)]
struct Explained<'a> {
    id: &'a Value,
    spans: Vec<Why<'a>>,
}

/// A span with all that speaks for it.
#[derive(Serialize)]
struct Why<'a> {
    #[serde(flatten)]
    span: Found,
    /// The text of the span.
    text: &'a str,
    check_digits: Option<&'static str>,
    cue: Option<&'a str>,
    asked_for: bool,
    known: bool,
    /// What gave way, the best first.
    others: Vec<Found>,
}

/// Reads requests from standard input until it ends.
pub(crate) fn run(arguments: &ExplainArguments) -> Result<ExitCode> {
    let (anonymizer, policy) = policy::anonymizer(&arguments.reading)?;
    answer_all(|request, conversations, responses| {
        let mut explanations = explain(&anonymizer, request, conversations);
        explanations.retain(|why| is_told(policy.as_ref(), why.span.entity));
        let text = request.text.reveal();
        let spans: Vec<Why<'_>> = explanations.iter().filter_map(|why| told(text, why)).collect();
        if arguments.json {
            return responses.write(&Explained { id: &request.id, spans });
        }
        responses.write_text(&sentences(&request.id, &spans));
        Ok(())
    })
}

/// Explains with what the conversation knows before the text, and lets it learn from the text then.
fn explain(
    anonymizer: &Anonymizer,
    request: &Request,
    conversations: &mut Conversations,
) -> Vec<Explanation> {
    conversations.with_known(request, |vault| {
        let explanations = anonymizer.explain(&request.text, vault);
        // A message that a policy blocks is explained like any other.
        let _ = anonymizer.mask_and_report(&request.text, request.speaker, vault);
        explanations
    })
}

fn told<'a>(text: &'a str, why: &Explanation) -> Option<Why<'a>> {
    let span = found(text, std::slice::from_ref(&why.span)).pop()?;
    let others = why.others.iter().filter(|other| other.entity != Entity::Text);
    Some(Why {
        span,
        text: text.get(why.span.range.clone())?,
        check_digits: why.check.map(|right| if right { "right" } else { "wrong" }),
        cue: why.cue.clone().and_then(|cue| text.get(cue)),
        asked_for: why.asked,
        known: why.known,
        others: others.filter_map(|other| found(text, std::slice::from_ref(other)).pop()).collect(),
    })
}

fn sentences(id: &Value, spans: &[Why<'_>]) -> String {
    let mut said = format!("{id}: {} found\n", spans.len());
    for why in spans {
        let Found { start, end, entity, score, recogniser } = &why.span;
        said.push_str(&format!("  {start}..{end} {:?}: {entity} {score:.2}, {recogniser}\n", why.text));
        if let Some(digits) = why.check_digits {
            said.push_str(&format!("    its check digits are {digits}\n"));
        }
        if let Some(cue) = why.cue {
            said.push_str(&format!("    {cue:?} is beside it\n"));
        }
        if why.asked_for {
            said.push_str("    the message before asked for it\n");
        }
        if why.known {
            said.push_str("    the conversation knew it\n");
        }
        for Found { start, end, entity, score, recogniser } in &why.others {
            said.push_str(&format!("    gave way: {start}..{end} {entity} {score:.2}, {recogniser}\n"));
        }
    }
    said
}
