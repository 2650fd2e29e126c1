//! The lines that a program sends: JSON, one request each, read one by one and never more than fits the bounds.

use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::AsFd;

use anonymizer::{Entity, Plaintext, Speaker};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::{Map, Value};

use super::responses::{Refusal, Wrong};

/// The most that one text may have, in bytes of UTF-8.
pub(super) const LONGEST_TEXT: usize = 1024 * 1024;
/// The most that one line may have: a text of the greatest length in which each character is an escape, and the rest.
const LONGEST_LINE: usize = 8 * LONGEST_TEXT;

/// A text to work on.
#[derive(Debug)]
pub(super) struct Request {
    /// A string or a number, given back as it came.
    pub(super) id: Value,
    pub(super) text: Plaintext,
    pub(super) conversation: Option<String>,
    pub(super) speaker: Speaker,
    /// What the customer's record holds.
    pub(super) known: Vec<(Entity, Plaintext)>,
}

/// Reads requests in order.
pub(super) struct Requests<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    number: u64,
}

impl<R: Read> Requests<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(64 * 1024, input), line: Vec::new(), number: 0 }
    }

    /// The next one, or why it is none; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Result<Request, Refusal>>> {
        let Some(length) = self.read_line()? else { return Ok(None) };
        self.number += 1;
        let read = match length {
            Length::Whole => request(&self.line),
            Length::TooLong => Err((None, Wrong::too_long("the line", LONGEST_LINE))),
        };
        Ok(Some(read.map_err(|(id, wrong)| Refusal::new(self.number, id, wrong))))
    }

    /// Says what is wrong with the request that was read last.
    pub(super) fn refusal(&self, id: Value, wrong: Wrong) -> Refusal {
        Refusal::new(self.number, Some(id), wrong)
    }

    /// Reads a line without its end. Of one that is too long nothing is kept.
    fn read_line(&mut self) -> io::Result<Option<Length>> {
        self.line.clear();
        let mut length = Length::Whole;
        let mut begun = false;
        loop {
            let read = match self.input.fill_buf() {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if read.is_empty() {
                return Ok(begun.then_some(length));
            }
            begun = true;
            let end = read.iter().position(|byte| *byte == b'\n');
            let part = &read[..end.unwrap_or(read.len())];
            if self.line.len() + part.len() > LONGEST_LINE {
                length = Length::TooLong;
                self.line = Vec::new();
            }
            if length == Length::Whole {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                return Ok(Some(length));
            }
        }
    }
}

