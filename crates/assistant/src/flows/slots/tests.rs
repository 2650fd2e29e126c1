use jiff::civil::date;

use super::*;
use crate::flows::flow::When;

fn business() -> Business {
    let text = "name = \"S\"\nsite = \"http://s.example\"\norder_number = '[0-9]{5}'\n";
    Business::parse("shop.toml", text, |_| Ok(String::new())).unwrap()
}

fn read(kind: &SlotKind, text: &str, language: Language) -> Result<String, Unfit> {
    let business = business();
    // A Sunday.
    let setting = Setting { business: &business, language, today: date(2026, 11, 22) };
    kind.read(text, Asked::Yes, &setting).map(|found| found.value.plain())
}

#[test]
fn dates_are_read_relative_to_today_in_every_language() {
    for (text, when, expected) in [
        ("on 2026-11-05", When::Any, "2026-11-05"),
        ("am 5.11.", When::Any, "2026-11-05"),
        ("5. 11. 2025", When::Any, "2025-11-05"),
        ("5.1.27", When::Any, "2027-01-05"),
        ("31/12/2025", When::Any, "2025-12-31"),
        ("12/31/2025", When::Any, "2025-12-31"),
        ("5 November", When::Any, "2026-11-05"),
        ("November 5th, 2024", When::Any, "2024-11-05"),
        ("the 3rd of March", When::Past, "2026-03-03"),
        ("3. März", When::Future, "2027-03-03"),
        ("the 4th", When::Past, "2026-11-04"),
        ("am 4.", When::Future, "2026-12-04"),
        ("4th", When::Past, "2026-11-04"),
        ("yesterday", When::Any, "2026-11-21"),
        ("the day before yesterday", When::Any, "2026-11-20"),
        ("übermorgen", When::Any, "2026-11-24"),
        ("3 days ago", When::Any, "2026-11-19"),
        ("vor 2 Wochen", When::Any, "2026-11-08"),
        ("in 10 Tagen", When::Any, "2026-12-02"),
        ("last Monday", When::Any, "2026-11-16"),
        ("nächsten Freitag", When::Any, "2026-11-27"),
        ("on Tuesday", When::Past, "2026-11-17"),
        ("il y a 3 jours", When::Any, "2026-11-19"),
        ("le 1er mars", When::Future, "2027-03-01"),
        ("lundi dernier", When::Any, "2026-11-16"),
        ("après-demain", When::Any, "2026-11-24"),
        ("5 de noviembre de 2025", When::Any, "2025-11-05"),
        ("hace 2 semanas", When::Any, "2026-11-08"),
        ("el próximo viernes", When::Any, "2026-11-27"),
        ("tra 10 giorni", When::Any, "2026-12-02"),
        ("l'altro ieri", When::Any, "2026-11-20"),
        ("3 dagen geleden", When::Any, "2026-11-19"),
        ("vorige maandag", When::Any, "2026-11-16"),
        ("ha 3 dias", When::Any, "2026-11-19"),
        ("na sexta-feira passada", When::Any, "2026-11-20"),
        ("4 de março", When::Past, "2026-03-04"),
        ("[DATE_1]", When::Past, "[DATE_1]"),
    ] {
        assert_eq!(read(&SlotKind::Date(when), text, Language::English).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn a_date_that_is_none_unclear_or_on_the_wrong_side_is_refused_for_that_reason() {
    for (text, when, expected) in [
        ("5/11/2026", When::Any, Unfit::DayOrMonth),
        ("tomorrow", When::Past, Unfit::Future),
        ("1.1.2020", When::Future, Unfit::Past),
        ("31.2.2026", When::Any, Unfit::None),
        ("soon", When::Any, Unfit::None),
        ("I have 4 of them", When::Any, Unfit::None),
    ] {
        assert_eq!(read(&SlotKind::Date(when), text, Language::English), Err(expected), "{text}");
    }
    let german = read(&SlotKind::Date(When::Any), "5/11/2026", Language::German);
    assert_eq!(german.as_deref(), Ok("2026-11-05"), "the day is first in German");
}

#[test]
fn tokens_are_values_and_the_number_in_a_token_is_none() {
    let english = Language::English;
    for (kind, text, expected) in [
        (SlotKind::OrderNumber, "it is [ORDER_1]", Ok("[ORDER_1]")),
        (SlotKind::OrderNumber, "it is 48213.", Ok("48213")),
        (SlotKind::OrderNumber, "[REFERENCE_48213]", Err(Unfit::None)),
        (SlotKind::Email, "me: [EMAIL_2]", Ok("[EMAIL_2]")),
        (SlotKind::Email, "none", Err(Unfit::None)),
        (SlotKind::Address, "[PERSON_1], [ADDRESS_1] in [PLACE_1]", Ok("[ADDRESS_1], [PLACE_1]")),
        (SlotKind::Address, "in [PLACE_1]", Err(Unfit::None)),
        (SlotKind::YesNo, "ja bitte", Ok("yes")),
    ] {
        assert_eq!(read(&kind, text, english).as_deref().map_err(|unfit| *unfit), expected, "{text}");
    }
}
