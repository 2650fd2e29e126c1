//! Answers in a chat that somebody pasted: the question stands in one line, and what it asks for in the next.

use std::ops::Range;

use super::{Candidate, Recogniser, Scene, age, reference, secret, username};
use crate::Entity;

/// How much of the end of a line may ask for something, in bytes.
const QUESTION: usize = 240;
/// A longer line is no answer, in bytes.
const ANSWER: usize = 240;
/// What stands before a line of a chat at most, in bytes: "[11:02 AM] Customer: ".
const SPEAKER: usize = 48;

pub(super) struct Pasted {
    /// Those that take a bare value for what was asked for.
    asked: Vec<Box<dyn Recogniser>>,
}

impl Pasted {
    pub(super) fn new() -> Self {
        Self {
            asked: vec![
                Box::new(reference::References::new()),
                Box::new(secret::Secrets::new()),
                Box::new(username::Usernames),
                Box::new(age::Ages),
            ],
        }
    }

    fn asked_in(&self, line: &str) -> Vec<Entity> {
        let mut from = line.len().saturating_sub(QUESTION);
        while !line.is_char_boundary(from) {
            from += 1;
        }
        let scene = Scene::of(&line[from..]);
        self.asked.iter().flat_map(|recogniser| recogniser.announced_by(&scene)).collect()
    }
}

impl Recogniser for Pasted {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let text = scene.text;
        if !text.contains('\n') || !text.contains('?') {
            return;
        }
        let mut expected: Vec<Entity> = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let line = line.trim_end();
            if line.is_empty() {
                continue;
            }
            let said = start + said_from(line)..start + line.len();
            if !expected.is_empty() && said.len() <= ANSWER {
                self.read(text, said, &expected, found);
            }
            expected = if line.ends_with(['?', ':']) { self.asked_in(line) } else { Vec::new() };
        }
    }
}

impl Pasted {
    fn read(&self, text: &str, line: Range<usize>, expected: &[Entity], found: &mut Vec<Candidate>) {
        let scene = Scene { expected, ..Scene::of(&text[line.clone()]) };
        let mut answers = Vec::new();
        for recogniser in &self.asked {
            recogniser.find(&scene, &mut answers);
        }
        found.extend(answers.into_iter().filter(|answer| expected.contains(&answer.entity)).map(|answer| {
            let range = line.start + answer.range.start..line.start + answer.range.end;
            Candidate { range, ..answer }
        }));
    }
}

/// Where what was said begins, behind the time and the speaker.
fn said_from(line: &str) -> usize {
    line.find(": ").filter(|colon| *colon <= SPEAKER).map_or(0, |colon| colon + 2)
}

#[cfg(test)]
mod tests {
    use super::super::found_by;
    use super::*;

    #[test]
    fn the_line_after_a_question_answers_it() {
        for (text, value) in [
            ("Agent: What is your order number?\nMe: yes, it's 55120.\nAgent: Thank you", "55120"),
            ("[09:12] Support: Quel est votre numéro de dossier ?\n[09:13] Client : 77-4410", "77-4410"),
            ("> Wie lautet Ihre Kundennummer?\n\n> 8814203", "8814203"),
            ("Bot: Enter the code that we sent you?\nyou: 440 218", "440 218"),
            ("A: ¿Cuál es su nombre de usuario?\nB: es lola_84", "lola_84"),
            ("Hoe oud is uw kind?\nKlant: 7", "7"),
        ] {
            assert_eq!(found_by(&Pasted::new(), text), [value], "{text}");
        }
        for text in [
            "Agent: Where is your order now?\nMe: 55120 steps from here",
            "What is your order number?\nMe: I paid 1299 euros",
            "What is your order number? It is 55120",
            "one\ntwo 55120?\nthree",
        ] {
            assert_eq!(found_by(&Pasted::new(), text), Vec::<String>::new(), "{text}");
        }
    }
}
