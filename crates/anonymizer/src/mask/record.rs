//! Records: what a tool answers, JSON or not.

use serde_json::Value;
use zeroize::Zeroize;

use crate::{AnonymizedText, Anonymizer, Plaintext, TokenVault};

impl Anonymizer {
    /// Masks what is no message of the conversation, such as a tool's answer: it neither goes on with a number
    /// of the last message nor leaves one. JSON stays JSON: each string and number is masked by itself, names of
    /// fields stay, and a number that is a value becomes a string with its token.
    pub fn mask_record(&self, record: &Plaintext, vault: &mut TokenVault) -> AnonymizedText {
        let turn = std::mem::take(&mut vault.turn);
        let masked = match serde_json::from_str::<Value>(record.reveal()) {
            Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
                self.mask_value(&mut value, vault);
                let masked = value.to_string();
                wipe(value);
                masked
            }
            _ => self.mask_text(record.reveal(), vault),
        };
        vault.turn = turn;
        AnonymizedText::new(masked)
    }

    fn mask_value(&self, value: &mut Value, vault: &mut TokenVault) {
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => {
                let written = number.to_string();
                let masked = self.mask_text(&written, vault);
                if masked != written {
                    *value = Value::String(masked);
                }
            }
            Value::String(text) => {
                let masked = self.mask_text(text, vault);
                text.zeroize();
                *text = masked;
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.mask_value(value, vault)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.mask_value(value, vault)),
        }
    }
}

/// Wipes the values that masking left as they were.
fn wipe(value: Value) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(mut text) => text.zeroize(),
        Value::Array(values) => values.into_iter().for_each(wipe),
        Value::Object(fields) => fields.into_iter().for_each(|(_, value)| wipe(value)),
    }
}
