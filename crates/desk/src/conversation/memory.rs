//! What the assistant must know of a conversation besides its messages: where it is in a flow, the card that the customer
//! was shown, how often each tool was called, what a model has cost.
//!
//! What changes something for a customer happens on the press of a card's button alone. The desk keeps the call that a
//! card stands for and compares it itself: neither words of the customer nor anything that the assistant comes to can
//! take the place of the press.

use std::collections::BTreeMap;

use assistant::{Card, FlowState, ReplyKind, ToolCall};
use llm::Spent;
use protocol::MessageId;
use serde::{Deserialize, Serialize};

use super::codes::Pending;
use crate::code::Codes;

/// Kept between messages. Masked, and stored sealed.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) flow: Option<FlowState>,
    /// The card below the last message of the assistant.
    card: Option<ShownCard>,
    /// By the tool's name.
    calls: BTreeMap<String, u32>,
    /// On a model. The clones share the number, also while an answer is on its way.
    #[serde(default)]
    pub(super) spent: Spent,
    /// The last answer asked the customer to sign in.
    #[serde(default)]
    sign_in: bool,
    #[serde(default)]
    pub(super) codes: Codes,
    /// The call that waits for a code.
    #[serde(default)]
    pub(super) pending: Option<Pending>,
}

/// A card, and what became of it.
#[derive(Clone, Serialize, Deserialize)]
struct ShownCard {
    /// The message that it stands below.
    message: MessageId,
    tool: String,
    /// With tokens in the place of values.
    arguments: BTreeMap<String, String>,
    /// What the buttons say: the one that confirms, the other one.
    labels: [String; 2],
    pressed: Option<Press>,
}

/// The message that a press became, and which button it was.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Press {
    message: MessageId,
    yes: bool,
}

impl Memory {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Strings and numbers under string keys: there is nothing that JSON cannot hold.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Empty also for what an older version wrote: a flow begins anew.
    pub(super) fn from_bytes(json: &[u8]) -> Self {
        serde_json::from_slice(json).unwrap_or_default()
    }

    /// After an answer: where the flow is now, the card below it, if there is one, and whether it asks to sign in.
    pub(super) fn after(
        &self,
        flow: Option<FlowState>,
        message: MessageId,
        card: Option<Card>,
        kind: ReplyKind,
    ) -> Self {
        let card = card.map(|Card { call, confirm, decline }| ShownCard {
            message,
            tool: call.tool,
            arguments: call.arguments,
            labels: [confirm, decline],
            pressed: None,
        });
        // Who was answered something else is not asked for a code any more.
        let mut codes = self.codes.clone();
        codes.call_off();
        let (calls, spent, sign_in) = (self.calls.clone(), self.spent.clone(), kind == ReplyKind::SignIn);
        Self { flow, card, calls, spent, sign_in, codes, pending: None }
    }

    /// The customer has signed in; `None` when the last answer did not ask for it.
    pub(super) fn signed_in(&self) -> Option<Self> {
        self.sign_in.then(|| Self { sign_in: false, ..self.clone() })
    }

    /// A person holds the conversation now: the assistant's flow is over, and its card does nothing
    /// any more, nor does a code.
    pub(super) fn left(&self) -> Self {
        let mut codes = self.codes.clone();
        codes.call_off();
        Self { calls: self.calls.clone(), spent: self.spent.clone(), codes, ..Self::default() }
    }

    /// Takes note of the press of a button. Gives the words on it; none when the card is settled.
    pub(super) fn press(&mut self, card: MessageId, message: MessageId, yes: bool) -> Option<String> {
        let shown = self.card.as_mut().filter(|shown| shown.message == card && shown.pressed.is_none())?;
        shown.pressed = Some(Press { message, yes });
        let [confirm, decline] = &shown.labels;
        Some(if yes { confirm } else { decline }.clone())
    }

    /// Which button the message was, if it was one.
    pub(super) fn pressed_by(&self, message: MessageId) -> Option<bool> {
        let press = self.card.as_ref()?.pressed?;
        (press.message == message).then_some(press.yes)
    }

    /// The name under which the call may be made once, when the customer pressed the button for exactly this call with
    /// this message.
    pub(super) fn confirmed(&self, call: &ToolCall, message: MessageId) -> Option<String> {
        let card = self.card.as_ref()?;
        let same = card.tool == call.tool && card.arguments == call.arguments;
        (same && self.pressed_by(message) == Some(true)).then(|| card.message.to_string())
    }

    /// Counts a call of the tool; gives how many there were before.
    pub(super) fn count_call(&mut self, tool: &str) -> u32 {
        let calls = self.calls.entry(tool.to_owned()).or_default();
        let before = *calls;
        *calls = calls.saturating_add(1);
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(octet: u8) -> MessageId {
        MessageId::from_octets([octet; 16])
    }

    fn call(order: &str) -> ToolCall {
        ToolCall { tool: "cancel".into(), arguments: BTreeMap::from([("order".into(), order.into())]) }
    }

    fn shown() -> Memory {
        let card = Card { call: call("[ORDER_1]"), confirm: "Yes".into(), decline: "No".into() };
        Memory::default().after(None, id(1), Some(card), ReplyKind::Answer)
    }

    #[test]
    fn only_the_press_of_the_shown_card_confirms_and_only_its_own_call() {
        let mut memory = shown();
        assert_eq!(memory.confirmed(&call("[ORDER_1]"), id(2)), None, "nothing was pressed");
        assert_eq!(memory.press(id(9), id(2), true), None, "another card");
        assert_eq!(memory.press(id(1), id(2), true).as_deref(), Some("Yes"));
        assert_eq!(memory.press(id(1), id(3), false), None, "it is settled");
        let memory = Memory::from_bytes(&memory.to_bytes());
        assert_eq!(memory.confirmed(&call("[ORDER_1]"), id(2)), Some(id(1).to_string()));
        assert_eq!(memory.confirmed(&call("[ORDER_2]"), id(2)), None, "another order");
        assert_eq!(memory.confirmed(&call("[ORDER_1]"), id(3)), None, "another message");
        assert_eq!(
            memory.after(None, id(4), None, ReplyKind::Answer).confirmed(&call("[ORDER_1]"), id(2)),
            None,
            "answered"
        );
    }

    #[test]
    fn the_other_button_confirms_nothing_and_a_person_settles_the_card() {
        let mut memory = shown();
        assert_eq!(memory.press(id(1), id(2), false).as_deref(), Some("No"));
        assert_eq!((memory.pressed_by(id(2)), memory.pressed_by(id(3))), (Some(false), None));
        assert_eq!(memory.confirmed(&call("[ORDER_1]"), id(2)), None);
        assert_eq!(shown().left().press(id(1), id(2), true), None);
    }

    #[test]
    fn calls_are_counted_over_the_whole_conversation() {
        let mut memory = shown();
        assert_eq!((memory.count_call("a"), memory.count_call("a"), memory.count_call("b")), (0, 1, 0));
        let mut memory =
            Memory::from_bytes(&memory.left().after(None, id(1), None, ReplyKind::Answer).to_bytes());
        assert_eq!(memory.count_call("a"), 2);
    }
}
