//! The shop's customers and orders (content/demo/orders.json): read once, never changed.

use anyhow::{Context, Result};
use jiff::ToSpan;
use jiff::civil::Date;
use protocol::Timestamp;
use serde::{Deserialize, Serialize};

/// All customers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Records {
    #[serde(rename = "about")]
    _about: String,
    pub(super) customers: Vec<Customer>,
}

/// One invented person.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Customer {
    /// The id that the shop's tokens carry as `sub`.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) address: String,
    pub(super) orders: Vec<Order>,
}

/// One order; times are days from today.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub(super) number: String,
    placed: i64,
    status: String,
    carrier: Option<String>,
    expected: Option<i64>,
    delivered: Option<i64>,
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    name: String,
    count: u32,
}

/// An order as the service tells it: no name and no address, for who asks knows the customer.
#[derive(Serialize)]
pub(super) struct OrderView {
    pub(super) number: String,
    /// Dates are `YYYY-MM-DD`.
    pub(super) placed: String,
    pub(super) status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) delivered: Option<String>,
    pub(super) items: Vec<ItemView>,
}

#[derive(Serialize)]
pub(super) struct ItemView {
    pub(super) name: String,
    pub(super) count: String,
}

impl Records {
    /// The records inside the program.
    pub(super) fn read() -> Result<Self> {
        serde_json::from_str(include_str!("../../../../content/demo/orders.json"))
            .context("content/demo/orders.json")
    }

    pub(super) fn customer(&self, id: &str) -> Option<&Customer> {
        self.customers.iter().find(|customer| customer.id == id)
    }
}

impl Customer {
    /// The order of this number, also written small or without its `WF-`.
    pub(super) fn order(&self, number: &str) -> Option<&Order> {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let prefix: String = number.chars().filter(char::is_ascii_alphabetic).collect();
        if !prefix.is_empty() && !prefix.eq_ignore_ascii_case("WF") {
            return None;
        }
        let asked = digits(number);
        self.orders.iter().find(|order| digits(&order.number) == asked)
    }
}

impl Order {
    /// The order with dates counted from `now`.
    pub(super) fn view(&self, now: Timestamp) -> OrderView {
        let day = |days: i64| date(now, days);
        let items =
            self.items.iter().map(|item| ItemView { name: item.name.clone(), count: item.count.to_string() });
        OrderView {
            number: self.number.clone(),
            placed: day(self.placed),
            status: self.status.clone(),
            carrier: self.carrier.clone(),
            expected: self.expected.map(day),
            delivered: self.delivered.map(day),
            items: items.collect(),
        }
    }
}

fn date(now: Timestamp, days: i64) -> String {
    let today = jiff::Timestamp::from_second(now.seconds()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let today: Date = today.to_zoned(jiff::tz::TimeZone::UTC).date();
    today.checked_add(days.days()).unwrap_or(today).to_string()
}
