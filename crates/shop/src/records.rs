//! The shop's records: its SQLite file, and what is read from it.

use std::path::Path;

use serde::Serialize;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Row, SqliteConnection, SqlitePool};

use crate::money::amount;
use crate::{day, seed};

const SCHEMA: &str = include_str!("schema.sql");

/// Products, customers and what they ordered.
#[derive(Clone)]
pub struct Records {
    pub(crate) pool: SqlitePool,
}

/// Why the records cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// The database failed.
    #[error("the demo shop's database failed")]
    Database(#[from] sqlx::Error),
    /// A file of content/demo is not what the shop expects.
    #[error("content/demo/{file} cannot be read")]
    Content {
        /// The file.
        file: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// A price is not written like 12.50.
    #[error("the price of {0} in content/demo/products.json is not written like 12.50")]
    Price(String),
}

/// Something the shop sells.
#[derive(Clone, Debug, Serialize)]
pub struct Product {
    /// The shop's own short name of it.
    pub sku: String,
    /// How the front page calls it; products without one are not shown there.
    #[serde(skip)]
    pub title: Option<String>,
    /// Its full name.
    pub name: String,
    /// In euros, as `12.50`.
    pub price: String,
    /// What it is.
    pub text: String,
    /// Within how many days after delivery it can be sent back.
    pub return_days: i64,
}

/// One invented person.
#[derive(Clone, Debug)]
pub struct Customer {
    /// The id that the shop's tokens carry as `sub`.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Where they live.
    pub address: String,
    /// How many orders they have.
    pub orders: i64,
}

/// An order as the service tells it: no name and no address, for who asks knows the customer.
#[derive(Clone, Debug, Serialize)]
pub struct Order {
    /// `WF-` and five digits.
    pub number: String,
    /// Dates are `YYYY-MM-DD`.
    pub placed: String,
    /// packing, shipped, pickup, delivered, cancelled or returned.
    pub status: String,
    /// Who carries the parcel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// When it should arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// When it arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered: Option<String>,
    /// What was paid, in euros.
    pub total: String,
    /// What is in it.
    pub items: Vec<Item>,
}

/// One line of an order.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// The product.
    pub sku: String,
    /// Its full name.
    pub name: String,
    /// How many.
    pub count: String,
    /// The price of one when it was ordered, in euros.
    pub price: String,
}

/// Something that is being sent back.
#[derive(Clone, Debug, Serialize)]
pub struct Return {
    /// `RT-` and five digits.
    pub number: String,
    /// The order's number.
    pub order: String,
    /// fit, broken, unwanted, late or other.
    pub reason: String,
    /// registered, received or refunded.
    pub status: String,
    /// When it was registered, `YYYY-MM-DD`.
    pub registered: String,
}

impl Records {
    /// Opens the file; makes and fills it on first use, with days counted from `now`.
    ///
    /// # Errors
    /// When the file cannot be opened or the content inside the program is wrong.
    pub async fn open(path: &Path, now: jiff::Timestamp) -> Result<Self, RecordsError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true);
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
        let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *transaction).await?;
        if version == 0 {
            sqlx::raw_sql(SCHEMA).execute(&mut *transaction).await?;
            seed::fill(&mut transaction, day(now)).await?;
        }
        transaction.commit().await?;
        Ok(Self { pool })
    }

    /// Ends all connections once what runs on them has ended.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// The products whose name has `words` in it, also in other letters; all of them when it is empty.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn products(&self, words: &str) -> Result<Vec<Product>, RecordsError> {
        let rows = sqlx::query(
            "SELECT sku, title, name, price, text, return_days FROM products
             WHERE instr(lower(name), lower($1)) > 0 OR $1 = '' ORDER BY rowid",
        )
        .bind(words)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(product).collect()
    }

    /// One product.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn product(&self, sku: &str) -> Result<Option<Product>, RecordsError> {
        let row =
            sqlx::query("SELECT sku, title, name, price, text, return_days FROM products WHERE sku = $1")
                .bind(sku)
                .fetch_optional(&self.pool)
                .await?;
        row.as_ref().map(product).transpose()
    }

    /// All customers, in the order of the file.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn customers(&self) -> Result<Vec<Customer>, RecordsError> {
        let rows = sqlx::query(
            "SELECT id, name, email, address, (SELECT count(*) FROM orders WHERE customer = id) AS orders
             FROM customers ORDER BY rowid",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(customer).collect()
    }

    /// The customer of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn customer(&self, id: &str) -> Result<Option<Customer>, RecordsError> {
        let row = sqlx::query(
            "SELECT id, name, email, address, (SELECT count(*) FROM orders WHERE customer = id) AS orders
             FROM customers WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(customer).transpose()
    }

    /// The customer's orders, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn orders(&self, customer: &str) -> Result<Vec<Order>, RecordsError> {
        let mut connection = self.pool.acquire().await?;
        let numbers: Vec<String> = sqlx::query_scalar(
            "SELECT number FROM orders WHERE customer = $1 ORDER BY placed DESC, number DESC LIMIT 100",
        )
        .bind(customer)
        .fetch_all(&mut *connection)
        .await?;
        let mut orders = Vec::new();
        for number in numbers {
            orders.extend(order(&mut connection, customer, &number).await?);
        }
        Ok(orders)
    }

    /// The customer's order of this number, also written small or without its `WF-`. Another customer's looks the
    /// same as none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn order(&self, customer: &str, number: &str) -> Result<Option<Order>, RecordsError> {
        let Some(number) = order_number(number) else { return Ok(None) };
        order(&mut *self.pool.acquire().await?, customer, &number).await
    }

    /// The customer's returns, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn returns(&self, customer: &str) -> Result<Vec<Return>, RecordsError> {
        let rows = sqlx::query(
            "SELECT id, order_number, reason, status, registered FROM returns WHERE customer = $1 ORDER BY id DESC LIMIT 100",
        )
        .bind(customer)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(returned).collect()
    }

    /// The customer's return of this number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn returned(&self, customer: &str, number: &str) -> Result<Option<Return>, RecordsError> {
        let digits = number.strip_prefix("RT-").filter(|digits| digits.len() == 5);
        let Some(id) = digits.and_then(|digits| digits.parse::<i64>().ok()) else { return Ok(None) };
        let row = sqlx::query(
            "SELECT id, order_number, reason, status, registered FROM returns WHERE customer = $1 AND id = $2",
        )
        .bind(customer)
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(returned).transpose()
    }
}

