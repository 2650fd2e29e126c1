//! Leaves a provider that fails alone for a while, so that nobody waits for it message after message.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// After so many failures in a row the provider rests.
const FAILURES: u32 = 3;
/// For so long the first time; each further failure doubles it.
const FIRST_REST: Duration = Duration::from_secs(30);
/// And at most so long, whatever the provider asks for.
const LONGEST_REST: Duration = Duration::from_secs(600);

/// Whether a provider is asked. Cheap to clone; the clones share what they know.
#[derive(Clone, Debug)]
pub struct Circuit {
    state: Arc<Mutex<State>>,
    /// So many failures in a row begin a rest.
    failures: u32,
}

impl Default for Circuit {
    fn default() -> Self {
        Self { state: Arc::default(), failures: FAILURES }
    }
}

#[derive(Debug, Default)]
struct State {
    /// In a row.
    failures: u32,
    /// Until then nobody asks.
    rests_until: Option<Instant>,
    /// After the rest one request goes first.
    tried: Tried,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Tried {
    #[default]
    No,
    Now,
}

/// The provider rests: nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the model provider failed several times and is left alone for a while")]
pub struct Resting;

impl Circuit {
    /// For a model that is asked however often it failed: one that a file plays.
    #[must_use]
    pub fn without_rest() -> Self {
        Self { failures: u32::MAX, ..Self::default() }
    }

    /// Leave to ask now.
    ///
    /// # Errors
    /// [`Resting`] after several failures in a row, and while one request looks whether it works again.
    pub fn enter(&self) -> Result<Permit, Resting> {
        let mut state = self.lock();
        let probe = match state.rests_until {
            None => false,
            Some(until) if Instant::now() < until || state.tried == Tried::Now => return Err(Resting),
            Some(_) => {
                state.tried = Tried::Now;
                true
            }
        };
        drop(state);
        Ok(Permit { circuit: self.clone(), probe })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // What a panic elsewhere left is still a count and a moment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to ask once. Dropped without a word, as when the customer went on to something else, it says nothing about the
/// provider.
#[derive(Debug)]
pub struct Permit {
    circuit: Circuit,
    probe: bool,
}

impl Permit {
    /// The provider answered.
    pub fn succeeded(self) {
        *self.circuit.lock() = State::default();
    }

    /// The provider failed, and may have asked to be left alone for so long.
    pub fn failed(self, retry_after: Option<Duration>) {
        let mut state = self.circuit.lock();
        state.failures = state.failures.saturating_add(1);
        let Some(beyond) = state.failures.checked_sub(self.circuit.failures) else { return };
        let doubled = FIRST_REST.saturating_mul(2_u32.saturating_pow(beyond));
        let rest = doubled.max(retry_after.unwrap_or_default()).min(LONGEST_REST);
        state.rests_until = Some(Instant::now() + rest);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.probe {
            self.circuit.lock().tried = Tried::No;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(circuit: &Circuit, times: u32) {
        for _ in 0..times {
            circuit.enter().expect("it is asked").failed(None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn after_failures_in_a_row_nobody_asks_until_the_rest_is_over_and_then_one_does() {
        let circuit = Circuit::default();
        fail(&circuit, FAILURES);
        assert_eq!(circuit.enter().err(), Some(Resting));
        tokio::time::advance(FIRST_REST - Duration::from_millis(1)).await;
        assert_eq!(circuit.enter().err(), Some(Resting));
        tokio::time::advance(Duration::from_millis(1)).await;
        let probe = circuit.enter().expect("one looks");
        assert_eq!(circuit.enter().err(), Some(Resting), "and only one");
        probe.failed(None);
        tokio::time::advance(FIRST_REST).await;
        assert_eq!(circuit.enter().err(), Some(Resting), "the second rest is longer");
        tokio::time::advance(FIRST_REST).await;
        circuit.enter().expect("one looks").succeeded();
        let (_one, _other) = (circuit.enter().expect("it works"), circuit.enter().expect("for everybody"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_between_failures_and_a_request_given_up_do_not_count() {
        let circuit = Circuit::default();
        fail(&circuit, FAILURES - 1);
        drop(circuit.enter().expect("it is asked"));
        circuit.enter().expect("it is asked").succeeded();
        fail(&circuit, FAILURES - 1);
        assert!(circuit.enter().is_ok());
        fail(&circuit, 1);
        tokio::time::advance(FIRST_REST).await;
        drop(circuit.enter().expect("one looks"));
        assert!(circuit.enter().is_ok(), "a look that was given up is no look");
    }

    #[tokio::test(start_paused = true)]
    async fn a_provider_that_asks_for_more_time_gets_it_within_reason() {
        for (asked, rest) in [(Duration::from_secs(90), 90), (Duration::MAX, LONGEST_REST.as_secs())] {
            let circuit = Circuit::default();
            fail(&circuit, FAILURES - 1);
            circuit.enter().expect("it is asked").failed(Some(asked));
            tokio::time::advance(Duration::from_secs(rest - 1)).await;
            assert_eq!(circuit.enter().err(), Some(Resting));
            tokio::time::advance(Duration::from_secs(1)).await;
            assert!(circuit.enter().is_ok());
        }
    }
}
