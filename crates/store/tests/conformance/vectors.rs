//! Vectors on the server that SOTTO_TEST_PGVECTOR names, a superuser's URL.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::vectors::{INDEXED_FROM, Nearest, RowKey, VectorDatabase, VectorError, VectorTable};

const LIMIT: Duration = Duration::from_secs(20);
const WIDTH: usize = 16;
type Row = (RowKey, Vec<f32>);

fn server() -> String {
    std::env::var("SOTTO_TEST_PGVECTOR").expect(
        "SOTTO_TEST_PGVECTOR must be a superuser's URL of a PostgreSQL server with pgvector; `cargo xtask test` starts one",
    )
}

/// A new, empty database: its URL without the scheme and the user, and its name.
async fn new_database() -> (String, String) {
    let mut number = [0; 8];
    super::world::random(&mut number);
    let name = format!("vectors_{}", u64::from_be_bytes(number));
    let mut connection = PgConnection::connect(&server()).await.unwrap();
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (server, _) = server().rsplit_once('/').map(|(server, _)| (server.to_owned(), ())).unwrap();
    (server, name)
}

async fn open() -> VectorDatabase {
    let (server, name) = new_database().await;
    VectorDatabase::open(&format!("{server}/{name}")).await.unwrap()
}

/// Unit vectors about some hundred centres, the same in each run.
fn rows(count: usize) -> Vec<Row> {
    let row = |number: usize| {
        let key = RowKey {
            article: format!("en/{}", number / 4),
            part: i16::from(number % 4 == 3),
            text: [(number % 251) as u8; 32],
        };
        (key, vector(number))
    };
    (0..count).map(row).collect()
}

fn vector(number: usize) -> Vec<f32> {
    let part = |seed: usize, at: usize| ((seed * 31 + at * 17 + 7) as f32 * 12.9898).sin();
    let vector: Vec<f32> =
        (0..WIDTH).map(|at| part(number / 4 % 300 + 1_000, at) + 0.5 * part(number + 5_000, at)).collect();
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    vector.into_iter().map(|number| number / length).collect()
}

/// The nearest articles with the best cosine of each part, by looking at every row.
fn exact(rows: &[Row], asked: &[f32], most: usize) -> BTreeMap<(String, i16), f32> {
    let cosine = |vector: &[f32]| vector.iter().zip(asked).map(|(a, b)| a * b).sum::<f32>();
    let mut ranked: Vec<(f32, &RowKey)> = rows.iter().map(|(key, vector)| (cosine(vector), key)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let nearest: HashSet<&str> = ranked.iter().take(most).map(|(_, key)| key.article.as_str()).collect();
    let mut best = BTreeMap::new();
    for (cosine, key) in ranked.iter().filter(|(_, key)| nearest.contains(key.article.as_str())) {
        best.entry((key.article.clone(), key.part)).or_insert(*cosine);
    }
    best
}

async fn found(table: &VectorTable, asked: Nearest<'_>) -> BTreeMap<(String, i16), f32> {
    let found = table.nearest(asked, LIMIT).await.unwrap();
    found.into_iter().map(|part| ((part.article, part.part), part.cosine)).collect()
}

fn nearest(vector: &[f32], rows: i32) -> Nearest<'_> {
    Nearest { vector, rows, hidden: &[], also: &[] }
}

#[tokio::test]
async fn the_nearest_articles_and_their_cosines_are_those_of_an_exact_look() {
    let table = open().await.table(b"an owner", "en", WIDTH).await.unwrap();
    let rows = rows(400);
    table.add(&rows).await.unwrap();
    table.settle(&[]).await.unwrap();
    for number in 0..40 {
        let asked = vector(number * 13 + 1);
        let (found, exact) = (found(&table, nearest(&asked, 20)).await, exact(&rows, &asked, 20));
        assert_eq!(found.keys().collect::<Vec<_>>(), exact.keys().collect::<Vec<_>>());
        assert!(found.iter().all(|(key, cosine)| (cosine - exact[key]).abs() < 1e-5));
    }
}

#[tokio::test]
async fn a_hidden_article_takes_no_place_and_one_that_is_asked_for_is_there_however_far() {
    let table = open().await.table(b"an owner", "en", WIDTH).await.unwrap();
    table.add(&rows(400)).await.unwrap();
    let asked = vector(200);
    let all = found(&table, nearest(&asked, 400)).await;
    let some = found(&table, nearest(&asked, 4)).await;
    let far = all.keys().find(|key| !some.contains_key(key)).unwrap();
    let near: Vec<&str> = some.keys().map(|(article, _)| article.as_str()).collect();
    let with = Nearest { hidden: &near, also: &[&far.0], ..nearest(&asked, 4) };
    let others = found(&table, with).await;
    assert!(others.contains_key(far) && others.len() >= 2);
    assert!(others.keys().all(|(article, _)| !near.contains(&article.as_str())));
}

