use futures_util::FutureExt;

use super::*;

const GOOD: &str = "+++\nid = \"a\"\ntitle = \"How?\"\nurl = \"/help/a\"\nlanguage = \"en\"\n+++\n\nSo.\n";

fn problem(text: &str) -> String {
    match Knowledge::from_files([("a.md".to_owned(), text.to_owned())]) {
        Err(error) => error.to_string(),
        Ok(_) => "accepted".to_owned(),
    }
}

#[test]
fn each_wrong_article_is_refused_with_its_file_and_line() {
    assert_eq!(problem(GOOD), "accepted");
    insta::assert_snapshot!(problem("# no front matter"), @"a.md:1: the file must begin with a line +++ and front matter");
    insta::assert_snapshot!(problem("+++\nid = \"a\"\n"), @"a.md:1: the front matter has no line +++ at its end");
    insta::assert_snapshot!(problem(&GOOD.replace("title", "titel")), @"a.md:3: unknown field `titel`, expected one of `id`, `title`, `url`, `language`, `questions`, `keywords`, `audience`, `valid_from`, `valid_until`");
    insta::assert_snapshot!(problem(&GOOD.replace("\"/help/a\"", "\"help\"")), @"a.md:4: url must be a path that begins with /");
    insta::assert_snapshot!(problem(&GOOD.replace("\"en\"", "\"tlh\"")), @"a.md:5: language must be one of en, de, fr, es, it, nl, pt");
    insta::assert_snapshot!(problem(&GOOD.replace("\"a\"", "\"a b\"")), @"a.md:2: id must be letters, digits and hyphens");
    insta::assert_snapshot!(problem(&GOOD.replace("So.", "")), @"a.md:7: the article has no text under its front matter");
    insta::assert_snapshot!(problem(&GOOD.replace("url = \"/help/a\"\n", "")), @"a.md:2: missing field `url`");
}

#[test]
fn two_articles_with_one_id_in_one_language_are_refused() {
    let files = ["a.md", "b.md"].map(|file| (file.to_owned(), GOOD.to_owned()));
    let error = Knowledge::from_files(files).err().unwrap().to_string();
    insta::assert_snapshot!(error, @r#"b.md:1: a.md has the same id "a" and language; ids must differ"#);
}

#[test]
fn a_folder_without_articles_is_refused() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    assert!(matches!(Knowledge::load(&dir), Err(KnowledgeError::Empty(_))));
    assert!(matches!(Knowledge::load(&dir.join("nowhere")), Err(KnowledgeError::Read { .. })));
}

#[test]
fn an_article_is_found_only_by_those_it_is_for_and_while_it_holds() {
    let file = |id: &str, more: &str| {
        let front = format!(
            "id = \"{id}\"\ntitle = \"Where is the parcel?\"\nurl = \"/\"\nlanguage = \"en\"\n{more}"
        );
        (format!("{id}.md"), format!("+++\n{front}\n+++\n\nThe parcel is on its way.\n"))
    };
    let knowledge = Knowledge::from_files([
        file("always", ""),
        file("members", "audience = \"signed_in\""),
        file("summer", "valid_from = 2026-06-01\nvalid_until = \"2026-08-31\""),
    ])
    .unwrap();
    let found = |identification, today| {
        let reader = Reader::Customer { identification, today };
        let found = knowledge.retrieve("where is my parcel", Language::English, reader);
        let found = found.now_or_never().unwrap().unwrap();
        let mut ids: Vec<&str> = found.candidates.iter().map(|found| found.article.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(
            knowledge.by_question("Where is the parcel?", Language::English, reader).unwrap().id,
            "always"
        );
        ids
    };
    use crate::Identification::{SignedIn, Unknown};
    use jiff::civil::date;
    assert_eq!(found(Unknown, date(2026, 5, 31)), ["always"]);
    assert_eq!(found(SignedIn, date(2026, 5, 31)), ["always", "members"]);
    assert_eq!(found(Unknown, date(2026, 6, 1)), ["always", "summer"]);
    assert_eq!(found(SignedIn, date(2026, 8, 31)), ["always", "members", "summer"]);
    assert_eq!(found(Unknown, date(2026, 9, 1)), ["always"]);
}

#[test]
fn a_wrong_audience_or_day_is_refused_with_its_line() {
    let with =
        |line: &str| problem(&GOOD.replace("language = \"en\"", &format!("language = \"en\"\n{line}")));
    insta::assert_snapshot!(with("audience = \"staff\""), @"a.md:6: audience must be one of everyone, signed_in");
    insta::assert_snapshot!(with("valid_from = \"soon\""), @"a.md:6: valid_from must be a day such as 2026-12-31");
    insta::assert_snapshot!(with("valid_from = 2026-02-02\nvalid_until = 2026-01-01"), @"a.md:7: valid_until must not be before valid_from");
}

#[test]
fn what_is_live_in_the_library_goes_before_an_article_of_the_same_name() {
    let files = [("a.md".to_owned(), GOOD.to_owned()), ("b.md".to_owned(), GOOD.replace("\"a\"", "\"b\""))];
    let live = [("0001.md".to_owned(), GOOD.replace("How?", "Why?"))];
    let knowledge = Knowledge::from_files(files).unwrap().with_files(live).unwrap();
    let titles: Vec<(&str, &str)> =
        knowledge.articles().iter().map(|article| (article.id.as_str(), article.title.as_str())).collect();
    assert_eq!(titles, [("b", "How?"), ("a", "Why?")]);
}

#[test]
fn of_articles_in_other_languages_each_is_chosen_once_and_none_that_the_own_language_has() {
    let file = |id: &str, language: &str| {
        let front = format!("id = \"{id}\"\ntitle = \"{id}?\"\nurl = \"/\"\nlanguage = \"{language}\"");
        (format!("{id}.{language}.md"), format!("+++\n{front}\n+++\n\nSo.\n"))
    };
    let all = ["fees", "hours", "returns", "sizes", "taxes"].map(|id| file(id, "en"));
    let others = [file("hours", "de"), file("returns", "fr")];
    let knowledge = Knowledge::from_files(all.into_iter().chain(others)).unwrap();
    let ranked: Vec<(f32, &Article)> =
        (1..).map(|rank| 1.0 / rank as f32).zip(knowledge.articles()).collect();
    let ids = |language| -> Vec<&str> {
        let chosen = knowledge.foreign_of(&ranked, language);
        chosen.iter().map(|candidate| candidate.article.id.as_str()).collect()
    };
    assert_eq!(ids(Language::French), ["fees", "hours", "sizes"]);
    assert_eq!(ids(Language::German), ["fees", "returns", "sizes"]);
    assert_eq!(ids(Language::English), [""; 0]);
}
