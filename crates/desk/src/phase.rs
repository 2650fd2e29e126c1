//! Who holds a conversation: an explicit state machine.
//!
//! The assistant speaks in [`Phase::Assistant`] alone. Every change goes through [`next`]; a change that the
//! table does not name is refused, so that a hand-off can neither loop nor get lost.

use store::desk::{Phase, StaffId};

/// What can change who holds a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PhaseEvent {
    /// The customer asked for a person, or the assistant is at its end.
    HandOff,
    /// An agent takes the conversation.
    TakeOver(StaffId),
    /// The agent who holds it gives it back to the assistant.
    GiveBack(StaffId),
    /// An agent ends it.
    Close(StaffId),
    /// The customer wrote.
    CustomerWrote {
        /// Whether the customer agreed that the assistant answers.
        assistant_allowed: AssistantAllowed,
    },
}

/// The customer's choice about the assistant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AssistantAllowed {
    /// The assistant may answer.
    Yes,
    /// Only people answer.
    No,
}

/// A change that is not possible now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhaseError {
    /// Another agent holds the conversation.
    #[error("another agent holds this conversation")]
    HeldByAnother,
    /// Only the agent who holds a conversation can do this.
    #[error("take the conversation over first")]
    NotHeld,
}

/// The phase after an event.
///
/// # Errors
/// [`PhaseError`] when the event is not possible in this phase; the phase stays.
pub(crate) fn next(phase: Phase, event: PhaseEvent) -> Result<Phase, PhaseError> {
    match (phase, event) {
        (Phase::Agent(holder), PhaseEvent::TakeOver(agent)) if holder != agent => {
            Err(PhaseError::HeldByAnother)
        }
        (_, PhaseEvent::TakeOver(agent)) => Ok(Phase::Agent(agent)),

        (Phase::Agent(holder), PhaseEvent::GiveBack(agent)) if holder == agent => Ok(Phase::Assistant),
        (Phase::Agent(_), PhaseEvent::GiveBack(_)) => Err(PhaseError::HeldByAnother),
        (Phase::Assistant | Phase::Waiting | Phase::Closed, PhaseEvent::GiveBack(_)) => {
            Err(PhaseError::NotHeld)
        }

        // A person who is there already is who was asked for.
        (Phase::Agent(holder), PhaseEvent::HandOff) => Ok(Phase::Agent(holder)),
        (Phase::Assistant | Phase::Waiting | Phase::Closed, PhaseEvent::HandOff) => Ok(Phase::Waiting),

        (Phase::Agent(holder), PhaseEvent::Close(agent)) if holder != agent => Err(PhaseError::HeldByAnother),
        (_, PhaseEvent::Close(_)) => Ok(Phase::Closed),

        (Phase::Agent(holder), PhaseEvent::CustomerWrote { .. }) => Ok(Phase::Agent(holder)),
        (Phase::Waiting, PhaseEvent::CustomerWrote { .. }) => Ok(Phase::Waiting),
        (
            Phase::Assistant | Phase::Closed,
            PhaseEvent::CustomerWrote { assistant_allowed: AssistantAllowed::Yes },
        ) => Ok(Phase::Assistant),
        (
            Phase::Assistant | Phase::Closed,
            PhaseEvent::CustomerWrote { assistant_allowed: AssistantAllowed::No },
        ) => Ok(Phase::Waiting),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn staff(number: u8) -> StaffId {
        StaffId::from_octets([number; 16])
    }

    fn events() -> impl Strategy<Value = PhaseEvent> {
        prop_oneof![
            Just(PhaseEvent::HandOff),
            (0u8..3).prop_map(|number| PhaseEvent::Close(staff(number))),
            (0u8..3).prop_map(|number| PhaseEvent::TakeOver(staff(number))),
            (0u8..3).prop_map(|number| PhaseEvent::GiveBack(staff(number))),
            Just(PhaseEvent::CustomerWrote { assistant_allowed: AssistantAllowed::Yes }),
            Just(PhaseEvent::CustomerWrote { assistant_allowed: AssistantAllowed::No }),
        ]
    }

    proptest! {
        /// From the moment an agent takes over, only that agent's giving back, or a close followed by a new
        /// message of the customer, lets the assistant speak again.
        #[test]
        fn the_assistant_never_speaks_while_a_person_holds(events in proptest::collection::vec(events(), 0..60)) {
            let mut phase = Phase::Assistant;
            let mut held_by: Option<StaffId> = None;
            for event in events {
                let Ok(after) = next(phase, event) else { continue };
                match event {
                    PhaseEvent::TakeOver(agent) => held_by = Some(agent),
                    PhaseEvent::GiveBack(agent) => {
                        prop_assert_eq!(held_by, Some(agent));
                        held_by = None;
                    }
                    PhaseEvent::Close(_) => held_by = None,
                    PhaseEvent::HandOff | PhaseEvent::CustomerWrote { .. } => {}
                }
                if let Some(agent) = held_by {
                    prop_assert_eq!(after, Phase::Agent(agent));
                }
                phase = after;
            }
        }

        /// A customer who did not agree to the assistant is never answered by it, unless a person hands the
        /// conversation to it.
        #[test]
        fn without_consent_a_message_never_reaches_the_assistant(phase in prop_oneof![
            Just(Phase::Assistant), Just(Phase::Waiting), Just(Phase::Closed), Just(Phase::Agent(staff(1)))
        ]) {
            let after = next(phase, PhaseEvent::CustomerWrote { assistant_allowed: AssistantAllowed::No });
            prop_assert_ne!(after, Ok(Phase::Assistant));
        }
    }

    /// Two agents stand for any number: the table knows only "the same" and "another".
    fn all_phases() -> [Phase; 5] {
        [Phase::Assistant, Phase::Waiting, Phase::Closed, Phase::Agent(staff(1)), Phase::Agent(staff(2))]
    }

    fn all_events() -> [PhaseEvent; 9] {
        let wrote = |assistant_allowed| PhaseEvent::CustomerWrote { assistant_allowed };
        [
            PhaseEvent::HandOff,
            PhaseEvent::TakeOver(staff(1)),
            PhaseEvent::TakeOver(staff(2)),
            PhaseEvent::GiveBack(staff(1)),
            PhaseEvent::GiveBack(staff(2)),
            PhaseEvent::Close(staff(1)),
            PhaseEvent::Close(staff(2)),
            wrote(AssistantAllowed::Yes),
            wrote(AssistantAllowed::No),
        ]
    }

    fn letter(phase: Phase) -> char {
        match phase {
            Phase::Assistant => 'A',
            Phase::Waiting => 'W',
            Phase::Closed => 'C',
            Phase::Agent(agent) if agent == staff(1) => '1',
            Phase::Agent(_) => '2',
        }
    }

    /// The whole table: for each phase what each event of [`all_events`] makes of it, `-` where it is refused.
    #[test]
    fn every_event_in_every_phase_is_decided_as_written() {
        let rows = all_phases().map(|phase| {
            let after = all_events().map(|event| next(phase, event).map_or('-', letter));
            format!("{}: {}", letter(phase), after.iter().collect::<String>())
        });
        assert_eq!(rows, ["A: W12--CCAW", "W: W12--CCWW", "C: W12--CCAW", "1: 11-A-C-11", "2: 2-2-A-C22"]);
    }

    /// Every way of six events from each phase, so every way that there is: five phases are reached by then.
    #[test]
    fn no_way_leads_from_waiting_to_the_assistant_but_through_a_person() {
        fn walk(phase: Phase, asked: bool, left: u8, ways: &mut u64) {
            *ways += 1;
            if left == 0 {
                return;
            }
            for event in all_events() {
                let Ok(after) = next(phase, event) else { continue };
                let by_person =
                    matches!(event, PhaseEvent::TakeOver(_) | PhaseEvent::GiveBack(_) | PhaseEvent::Close(_));
                // A person is asked for until one comes.
                let asked = (asked || after == Phase::Waiting) && !by_person;
                assert!(
                    !asked || after == Phase::Waiting,
                    "{phase:?} and {event:?} lose a hand-off: {after:?}"
                );
                if phase != Phase::Assistant && after == Phase::Assistant {
                    let gives_back = matches!(event, PhaseEvent::GiveBack(_));
                    let opens = phase == Phase::Closed && matches!(event, PhaseEvent::CustomerWrote { .. });
                    assert!(gives_back || opens, "{phase:?} and {event:?} wake the assistant");
                }
                walk(after, asked, left - 1, ways);
            }
        }
        let mut ways = 0;
        for phase in all_phases() {
            walk(phase, phase == Phase::Waiting, 6, &mut ways);
        }
        assert!(ways > 100_000, "{ways} ways");
    }

    /// Without a person and without the customer the machine comes to rest: a hand-off cannot run in a circle.
    #[test]
    fn what_happens_by_itself_ends_in_waiting() {
        for phase in all_phases() {
            let Ok(after) = next(phase, PhaseEvent::HandOff) else { continue };
            assert!(matches!(after, Phase::Waiting | Phase::Agent(_)), "{phase:?}");
            assert_eq!(next(after, PhaseEvent::HandOff), Ok(after), "{phase:?} does not rest");
        }
    }

    #[test]
    fn an_agent_cannot_take_what_another_holds() {
        let held = Phase::Agent(staff(1));
        assert_eq!(next(held, PhaseEvent::TakeOver(staff(2))), Err(PhaseError::HeldByAnother));
        assert_eq!(next(held, PhaseEvent::GiveBack(staff(2))), Err(PhaseError::HeldByAnother));
        assert_eq!(next(held, PhaseEvent::TakeOver(staff(1))), Ok(held));
    }
}