#[tokio::test]
async fn rows_are_there_once_and_those_that_are_gone_are_not() {
    let table = open().await.table(b"an owner", "en", WIDTH).await.unwrap();
    let rows = rows(40);
    table.add(&rows[..30]).await.unwrap();
    table.add(&rows).await.unwrap();
    assert_eq!(table.keys().await.unwrap().len(), 40);
    let gone: Vec<RowKey> = rows[..8].iter().map(|(key, _)| key.clone()).collect();
    table.settle(&gone).await.unwrap();
    let left: HashSet<RowKey> = rows[8..].iter().map(|(key, _)| key.clone()).collect();
    assert_eq!(table.keys().await.unwrap(), left);
}

#[tokio::test]
async fn two_owners_in_one_database_do_not_see_each_other() {
    let (server, name) = new_database().await;
    let url = format!("{server}/{name}");
    // Both make what is missing at the same moment.
    let (one, other) = tokio::join!(VectorDatabase::open(&url), VectorDatabase::open(&url));
    let (one, other) = (one.unwrap(), other.unwrap());
    let (mine, theirs) = tokio::join!(one.table(b"one", "en", WIDTH), other.table(b"two", "en", WIDTH));
    let (mine, theirs) = (mine.unwrap(), theirs.unwrap());
    mine.add(&rows(40)).await.unwrap();
    theirs.add(&rows(80)[40..]).await.unwrap();
    let asked = vector(3);
    assert!(found(&mine, nearest(&asked, 400)).await.keys().all(|(article, _)| article.len() == 4));
    one.keep_only(b"one", &[]).await.unwrap();
    assert_eq!(theirs.keys().await.unwrap().len(), 40);
    assert!(mine.keys().await.is_err());
    one.table(b"one", "en", WIDTH).await.unwrap();
    one.table(b"one", "de", 8).await.unwrap();
    one.keep_only(b"one", &[("de", 8)]).await.unwrap();
    assert!(mine.keys().await.is_err());
}

#[tokio::test]
async fn a_large_table_gets_an_index_that_finds_nearly_the_same() {
    let (server, name) = new_database().await;
    let url = format!("{server}/{name}");
    let table = VectorDatabase::open(&url).await.unwrap().table(b"an owner", "en", WIDTH).await.unwrap();
    let rows = rows(INDEXED_FROM as usize);
    table.add(&rows).await.unwrap();
    table.settle(&[]).await.unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let indexes: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pg_indexes WHERE indexname LIKE '%\\_near'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(indexes, 1);
    let (mut common, mut all) = (0, 0);
    for number in 0..20 {
        let asked = vector(number * 977 + 1);
        let (found, exact) = (found(&table, nearest(&asked, 100)).await, exact(&rows, &asked, 100));
        common += exact.keys().filter(|key| found.contains_key(key)).count();
        all += exact.len();
    }
    assert!(common * 100 >= all * 95, "{common} of {all}");
}

#[tokio::test]
async fn a_database_without_the_extension_or_without_a_server_says_what_to_do() {
    let (server, name) = new_database().await;
    let mut connection = PgConnection::connect(&format!("{server}/{name}")).await.unwrap();
    // Roles are of the whole server.
    let role = format!("CREATE ROLE {name} LOGIN");
    connection.execute(AssertSqlSafe(role)).await.unwrap();
    let (_, host) = server.rsplit_once('@').unwrap();
    let url = format!("postgres://{name}@{host}/{name}");
    let error = VectorDatabase::open(&url).await.unwrap_err();
    assert!(matches!(error, VectorError::NoExtension), "{error:?}");
    assert!(error.to_string().contains("CREATE EXTENSION vector"));
    connection.execute("CREATE EXTENSION vector").await.unwrap();
    let error = VectorDatabase::open(&url).await.unwrap_err();
    assert!(matches!(error, VectorError::NotAllowed), "{error:?}");
    let grant = format!("GRANT CREATE ON DATABASE {name} TO {name}");
    connection.execute(AssertSqlSafe(grant)).await.unwrap();
    VectorDatabase::open(&url).await.unwrap();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = VectorDatabase::open(&format!("postgres://nobody@{closed}/nothing")).await.unwrap_err();
    assert!(matches!(error, VectorError::Away), "{error:?}");
}
