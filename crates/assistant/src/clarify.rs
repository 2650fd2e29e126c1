//! "Did you mean": offering articles and understanding the choice. The offer itself, as it stands in the
//! history, is the only memory of it.

use crate::choice;
use crate::knowledge::{Article, Reader};
use crate::words::Words;
use crate::{HistoryEntry, HistorySpeaker, Knowledge, Language};

/// How many articles are offered at most.
pub(crate) const MOST_OFFERED: usize = 3;

/// The text that offers these articles by number.
pub(crate) fn offer(articles: &[&Article], words: &Words) -> String {
    let mut text = words.clarify.clone();
    for (number, article) in (1..).zip(articles) {
        text.push_str(&format!("\n{number}. {}", article.title));
    }
    text.push_str("\n\n");
    text.push_str(&words.clarify_end);
    text
}

/// The same to choose from, and a person.
pub(crate) fn quick_replies(articles: &[&Article], words: &Words) -> Vec<String> {
    articles.iter().map(|article| &article.title).chain([&words.clarify_person]).cloned().collect()
}

/// The articles that the assistant offered in its last message, when that was an offer.
pub(crate) fn offered<'a>(
    history: &[HistoryEntry],
    knowledge: &'a Knowledge,
    reader: Reader,
) -> Vec<&'a Article> {
    let Some(last) = history.iter().rev().find(|entry| entry.speaker != HistorySpeaker::Desk) else {
        return Vec::new();
    };
    if last.speaker != HistorySpeaker::Assistant {
        return Vec::new();
    }
    let text = last.text.as_str();
    let spoken = Language::ALL.into_iter().find(|language| text.starts_with(&Words::of(*language).clarify));
    let Some(language) = spoken else {
        return Vec::new();
    };
    text.lines()
        .filter_map(|line| line.split_once(". "))
        .filter(|(number, _)| number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit()))
        .filter_map(|(_, title)| knowledge.by_title(title.trim(), language, reader))
        .collect()
}

/// Which of the offered articles the message picks.
pub(crate) fn chosen<'a>(message: &str, offered: &[&'a Article]) -> Option<&'a Article> {
    if let Some(number) = choice::number(message) {
        return offered.get(number.checked_sub(1)?).copied();
    }
    let said = message.trim().to_lowercase();
    if let Some(article) = offered.iter().find(|article| article.title.to_lowercase() == said) {
        return Some(article);
    }
    let words = choice::words(&said);
    if words.len() > 4 {
        return None;
    }
    if choice::is_last(&words) {
        return offered.last().copied();
    }
    let number = choice::ordinal(&words).or_else(|| choice::cardinal(&words))?;
    offered.get(number - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn articles(count: usize) -> Knowledge {
        let file = |number| {
            (
                format!("{number}.md"),
                format!(
                    "+++\nid = \"a{number}\"\ntitle = \"Title {number}?\"\nurl = \"/{number}\"\nlanguage = \"en\"\n+++\n\nText.\n"
                ),
            )
        };
        Knowledge::from_files((1..=count).map(file)).unwrap()
    }

    #[test]
    fn a_choice_is_understood_by_number_ordinal_and_title() {
        let knowledge = articles(3);
        let offered: Vec<&Article> = knowledge.articles().iter().collect();
        let pick = |message| chosen(message, &offered).map(|article| article.id.clone());
        for (message, expected) in [
            ("2", Some("a2")),
            (" No. 3!", Some("a3")),
            ("the second one", Some("a2")),
            ("die erste bitte", Some("a1")),
            ("the last", Some("a3")),
            ("two", Some("a2")),
            ("la deuxième", Some("a2")),
            ("el último", Some("a3")),
            ("due", Some("a2")),
            ("opção 1", Some("a1")),
            ("nummer 3", Some("a3")),
            ("title 1?", Some("a1")),
            ("4", None),
            ("0", None),
            ("I have two broken hearing aids at home", None),
            ("neither", None),
        ] {
            assert_eq!(pick(message).as_deref(), expected, "{message}");
        }
    }
}
