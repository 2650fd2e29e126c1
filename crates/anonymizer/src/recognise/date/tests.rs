use super::*;
use crate::recognise::found_by;

fn dates(text: &str) -> Vec<String> {
    found_by(&Dates::new(), text)
}

#[test]
fn dates_are_found_as_people_write_them() {
    for (text, date) in [
        ("it came on 2024-12-01.", "2024-12-01"),
        ("at 2000-04-16 11:34:35 it", "2000-04-16 11:34:35"),
        ("am 01.12.2024 bestellt", "01.12.2024"),
        ("since 12/1/1981", "12/1/1981"),
        ("paid 3/12/24, thanks", "3/12/24"),
        ("am 3.5. geliefert", "3.5."),
        ("le 03/05", "03/05"),
        ("march 6th 6:30 pm", "march 6th"),
        ("On March 6, 2024 I", "March 6, 2024"),
        ("on the 3rd of march", "3rd of march"),
        ("6 de marzo de 2024", "6 de marzo de 2024"),
        ("el 6 de marzo", "6 de marzo"),
        ("le 3 mai", "3 mai"),
        ("le 1er août 2023", "1er août 2023"),
        ("am 6. März 2024 um 12", "6. März 2024"),
        ("il 6 marzo 2024", "6 marzo 2024"),
        ("6 de março de 2024", "6 de março de 2024"),
        ("op 6 maart 2024", "6 maart 2024"),
        ("Friday, March 6th", "Friday, March 6th"),
        ("Freitag, den 6. März", "Freitag, den 6. März"),
        ("viernes 6 de marzo", "viernes 6 de marzo"),
        ("06-Mar-2024", "06-Mar-2024"),
        ("in March 2024 we", "March 2024"),
        ("the ninth of May", "ninth of May"),
        ("founded in 1977.", "1977"),
        ("next friday please", "next friday"),
        ("friday next week", "friday next week"),
        ("le vendredi prochain", "vendredi prochain"),
        ("on the 11th at noon", "the 11th"),
        ("on the 9th of this month", "9th of this month"),
        ("later today", "later today"),
        ("the day after tomorrow", "day after tomorrow"),
    ] {
        assert_eq!(dates(text), [date], "{text}");
    }
}

#[test]
fn a_range_is_two_dates() {
    assert_eq!(dates("from 3 to 6 March 2024"), ["3", "6 March 2024"]);
    assert_eq!(dates("vom 3. bis 6. März"), ["3.", "6. März"]);
    assert_eq!(dates("March 3rd to 6th"), ["March 3rd", "6th"]);
    assert_eq!(dates("01.12.2024-05.12.2024").len(), 2);
}

#[test]
fn what_only_looks_like_a_date_stays() {
    for text in [
        "version 10.0.19045",
        "version 1.12.2024",
        "it may 5 times fail",
        "you may march on",
        "at 12:30",
        "1/2 or 3/4 inch",
        "24/7",
        "12.50 EUR",
        "score 3-2-1",
        "the 2nd floor",
        "the 1st one is broken",
        "Black Friday sale",
        "3 days ago 5 came",
        "set 2 of 3",
        "192.168.10.24",
        "order 2024",
        "room 2024",
        "Anything else today?",
        "0171 5551234",
        "60-56-85-91",
        "the Sunday roast",
        "call 12-34-56",
        "I have 2 marts",
    ] {
        assert_eq!(dates(text), Vec::<String>::new(), "{text}");
    }
}
