//! The assistant's standard sentences (translations/assistant/*.json).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::{HandOffReason, Language};

/// All sentences of one language. A missing or unknown key fails the test that reads the files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) greeting: String,
    pub(crate) thanks: String,
    pub(crate) goodbye: String,
    pub(crate) clarify: String,
    pub(crate) clarify_end: String,
    pub(crate) clarify_person: String,
    pub(crate) rephrase: String,
    other_language: String,
    languages: BTreeMap<String, String>,
    pub(crate) sign_in: String,
    pub(crate) code_sent: String,
    pub(crate) code_wrong: String,
    pub(crate) code_spent: String,
    pub(crate) code_late: String,
    pub(crate) code_limit: String,
    pub(crate) code_no_address: String,
    pub(crate) code_mail_subject: String,
    pub(crate) code_mail: String,
    pub(crate) orders_none: String,
    pub(crate) orders: String,
    pub(crate) orders_end: String,
    pub(crate) orders_line: String,
    pub(crate) order_unknown: String,
    pub(crate) order_packing: String,
    pub(crate) order_packing_undated: String,
    pub(crate) order_shipped: String,
    pub(crate) order_shipped_undated: String,
    pub(crate) order_pickup: String,
    pub(crate) order_pickup_undated: String,
    pub(crate) order_delivered: String,
    pub(crate) order_delivered_undated: String,
    pub(crate) order_cancelled: String,
    pub(crate) order_returned: String,
    pub(crate) order_items: String,
    pub(crate) status_packing: String,
    pub(crate) status_shipped: String,
    pub(crate) status_pickup: String,
    pub(crate) status_delivered: String,
    pub(crate) status_cancelled: String,
    pub(crate) status_returned: String,
    handoff_requested: String,
    handoff_anger: String,
    handoff_danger: String,
    handoff_legal: String,
    handoff_decision: String,
    handoff_not_understood: String,
    handoff_tool_failed: String,
    handoff_flow: String,
    pub(crate) summary_reason: String,
    pub(crate) summary_asked: String,
    pub(crate) summary_before: String,
    pub(crate) summary_tried: String,
    pub(crate) summary_near: String,
    pub(crate) summary_tools: String,
    pub(crate) summary_task: String,
    pub(crate) summary_known: String,
    reason_requested: String,
    reason_anger: String,
    reason_danger: String,
    reason_legal: String,
    reason_decision: String,
    reason_not_understood: String,
    reason_tool_failed: String,
    reason_flow: String,
    pub(crate) outcome_found: String,
    pub(crate) outcome_not_found: String,
    pub(crate) outcome_refused: String,
    pub(crate) outcome_failed: String,
    pub(crate) flow_cancelled: String,
    pub(crate) flow_corrected: String,
    pub(crate) flow_did_that_help: String,
    pub(crate) flow_press: String,
    pub(crate) flow_card_confirm: String,
    pub(crate) flow_card_decline: String,
    pub(crate) flow_aside_unknown: String,
    pub(crate) flow_offer_person: String,
    pub(crate) flow_done: String,
    pub(crate) wrong_order_number: String,
    pub(crate) wrong_date: String,
    pub(crate) wrong_date_past: String,
    pub(crate) wrong_date_future: String,
    pub(crate) wrong_date_unclear: String,
    pub(crate) wrong_amount: String,
    pub(crate) wrong_email: String,
    pub(crate) wrong_address: String,
    pub(crate) wrong_choice: String,
    pub(crate) wrong_yes_no: String,
    pub(crate) yes: String,
    pub(crate) no: String,
    pub(crate) amount: String,
    date: String,
    months: [String; 12],
}

static ALL: LazyLock<BTreeMap<Language, Words>> = LazyLock::new(|| {
    let read = |language: Language| {
        let words = serde_json::from_str(language.sources().sentences);
        (language, words.expect("every test reads the files that are compiled in"))
    };
    Language::ALL.into_iter().map(read).collect()
});