/// `WF-` and five digits, from how people write it.
pub(crate) fn order_number(written: &str) -> Option<String> {
    let rest = match written.get(..2) {
        Some(prefix) if prefix.eq_ignore_ascii_case("WF") => written.get(2..)?.trim_start_matches(['-', ' ']),
        Some(_) | None => written,
    };
    let digits = rest.len() == 5 && rest.bytes().all(|octet| octet.is_ascii_digit());
    digits.then(|| format!("WF-{rest}"))
}

/// One order inside a transaction.
pub(crate) async fn order(
    connection: &mut SqliteConnection,
    customer: &str,
    number: &str,
) -> Result<Option<Order>, RecordsError> {
    let row = sqlx::query(
        "SELECT number, placed, status, carrier, expected, delivered FROM orders WHERE customer = $1 AND number = $2",
    )
    .bind(customer)
    .bind(number)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let lines = sqlx::query(
        "SELECT items.sku, name, count, items.price FROM items JOIN products ON products.sku = items.sku
         WHERE order_number = $1 ORDER BY line",
    )
    .bind(number)
    .fetch_all(&mut *connection)
    .await?;
    let mut total = 0;
    let mut items = Vec::new();
    for line in &lines {
        let (count, price): (i64, i64) = (line.try_get("count")?, line.try_get("price")?);
        total += count * price;
        items.push(Item {
            sku: line.try_get("sku")?,
            name: line.try_get("name")?,
            count: count.to_string(),
            price: amount(price),
        });
    }
    Ok(Some(Order {
        number: row.try_get("number")?,
        placed: row.try_get("placed")?,
        status: row.try_get("status")?,
        carrier: row.try_get("carrier")?,
        expected: row.try_get("expected")?,
        delivered: row.try_get("delivered")?,
        total: amount(total),
        items,
    }))
}

/// The number of a return.
pub(crate) fn return_number(id: i64) -> String {
    format!("RT-{id:05}")
}

fn product(row: &SqliteRow) -> Result<Product, RecordsError> {
    Ok(Product {
        sku: row.try_get("sku")?,
        title: row.try_get("title")?,
        name: row.try_get("name")?,
        price: amount(row.try_get("price")?),
        text: row.try_get("text")?,
        return_days: row.try_get("return_days")?,
    })
}

fn customer(row: &SqliteRow) -> Result<Customer, RecordsError> {
    Ok(Customer {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        address: row.try_get("address")?,
        orders: row.try_get("orders")?,
    })
}

fn returned(row: &SqliteRow) -> Result<Return, RecordsError> {
    Ok(Return {
        number: return_number(row.try_get("id")?),
        order: row.try_get("order_number")?,
        reason: row.try_get("reason")?,
        status: row.try_get("status")?,
        registered: row.try_get("registered")?,
    })
}
