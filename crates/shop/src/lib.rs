//! The demo shop's back office: products, orders, returns and refunds, in a SQLite file of its own, behind HTTP.
//!
//! Purpose: it stands for the system that a business has already, so that tools are tried on something real.
//! Boundary: a foreign system. It imports none of our crates, has its own SQL, and only `sotto`'s demo part and tests
//! run it. What it promises is in content/demo/openapi.yaml.
//! Invariants:
//! - A request names one customer and neither reads nor changes a row of another.
//! - A change, its answer under the idempotency key and its line in the journal are one transaction.

mod changes;
mod money;
mod problem;
mod records;
mod rows;
mod seed;
mod service;

use std::sync::Arc;

pub use records::{Customer, Item, Order, Product, Records, RecordsError, Return};
pub use rows::{Request, Row};
pub use service::{ServiceOptions, router};

/// Tells the time.
pub type Now = Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>;

/// The day of this moment, in UTC.
fn day(now: jiff::Timestamp) -> jiff::civil::Date {
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}
