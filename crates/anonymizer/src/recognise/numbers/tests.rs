use proptest::prelude::*;

use super::row::{Form, LENGTH};
use super::*;
use crate::recognise::{found_by, found_in};

/// A kind, a number of it, where its check digits stand, and where a digit stands that they do not cover.
type Checked = (&'static NumberKind, &'static str, &'static [usize], &'static [usize]);

/// The kinds whose check digits are wrong for every number that differs in one digit. Those that map two remainders to
/// one digit promise less (Belgium by its two centuries, Brazil, South Korea, REGON, Portugal, UTR), and so does DEA,
/// which doubles modulo ten.
const CATCH_EVERY_DIGIT: &[Checked] = &[
    (&at_svnr::KIND, "1237010180", &[3], &[]),
    (&au_abn::KIND, "51824753556", &[9, 10], &[]),
    (&au_medicare::KIND, "2123456701", &[8], &[9]),
    (&au_tfn::KIND, "123456782", &[8], &[]),
    (&ca_sin::KIND, "046454286", &[8], &[]),
    (&ch_ahv::KIND, "7569217076985", &[12], &[]),
    (&de_ausweis::KIND, "T220001293", &[9], &[]),
    (&de_kvnr::KIND, "A123456780", &[9], &[]),
    (&de_rvnr::KIND, "15070649C103", &[11], &[]),
    (&de_steuer_id::KIND, "36574261809", &[10], &[]),
    (&dk_cpr::KIND, "2110625629", &[9], &[]),
    (&es_dni::KIND, "12345678Z", &[8], &[]),
    (&es_nie::KIND, "X1234567L", &[8], &[]),
    (&fi_hetu::KIND, "131052A308T", &[10], &[]),
    (&fr_nir::KIND, "255081416802538", &[13, 14], &[]),
    (&fr_nir::KIND, "253072B07300470", &[13, 14], &[]),
    (&ie_pps::KIND, "6433435OA", &[7], &[]),
    (&imei::KIND, "490154203237518", &[14], &[]),
    (&in_aadhaar::KIND, "234123412346", &[11], &[]),
    (&in_gstin::KIND, "27AAPFU0939F1ZV", &[14], &[]),
    (&it_codice_fiscale::KIND, "RSSMRA85T10A562S", &[15], &[]),
    (&it_partita_iva::KIND, "00743110157", &[10], &[]),
    (&nl_bsn::KIND, "111222333", &[8], &[]),
    (&no_fnr::KIND, "15108695088", &[9, 10], &[]),
    (&pl_nip::KIND, "1234563218", &[9], &[]),
    (&pl_pesel::KIND, "44051401359", &[10], &[]),
    (&se_personnummer::KIND, "8112289874", &[9], &[]),
    (&sg_nric::KIND, "S1234567D", &[8], &[]),
    (&tr_tckn::KIND, "10000000146", &[9, 10], &[]),
    (&uk_nhs::KIND, "9434765919", &[9], &[]),
    (&us_aba::KIND, "111000025", &[8], &[]),
    (&us_npi::KIND, "1234567893", &[9], &[]),
    (&vin::KIND, "1M8GDM9AXKP042788", &[8], &[]),
    (&za_id::KIND, "8001015009087", &[12], &[]),
];

/// Numbers of the kinds that promise less.
const OTHERS: &[(&NumberKind, &str)] = &[
    (&be_nn::KIND, "85073003328"),
    (&br_cnpj::KIND, "12ABC34501DE35"),
    (&br_cpf::KIND, "11144477735"),
    (&kr_rrn::KIND, "9710139019902"),
    (&pl_regon::KIND, "192598184"),
    (&pt_nif::KIND, "501964843"),
    (&uk_utr::KIND, "1955839661"),
    (&us_dea::KIND, "F91234563"),
];

