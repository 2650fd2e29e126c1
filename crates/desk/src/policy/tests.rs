use assistant::{Carrier, KeySupport, Method, ToolLimits};

use super::*;

fn tool(effect: Effect, identity: IdentityLevel) -> Tool {
    let confirm = match effect {
        Effect::Read => Confirm::NotNeeded,
        Effect::Write => Confirm::Needed,
    };
    Tool {
        name: "tool".into(),
        carrier: Carrier::Http { method: Method::Get, path: "/".into() },
        effect,
        identity,
        confirm,
        limits: ToolLimits { calls: 3, cents: None },
        customer: None,
        parameters: Vec::new(),
        key: KeySupport::Taken,
        keep: Vec::new(),
    }
}

/// What a signed-in customer's own, confirmed, first call looks like.
fn own(tool: &Tool) -> ToolRequest<'_> {
    ToolRequest {
        tool,
        customer: Some("c-1"),
        identity: IdentityLevel::Signed,
        subject: Some("c-1"),
        confirmation: Confirmation::Given,
        cents: None,
        calls: 0,
    }
}

fn nobody(tool: &Tool) -> ToolRequest<'_> {
    ToolRequest { customer: None, identity: IdentityLevel::None, subject: None, ..own(tool) }
}

fn unasked(tool: &Tool) -> ToolRequest<'_> {
    ToolRequest { confirmation: Confirmation::NotGiven, ..own(tool) }
}

fn coded(tool: &Tool) -> ToolRequest<'_> {
    ToolRequest { identity: IdentityLevel::Code, ..own(tool) }
}

#[test]
fn a_table_of_calls_and_what_is_decided() {
    use Refusal::{NotConfirmed, NotIdentified, NotPermitted, OtherCustomer, OverLimit, TooManyCalls};
    let policies = Policies::new().unwrap();
    let open = tool(Effect::Read, IdentityLevel::None);
    let read = tool(Effect::Read, IdentityLevel::Signed);
    let write = tool(Effect::Write, IdentityLevel::Signed);
    let careful = tool(Effect::Write, IdentityLevel::Code);
    let mut refund = tool(Effect::Write, IdentityLevel::Signed);
    refund.limits.cents = Some(5000);
    let mut quick = tool(Effect::Write, IdentityLevel::Signed);
    quick.confirm = Confirm::NotNeeded;
    let mut loose = tool(Effect::Write, IdentityLevel::None);
    loose.confirm = Confirm::NotNeeded;

    let cents = |cents| ToolRequest { cents, ..own(&refund) };
    let table = [
        ("open, nobody", nobody(&open), None),
        (
            "open, about a person, nobody",
            ToolRequest { subject: Some(""), ..nobody(&open) },
            Some(OtherCustomer),
        ),
        ("open, about another", ToolRequest { subject: Some("c-2"), ..own(&open) }, Some(OtherCustomer)),
        ("read, own", unasked(&read), None),
        ("read, nobody", nobody(&read), Some(NotIdentified)),
        ("read, about nobody", ToolRequest { subject: None, ..own(&read) }, Some(NotPermitted)),
        ("read, another's", ToolRequest { subject: Some("c-2"), ..own(&read) }, Some(OtherCustomer)),
        ("read, third time", ToolRequest { calls: 2, ..own(&read) }, None),
        ("read, fourth time", ToolRequest { calls: 3, ..own(&read) }, Some(TooManyCalls)),
        ("write, own", own(&write), None),
        ("write, not confirmed", unasked(&write), Some(NotConfirmed)),
        ("write, nobody", nobody(&write), Some(NotIdentified)),
        ("write, about nobody", ToolRequest { subject: None, ..own(&write) }, Some(NotPermitted)),
        ("write, another's", ToolRequest { subject: Some("c-2"), ..own(&write) }, Some(OtherCustomer)),
        ("write, declared without confirmation", unasked(&quick), None),
        ("write, declared without identity", nobody(&loose), Some(NotPermitted)),
        ("code needed, signed", own(&careful), Some(NotIdentified)),
        ("code needed, code", coded(&careful), None),
        ("signed needed, code", coded(&write), None),
        ("amount at the limit", cents(Some(5000)), None),
        ("amount over the limit", cents(Some(5001)), Some(OverLimit)),
        ("amount missing", cents(None), Some(OverLimit)),
    ];
    for (name, request, refusal) in table {
        let expected = refusal.map_or(Ruling::Allowed, Ruling::Refused);
        assert_eq!(policies.decide(&request), expected, "{name}");
    }
}

#[test]
fn without_a_policy_nothing_is_permitted_and_each_refusal_rests_on_its_own_policy() {
    let read = tool(Effect::Read, IdentityLevel::Signed);
    let none = Policies::of(SCHEMA, "").unwrap();
    assert_eq!(none.decide(&own(&read)), Ruling::Refused(Refusal::NotPermitted));
    // Each policy that forbids is needed: without it, its case of the table is allowed.
    let write = tool(Effect::Write, IdentityLevel::Signed);
    let careful = tool(Effect::Write, IdentityLevel::Code);
    let mut refund = tool(Effect::Write, IdentityLevel::Signed);
    refund.limits.cents = Some(1);
    let cases = [
        ("not-identified", own(&careful)),
        ("other-customer", ToolRequest { subject: Some("c-2"), ..own(&write) }),
        ("too-many-calls", ToolRequest { calls: 3, ..own(&write) }),
        ("over-limit", ToolRequest { cents: Some(2), ..own(&refund) }),
        ("not-confirmed", ToolRequest { confirmation: Confirmation::NotGiven, ..own(&write) }),
    ];
    for (code, request) in cases {
        let without: Vec<&str> =
            POLICIES.split_inclusive(';').filter(|policy| !policy.contains(&format!("\"{code}\""))).collect();
        let without = Policies::of(SCHEMA, &without.concat()).unwrap();
        assert_eq!(without.decide(&request), Ruling::Allowed, "{code}");
    }
}

#[test]
fn a_policy_that_does_not_fit_the_schema_or_has_an_unknown_code_stops_the_start() {
    for wrong in [
        "permit (principal, action, resource) when { resource.effct == 1 };",
        "permit (principal, action, resource) when { context.cents > 1 };",
        "@refusal(\"whatever\") forbid (principal, action, resource);",
    ] {
        assert!(matches!(Policies::of(SCHEMA, wrong), Err(PolicyError::Invalid(_))), "{wrong}");
    }
    assert!(matches!(Policies::of(SCHEMA, "permit ("), Err(PolicyError::Syntax(_))));
}
