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
    insta::assert_snapshot!(problem(&GOOD.replace("title", "titel")), @"a.md:3: unknown field `titel`, expected one of `id`, `title`, `url`, `language`, `questions`, `keywords`");
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