#[test]
fn every_kind_is_well_formed() {
    let names: std::collections::BTreeSet<_> = KINDS.iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), KINDS.len(), "a name is given twice");
    for kind in KINDS {
        let lengths: Vec<usize> =
            kind.shapes.iter().flat_map(|shape| Form::all_of(shape)).map(|(length, _)| length).collect();
        assert!(lengths.iter().all(|length| (4..=LENGTH).contains(length)), "{}", kind.name);
        for groups in kind.groupings {
            assert!(lengths.contains(&groups.iter().sum()), "{}: {groups:?} fits no shape", kind.name);
        }
        assert!(kind.mistyped.is_none_or(|score| score < kind.announced), "{}", kind.name);
        assert!(kind.alone.is_none_or(|score| score < kind.announced), "{}", kind.name);
        for cue in kind.cues {
            assert_eq!(*cue, crate::view::fold_value(cue), "{}: a cue is written folded", kind.name);
        }
    }
}

#[test]
fn every_cue_announces_a_number_that_passes() {
    for (kind, number) in CATCH_EVERY_DIGIT.iter().map(|row| (row.0, row.1)).chain(OTHERS.iter().copied()) {
        let numbers = Numbered::new(Box::leak(Box::new([kind])));
        for cue in kind.cues {
            let cue = cue.trim_end_matches('*');
            for text in [format!("{cue} {number}"), format!("{number} ({cue})")] {
                assert_eq!(found_by(&numbers, &text), [number], "{text}");
            }
        }
    }
}

/// What each candidate for the whole number scores.
fn scores(text: &str) -> Vec<(&'static str, u8)> {
    let mut found = Vec::new();
    Numbered::new(KINDS).find(&Scene::of(text), &mut found);
    let longest = found.iter().map(|candidate| candidate.range.len()).max().unwrap_or(0);
    found.retain(|candidate| candidate.range.len() == longest);
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.score));
    found.into_iter().map(|candidate| (candidate.recogniser, candidate.score)).collect()
}

#[test]
fn the_cue_decides_where_kinds_share_a_form() {
    for (text, name) in [
        ("my BSN is 111222333", "nl-bsn"),
        ("NIF 123456789", "pt-nif"),
        ("tax file number 123456782", "au-tfn"),
        ("SIN 046 454 286", "ca-sin"),
        ("routing number 021000021", "us-aba"),
        ("SSN 021-00-0021", "us-ssn"),
        ("CPF 111.444.777-35", "br-cpf"),
        ("PESEL 44051401359", "pl-pesel"),
        ("personnummer 811228-9874", "se-personnummer"),
        ("passport number 123456789", "passport"),
        ("IMEI 490154203237518", "imei"),
    ] {
        assert_eq!(scores(text).first().map(|(name, _)| *name), Some(name), "{text}: {:?}", scores(text));
    }
}

#[test]
fn a_cue_for_any_state_announces_what_passes_and_less_what_does_not() {
    let best = |text| scores(text).first().copied();
    assert_eq!(best("my tax number is 111222333").map(|(_, score)| score), Some(88));
    assert_eq!(best("ID-Nummer: 44051401359"), Some(("pl-pesel", 88)));
    assert_eq!(best("ID-Nummer: 44051401358"), Some(("national-id", 75)));
    assert_eq!(best("Bestellung: 111222333"), None);
    let account = "the national id number is 12, his bank account number is 9876543210";
    assert_eq!(best(account), Some(("bank-account", 80)), "the nearer cue has it");
}

#[test]
fn a_failed_check_costs_score_and_another_number_between_takes_the_cue() {
    assert_eq!(scores("BSN 111222333"), [("nl-bsn", 94)]);
    assert_eq!(scores("BSN 111222334"), [("nl-bsn", 84)]);
    for text in [
        "BSN 12, 111222334",
        "my bsn is wrong. And call 111222334",
        "is that my bsn? 111222334",
        "bsn: yes, phone: 111222334",
        "bsn\nhere\n111222334",
        "bsn and iban and a few more words that go on 111222334",
        "111222334 nhs 9434765919",
        "bsn 111222334-1",
        "bsn 9-111222334",
        "bsn and npi 111222334",
    ] {
        assert!(!scores(text).iter().any(|(name, _)| *name == "nl-bsn"), "{text}: {:?}", scores(text));
    }
    assert_eq!(scores("bsn no. 111222334"), [("nl-bsn", 84)]);
    assert_eq!(scores("BSN 12, 111222333"), [("nl-bsn", 94)], "one that passes may stand farther off");
}

