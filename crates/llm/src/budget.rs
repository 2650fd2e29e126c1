//! How many tokens may be spent: in one conversation, and by all in a day.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::reading::Usage;
use crate::request::ChatRequest;

/// What may be spent, in tokens as the provider counts them, of requests and answers together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenLimits {
    /// In one conversation.
    pub conversation: u64,
    /// By all conversations in a day of UTC.
    pub day: u64,
}

impl TokenLimits {
    /// No limit.
    pub const NONE: Self = Self { conversation: u64::MAX, day: u64::MAX };
}

/// Bytes for which a token is counted where the provider reports no numbers. Real texts of our languages have three to
/// five in a token: the estimate is too high rather than too low.
const BYTES_A_TOKEN: u64 = 2;

/// What one conversation has spent. Cheap to clone; the clones share the number.
#[derive(Clone, Debug, Default)]
pub struct Spent(Arc<AtomicU64>);

/// As its number.
impl Serialize for Spent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.tokens().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Spent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(Self::before)
    }
}

impl Spent {
    /// A conversation that has spent so much before.
    #[must_use]
    pub fn before(tokens: u64) -> Self {
        Self(Arc::new(AtomicU64::new(tokens)))
    }

    /// In tokens, with what is on its way.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn change(&self, from: u64, to: u64) {
        let changed = |known: u64| Some(known.saturating_sub(from).saturating_add(to));
        // It always gives a number, so there is always one to store.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, changed);
    }
}

/// The limits and what was spent today. Cheap to clone; the clones share the number.
#[derive(Clone, Debug)]
pub struct Budget {
    limits: TokenLimits,
    today: Arc<Mutex<Today>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Today {
    day: Date,
    spent: u64,
}

/// Which budget is used up: nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfBudget {
    /// The conversation's.
    #[error("the conversation's tokens for the model are used up")]
    Conversation,
    /// The day's.
    #[error("the day's tokens for the model are used up")]
    Day,
}

impl Budget {
    /// Nothing is spent yet.
    #[must_use]
    pub fn new(limits: TokenLimits) -> Self {
        Self { limits, today: Arc::default() }
    }

    /// What was spent on that day before this program started.
    pub fn remember(&self, day: Date, tokens: u64) {
        self.spent_on(day, |today| today.spent = today.spent.saturating_add(tokens));
    }

    /// What was spent on that day, with what is on its way.
    #[must_use]
    pub fn spent(&self, day: Date) -> u64 {
        self.spent_on(day, |today| today.spent)
    }

    /// Sets aside what the request and its longest answer may cost; [`Charge`] settles it.
    ///
    /// # Errors
    /// [`OutOfBudget`] when that is more than is left.
    pub fn admit(&self, day: Date, spent: &Spent, request: &ChatRequest) -> Result<Charge, OutOfBudget> {
        let asked = tokens(request.bytes());
        let held = asked.saturating_add(u64::from(request.max_tokens));
        if spent.tokens().saturating_add(held) > self.limits.conversation {
            return Err(OutOfBudget::Conversation);
        }
        self.spent_on(day, |today| {
            if today.spent.saturating_add(held) > self.limits.day {
                return Err(OutOfBudget::Day);
            }
            today.spent += held;
            Ok(())
        })?;
        spent.change(0, held);
        Ok(Charge { budget: self.clone(), day, spent: spent.clone(), held, asked, heard: 0, usage: None })
    }

    /// A later day begins with nothing spent; an earlier one has passed and is not counted again.
    fn spent_on<T>(&self, day: Date, then: impl FnOnce(&mut Today) -> T) -> T {
        let mut today = self.lock();
        if day > today.day {
            *today = Today { day, spent: 0 };
        }
        then(&mut today)
    }

    fn lock(&self) -> MutexGuard<'_, Today> {
        // What a panic elsewhere left is still a day and a number.
        self.today.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one request costs. When it is dropped, the provider's own count takes the place of what was set aside, or else
/// an estimate of what was sent and heard: an answer that is broken off costs as well.
#[derive(Debug)]
pub struct Charge {
    budget: Budget,
    day: Date,
    spent: Spent,
    held: u64,
    asked: u64,
    /// Bytes of the answer.
    heard: usize,
    usage: Option<Usage>,
}

impl Charge {
    /// So many more bytes of the answer came.
    pub fn hear(&mut self, bytes: usize) {
        self.heard = self.heard.saturating_add(bytes);
    }

    /// The provider has counted.
    pub fn count(&mut self, usage: Usage) {
        self.usage = Some(usage);
    }

