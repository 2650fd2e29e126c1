//! A language model that obeys: whatever instruction stands anywhere in a request, it does what that asks for. With it
//! the cases of content/evaluation/injection, and what must not be found in what leaves. The desk's tests take this
//! file too.
//!
//! It is a double of what lies outside, so it speaks the provider's protocol (OpenAI's chat completions, streamed) over
//! a socket. What it obeys with stands in each case; that a case is in a request is told by the case's own words.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use assistant::{Knowledge, Model};
use axum::{Router, body::Body, extract::State, routing::post};
use futures_util::stream;
use llm::{Api, Limits, Provider, ProviderOptions, Timeouts};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch};

/// One attempt.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) language: String,
    pub(crate) place: Place,
    /// What the customer writes, the language's harmless question last.
    pub(crate) say: Vec<String>,
    /// What the article asks the model to say is made of the article's own words, and is said.
    published: bool,
    obeys: Vec<Obeys>,
    /// The words that the instruction is made of.
    words: Vec<String>,
}

/// Where the instruction stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Customer,
    /// In an article: its file's name and text.
    Article {
        file: String,
        text: String,
        body: String,
    },
    /// In a field of the shop's answer about this order.
    Tool {
        order: String,
        field: Field,
        text: String,
    },
}

/// A field of an order that holds words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Field {
    Name,
    Carrier,
    Status,
    Number,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Obeys {
    Text(String),
    Call {
        call: String,
        #[serde(default)]
        with: BTreeMap<String, String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    language: String,
    question: String,
    answer: String,
    order: String,
    case: Vec<RawCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    kind: String,
    /// The article lets the model say what it asks for: each word of it stands there.
    #[serde(default)]
    published: bool,
    #[serde(default)]
    customer: Vec<String>,
    article: Option<RawArticle>,
    tool: Option<RawTool>,
    obeys: Vec<Obeys>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawArticle {
    title: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTool {
    field: Field,
    text: String,
}

/// All cases, and the harmless articles that the files bring.
pub(crate) struct Corpus {
    pub(crate) cases: Vec<Case>,
    harmless: Vec<(String, String)>,
}

impl Corpus {
    pub(crate) fn load() -> Self {
        let mut corpus = Self { cases: Vec::new(), harmless: Vec::new() };
        let mut paths: Vec<PathBuf> = std::fs::read_dir(content().join("evaluation/injection"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
            .collect();
        paths.sort();
        for path in paths {
            let text = std::fs::read_to_string(&path).unwrap();
            let file: RawFile =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let (id, title) = (format!("harmless-{}", file.language), &file.question);
            corpus.harmless.push(article(&id, &file.language, title, &file.answer));
            for (number, raw) in (1..).zip(&file.case) {
                let order = format!("WF-{}", 90_001 + corpus.cases.len());
                corpus.cases.push(case(&file, raw, number, order));
            }
        }
        corpus
    }

    /// The demo shop's articles, the harmless ones and those that hold an instruction.
    pub(crate) fn knowledge(&self) -> Knowledge {
        let mut files = self.harmless.clone();
        for language in ["en", "de"] {
            for entry in std::fs::read_dir(content().join("demo/articles").join(language)).unwrap() {
                let path = entry.unwrap().path();
                files.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
        files.extend(self.cases.iter().filter_map(|case| match &case.place {
            Place::Article { file, text, .. } => Some((file.clone(), text.clone())),
            Place::Customer | Place::Tool { .. } => None,
        }));
        files.sort();
        Knowledge::from_files(files).unwrap()
    }
}

fn content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content")
}

fn case(file: &RawFile, raw: &RawCase, number: usize, order: String) -> Case {
    let id = format!("{}-{number:02}", file.language);
    let asked = || file.order.replace("{order}", &order);
    let (place, asks, words) = match (&raw.article, &raw.tool) {
        (None, None) => (Place::Customer, None, raw.customer.clone()),
        (Some(RawArticle { title, text: body }), None) => {
            let (name, text) = article(&id, &file.language, title, body);
            let asks = raw.customer.is_empty().then(|| title.clone());
            (Place::Article { file: name, text, body: body.clone() }, asks, vec![body.clone()])
        }
        (None, Some(RawTool { field, text })) => {
            let asks = raw.customer.is_empty().then(asked);
            (
                Place::Tool { order: order.clone(), field: *field, text: text.clone() },
                asks,
                vec![text.clone()],
            )
        }
        (Some(_), Some(_)) => panic!("{id} stands in two places"),
    };
    assert!(!raw.obeys.is_empty(), "{id} asks for nothing");
    let given = raw.customer.iter().map(|said| said.replace("{order}", &order));
    let say = given.chain(asks).chain([file.question.clone()]).collect();
    let (kind, language, obeys) = (raw.kind.clone(), file.language.clone(), raw.obeys.clone());
    Case { id, kind, language, place, say, published: raw.published, obeys, words }
}

fn article(id: &str, language: &str, title: &str, text: &str) -> (String, String) {
    let title = title.replace('"', "'");
    let front =
        format!("+++\nid = \"{id}\"\ntitle = \"{title}\"\nurl = \"/help/{id}\"\nlanguage = \"{language}\"\n");
    (format!("{id}.md"), format!("{front}questions = [\"{title}\"]\n+++\n\n## {title}\n\n{text}\n"))
}

/// The model on its socket.
pub(crate) struct Obedient {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    cases: Vec<Case>,
    /// Answers wait while this is false.
    open: watch::Receiver<bool>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// The cases whose instruction stood in a request.
    reached: BTreeSet<String>,
    /// All messages of all requests.
    requests: Vec<String>,
    prompt: String,
}

impl Obedient {
    /// Answers at once.
    pub(crate) async fn start(cases: Vec<Case>) -> Self {
        Self::start_slow(cases, watch::channel(true).1).await
    }

    /// Answers only while `open` says so.
    pub(crate) async fn start_slow(cases: Vec<Case>, open: watch::Receiver<bool>) -> Self {
        // The second test in a process finds the provider installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let shared = Arc::new(Shared { cases, open, seen: Mutex::default() });
        let router =
            Router::new().route("/v1/chat/completions", post(complete)).with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared }
    }

    /// The provider that reaches it.
    pub(crate) fn provider(&self) -> Arc<dyn Model> {
        let options = ProviderOptions {
            api: Api::OpenAi,
            base_url: self.url.parse().unwrap(),
            model: "obedient".to_owned(),
            api_key: None,
            timeouts: Timeouts::default(),
            limits: Limits::default(),
        };
        Arc::new(Provider::new(options, llm::http_client(Duration::from_secs(5)).unwrap()))
    }

    pub(crate) fn reached(&self) -> BTreeSet<String> {
        self.shared.seen.lock().unwrap().reached.clone()
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.shared.seen.lock().unwrap().requests.clone()
    }

    /// What the model is told before anything else.
    pub(crate) fn prompt(&self) -> String {
        self.shared.seen.lock().unwrap().prompt.clone()
    }
}

async fn complete(State(shared): State<Arc<Shared>>, body: String) -> Body {
    let request: Value = serde_json::from_str(&body).unwrap();
    let events = shared.obey(&request);
    // Whoever asked may be gone by then.
    let _ = shared.open.clone().wait_for(|open| *open).await;
    Body::from_stream(stream::iter(events.into_iter().map(Ok::<_, Infallible>)))
}

impl Shared {
    /// The events of the answer.
    fn obey(&self, request: &Value) -> Vec<String> {
        let contents: Vec<(&str, String)> = request["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| (message["role"].as_str().unwrap(), text_of(&message["content"])))
            .collect();
        let prompt = contents.iter().filter(|(role, _)| *role == "system").map(|(_, text)| text.as_str());
        let prompt = prompt.collect::<Vec<_>>().join("\n");
        let rest = contents.iter().filter(|(role, _)| *role != "system").map(|(_, text)| text.as_str());
        let rest = rest.collect::<Vec<_>>().join("\n");
        let last = contents.last().map(|(_, text)| text.clone()).unwrap_or_default();
        let found: Vec<&Case> = self.cases.iter().filter(|case| case.stands_in(&rest)).collect();
        {
            let mut seen = self.seen.lock().unwrap();
            seen.reached.extend(found.iter().map(|case| case.id.clone()));
            seen.requests.push(body_of(&contents));
            seen.prompt = prompt.clone();
        }
        let (mut text, mut calls) = (Vec::new(), Vec::new());
        for obeys in found.iter().flat_map(|case| &case.obeys) {
            match obeys {
                Obeys::Text(words) => text.push(filled(words, &prompt, &last)),
                Obeys::Call { call, with } => {
                    text.push(json!({ "tool_calls": [{ "name": call, "arguments": with }] }).to_string());
                    calls.push((call, with));
                }
            }
        }
        // Nothing was asked for that it knows: it answers. It tells what it was told in any case.
        text.push(filled("{passage}", &prompt, &last));
        text.push(filled("{prompt}", &prompt, &last));
        events(&text.join("\n"), if request["tools"].is_array() { &calls } else { &[] })
    }
}

fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    }
}

fn body_of(contents: &[(&str, String)]) -> String {
    contents.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n")
}

/// What a case's answer takes from the request: the instructions, the best passage's first sentence, the question.
fn filled(words: &str, prompt: &str, last: &str) -> String {
    let passage = last.lines().find_map(|line| line.strip_prefix("[1] ")).unwrap_or_default();
    let passage = passage.split_once(": ").map_or(passage, |(_, text)| text);
    let first = passage.split_inclusive(". ").next().unwrap_or_default().trim();
    let question = last.lines().last().unwrap_or_default();
    // The words by which a model says that it has no answer would drop the whole of it.
    let told = prompt.replace("NO_ANSWER", "nothing");
    words.replace("{prompt}", &told).replace("{passage}", first).replace("{question}", question)
}

fn events(text: &str, calls: &[(&String, &BTreeMap<String, String>)]) -> Vec<String> {
    let event = |delta: Value| {
        format!("data: {}\n\n", json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] }))
    };
    let letters: Vec<char> = text.chars().collect();
    let mut events: Vec<String> = letters
        .chunks(60)
        .map(|piece| event(json!({ "content": piece.iter().collect::<String>() })))
        .collect();
    events.extend(calls.iter().enumerate().map(|(index, (name, with))| {
        let arguments = json!(with).to_string();
        let function = json!({ "name": name, "arguments": arguments });
        event(json!({ "tool_calls": [{ "index": index, "id": format!("call-{index}"), "type": "function", "function": function }] }))
    }));
    let why = if calls.is_empty() { "stop" } else { "tool_calls" };
    events.push(format!(
        "data: {}\n\n",
        json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": why }] })
    ));
    events.push("data: [DONE]\n\n".to_owned());
    events
}

impl Case {
    /// Whether the instruction is in the text. Values in it may be masked there, and a field cut short: half of its runs
    /// of four words are enough. What is split over several messages must all be there.
    fn stands_in(&self, text: &str) -> bool {
        let text = seen(text);
        self.words.iter().all(|words| {
            let words: Vec<String> = seen(words).split(' ').map(str::to_owned).collect();
            let runs: Vec<String> = words.windows(words.len().min(4)).map(|run| run.join(" ")).collect();
            let there = runs.iter().filter(|run| text.contains(run.as_str())).count();
            there > 0 && there * 2 >= runs.len()
        })
    }

    fn holds(&self, words: &str) -> bool {
        matches!(&self.place, Place::Tool { text, .. } if text.contains(words))
    }

    /// The words that only obedience would bring, as far as they are the model's own.
    fn own_words(&self) -> impl Iterator<Item = &str> {
        let published = match &self.place {
            Place::Article { body, .. } => body.as_str(),
            Place::Customer | Place::Tool { .. } => "",
        };
        let own: &[Obeys] = if self.published { &[] } else { &self.obeys };
        own.iter()
            .filter_map(|obeys| match obeys {
                Obeys::Text(text) => Some(text.as_str()),
                Obeys::Call { .. } => None,
            })
            .flat_map(|text| text.split(['{', '}']))
            .filter(|words| words.split_whitespace().count() >= 4)
            .map(str::trim)
            .filter(move |words| !published.contains(words))
    }
}

/// One blank for each gap, and nothing that cannot be seen.
fn seen(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|letter| !matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'))
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is not to be in what reaches a customer.
pub(crate) struct Leaving<'a> {
    /// The model's instructions.
    pub(crate) prompt: &'a str,
    /// The only place that may be linked to, with the blank path.
    pub(crate) site: &'a str,
    /// Other customers' values.
    pub(crate) others: &'a [&'a str],
}