#[test]
fn bare_digits_in_blanks_say_less_than_dashes() {
    assert_eq!(scores("536-22-8726"), [("us-ssn", 85)]);
    assert_eq!(scores("536 22 8726"), [("us-ssn", 55)]);
    assert_eq!(scores("AB 12 34 56 C"), [("uk-nino", 76)]);
}

#[test]
fn part_of_a_longer_row_does_not_stand_alone() {
    for text in ["2341 2341 2346 1111", "9 811228-9874", "811228-9874-1", "1/811228-9874"] {
        let found = found_by(&Numbered::new(KINDS), text);
        assert!(found.is_empty() || text.starts_with("9 "), "{text}: {found:?}");
    }
    assert_eq!(found_of_kind(&se_personnummer::KIND, "811228-9874 5"), ["811228-9874"]);
    assert_eq!(found_of_kind(&ch_ahv::KIND, "12 7569217076985"), ["7569217076985"]);
}

#[test]
fn a_question_announces_its_answer() {
    let numbers = Numbered::new(KINDS);
    let asked = numbers.announced_by(&Scene::of("Could you tell me your NHS number, please?"));
    assert!(!asked.is_empty() && asked.iter().all(|entity| *entity == Entity::MedicalId), "{asked:?}");
    let far = format!("What is your NHS number? {}", "We need it to find you. ".repeat(9));
    assert_eq!(numbers.announced_by(&Scene::of(&far)), []);
    let scene = Scene { expected: &[Entity::MedicalId], ..Scene::of("9434765918") };
    assert!(found_in(&numbers, &scene).contains(&"9434765918".to_owned()));
    // A part of another code is no answer.
    let account = |text| found_in(&numbers, &Scene { expected: &[Entity::BankAccount], ..Scene::of(text) });
    assert!(account("48377000").contains(&"48377000".to_owned()));
    assert_eq!(account("WF-48377000"), Vec::<String>::new());
}

#[test]
fn narrower_names_lead_to_their_kind_and_back() {
    assert_eq!(reported("uk-nino"), Some("UK_NINO"));
    assert_eq!(reported("email"), None);
    assert_eq!(named("UK_NINO"), Some(Entity::NationalId));
    assert_eq!(named("NONE"), None);
}

/// The number with other digits at some places, and check digits that are right; itself where none are.
fn varied(row: &Checked, changes: &[(usize, u8)]) -> String {
    let (kind, number, checks, _) = row;
    let mut signs = number.as_bytes().to_vec();
    for (place, digit) in changes {
        let place = place % signs.len();
        if signs[place].is_ascii_digit() {
            signs[place] = b'0' + digit;
        }
    }
    let letters = signs[checks[0]].is_ascii_uppercase();
    let alphabet: Vec<u8> =
        if letters { (b'A'..=b'Z').chain(b'0'..=b'9').collect() } else { (b'0'..=b'9').collect() };
    let tries = alphabet.len().pow(checks.len() as u32);
    for nth in 0..tries {
        for (which, place) in checks.iter().enumerate() {
            signs[*place] = alphabet[nth / alphabet.len().pow(which as u32) % alphabet.len()];
        }
        let tried = String::from_utf8(signs.clone()).expect("it is ASCII");
        if (kind.check)(&tried) == Check::Right {
            return tried;
        }
    }
    (*number).to_owned()
}

#[test]
fn letters_alone_are_no_number() {
    let text = "Ausweisnummer ABCDE FGHI 123";
    assert_eq!(found_by(shared(), text), Vec::<String>::new());
}

#[test]
fn a_check_is_of_the_kind_and_the_form() {
    let passes = |entity, number| right_check(entity, number).is_some();
    assert!(passes(Entity::Vehicle, "1M8GDM9AXKP042788"));
    assert!(!passes(Entity::Vehicle, "1M8GDM9AXKP04278H"), "H counts like 8, and no letter stands there");
    assert!(passes(Entity::MedicalId, "9434765919") && !passes(Entity::Routing, "9434765919"));
    assert!(!passes(Entity::MedicalId, "9434765918"));
}

