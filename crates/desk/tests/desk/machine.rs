//! Who holds a conversation, on a whole desk: whatever customers, agents, a slow model and restarts of the desk do in
//! whatever order, the assistant is silent while a person holds it, each hand-off is seen, no message is lost or doubled.

use std::sync::Arc;

use assistant::{Assistant, Knowledge};
use desk::{Agent, StaffError};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, FileFailurePersistence, TestRunner},
};
use protocol::{FromCustomer, FromDesk, Holder, MessageId, Speaker};
use store::desk::{Message, Phase, StaffId, StoredSpeaker};
use tokio::sync::watch;

use super::{
    device::Device,
    obedient::Obedient,
    world::{Random, World, desk_store},
};

const ARTICLE: &str = "+++\nid = \"pay\"\ntitle = \"How can I pay?\"\nurl = \"/help/pay\"\nlanguage = \"en\"\n\
    questions = [\"How can I pay?\"]\n+++\n\n## Ways to pay\n\nYou can pay by credit card, PayPal or bank transfer. \
    With an invoice you pay within 14 days.\n";

/// Which of two agents.
type Who = usize;

/// Something that happens.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// The customer writes, and does not wait for the desk.
    Write,
    /// The customer asks for a person, in words and on the button.
    AskForPerson,
    WantPerson,
    TakeOver(Who),
    GiveBack(Who),
    Close(Who),
    Typing(Who),
    Reply(Who),
    /// From now on the model thinks.
    ModelThinks,
    /// It answers all that it was asked.
    ModelAnswers,
    /// The desk stops and starts on the same store.
    Restart,
    /// The customer reads until the desk has confirmed everything.
    CatchUp,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => Just(Event::Write),
        1 => Just(Event::AskForPerson),
        1 => Just(Event::WantPerson),
        4 => (0..2usize).prop_map(Event::TakeOver),
        3 => (0..2usize).prop_map(Event::GiveBack),
        2 => (0..2usize).prop_map(Event::Close),
        1 => (0..2usize).prop_map(Event::Typing),
        2 => (0..2usize).prop_map(Event::Reply),
        3 => Just(Event::ModelThinks),
        2 => Just(Event::ModelAnswers),
        2 => Just(Event::Restart),
        2 => Just(Event::CatchUp),
    ]
}

#[test]
fn whatever_happens_nobody_speaks_out_of_turn_and_nothing_is_lost_doubled_or_passed_round() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // A failure prints its seed and keeps it in the file beside this one.
    let seeds = FileFailurePersistence::Direct("tests/desk/machine.proptest-regressions");
    let config = Config {
        cases: 20,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(seeds)),
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&vec(event(), 1..16), |events| runtime.block_on(play(&events)).map_err(TestCaseError::fail))
        .unwrap();
}

async fn play(events: &[Event]) -> Result<(), String> {
    let (answers, open) = watch::channel(true);
    let model = Obedient::start_slow(Vec::new(), open).await;
    let mut world = World::new().await;
    world.stop_desk().await;
    let provider = model.provider();
    world.assistant = Some(Arc::new(move |business| {
        let knowledge = Knowledge::from_files([("pay.md".to_owned(), ARTICLE.to_owned())]).unwrap();
        Assistant::new(knowledge, business).with_model(provider.clone())
    }));
    world.start_desk().await;
    let device = Device::begin(&world.hub_url, world.key, None).await;
    let agents = ["Robin", "Kim"].map(|name| Agent { id: StaffId::random(&Random), name: name.into() });
    let mut play =
        Play { world, answers, device, agents, asked: Vec::new(), wanted: 0, taken: 0, held: None };
    // A conversation begins with a message.
    play.happens(Event::Write).await?;
    play.happens(Event::CatchUp).await?;
    for event in events {
        play.happens(*event).await.map_err(|wrong| format!("{event:?}: {wrong}"))?;
    }
    play.ends().await
}

struct Play {
    world: World,
    /// Whether the model answers what it is asked.
    answers: watch::Sender<bool>,
    device: Device,
    agents: [Agent; 2],
    /// The customer's messages.
    asked: Vec<MessageId>,
    /// How often the button for a person was pressed.
    wanted: usize,
    /// How often an agent was told that the conversation is theirs.
    taken: usize,
    /// Who was told so last, until they end it.
    held: Option<StaffId>,
}

