use super::*;

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, Vec<Fault>> {
    let environment =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    check::config(Values::new(Some((Path::new("sotto.toml"), text)), &environment))
}

fn faults(text: &str, environment: &[(&str, &str)]) -> String {
    lines(&load(text, environment).expect_err("the configuration is wrong"))
}

/// Reading panics for a key of the template that is never read, and for one that is read and not in the template.
#[test]
fn the_template_holds_every_key_and_its_defaults_are_valid() {
    let commented = load(TEMPLATE, &[]).unwrap();
    let uncommented: String = TEMPLATE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if rest.starts_with(|first: char| first.is_ascii_lowercase()) => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let written_out = load(&uncommented, &[]).unwrap();
    assert_eq!(format!("{commented:?}"), format!("{written_out:?}"));
    assert_eq!(commented.hub.listen.port(), 7440);
}

#[test]
fn a_file_goes_before_the_defaults_and_the_environment_before_the_file() {
    let text = "[hub]\nlisten = \"127.0.0.1:1\"\nmax_mib = 100\n";
    let environment = [
        ("SOTTO_HUB_LISTEN", "127.0.0.1:2"),
        ("SOTTO_HUB_ALLOWED_ORIGINS", "https://a.example, https://b.example"),
        ("SOTTO_DEMO_ENABLED", "false"),
        ("SOTTO_HUB_SOCKETS", "9"),
        ("HOME", "/root"),
        ("SOTTO_TEST_POSTGRES", "postgres://x"),
    ];
    let config = load(text, &environment).unwrap();
    assert_eq!(config.hub.listen.port(), 2);
    assert_eq!(config.hub.public_url.as_str(), "http://127.0.0.1:2/");
    assert_eq!(config.hub.allowed_origins, ["https://a.example", "https://b.example"]);
    assert_eq!((config.hub.max_mib, config.hub.sockets, config.demo.enabled), (100, 9, false));
}

#[test]
fn a_relative_path_begins_at_the_folder_of_the_file() {
    let text = "[desk]\nbusiness = \"/b.toml\"\nknowledge = \"articles\"\nroot_key_file = \"/keys/root\"";
    let config =
        check::config(Values::new(Some((Path::new("/etc/sotto/sotto.toml"), text)), &BTreeMap::new()))
            .unwrap();
    assert_eq!(config.desk.content.unwrap().knowledge.as_deref(), Some(Path::new("/etc/sotto/articles")));
    assert_eq!(config.desk.root_key_file.as_deref(), Some(Path::new("/keys/root")));
}

#[test]
fn unknown_keys_are_refused_with_their_line_and_the_nearest_name() {
    let text = "log = 1\n[hub]\nlisen = \"127.0.0.1:7440\"\n\n[hubs]\nx = 1\n\n[desk.model]\nurl = \"x\"\n[hub.listen]\n[shop]\n";
    insta::assert_snapshot!(faults(text, &[("SOTTO_HUB_LISTN", "x"), ("SOTTO_HUB_HOLOGRAM", "x")]));
}

#[test]
fn wrong_values_are_refused_with_what_to_write() {
    let text = "[hub]\nlisten = \"localhost\"\nstorage = \"mysql://db\"\nmax_mib = 1\nsockets = \"many\"\n\
                allowed_origins = [\"https://chat.example.com/path\"]\ndesks = [\"short\"]\nproxy_addresses = \"10.0.0.1\"\n\
                [desk]\nlisten = 7441\nhub_url = \"ftp://hub\"\npublic_url = \"https://example.com/console\"\n[demo]\nenabled = \"yes\"\n[log]\nlevel = \"hub=loud\"\nformat = \"xml\"\n";
    insta::assert_snapshot!(faults(text, &[("SOTTO_DESK_RETENTION_DAYS", "a year")]));
}

#[test]
fn a_model_is_declared_with_what_it_may_read_and_cost() {
    let text = "[desk.model]\nprovider = \"anthropic\"\nbase_url = \"https://models.example.com/v1\"\nname = \"m\"\n\
                region = \"eu-de\"\ndata_categories = [\"order\", \"health\"]\ntokens_per_conversation = 5000\n";
    let model = load(text, &[]).unwrap().desk.model.unwrap();
    assert_eq!((model.api, model.region.as_deref()), (Api::Anthropic, Some("eu-de")));
    assert_eq!((model.limits.conversation, model.limits.day), (5_000, 2_000_000));
    assert_eq!(model.data, DataCategories::named(["order", "health"]).unwrap());
    assert!(load("", &[]).unwrap().desk.model.is_none());
    let wrong = "[desk.model]\nprovider = \"gemini\"\nregion = \"eu de\"\ndata_categories = [\"order\", \"shoe-size\"]\n\
                 tokens_per_conversation = 3000000\ntokens_per_day = 0\n";
    let told = faults(wrong, &[]);
    for (line, part) in [
        (2, "desk.model.provider: \"gemini\" is not \"openai\" or \"anthropic\""),
        (3, "desk.model.region: \"eu de\" is not a short code"),
        (4, "desk.model.data_categories"),
        (5, "desk.model.tokens_per_conversation is more than desk.model.tokens_per_day: write less"),
        (6, "desk.model.tokens_per_day: 0 is not a whole number from 1000"),
    ] {
        let expected = |said: &str| said.contains(&format!("sotto.toml:{line}: ")) && said.contains(part);
        assert!(told.lines().any(expected), "{part}: {told}");
    }
}

