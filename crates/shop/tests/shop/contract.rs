//! content/demo/openapi.yaml held against the running service: each operation is there and answers what it says.

use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value, json};

use crate::service::Service;

/// The file as JSON in which every scalar is text.
fn document() -> Value {
    let text = include_str!("../../../../content/demo/openapi.yaml");
    let mut events = Parser::new_from_str(text).map(|event| event.unwrap().0);
    loop {
        match events.next().unwrap() {
            Event::StreamStart | Event::DocumentStart(_) => {}
            event => return node(event, &mut events),
        }
    }
}

fn node<'a>(event: Event<'a>, events: &mut impl Iterator<Item = Event<'a>>) -> Value {
    match event {
        Event::Scalar(text, ..) => Value::String(text.into_owned()),
        Event::SequenceStart(..) => {
            let mut items = Vec::new();
            loop {
                match events.next().unwrap() {
                    Event::SequenceEnd => return Value::Array(items),
                    event => items.push(node(event, events)),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut map = Map::new();
            loop {
                match events.next().unwrap() {
                    Event::MappingEnd => return Value::Object(map),
                    event => {
                        let key = node(event, events).as_str().unwrap().to_owned();
                        let next = events.next().unwrap();
                        map.insert(key, node(next, events));
                    }
                }
            }
        }
        other => panic!("{other:?}"),
    }
}

fn followed<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(place) => document.pointer(place.strip_prefix('#').unwrap()).unwrap(),
        None => value,
    }
}

/// Whether the value is what the schema says; the part of JSON Schema that the file uses.
fn fault(document: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    let schema = followed(document, schema);
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    let fits = match text("type") {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        other => panic!("{at}: the test does not know the type {other:?}"),
    };
    if !fits {
        return Some(format!("{at} is {value}"));
    }
    let allowed = schema.get("enum").and_then(Value::as_array);
    if allowed.is_some_and(|allowed| !allowed.contains(value)) {
        return Some(format!("{at} is {value}, which is not declared"));
    }
    let known = match text("format") {
        Some("date") => value.as_str().unwrap().parse::<jiff::civil::Date>().is_ok(),
        Some("decimal") => value.as_str().unwrap().split_once('.').is_some_and(|(_, cents)| cents.len() == 2),
        Some(other) => panic!("{at}: the test does not know the format {other}"),
        None => true,
    };
    if !known {
        return Some(format!("{at} is {value}"));
    }
    for required in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        let name = required.as_str().unwrap();
        if value.get(name).is_none() {
            return Some(format!("{at}.{name} is missing"));
        }
    }
    if let Some(fields) = value.as_object() {
        let declared = schema["properties"].as_object().unwrap();
        for (name, field) in fields {
            let Some(schema) = declared.get(name) else {
                return Some(format!("{at}.{name} is not declared"));
            };
            if let Some(fault) = fault(document, schema, field, &format!("{at}.{name}")) {
                return Some(fault);
            }
        }
    }
    value.as_array().into_iter().flatten().find_map(|item| fault(document, &schema["items"], item, at))
}