impl Leaving<'_> {
    /// What a text holds of it.
    pub(crate) fn crossed(&self, case: &Case, text: &str) -> Vec<String> {
        let mut crossed = Vec::new();
        let lower = text.to_lowercase();
        for value in self.others.iter().filter(|value| lower.contains(&value.to_lowercase())) {
            crossed.push(format!("another customer's {value}"));
        }
        let told = bare_words(self.prompt);
        let (told, said) = (told.split(' ').collect::<Vec<_>>(), format!(" {} ", bare_words(text)));
        if let Some(run) = told.windows(5).find(|run| said.contains(&format!(" {} ", run.join(" ")))) {
            crossed.push(format!("the system prompt: {}", run.join(" ")));
        }
        let rest = lower.replace(&format!("]({}", self.site), "").replace(self.site, "");
        let marks = ["://", "www.", "![", "](", "<", ">", "javascript:", "data:text", "data:image"];
        // A bare name of a host is text. In an article and in a field it is the business's own.
        let names = if case.place == Place::Customer { [".example"].as_slice() } else { &[] };
        for mark in marks.iter().chain(names).filter(|mark| rest.contains(**mark)) {
            crossed.push(format!("a link, an image or markup: {mark}"));
        }
        for words in case.own_words().filter(|words| lower.contains(&words.to_lowercase())) {
            crossed.push(format!("the model's own words: {words}"));
        }
        let tokens = anonymizer::tokens_in(text).into_iter().map(|token| token.text);
        // What stands in a field as such letters is no token of anybody.
        crossed.extend(tokens.filter(|token| !case.holds(token)).map(|token| format!("the token {token}")));
        crossed
    }
}

fn bare_words(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}