impl Play {
    async fn happens(&mut self, event: Event) -> Result<(), String> {
        let channel = self.device.channel;
        let conversations = self.world.desk().conversations.clone();
        let done = match event {
            Event::Write => {
                self.asked.push(self.device.write("How can I pay?").await);
                Ok(())
            }
            Event::AskForPerson => {
                self.asked.push(self.device.write("I want to talk to a person").await);
                Ok(())
            }
            Event::WantPerson => {
                self.device.say(&FromCustomer::WantPerson { id: MessageId::random(&Random) }).await;
                self.wanted += 1;
                Ok(())
            }
            Event::TakeOver(who) => {
                let done = conversations.take_over(&self.agents[who], channel).await;
                if done.is_ok() {
                    self.taken += 1;
                    self.held = Some(self.agents[who].id);
                }
                done
            }
            Event::GiveBack(who) => self.lets_go(conversations.give_back(&self.agents[who], channel).await),
            Event::Close(who) => self.lets_go(conversations.close(&self.agents[who], channel).await),
            Event::Typing(who) => conversations.typing(&self.agents[who], channel).await,
            Event::Reply(who) => conversations.reply(&self.agents[who], channel, "I look.".into()).await,
            Event::ModelThinks => {
                self.answers.send_replace(false);
                Ok(())
            }
            Event::ModelAnswers => {
                self.answers.send_replace(true);
                Ok(())
            }
            Event::Restart => {
                // Whoever holds on to the conversations holds on to the store.
                drop(conversations);
                self.world.stop_desk().await;
                self.world.start_desk().await;
                Ok(())
            }
            Event::CatchUp => {
                self.device.wait_received(self.asked.len() + self.wanted).await;
                Ok(())
            }
        };
        match done {
            Ok(()) | Err(StaffError::Phase(_)) => self.whoever_holds_it_holds_it().await,
            Err(error) => Err(format!("the desk said: {error}")),
        }
    }

    fn lets_go(&mut self, done: Result<(), StaffError>) -> Result<(), StaffError> {
        if done.is_ok() {
            self.held = None;
        }
        done
    }

    /// Staff see it too, after each event.
    async fn whoever_holds_it_holds_it(&self) -> Result<(), String> {
        // Before its first message is there it is no conversation yet.
        let Some(phase) = self.phase().await else { return Ok(()) };
        match self.held {
            Some(agent) if phase != Phase::Agent(agent) => {
                Err(format!("{agent:?} holds it, staff see {phase:?}"))
            }
            None if matches!(phase, Phase::Agent(_)) => Err(format!("nobody holds it, staff see {phase:?}")),
            Some(_) | None => Ok(()),
        }
    }

    async fn phase(&self) -> Option<Phase> {
        let conversations = self.world.desk().conversations.list().await.unwrap();
        conversations.first().map(|conversation| conversation.phase)
    }

    /// The model answers, everything comes to rest, and the books are compared.
    async fn ends(mut self) -> Result<(), String> {
        self.answers.send_replace(true);
        self.device.wait_received(self.asked.len() + self.wanted).await;
        let asked = self.asked.clone();
        // Fails by its own time limit when an answer does not come.
        self.device.read_until(|said| !matches!(heard(said, &asked), Ok(Heard { open: 1.., .. }))).await;
        self.says_a_last_word().await;
        let heard = heard(&self.device.stream, &self.asked)?;
        self.world.stop_desk().await;
        let store = desk_store(self.world.folder.path(), self.world.clock.clone()).await;
        let stored = store.messages(self.device.channel, 0, 500).await.unwrap();
        self.agrees(&heard, &stored)
    }

    /// Whatever was still on its way to the customer has come when this has.
    async fn says_a_last_word(&mut self) {
        let holds = self.agents.iter().find(|agent| Some(agent.id) == self.held);
        let last = Agent { id: StaffId::random(&Random), name: "Last".into() };
        let agent = holds.unwrap_or(&last);
        let conversations = &self.world.desk().conversations;
        if holds.is_none() {
            conversations.take_over(agent, self.device.channel).await.unwrap();
            self.taken += 1;
        }
        conversations.reply(agent, self.device.channel, "Goodbye.".into()).await.unwrap();
        let goodbye =
            |said: &FromDesk| matches!(said, FromDesk::Text { text, .. } if text.reveal() == "Goodbye.");
        self.device.read_until(|said| said.iter().any(goodbye)).await;
    }