/// A call that shows one answer of one operation.
type Call = (&'static str, &'static str, Option<&'static str>, Option<Value>, u16);

/// Each status of each operation but the service's own failure, in an order in which they come about.
fn calls() -> Vec<Call> {
    let address = || Some(json!({ "address": "Neue Straße 1, 10115 Berlin" }));
    let reason = || Some(json!({ "reason": "fit" }));
    let refund = |amount: &str| Some(json!({ "amount": amount, "reason": "late" }));
    vec![
        ("products", "/api/products?name=dot", None, None, 200),
        ("product", "/api/products/pulse", None, None, 200),
        ("product", "/api/products/none", None, None, 404),
        ("orders", "/api/customers/cus-jonas/orders", None, None, 200),
        ("orders", "/api/customers/nobody/orders", None, None, 404),
        ("order", "/api/customers/cus-jonas/orders/WF-48377", None, None, 200),
        ("order", "/api/customers/cus-jonas/orders/WF-48213", None, None, 404),
        ("change_address", "/api/customers/cus-jonas/orders/WF-48377/address", Some("a"), address(), 200),
        ("change_address", "/api/customers/cus-jonas/orders/WF-48377/address", Some("b"), reason(), 400),
        ("change_address", "/api/customers/cus-jonas/orders/WF-48213/address", Some("c"), address(), 404),
        ("change_address", "/api/customers/cus-jonas/orders/WF-47844/address", Some("a"), address(), 409),
        ("change_address", "/api/customers/cus-jonas/orders/WF-47844/address", Some("d"), address(), 422),
        ("cancel_order", "/api/customers/cus-jonas/orders/WF-48377/cancellation", None, None, 400),
        ("cancel_order", "/api/customers/cus-jonas/orders/WF-48213/cancellation", Some("e"), None, 404),
        ("cancel_order", "/api/customers/cus-jonas/orders/WF-48377/cancellation", Some("a"), None, 409),
        ("cancel_order", "/api/customers/cus-jonas/orders/WF-48377/cancellation", Some("f"), None, 200),
        ("cancel_order", "/api/customers/cus-jonas/orders/WF-48377/cancellation", Some("g"), None, 422),
        ("register_return", "/api/customers/cus-jonas/orders/WF-47844/returns", Some("h"), reason(), 201),
        ("register_return", "/api/customers/cus-jonas/orders/WF-47844/returns", Some("i"), address(), 400),
        ("register_return", "/api/customers/cus-jonas/orders/WF-48213/returns", Some("j"), reason(), 404),
        ("register_return", "/api/customers/cus-jonas/orders/WF-47844/returns", Some("a"), reason(), 409),
        ("register_return", "/api/customers/cus-jonas/orders/WF-47844/returns", Some("k"), reason(), 422),
        ("refund", "/api/customers/cus-jonas/orders/WF-47844/refunds", Some("l"), refund("5.00"), 201),
        ("refund", "/api/customers/cus-jonas/orders/WF-47844/refunds", Some("m"), refund("5,00"), 400),
        ("refund", "/api/customers/cus-jonas/orders/WF-48213/refunds", Some("n"), refund("5.00"), 404),
        ("refund", "/api/customers/cus-jonas/orders/WF-47844/refunds", Some("a"), refund("5.00"), 409),
        ("refund", "/api/customers/cus-jonas/orders/WF-47844/refunds", Some("o"), refund("50.00"), 422),
        ("returns", "/api/customers/cus-jonas/returns", None, None, 200),
        ("returns", "/api/customers/nobody/returns", None, None, 404),
        ("return", "/api/customers/cus-jonas/returns/RT-00001", None, None, 200),
        ("return", "/api/customers/cus-jonas/returns/RT-00002", None, None, 404),
    ]
}

#[tokio::test]
async fn each_operation_of_the_openapi_file_answers_each_status_that_it_declares() {
    let document = document();
    let service = Service::start().await;
    let mut operations = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
            operations.insert(operation["operationId"].as_str().unwrap(), (path, method, operation));
        }
    }
    for (id, url, key, body, status) in calls() {
        let (path, method, operation) = operations[id];
        assert_eq!(path.split('/').count(), url.split('/').count(), "{url} is no {path}");
        let (answered, kind, body) = service.send(&method.to_uppercase(), url, key, body.as_ref()).await;
        assert_eq!(answered.as_u16(), status, "{id} {url}: {body}");
        let answer = followed(&document, &operation["responses"][status.to_string()]);
        let (declared, content) = answer["content"].as_object().unwrap().iter().next().unwrap();
        assert_eq!(kind, *declared, "{id} {status}");
        assert_eq!(fault(&document, &content["schema"], &body, id), None, "{status}");
    }
    let statuses = |operation: &Value| {
        operation["responses"].as_object().unwrap().keys().cloned().collect::<Vec<String>>()
    };
    let declared: BTreeSet<(&str, String)> = operations
        .iter()
        .flat_map(|(id, (_, _, operation))| statuses(operation).into_iter().map(|status| (*id, status)))
        .collect();
    let called: BTreeSet<(&str, String)> =
        calls().iter().map(|(id, .., status)| (*id, status.to_string())).collect();
    assert_eq!(called, declared);
}
