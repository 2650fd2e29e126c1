//! The order-status flow: which tool to call, and the sentence that its result becomes. No model has a part
//! in it.

use std::collections::BTreeMap;

use anonymizer::{AnonymizedText, Entity, tokens_in};
use serde::Deserialize;

use crate::analysis::stems;
use crate::knowledge::sentences;
use crate::language::Lexicon;
use crate::words::{Words, fill};
use crate::{Business, Language, ToolCall, ToolOutcome, ToolResult};

/// The tool that gives one order of the customer; takes `order`.
pub(crate) const ORDER: &str = "order";
/// The tool that lists the customer's latest orders.
pub(crate) const ORDERS: &str = "orders";

/// How many orders of a list are shown.
const SHOWN: usize = 5;

/// The order that a message names: a token, or a number as the business writes them.
pub(crate) fn order_named(message: &str, business: &Business) -> Option<String> {
    let token = tokens_in(message).into_iter().find(|token| token.entity == Entity::Order);
    token
        .map(|token| token.text)
        .or_else(|| business.order_number.find(message).map(|found| found.as_str().to_owned()))
}

/// Whether what stands beside an order's number says no more than that it is one.
pub(crate) fn says_no_more(rest: &str, language: Language) -> bool {
    let known = stems(&Lexicon::of(language).order_words.join(" "), language);
    stems(rest, language).iter().all(|stem| known.contains(stem))
}

/// The call that answers "where is my order".
pub(crate) fn call(order: Option<String>) -> ToolCall {
    match order {
        Some(order) => {
            ToolCall { tool: ORDER.to_owned(), arguments: BTreeMap::from([("order".to_owned(), order)]) }
        }
        None => ToolCall { tool: ORDERS.to_owned(), arguments: BTreeMap::new() },
    }
}

/// What to say about a result; `None` when the service failed or answered something else than it declares.
pub(crate) fn report(result: &ToolResult, order: Option<&str>, words: &Words) -> Option<String> {
    match (&result.outcome, result.tool.as_str()) {
        (ToolOutcome::NotFound, ORDER) => {
            Some(fill(&words.order_unknown, &[("order", order.unwrap_or_default())]))
        }
        (ToolOutcome::NotFound, _) => Some(words.orders_none.clone()),
        (ToolOutcome::Found(body), ORDER) => read::<Order>(body).map(|order| one(&order, words)),
        (ToolOutcome::Found(body), ORDERS) => read::<Orders>(body).map(|orders| list(&orders, words)),
        (ToolOutcome::Found(_) | ToolOutcome::Refused { .. } | ToolOutcome::Failed, _) => None,
    }
}

/// An order as the order service describes it (masked by the desk: any text may hold tokens). Unknown fields
/// are left alone.
#[derive(Deserialize)]
struct Order {
    number: String,
    placed: String,
    status: Status,
    #[serde(default)]
    carrier: Option<String>,
    #[serde(default)]
    expected: Option<String>,
    #[serde(default)]
    delivered: Option<String>,
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Orders {
    orders: Vec<Order>,
}

#[derive(Deserialize)]
struct Item {
    name: String,
    #[serde(default)]
    count: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Packing,
    Shipped,
    Pickup,
    Delivered,
    Cancelled,
    Returned,
}

fn read<T: for<'a> Deserialize<'a>>(body: &AnonymizedText) -> Option<T> {
    serde_json::from_str(body.as_str()).ok()
}

fn one(order: &Order, words: &Words) -> String {
    let expected = order.expected.as_deref().map(|date| words.date(date));
    let delivered = order.delivered.as_deref().map(|date| words.date(date));
    let template = match (order.status, &expected, &order.carrier, &delivered) {
        (Status::Packing, Some(_), _, _) => &words.order_packing,
        (Status::Packing, None, _, _) => &words.order_packing_undated,
        (Status::Shipped, Some(_), Some(_), _) => &words.order_shipped,
        (Status::Shipped, _, _, _) => &words.order_shipped_undated,
        (Status::Pickup, Some(_), _, _) => &words.order_pickup,
        (Status::Pickup, None, _, _) => &words.order_pickup_undated,
        (Status::Delivered, _, _, Some(_)) => &words.order_delivered,
        (Status::Delivered, _, _, None) => &words.order_delivered_undated,
        (Status::Cancelled, _, _, _) => &words.order_cancelled,
        (Status::Returned, _, _, _) => &words.order_returned,
    };
    let mut text = fill(
        template,
        &[
            ("order", &one_line(&order.number)),
            ("date", &words.date(&one_line(&order.placed))),
            ("expected", &one_line(&expected.unwrap_or_default())),
            ("carrier", &one_line(order.carrier.as_deref().unwrap_or_default())),
            ("delivered", &one_line(&delivered.unwrap_or_default())),
        ],
    );
    if !order.items.is_empty() {
        let items: Vec<String> = order.items.iter().map(item).collect();
        text.push(' ');
        text.push_str(&fill(&words.order_items, &[("items", &items.join(", "))]));
    }
    text
}

fn item(item: &Item) -> String {
    let name = one_line(&item.name);
    match item.count.as_deref() {
        Some(count) if count != "1" => format!("{} × {name}", one_line(count)),
        Some(_) | None => name,
    }
}

fn list(orders: &Orders, words: &Words) -> String {
    match orders.orders.as_slice() {
        [] => words.orders_none.clone(),
        [order] => one(order, words),
        several => {
            let mut text = words.orders.clone();
            for order in several.iter().take(SHOWN) {
                let values = [
                    ("order", one_line(&order.number)),
                    ("date", words.date(&one_line(&order.placed))),
                    ("status", status(order.status, words).to_owned()),
                ];
                let values: Vec<(&str, &str)> =
                    values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                text.push_str("\n- ");
                text.push_str(&fill(&words.orders_line, &values));
            }
            text.push_str("\n\n");
            text.push_str(&words.orders_end);
            text
        }
    }
}

fn status(status: Status, words: &Words) -> &str {
    match status {
        Status::Packing => &words.status_packing,
        Status::Shipped => &words.status_shipped,
        Status::Pickup => &words.status_pickup,
        Status::Delivered => &words.status_delivered,
        Status::Cancelled => &words.status_cancelled,
        Status::Returned => &words.status_returned,
    }
}

// A field of the order service is data: its first sentence on one line, at most 80 characters.
fn one_line(value: &str) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = sentences(&line).into_iter().next().unwrap_or_default();
    first.trim_end_matches('.').chars().take(80).collect()
}
