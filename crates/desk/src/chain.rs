//! Errors in the log: the whole chain, written once, where it is handled.

use std::error::Error;

/// The error and its sources, separated by colons. Only for errors whose texts are ours or a library's about
/// its own state; none of ours quotes what a person wrote.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