impl<R: Read + AsFd> Requests<R> {
    /// Whether the next request is not there yet: who sends them may want the last answer first.
    pub(super) fn may_wait(&self) -> bool {
        if self.input.buffer().contains(&b'\n') {
            return false;
        }
        let mut input = [PollFd::new(self.input.get_ref(), PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        // Ready means more or the end; what cannot be asked may wait.
        poll(&mut input, Some(&now)).map_or(true, |ready| ready == 0)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Length {
    Whole,
    TooLong,
}

/// The id when it could be read, and what is wrong.
type Refused = (Option<Value>, Wrong);

fn request(line: &[u8]) -> Result<Request, Refused> {
    let line = std::str::from_utf8(line)
        .map_err(|error| (id_beside_damage(line), Wrong::not_utf_8(error.valid_up_to())))?;
    let read: Value = serde_json::from_str(line).map_err(|error| (None, Wrong::not_json(error.column())))?;
    let Value::Object(mut fields) = read else { return Err((None, Wrong::field("the line", "an object"))) };
    let id = match fields.remove("id") {
        Some(id @ (Value::String(_) | Value::Number(_))) => id,
        _ => return Err((None, Wrong::field("id", "a string or a number"))),
    };
    match rest_of_request(&id, fields) {
        Ok(request) => Ok(request),
        Err(wrong) => Err((Some(id), wrong)),
    }
}

/// The id of a line that is JSON but for octets that are no UTF-8, when they are not in the id itself.
fn id_beside_damage(line: &[u8]) -> Option<Value> {
    let read: Value = serde_json::from_str(&String::from_utf8_lossy(line)).ok()?;
    match read.get("id")? {
        id @ Value::Number(_) => Some(id.clone()),
        Value::String(id) if !id.contains(char::REPLACEMENT_CHARACTER) => Some(id.as_str().into()),
        _ => None,
    }
}

fn rest_of_request(id: &Value, mut fields: Map<String, Value>) -> Result<Request, Wrong> {
    let Some(Value::String(text)) = fields.remove("text") else {
        return Err(Wrong::field("text", "a string"));
    };
    let text = Plaintext::new(text);
    if text.reveal().len() > LONGEST_TEXT {
        return Err(Wrong::too_long("the text", LONGEST_TEXT));
    }
    let conversation = match fields.remove("conversation") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err(Wrong::field("conversation", "a string")),
    };
    let speaker = match fields.remove("speaker") {
        None | Some(Value::Null) => Speaker::Customer,
        Some(Value::String(speaker)) if speaker == "customer" => Speaker::Customer,
        Some(Value::String(speaker)) if speaker == "agent" => Speaker::Agent,
        Some(_) => return Err(Wrong::field("speaker", "\"customer\" or \"agent\"")),
    };
    let known = match fields.remove("known") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Object(known)) => known_values(known)?,
        Some(_) => return Err(Wrong::field("known", "an object of lists")),
    };
    Ok(Request { id: id.clone(), text, conversation, speaker, known })
}

/// What a record holds, as `{"PERSON": ["Sarah Connor"]}`.
pub(super) fn known_values(known: Map<String, Value>) -> Result<Vec<(Entity, Plaintext)>, Wrong> {
    let mut values = Vec::new();
    for (name, listed) in known {
        let Some(entity) = Entity::named(&name) else {
            return Err(Wrong::field("known", "an object whose names are entities, such as PERSON"));
        };
        let Value::Array(listed) = listed else { return Err(Wrong::field("known", "an object of lists")) };
        for value in listed {
            let Value::String(value) = value else {
                return Err(Wrong::field("known", "an object of lists of strings"));
            };
            values.push((entity, Plaintext::new(value)));
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[u8]) -> Vec<Result<Request, String>> {
        let mut requests = Requests::new(lines);
        let mut read = Vec::new();
        while let Some(next) = requests.next().unwrap() {
            read.push(next.map_err(|refusal| serde_json::to_string(&refusal).unwrap()));
        }
        read
    }

    #[test]
    fn a_request_is_read_with_and_without_its_options() {
        let lines = br#"{"id": "a", "text": "x", "conversation": "c", "speaker": "agent", "known": {"PERSON": ["S", "T"]}, "more": 1}
{"id":2,"text":"","conversation":null}"#;
        let read = read(lines);
        let first = read[0].as_ref().unwrap();
        assert_eq!((&first.id, first.conversation.as_deref()), (&Value::from("a"), Some("c")));
        assert_eq!((first.speaker, first.known.len()), (Speaker::Agent, 2));
        let second = read[1].as_ref().unwrap();
        assert_eq!((&second.id, &second.conversation), (&Value::from(2), &None));
    }

    #[test]
    fn what_is_no_request_is_refused_with_its_line_and_nothing_of_its_text() {
        let long = format!("{{\"id\":9,\"text\":\"{}\"}}", "a".repeat(LONGEST_TEXT + 1));
        let mut lines =
            b"Sarah\n\n\"Sarah\"\n{\"text\":\"Sarah\"}\n{\"id\":[],\"text\":\"Sarah\"}\n".to_vec();
        lines.extend_from_slice(b"{\"id\":1}\n{\"id\":1,\"text\":\"Sar\xffah\"}\n");
        lines.extend_from_slice(b"{\"id\":1,\"text\":\"a\",\"known\":{\"Sarah\":[\"Sarah\"]}}\n");
        lines.extend_from_slice(long.as_bytes());
        let read = read(&lines);
        assert_eq!(read.len(), 9);
        let refused: Vec<String> = read.into_iter().map(Result::unwrap_err).collect();
        assert!(refused.iter().all(|refusal| !refusal.contains("Sarah")), "{refused:?}");
        insta::assert_snapshot!(refused.join("\n"), @r#"
        {"line":1,"error":{"code":"not-json","message":"the line is not JSON at byte 1"}}
        {"line":2,"error":{"code":"not-json","message":"the line is not JSON at byte 0"}}
        {"line":3,"error":{"code":"wrong-field","message":"the line must be an object"}}
        {"line":4,"error":{"code":"wrong-field","message":"id must be a string or a number"}}
        {"line":5,"error":{"code":"wrong-field","message":"id must be a string or a number"}}
        {"id":1,"line":6,"error":{"code":"wrong-field","message":"text must be a string"}}
        {"id":1,"line":7,"error":{"code":"not-utf-8","message":"the line is not UTF-8 after byte 19"}}
        {"id":1,"line":8,"error":{"code":"wrong-field","message":"known must be an object whose names are entities, such as PERSON"}}
        {"id":9,"line":9,"error":{"code":"too-long","message":"the text is longer than 1048576 bytes"}}
        "#);
    }

    #[test]
    fn a_line_without_an_end_is_skipped_in_bounded_memory() {
        let mut requests = Requests::new(io::repeat(b'x').take(3 * LONGEST_LINE as u64));
        assert!(requests.next().unwrap().unwrap().is_err());
        assert!(requests.line.capacity() <= LONGEST_LINE * 2);
        assert!(requests.next().unwrap().is_none());
    }
}