#[test]
fn keys_that_belong_together_are_asked_for_together() {
    let text = "[hub]\ntls_key = \"hub.key\"\n[desk.model]\nname = \"small\"\n[desk.back_office]\nurl = \"https://shop.example.com\"\n\
                [desk.identity]\nissuer = \"https://shop.example.com\"\n";
    insta::assert_snapshot!(faults(text, &[]));
}

#[test]
fn values_and_codes_leave_this_machine_under_tls_alone() {
    let text = "[desk.mcp]\nurl = \"http://tools.example.com/mcp\"\n[desk.mail]\nhost = \"smtp.example.com\"\nsecurity = \"none\"\n\
                user = \"support\"\nfrom = \"support\"\n";
    insta::assert_snapshot!(faults(text, &[]));
    insta::assert_snapshot!(faults("[desk.mcp]\ntoken_file = \"mcp.token\"\n", &[]), @"  sotto.toml:2: desk.mcp.token_file is set and desk.mcp.url is not: set that too");
    let here = "[desk.mcp]\nurl = \"http://127.0.0.1:9000/mcp\"\n[desk.mail]\nhost = \"localhost\"\nport = 25\nsecurity = \"none\"\n\
                from = \"Shop <support@example.com>\"\n";
    let desk = load(here, &[]).unwrap().desk;
    assert_eq!(desk.mcp.unwrap().url.as_str(), "http://127.0.0.1:9000/mcp");
    let mail = desk.mail.unwrap();
    assert_eq!((mail.port, mail.security, mail.account), (25, desk::MailSecurity::None, None));
    let usual = "[desk.mail]\nhost = \"smtp.example.com\"\nfrom = \"support@example.com\"\n";
    let mail = load(usual, &[]).unwrap().desk.mail.unwrap();
    assert_eq!((mail.port, mail.security), (465, desk::MailSecurity::Tls));
}

#[test]
fn an_authority_for_a_hub_without_tls_is_refused_with_what_to_write() {
    let text = "[desk]\nhub_url = \"http://hub.example.com\"\nhub_ca_file = \"authority.pem\"\n";
    insta::assert_snapshot!(faults(text, &[]));
    // `sotto up` puts in its own hub's address.
    let config = load("[desk]\nhub_ca_file = \"tls/authority.pem\"\n", &[]).unwrap();
    assert_eq!(config.desk.hub_ca_file.as_deref(), Some(Path::new("tls/authority.pem")));
    let environment =
        [("SOTTO_DESK_HUB_CA_FILE", "/etc/authority.pem"), ("SOTTO_DESK_HUB_URL", "https://hub.example.com")];
    let config = load(text, &environment).unwrap();
    assert_eq!(config.desk.hub_ca_file.as_deref(), Some(Path::new("/etc/authority.pem")));
}

#[test]
fn vectors_are_in_memory_or_in_postgresql_and_a_wrong_url_is_not_shown() {
    let vectors = |text: &str| load(text, &[]).unwrap().desk.vectors;
    assert_eq!(vectors(""), VectorsPlace::Memory);
    let own = vectors("[desk]\nvectors = \"postgres://sotto:secret@db/desk\"\n");
    assert!(matches!(&own, VectorsPlace::Postgres(url) if url.ends_with("@db/desk")));
    assert_eq!(format!("{own:?}"), "Postgres(***)");
    let fault = faults("[desk]\nvectors = \"mysql://sotto:secret@db/desk\"\n", &[]);
    assert!(
        fault.contains("\"memory\" or the URL of a PostgreSQL database") && !fault.contains("secret"),
        "{fault}"
    );
}

#[test]
fn a_policy_is_a_known_name_or_a_file() {
    let policy = |text: &str| load(text, &[]).unwrap().desk.policy;
    assert_eq!(policy(""), PolicySource::BuiltIn("support"));
    assert_eq!(policy("[desk]\npolicy = \"hipaa\"\n"), PolicySource::BuiltIn("hipaa"));
    let own = policy("[desk]\npolicy = \"own/policy.toml\"\n");
    assert_eq!(own, PolicySource::File(PathBuf::from("own/policy.toml")));
    let fault = faults("[desk]\npolicy = \"hippa\"\n", &[]);
    assert!(fault.contains("must be support, strict, hipaa or the path of a .toml file"), "{fault}");
}

#[test]
fn what_is_not_toml_is_refused_with_its_line() {
    insta::assert_snapshot!(faults("[hub]\n\nlisten = 127.0.0.1:7440\n", &[]));
    insta::assert_snapshot!(faults("[hub]\nmax_mib = 100\nmax_mib = 200\n", &[]));
}

#[test]
fn a_level_is_one_that_there_is() {
    for level in ["info", "WARN", "off", "info,hub=debug", "desk::conversation=trace, warn"] {
        assert_eq!(load("", &[("SOTTO_LOG_LEVEL", level)]).unwrap().log.level, level);
    }
    for level in ["verbose", "hub", "info,hub", "hub=loud"] {
        assert!(load("", &[("SOTTO_LOG_LEVEL", level)]).is_err(), "{level}");
    }
}

#[test]
fn a_password_in_a_database_url_does_not_show() {
    let config = load("[hub]\nstorage = \"postgres://sotto:hunter2@db/hub\"\n", &[]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}