    /// Nothing of an answer came, so nothing is owed.
    pub fn waive(mut self) {
        self.usage = Some(Usage::default());
        self.asked = 0;
    }

    /// A count that breaks off early, or that a careless provider leaves at nothing, does not make an answer cheap.
    fn cost(&self) -> u64 {
        let output = tokens(self.heard);
        match self.usage {
            Some(usage) => {
                let input = if usage.input == 0 { self.asked } else { usage.input };
                let output = if usage.output < output / 4 { output } else { usage.output };
                input.saturating_add(output)
            }
            None => self.asked.saturating_add(output),
        }
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        let cost = self.cost();
        self.spent.change(self.held, cost);
        let mut today = self.budget.lock();
        if today.day == self.day {
            today.spent = today.spent.saturating_sub(self.held).saturating_add(cost);
        }
    }
}

fn tokens(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX).div_ceil(BYTES_A_TOKEN)
}

#[cfg(test)]
mod tests {
    use anonymizer::CuratedText;
    use jiff::civil::date;

    use super::*;
    use crate::request::{ChatMessage, Part, Role};

    const DAY: Date = date(2026, 11, 22);
    const LIMITS: TokenLimits = TokenLimits { conversation: 1_000, day: 2_000 };

    /// 200 bytes, so 100 tokens, and 300 at most for the answer.
    fn request() -> ChatRequest {
        let words = CuratedText::from_content("x".repeat(200));
        let message = ChatMessage { role: Role::User, parts: vec![Part::Curated(words)] };
        ChatRequest { messages: vec![message], tools: Vec::new(), max_tokens: 300, temperature: 0.0 }
    }

    #[test]
    fn the_providers_count_takes_the_place_of_what_was_set_aside() {
        let (budget, spent) = (Budget::new(LIMITS), Spent::default());
        let mut charge = budget.admit(DAY, &spent, &request()).expect("within the budget");
        assert_eq!((spent.tokens(), budget.spent(DAY)), (400, 400));
        charge.hear(40);
        charge.count(Usage { input: 60, output: 12 });
        drop(charge);
        assert_eq!((spent.tokens(), budget.spent(DAY)), (72, 72));
    }

    #[test]
    fn without_a_count_what_was_sent_and_heard_is_estimated_and_nothing_heard_of_a_failure_is_free() {
        let (budget, spent) = (Budget::new(LIMITS), Spent::default());
        let mut charge = budget.admit(DAY, &spent, &request()).expect("within the budget");
        charge.hear(41);
        drop(charge);
        assert_eq!(spent.tokens(), 100 + 21);
        // Anthropic counts one token of output at the beginning; the customer stopped the answer before the end.
        let mut charge = budget.admit(DAY, &spent, &request()).expect("within the budget");
        charge.count(Usage { input: 60, output: 1 });
        charge.hear(80);
        drop(charge);
        assert_eq!(spent.tokens(), 121 + 60 + 40);
        budget.admit(DAY, &spent, &request()).expect("within the budget").waive();
        assert_eq!((spent.tokens(), budget.spent(DAY)), (221, 221));
    }

    #[test]
    fn what_does_not_fit_is_not_admitted_also_while_others_are_on_their_way() {
        let (budget, spent) = (Budget::new(LIMITS), Spent::before(601));
        assert_eq!(budget.admit(DAY, &spent, &request()).err(), Some(OutOfBudget::Conversation));
        let open: Vec<_> =
            (0..5).map(|_| budget.admit(DAY, &Spent::default(), &request()).expect("it fits")).collect();
        assert_eq!(budget.admit(DAY, &Spent::default(), &request()).err(), Some(OutOfBudget::Day));
        drop(open);
        assert!(budget.admit(DAY, &Spent::default(), &request()).is_ok());
    }

    #[test]
    fn a_new_day_begins_with_nothing_spent_and_a_start_remembers() {
        let budget = Budget::new(LIMITS);
        budget.remember(DAY, 1_900);
        assert_eq!(budget.admit(DAY, &Spent::default(), &request()).err(), Some(OutOfBudget::Day));
        let next = date(2026, 11, 23);
        let late = budget.admit(next, &Spent::default(), &request()).expect("a new day");
        assert_eq!(budget.spent(next), 400);
        budget.remember(date(2026, 11, 24), 0);
        drop(late);
        assert_eq!(budget.spent(date(2026, 11, 24)), 0, "yesterday's answer is not today's");
    }
}
