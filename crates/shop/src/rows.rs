//! The journal of requests, and all rows as text: with both a test can see what a request touched.

use serde::Serialize;
use sqlx::{Row as _, SqliteConnection};

use crate::records::{Records, RecordsError};

/// How many requests the journal keeps.
const KEPT: i64 = 10_000;

/// One request for a customer's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// The operation's name in the OpenAPI file.
    pub operation: String,
    /// The customer that it named.
    pub customer: String,
    /// The order that it named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The HTTP status of the answer.
    pub status: u16,
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Whose row it is; `None` for what belongs to the shop.
    pub customer: Option<String>,
    /// The table and the values.
    pub text: String,
}

impl Records {
    /// The latest requests, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn journal(&self) -> Result<Vec<Request>, RecordsError> {
        let rows =
            sqlx::query("SELECT at, operation, customer, order_number, status FROM requests ORDER BY id")
                .fetch_all(&self.pool)
                .await?;
        rows.iter()
            .map(|row| {
                Ok(Request {
                    at: row.try_get("at")?,
                    operation: row.try_get("operation")?,
                    customer: row.try_get("customer")?,
                    order: row.try_get("order_number")?,
                    status: row.try_get("status")?,
                })
            })
            .collect()
    }

    /// Every row of every table but the journal, in a fixed order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rows(&self) -> Result<Vec<Row>, RecordsError> {
        let rows = sqlx::query(
            "SELECT NULL AS customer, json_array('product', sku, title, name, price, return_days, text) AS text FROM products
             UNION ALL SELECT id, json_array('customer', id, name, email, address) FROM customers
             UNION ALL SELECT customer, json_array('order', number, customer, placed, status, carrier, expected, delivered, address) FROM orders
             UNION ALL SELECT customer, json_array('item', order_number, line, sku, count, price) FROM items JOIN orders ON number = order_number
             UNION ALL SELECT customer, json_array('return', id, customer, order_number, reason, status, registered) FROM returns
             UNION ALL SELECT customer, json_array('refund', id, customer, order_number, cents, reason) FROM refunds
             UNION ALL SELECT customer, json_array('answer', customer, key, hex(fingerprint), status, body) FROM answers",
        )
        .fetch_all(&self.pool)
        .await?;
        let rows: Result<Vec<Row>, RecordsError> = rows
            .iter()
            .map(|row| Ok(Row { customer: row.try_get("customer")?, text: row.try_get("text")? }))
            .collect();
        rows.map(|mut rows| {
            rows.sort();
            rows
        })
    }

    /// Notes a request that only read.
    pub(crate) async fn note(&self, request: &Request) -> Result<(), RecordsError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        note(&mut transaction, request).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Notes a request; the oldest go when there are too many.
pub(crate) async fn note(connection: &mut SqliteConnection, request: &Request) -> Result<(), RecordsError> {
    sqlx::query(
        "INSERT INTO requests (at, operation, customer, order_number, status) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(request.at)
    .bind(&request.operation)
    .bind(&request.customer)
    .bind(&request.order)
    .bind(i64::from(request.status))
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM requests WHERE id <= (SELECT max(id) FROM requests) - $1")
        .bind(KEPT)
        .execute(&mut *connection)
        .await?;
    Ok(())
}
