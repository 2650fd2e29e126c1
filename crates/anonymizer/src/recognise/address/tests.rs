use super::*;
use crate::recognise::found_by;

fn addresses(text: &str) -> Vec<String> {
    found_by(&Addresses::new(), text)
}

#[test]
fn addresses_of_many_countries_are_found_in_one_piece() {
    for (text, address) in [
        (
            "I live at 742 Evergreen Terrace, Springfield, IL 62704.",
            "742 Evergreen Terrace, Springfield, IL 62704",
        ),
        ("123 Main St, Springfield", "123 Main St, Springfield"),
        ("send it to 12 Baker Street please", "12 Baker Street"),
        ("my address is 221B Baker Street, London NW1 6XE", "221B Baker Street, London NW1 6XE"),
        ("60 furman street is mine", "60 furman street"),
        ("Hauptstraße 5a, 10115 Berlin", "Hauptstraße 5a, 10115 Berlin"),
        ("Ich wohne in der Hauptstr. 12 in Köln", "Hauptstr. 12"),
        ("Villacher Strasse 89", "Villacher Strasse 89"),
        ("12 rue de la Paix, 75002 Paris", "12 rue de la Paix, 75002 Paris"),
        ("12 bis, avenue Foch 75116 Paris", "12 bis, avenue Foch 75116 Paris"),
        ("Calle Mayor 5, 28013 Madrid", "Calle Mayor 5, 28013 Madrid"),
        ("Via Garibaldi, 12, 20121 Milano", "Via Garibaldi, 12, 20121 Milano"),
        ("Rua Augusta 25, 1100-053 Lisboa", "Rua Augusta 25, 1100-053 Lisboa"),
        ("Keizersgracht 123, 1015 CJ Amsterdam", "Keizersgracht 123, 1015 CJ Amsterdam"),
        ("Bahnhofstrasse 1\n8001 Zürich\nSchweiz", "Bahnhofstrasse 1\n8001 Zürich\nSchweiz"),
        ("P.O. Box 149", "P.O. Box 149"),
        ("Postfach 12 34 56", "Postfach 12 34 56"),
        ("PSC 0413, Box 8144\nAPO AA 42323", "PSC 0413, Box 8144\nAPO AA 42323"),
        (
            "1987 74 Diakou Street\n Suite 680\n Kissousa\n Cyprus 36903?",
            "1987 74 Diakou Street\n Suite 680\n Kissousa\n Cyprus 36903",
        ),
        ("lives at 86036 Rua do Arenque 1634.", "86036 Rua do Arenque 1634"),
        ("My zip code is 35350", "35350"),
        ("PLZ: 10115", "10115"),
        ("the parcel for SW1A 1AA", "SW1A 1AA"),
        ("Springfield, IL 62704-1234", "Springfield, IL 62704-1234"),
    ] {
        assert_eq!(addresses(text), [address], "{text}");
    }
}

#[test]
fn what_only_sounds_like_a_street_stays() {
    for text in [
        "Wall Street fell by 5 points",
        "the Sesame Street episode 12",
        "I have 2 tickets for Wall Street",
        "3 nights near the park",
        "via email at 12:30",
        "Room 101, floor 3",
        "box 12 is missing",
        "I waited 3 days in the street",
        "delivered on March 6",
        "I live in 2 places",
        "sent to 3 people",
        "5 km Umweg 3 Stunden",
        "order 10432",
        "in 5 minutes drive",
        "we need 4 more court shoes",
        "version 10.0.19045 way",
    ] {
        assert_eq!(addresses(text), Vec::<String>::new(), "{text}");
    }
}
