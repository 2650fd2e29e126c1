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
    insta::assert_snapshot!(problem("# no front matter"), @"");
    insta::assert_snapshot!(problem("+++\nid = \"a\"\n"), @"");
    insta::assert_snapshot!(problem(&GOOD.replace("title", "titel")), @"");
    insta::assert_snapshot!(problem(&GOOD.replace("\"/help/a\"", "\"help\"")), @"");
    insta::assert_snapshot!(problem(&GOOD.replace("\"en\"", "\"tlh\"")), @"");
    insta::assert_snapshot!(problem(&GOOD.replace("\"a\"", "\"a b\"")), @"");
    insta::assert_snapshot!(problem(&GOOD.replace("So.", "")), @"");
    insta::assert_snapshot!(problem(&GOOD.replace("url = \"/help/a\"\n", "")), @"");
}

#[test]
fn two_articles_with_one_id_in_one_language_are_refused() {
    let files = ["a.md", "b.md"].map(|file| (file.to_owned(), GOOD.to_owned()));
    let error = Knowledge::from_files(files).err().unwrap().to_string();
    insta::assert_snapshot!(error, @"");
}

#[test]
fn a_folder_without_articles_is_refused() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    assert!(matches!(Knowledge::load(&dir), Err(KnowledgeError::Empty(_))));
    assert!(matches!(Knowledge::load(&dir.join("nowhere")), Err(KnowledgeError::Read { .. })));
}
