//! The business's end of every conversation.
//!
//! Purpose: opens what customers send, lets the assistant or an agent answer, seals the answers. Dials out to
//! the hub and accepts no connection from the internet; the staff console is served on the business's network.
//! Boundary: plain text exists here, in memory, for as long as an answer takes; what is stored is masked, and
//! the token vault that could restore it is sealed for each customer.
//! Invariants:
//! - the assistant and tools' results meet only masked text; values are restored in the conversation that
//!   issued their tokens, towards its own customer, after the access record is on disk;
//! - a step of a conversation is stored in one transaction before it is acknowledged, sent or shown;
//! - the assistant is silent while a person holds the conversation ([`phase`]);
//! - a tool never takes the customer's id from the assistant;
//! - a one-time code is known to the mail and the customer alone: here it is a keyed hash, and what is typed is compared
//!   before it is stored or read by anyone.
//!
//! Follow a message: [`hub_link`] → [`conversations`] → `conversation/line.rs` → `conversation/thinking.rs` →
//! `conversation/line.rs` → [`hub_link`].

pub mod staff;

mod access;
mod chain;
mod code;
mod context;
mod conversation;
mod conversations;
mod hub_link;
mod hub_trust;
mod identity;
mod key_packages;
mod mail;
mod phase;
mod policy;
mod retention;
mod spending;
mod start;
mod tools;
mod vectors;

pub use access::AccessError;
pub use conversation::StaffError;
pub use conversations::{
    Agent, ConversationSummary, ConversationView, Conversations, Identified, ViewError, ViewMessage,
};
pub use hub_link::Connected;
pub use hub_trust::{HubTrust, HubTrustError};
pub use identity::{Claims, IdentityError, IdentityOptions, verify};
pub use mail::{MailOptions, MailSecurity, MailSender, MailSetupError};
pub use phase::PhaseError;
pub use policy::PolicyError;
pub use start::{Desk, DeskOptions, StartError, identity as desk_identity};
pub use tools::{BackOfficeOptions, ListError, McpOptions, Services, list as list_mcp_tools};
pub use vectors::StoredVectors;
