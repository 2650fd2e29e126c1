//! Names in files of flows, and what a misspelled one was meant to be.

/// Whether this can be a name.
pub(crate) fn is_name(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    text.len() <= 40 && text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(rest)
}

/// The known name that `written` is likely meant to be, as words for behind "write"; `otherwise` when none is near.
pub(crate) fn meant<'a>(written: &str, known: impl Iterator<Item = &'a str>, otherwise: &str) -> String {
    let near = known
        .map(|name| (strsim::normalized_damerau_levenshtein(written, name), name))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((likeness, name)) if likeness >= 0.6 => format!("{name} (did you mean that?)"),
        Some(_) | None => otherwise.to_owned(),
    }
}
