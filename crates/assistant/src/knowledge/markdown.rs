//! Markdown to plain text by heading, and plain text to sentences.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// The text under one heading.
pub(super) struct Section {
    /// The heading's text; empty for what stands above the first.
    pub(super) heading: String,
    /// Paragraphs and list items, without markup.
    pub(super) blocks: Vec<String>,
}

/// Splits by headings of any level. Code, HTML and images' addresses are left out.
pub(super) fn sections(markdown: &str) -> Vec<Section> {
    let mut sections = vec![Section { heading: String::new(), blocks: Vec::new() }];
    let mut block = String::new();
    for event in Parser::new(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) => block.push_str(&text),
            Event::SoftBreak | Event::HardBreak => block.push(' '),
            Event::Start(Tag::Heading { .. }) => {
                close(&mut block, &mut sections);
                sections.push(Section { heading: String::new(), blocks: Vec::new() });
            }
            Event::End(TagEnd::Heading(_)) => {
                let heading = std::mem::take(&mut block);
                if let Some(section) = sections.last_mut() {
                    section.heading = heading.trim().to_owned();
                }
            }
            Event::Start(Tag::Item) | Event::End(TagEnd::Paragraph | TagEnd::Item) => {
                close(&mut block, &mut sections);
            }
            _ => {}
        }
    }
    close(&mut block, &mut sections);
    sections
}

fn close(block: &mut String, sections: &mut [Section]) {
    let text = std::mem::take(block);
    if let (false, Some(section)) = (text.trim().is_empty(), sections.last_mut()) {
        section.blocks.push(text.trim().to_owned());
    }
}

/// The sentences of plain text. A full stop ends one only before a blank and a capital, a digit or a quote,
/// and not after a number or an abbreviation.
pub(crate) fn sentences(text: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    for (position, &(at, character)) in characters.iter().enumerate() {
        // Of several marks in a row the first has taken the others along.
        if at < start || !matches!(character, '.' | '!' | '?') {
            continue;
        }
        let mut next = position + 1;
        while characters
            .get(next)
            .is_some_and(|(_, c)| matches!(c, '"' | '”' | '“' | '’' | ')' | '.' | '!' | '?'))
        {
            next += 1;
        }
        let end = characters.get(next).map_or(text.len(), |(at, _)| *at);
        let ends = match (characters.get(next), characters.get(next + 1)) {
            (None, _) => true,
            (Some((_, blank)), Some((_, first))) => {
                blank.is_whitespace()
                    && (first.is_uppercase()
                        || first.is_ascii_digit()
                        || matches!(first, '"' | '“' | '„' | '['))
                    && !(character == '.' && abbreviated(&text[start..at]))
            }
            (Some((_, blank)), None) => blank.is_whitespace(),
        };
        if ends && end > start {
            sentences.push(text[start..end].trim().to_owned());
            start = end;
        }
    }
    sentences.push(text[start..].trim().to_owned());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

fn abbreviated(before: &str) -> bool {
    let word = before.rsplit([' ', '(']).next().unwrap_or_default();
    const ABBREVIATIONS: &[&str] = &[
        "e.g", "i.e", "etc", "Dr", "Mr", "Mrs", "Ms", "No", "St", "z.B", "d.h", "bzw", "ca", "Nr", "Str",
        "usw",
    ];
    ABBREVIATIONS.contains(&word)
        || (!word.is_empty() && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        assert_eq!(
            sentences("Costs 3.90 euros. Ask Dr. Weber, e.g. by chat! Choose \"Return.\" Then wait"),
            ["Costs 3.90 euros.", "Ask Dr. Weber, e.g. by chat!", "Choose \"Return.\"", "Then wait"]
        );
        assert_eq!(
            sentences("Am 3. Mai kommt es. „Wann?“ Bald."),
            ["Am 3. Mai kommt es.", "„Wann?“", "Bald."]
        );
        assert_eq!(
            sentences("Soon... Then \"Wait!\" Now?! Yes."),
            ["Soon...", "Then \"Wait!\"", "Now?!", "Yes."]
        );
        assert_eq!(sentences("  "), Vec::<String>::new());
    }

    #[test]
    fn a_section_holds_what_stands_under_its_heading() {
        let found = sections(
            "Above.\n\n## Two *words*\n\nA [link](https://x.example) and `code`.\n\n- one\n- two\n\n<b>no</b>\n",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].blocks, ["Above."]);
        assert_eq!(found[1].heading, "Two words");
        assert_eq!(found[1].blocks, ["A link and code.", "one", "two", "no"]);
    }
}
