//! content/evaluation/turns.toml: one turn each, without a model.

use anonymizer::{Plaintext, TokenVault};
use assistant::{
    Article, Decision, DraftReply, HistoryEntry, HistorySpeaker, Identification, Language, ReplyKind,
    ToolOutcome, ToolResult, Turn,
};
use serde::Deserialize;

use super::{anonymizer, content, embedded, knowledge};

#[derive(Deserialize)]
struct Table {
    turn: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    say: String,
    #[serde(default = "english")]
    language: String,
    #[serde(default)]
    signed_in: bool,
    #[serde(default)]
    unanswered: u8,
    #[serde(default)]
    history: Vec<String>,
    result: Option<String>,
    expect: String,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
}

fn english() -> String {
    "en".into()
}

#[tokio::test]
async fn every_turn_is_decided_as_written() {
    let text = std::fs::read_to_string(content().join("evaluation/turns.toml")).unwrap();
    let table: Table = toml::from_str(&text).unwrap();
    assert!(table.turn.len() >= 60, "{} turns", table.turn.len());
    let mut wrong = Vec::new();
    for case in &table.turn {
        if let Err(problem) = check(case).await {
            wrong.push(format!("{:?}: {problem}", case.say));
        }
    }
    assert!(wrong.is_empty(), "{} of {} turns:\n{}", wrong.len(), table.turn.len(), wrong.join("\n"));
}

async fn check(case: &Case) -> Result<(), String> {
    let anonymizer = anonymizer();
    let mut vault = TokenVault::new();
    let mut mask = |text: &str| anonymizer.mask(&Plaintext::new(text.to_owned()), &mut vault).unwrap();
    let history: Vec<HistoryEntry> = case.history.iter().map(|line| entry(line, &mut mask)).collect();
    let message = mask(&case.say);
    let results: Vec<ToolResult> = case
        .result
        .iter()
        .map(|line| {
            let (tool, outcome) = line.split_once(' ').unwrap();
            let outcome = match outcome {
                "404" => ToolOutcome::NotFound,
                "failed" => ToolOutcome::Failed,
                json => ToolOutcome::Found(mask(json)),
            };
            ToolResult { tool: tool.to_owned(), outcome }
        })
        .collect();
    let guard = vault.guard();
    let turn = Turn {
        history: &history,
        message: &message,
        language: &case.language,
        identification: if case.signed_in { Identification::SignedIn } else { Identification::Unknown },
        today: jiff::civil::date(2026, 11, 22),
        tool_results: &results,
        unanswered: case.unanswered,
        flow: None,
        pressed: None,
        guard: &guard,
        model: None,
    };
    let (pieces, _listening) = tokio::sync::mpsc::channel(8);
    let decided = embedded().decide(&turn, &pieces).await.unwrap();
    if embedded().decide(&turn, &pieces).await.unwrap() != decided {
        return Err("the same turn was decided differently".into());
    }
    let (got, text) = described(&decided.decision, &vault);
    let fits = match case.expect.strip_prefix("clarify ") {
        Some(id) => got == "clarify" && text.contains(&title(id, &case.language)),
        None => got == case.expect,
    };
    if !fits {
        return Err(format!("wanted {}, got {got}: {text}", case.expect));
    }
    if let Some(missing) = case.contains.iter().find(|words| !text.contains(*words)) {
        return Err(format!("{missing:?} is missing in: {text}"));
    }
    match case.lacks.iter().find(|words| text.contains(*words)) {
        Some(found) => Err(format!("{found:?} is in: {text}")),
        None => Ok(()),
    }
}

fn entry(line: &str, mask: &mut impl FnMut(&str) -> anonymizer::AnonymizedText) -> HistoryEntry {
    let (who, text) = line.split_once(": ").unwrap();
    let offer = |ids: &str| {
        let titles = ids.split(", ").enumerate().map(|(at, id)| format!("\n{}. {}", at + 1, title(id, "en")));
        format!(
            "I am not sure what you mean. Did you mean one of these?{}\n\nAnswer.",
            titles.collect::<String>()
        )
    };
    match who {
        "customer" => HistoryEntry { speaker: HistorySpeaker::Customer, text: mask(text) },
        "agent" => HistoryEntry { speaker: HistorySpeaker::Agent, text: mask(text) },
        "assistant" => HistoryEntry { speaker: HistorySpeaker::Assistant, text: mask(text) },
        "assistant offers" => HistoryEntry { speaker: HistorySpeaker::Assistant, text: mask(&offer(text)) },
        other => panic!("unknown speaker {other}"),
    }
}

fn title(id: &str, language: &str) -> String {
    let language = Language::from_tag(language).unwrap();
    let found =
        knowledge().articles().iter().find(|article| article.id == id && article.language == language);
    found.unwrap_or_else(|| panic!("no article {id}")).title.clone()
}

/// What was decided, in the words of the table, and what the customer reads.
fn described(decision: &Decision, vault: &TokenVault) -> (String, String) {
    let restored = |text: &str| vault.restore(text).text.reveal().to_owned();
    match decision {
        Decision::Reply(reply) => (reply_name(reply), restored(&reply.text)),
        Decision::CallTool(call) => {
            let arguments: Vec<String> = call.arguments.values().map(|value| restored(value)).collect();
            (format!("call {} {}", call.tool, arguments.join(" ")).trim().to_owned(), String::new())
        }
        Decision::HandOff { reason, text, summary } => {
            assert!(!summary.is_empty());
            (format!("hand-off {}", reason.code()), restored(text))
        }
    }
}

fn reply_name(reply: &DraftReply) -> String {
    match reply.kind {
        ReplyKind::SmallTalk => "small-talk".into(),
        ReplyKind::SignIn => "sign-in".into(),
        ReplyKind::Clarification => {
            let Some((person, titles)) = reply.quick_replies.split_last() else { return "rephrase".into() };
            assert!(!person.is_empty());
            for (number, title) in (1..).zip(titles) {
                assert!(reply.text.contains(&format!("\n{number}. {title}\n")), "{title} in {}", reply.text);
            }
            "clarify".into()
        }
        ReplyKind::Answer => match reply.citations.first() {
            None => "report".into(),
            Some(citation) => {
                let cited = |article: &&Article| article.title == citation.title;
                let article = knowledge().articles().iter().find(cited).unwrap();
                assert_eq!(
                    citation.url.as_deref(),
                    Some(format!("http://127.0.0.1:7442{}", article.url).as_str())
                );
                let text: Vec<String> = article.passages.iter().map(assistant::Passage::text).collect();
                assert!(
                    text.iter().any(|text| text.contains(&citation.quote)),
                    "the quote is the article's own words"
                );
                assert_eq!(reply.text, citation.quote, "an extractive answer is its quote");
                format!("answer {}", article.id)
            }
        },
    }
}