    fn agrees(&self, heard: &Heard, stored: &[Message]) -> Result<(), String> {
        let of = |speakers: &[StoredSpeaker]| -> Vec<MessageId> {
            let said = stored.iter().filter(|message| speakers.contains(&message.speaker));
            said.map(|message| message.id).collect()
        };
        if of(&[StoredSpeaker::Customer]) != self.asked {
            return Err("what the customer wrote is not stored once and in order".into());
        }
        if self.device.received.len() != self.asked.len() + self.wanted {
            return Err("a message was confirmed twice or never".into());
        }
        if of(&[StoredSpeaker::Assistant, StoredSpeaker::Agent]) != heard.texts {
            return Err("what the desk said is not what came, once and in order".into());
        }
        let notes = stored.iter().filter_map(|message| message.extra.as_deref());
        let notes = notes.filter(|extra| extra.contains("hand_off")).count();
        if notes < heard.hand_offs {
            return Err(format!("{} hand-offs, {notes} of them on record for staff", heard.hand_offs));
        }
        if heard.taken != self.taken {
            return Err(format!("{} agents took it, the customer was told of {}", self.taken, heard.taken));
        }
        Ok(())
    }
}

/// What the customer's device was told, in order.
#[derive(Debug, Default)]
struct Heard {
    /// Messages that the assistant still owes an answer.
    open: usize,
    texts: Vec<MessageId>,
    hand_offs: usize,
    taken: usize,
}

/// Follows who holds the conversation, and fails where somebody speaks out of turn or it goes a way that it cannot.
fn heard(stream: &[FromDesk], asked: &[MessageId]) -> Result<Heard, String> {
    let mut heard = Heard::default();
    let mut holder = Holder::Assistant;
    // A message that opens a closed conversation is confirmed before it is said who holds it.
    let mut opens = 0;
    for said in stream {
        match said {
            FromDesk::Received { id } if asked.contains(id) => match holder {
                Holder::Assistant => heard.open += 1,
                Holder::Closed => opens += 1,
                // It stands before a person.
                Holder::Waiting | Holder::Agent { .. } => {}
            },
            FromDesk::Text { id, speaker, .. } => {
                let turn = match (speaker, &holder) {
                    (Speaker::Assistant, Holder::Assistant) => heard.open > 0,
                    (Speaker::Agent, Holder::Agent { .. }) => true,
                    (Speaker::Assistant | Speaker::Agent, _) => false,
                    (Speaker::Desk, _) => true,
                };
                if !turn {
                    return Err(format!("{speaker:?} speaks, held by {holder:?}, {} open", heard.open));
                }
                heard.open -= usize::from(*speaker == Speaker::Assistant);
                heard.texts.push(*id);
            }
            FromDesk::Piece { .. } | FromDesk::Typing { speaker: Speaker::Assistant }
                if holder != Holder::Assistant =>
            {
                return Err(format!("the assistant is heard, held by {holder:?}"));
            }
            FromDesk::Holder { holder: after } => {
                let possible = match (&holder, after) {
                    (Holder::Waiting, Holder::Assistant) => false,
                    (Holder::Agent { name }, Holder::Agent { name: other }) => name == other,
                    (Holder::Agent { .. }, Holder::Waiting) => false,
                    (Holder::Assistant | Holder::Waiting | Holder::Closed | Holder::Agent { .. }, _) => true,
                };
                if !possible {
                    return Err(format!("from {holder:?} to {after:?}"));
                }
                heard.hand_offs += usize::from(*after == Holder::Waiting);
                heard.taken += usize::from(matches!(after, Holder::Agent { .. }));
                heard.open = if *after == Holder::Assistant { opens } else { 0 };
                opens = 0;
                holder = after.clone();
            }
            FromDesk::Received { .. }
            | FromDesk::Piece { .. }
            | FromDesk::Typing { .. }
            | FromDesk::Notice { .. }
            | FromDesk::Unknown => {}
        }
    }
    heard.open += opens;
    Ok(heard)
}