#[test]
fn its_check_digits_and_its_own_word_are_the_reason() {
    let reason = |text: &str, recogniser| {
        let at = text.find("943").expect("each text has the number");
        let candidate = Candidate { range: at..text.len(), entity: Entity::MedicalId, score: 90, recogniser };
        let reason = shared().reason(&Scene::of(text), &candidate)?;
        Some((reason.check, reason.cue.map(|cue| text[cue].to_owned())))
    };
    let of = |check, cue: Option<&str>| Some((Some(check), cue.map(str::to_owned)));
    assert_eq!(reason("NHS number 943 476 5919", "uk-nhs"), of(true, Some("NHS number")));
    assert_eq!(reason("NHS number 943 476 5918", "uk-nhs"), of(false, Some("NHS number")));
    assert_eq!(reason("identity number 943 476 5919", "uk-nhs"), of(true, Some("identity number")));
    assert_eq!(
        reason("NHS number, identity number 943 476 5919", "uk-nhs"),
        of(true, Some("NHS number")),
        "its own word comes first"
    );
    assert_eq!(reason("IMEI 943 476 5919", "uk-nhs"), of(true, None), "that is another kind's word");
    assert_eq!(reason("NHS number 943 476 5919", "card"), None);
}

#[test]
fn a_sentence_ends_at_a_dot_after_a_word_or_an_empty_line() {
    for (words, ends) in [
        (" lamp. ", true),
        (" tel. ", false),
        (" no. ", false),
        (" is\n", false),
        (" is\n\n", true),
        ("? ", true),
        (", ", false),
    ] {
        assert_eq!(ends_sentence(words), ends, "{words:?}");
    }
}

proptest! {
    #[test]
    fn one_wrong_digit_never_passes(row in prop::sample::select(CATCH_EVERY_DIGIT), changes in prop::collection::vec((0..20_usize, 0..10_u8), 0..4)) {
        let (kind, _, _, uncovered) = row;
        let number = varied(&row, &changes);
        prop_assert_eq!((kind.check)(&number), Check::Right, "{} {}", kind.name, number);
        for place in (0..number.len()).filter(|place| !uncovered.contains(place)) {
            let mut signs = number.clone().into_bytes();
            if !signs[place].is_ascii_digit() {
                continue;
            }
            for digit in (b'0'..=b'9').filter(|digit| *digit != number.as_bytes()[place]) {
                signs[place] = digit;
                let wrong = String::from_utf8(signs.clone()).expect("it is ASCII");
                prop_assert_ne!((kind.check)(&wrong), Check::Right, "{} {} {}", kind.name, number, wrong);
            }
        }
    }

    #[test]
    fn every_text_can_be_read(text in "[0-9A-Z]{1,4}([ ./+-]?[0-9A-Za-z]{1,6}){0,7}", cue in prop::sample::select(KINDS)) {
        let numbers = shared();
        for expected in [&[][..], &[Entity::NationalId, Entity::MedicalId, Entity::Vehicle]] {
            let written = format!("{} {text}", cue.cues[0]);
            let scene = Scene { expected, ..Scene::of(&written) };
            let mut found = Vec::new();
            numbers.find(&scene, &mut found);
            for candidate in found {
                prop_assert!(written.get(candidate.range.clone()).is_some_and(|part| part.bytes().any(|byte| byte.is_ascii_digit())));
                prop_assert!((1..=100).contains(&candidate.score));
            }
        }
    }

    #[test]
    fn every_check_reads_every_number_of_its_forms(kind in prop::sample::select(KINDS), signs in prop::collection::vec((0..10_u8, 0..26_u8), LENGTH)) {
        for shape in kind.shapes.iter().flat_map(|shape| Form::all_of(shape)) {
            let (length, form) = shape;
            let number: String = signs.iter().take(length).enumerate().map(|(nth, (digit, letter))| {
                char::from(if form.is_letter(nth) { b'A' + letter } else { b'0' + digit })
            }).collect();
            // Whatever it says, it says it.
            let _ = (kind.check)(&number);
        }
    }
}

fn shared() -> &'static Numbered {
    static SHARED: std::sync::OnceLock<Numbered> = std::sync::OnceLock::new();
    SHARED.get_or_init(|| Numbered::new(KINDS))
}
