use super::*;
use crate::{
    Carrier, Confirm, Effect, IdentityLevel, KeySupport, Method, Parameter, ParameterKind, Place, Presence,
    Tool, ToolLimits,
};

fn tools() -> Tools {
    let tool = |name: &str, effect, confirm| Tool {
        name: name.to_owned(),
        carrier: Carrier::Http { method: Method::Get, path: "/{order}".to_owned() },
        effect,
        identity: IdentityLevel::None,
        confirm,
        limits: ToolLimits { calls: 1, cents: None },
        customer: None,
        parameters: vec![Parameter {
            name: "order".to_owned(),
            place: Place::Path,
            kind: ParameterKind::text(),
            presence: Presence::Required,
        }],
        key: KeySupport::NotTaken,
        keep: Vec::new(),
    };
    Tools::of(vec![
        tool("order", Effect::Read, Confirm::NotNeeded),
        tool("cancel", Effect::Write, Confirm::Needed),
    ])
}

fn problems(files: &[&str]) -> String {
    let articles = BTreeSet::from(["returns".to_owned()]);
    let known = Known { tools: &tools(), articles: &articles };
    let files = files.iter().enumerate().map(|(at, text)| (format!("{at}.yaml"), (*text).to_owned()));
    Flows::from_files(files, known).map_or_else(|error| error.to_string(), |_| String::new())
}

const INTENT: &str = "intents:
  a:
    description: d
    examples: { en: [one, two, three, four, five] }
    starts: { articel: returns }
  b:
    description: d
    examples: { en: [six, seven, eight, One] }
    starts: { flow: ordr }
";
const FLOW: &str = "flows:
  order:
    description: d
    slots:
      number: { type: order_numbr, ask: hello }
";
const STEPS: &str = "flows:
  order:
    description: d
    slots:
      number: { type: order_number, ask: helo }
      unused: { type: date, ask: { en: x, de: y }, options: [{ name: p, label: { en: q } }] }
    steps:
      - name: first
        ask: numbr
      - call: cancel
        with: { ordr: number }
        next: frist
      - say: { en: 'it is {numbre}' }
      - check: status
        cases: [{ is: x, next: first }]
        otherwise: first
texts:
  hello: { en: Hello }
";

#[test]
fn every_problem_of_every_file_is_told_with_its_line_and_what_to_write() {
    insta::assert_snapshot!(problems(&[INTENT, FLOW, "flows: [1"]));
    insta::assert_snapshot!(problems(&[STEPS]));
}

#[test]
fn a_flow_that_goes_round_runs_off_its_end_or_has_a_step_of_no_use_is_refused() {
    let flow = |steps: &str| format!("flows:\n  f:\n    description: d\n    steps:\n{steps}");
    let said = problems(&[&flow("      - { name: a, say: { en: x }, next: a }\n      - end: done\n")]);
    assert!(
        said.contains("leads back to it without asking") && said.contains("no way leads to step 2"),
        "{said}"
    );
    let said = problems(&[&flow("      - say: { en: x }\n")]);
    assert!(said.contains("0.yaml:5: nothing follows this step"), "{said}");
    assert_eq!(problems(&[&flow("      - say: { en: x }\n      - end: done\n")]), "");
}

#[test]
fn the_schema_knows_what_the_parser_knows() {
    let schema = schema();
    let steps =
        &schema["properties"]["flows"]["additionalProperties"]["properties"]["steps"]["items"]["oneOf"];
    let actions: Vec<&str> =
        steps.as_array().into_iter().flatten().filter_map(|kind| kind["required"][0].as_str()).collect();
    assert_eq!(actions, ["ask", "say", "call", "check", "try", "hand_off", "end"]);
}