impl Words {
    /// The sentences of this language.
    pub(crate) fn of(language: Language) -> &'static Self {
        ALL.get(&language).expect("the map is made of all languages")
    }

    /// What the customer reads when a person is asked for.
    pub(crate) fn hand_off(&self, reason: HandOffReason) -> &str {
        match reason {
            HandOffReason::Requested => &self.handoff_requested,
            HandOffReason::Anger => &self.handoff_anger,
            HandOffReason::Danger => &self.handoff_danger,
            HandOffReason::Legal => &self.handoff_legal,
            HandOffReason::SignificantDecision => &self.handoff_decision,
            HandOffReason::NotUnderstood => &self.handoff_not_understood,
            HandOffReason::ToolFailed => &self.handoff_tool_failed,
            HandOffReason::Flow => &self.handoff_flow,
        }
    }

    /// That a help text exists in this other language only.
    pub(crate) fn only_in(&self, other: Language) -> String {
        let name = self.languages.get(other.code()).map_or(other.own_name(), String::as_str);
        fill(&self.other_language, &[("language", name)])
    }

    /// What the agent reads as the reason.
    pub(crate) fn reason(&self, reason: HandOffReason) -> &str {
        match reason {
            HandOffReason::Requested => &self.reason_requested,
            HandOffReason::Anger => &self.reason_anger,
            HandOffReason::Danger => &self.reason_danger,
            HandOffReason::Legal => &self.reason_legal,
            HandOffReason::SignificantDecision => &self.reason_decision,
            HandOffReason::NotUnderstood => &self.reason_not_understood,
            HandOffReason::ToolFailed => &self.reason_tool_failed,
            HandOffReason::Flow => &self.reason_flow,
        }
    }

    /// A date of ISO 8601 (`2026-11-05`) as this language writes it; anything else as it is, so a token stays
    /// a token.
    pub(crate) fn date(&self, iso: &str) -> String {
        let read = || {
            let mut parts = iso.get(..10)?.splitn(3, '-');
            let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
            let month = self.months.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
            let day: u8 = day.parse().ok()?;
            Some(fill(&self.date, &[("day", &day.to_string()), ("month", month), ("year", year)]))
        };
        read().unwrap_or_else(|| iso.to_owned())
    }
}

/// Puts values into `{name}` places, each once and never into one another.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = from.split_once('}') else {
            filled.push('{');
            rest = from;
            continue;
        };
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            filled.push_str(value);
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_each_language_does_and_a_token_stays() {
        assert_eq!(Words::of(Language::English).date("2026-11-05"), "5 November 2026");
        assert_eq!(Words::of(Language::German).date("2026-03-05T10:00:00Z"), "5. März 2026");
        assert_eq!(Words::of(Language::English).date("[BIRTH_DATE_1]"), "[BIRTH_DATE_1]");
        assert_eq!(Words::of(Language::English).date("2026-13-05"), "2026-13-05");
    }

    #[test]
    fn every_language_names_all_languages_and_fills_the_same_places() {
        let places = |language: Language| {
            let all: BTreeMap<String, serde_json::Value> =
                serde_json::from_str(language.sources().sentences).unwrap();
            let holes = regex::Regex::new(r"\{\w+\}").unwrap();
            all.into_iter()
                .map(|(key, text)| {
                    let mut found: Vec<String> =
                        holes.find_iter(&text.to_string()).map(|hole| hole.as_str().to_owned()).collect();
                    found.sort();
                    (key, found)
                })
                .collect::<BTreeMap<_, _>>()
        };
        for language in Language::ALL {
            assert_eq!(places(language), places(Language::English), "{language:?}");
            for other in Language::ALL {
                assert!(Words::of(language).languages.contains_key(other.code()), "{language:?}");
            }
        }
        assert_eq!(
            Words::of(Language::French).only_in(Language::German),
            "Ce texte d'aide n'existe qu'en allemand :"
        );
        assert_eq!(Words::of(Language::Spanish).date("2026-11-05"), "5 de noviembre de 2026");
    }

    #[test]
    fn a_value_is_never_read_as_a_template() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "2")]), "{b} and 2");
        assert_eq!(fill("{a} {", &[("a", "1")]), "1 {");
    }
}
