//! XML as far as documents and sitemaps need it. No entity but the five of XML itself is known, so none can grow.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

/// Elements inside each other, past which a document is refused.
const DEEPEST: usize = 256;

/// A piece of a document; names are without their prefix.
pub(super) enum Piece<'a> {
    Start(&'a str, BytesStart<'a>),
    End(String),
    Text(String),
}

/// Calls `each` for every piece; an element without content starts and ends. The error says what is wrong.
pub(super) fn pieces(text: &str, mut each: impl FnMut(Piece<'_>)) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0;
    let name = |element: &BytesStart<'_>| String::from(AsRef::<str>::as_ref(&element.local_name()));
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(format!("has more than {DEEPEST} elements inside each other"));
                }
                each(Piece::Start(&name(&element), element.borrow()));
            }
            Ok(Event::Empty(element)) => {
                let name = name(&element);
                each(Piece::Start(&name, element.borrow()));
                each(Piece::End(name));
            }
            Ok(Event::End(element)) => {
                depth -= 1;
                each(Piece::End(String::from(AsRef::<str>::as_ref(&element.local_name()))));
            }
            Ok(Event::Text(text)) => each(Piece::Text(text.xml10_content().into_owned())),
            Ok(Event::CData(text)) => each(Piece::Text(text.xml10_content().into_owned())),
            Ok(Event::GeneralRef(entity)) => match entity.resolve_char_ref() {
                Ok(Some(letter)) => each(Piece::Text(letter.into())),
                Ok(None) | Err(_) => match resolve_predefined_entity(&entity) {
                    Some(letter) => each(Piece::Text(letter.to_owned())),
                    None => return Err("uses an entity of its own, which is not read".into()),
                },
            },
            Ok(Event::DocType(_)) => return Err("has a document type, which is not read".into()),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
            Ok(Event::Eof) => return Ok(()),
            Err(_) => return Err("is no well-formed XML".into()),
        }
    }
}

/// The value of an attribute, by its name with the prefix that everybody writes.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    Some(element.try_get_attribute(name).ok()??.value.into_owned())
}
