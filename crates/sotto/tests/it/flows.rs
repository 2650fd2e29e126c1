use std::path::Path;

use crate::program::Place;

fn demo(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/demo").join(name).display().to_string()
}

#[test]
fn the_demo_shops_flows_are_good() {
    let said = Place::new().answer(&["flows", "check", &demo("flows")]);
    assert!(said.contains("6 intents and 6 flows are good."), "{said}");
}

#[test]
fn a_wrong_file_fails_the_check_with_its_line() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("flows")).unwrap();
    place.write("flows/a.yaml", "flows:\n  f:\n    description: d\n    steps:\n      - sya: hello\n");
    let output = place.run(&["flows", "check", "--business", &demo("shop.toml")]);
    assert!(!output.status.success());
    let said = place.clean(&output.stdout);
    assert!(said.contains("flows/a.yaml:5: ") && said.contains("write say (did you mean that?)"), "{said}");
}

#[test]
fn the_schema_is_json_and_names_the_parts_of_a_file() {
    let schema: serde_json::Value = serde_json::from_str(&Place::new().answer(&["flows", "schema"])).unwrap();
    assert!(schema["properties"]["intents"].is_object() && schema["properties"]["flows"].is_object());
}
