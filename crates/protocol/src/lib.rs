//! What travels between the customer's device, the hub and the desk.
//!
//! Purpose: one definition of ids, envelopes, the API's bodies and frames, and of what is inside the
//! encryption, used by every other crate and by the browser (through `e2ee-wasm`).
//! Boundary: no I/O, no clock, no randomness of its own; [`Clock`] and [`Entropy`] are the two doors through
//! which `main` passes them in.
//! Invariants: a value that parsed is well formed; what a customer wrote ([`MessageText`], [`Capability`])
//! never shows in `Debug`.

mod ambient;
mod api;
mod bytes;
mod capability;
mod envelope;
mod ids;
mod padding;
mod payload;
mod problem;

pub use ambient::{Clock, Entropy, Timestamp};
pub use api::{
    Claimed, CreateChannel, Created, Deliveries, Delivery, DeskCommand, DeskEvent, DeviceCommand,
    DeviceEvent, Posted, desk_proof_input,
};
pub use bytes::{Bytes, BytesError};
pub use capability::{Capability, CapabilityHash};
pub use envelope::{Author, Envelope, EnvelopeKind, MAX_BODY, PAST_EPOCHS};
pub use ids::{AttachmentId, ChannelId, DeskKey, EnvelopeId, IdError, MessageId, StaffId, SubjectId};
pub use padding::{BUCKETS, MAX_PAYLOAD, PaddingError, pad, unpad};
pub use payload::{
    Card, Citation, Consents, FromCustomer, FromDesk, Holder, MessageText, NoticeCode, Speaker,
};
pub use problem::{Problem, ProblemCode};
