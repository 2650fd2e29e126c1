//! What changes an order. Each change, its answer under the idempotency key and its line in the journal are one
//! transaction, so that a request that is sent again does nothing twice.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;
use sqlx::SqliteConnection;

use crate::money::{amount, cents};
use crate::problem::Problem;
use crate::records::{Order, Records, RecordsError, Return, order, return_number};
use crate::rows::{Request, note};

/// What is given back for one order without a person, in cents.
const REFUND_LIMIT: i64 = 50_00;

/// What is to be changed.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Address(String),
    Cancel,
    Return { reason: String },
    Refund { cents: i64, reason: String },
}

/// A change with its key.
pub(crate) struct Keyed {
    /// For the journal; its status is filled in.
    pub(crate) request: Request,
    /// The order's number as the shop writes it; `None` when it can be none of ours.
    pub(crate) order: Option<String>,
    pub(crate) key: String,
    /// A hash of the whole request: the key belongs to it.
    pub(crate) fingerprint: [u8; 32],
    pub(crate) change: Change,
    pub(crate) today: Date,
}

/// What the service answers.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Records {
    /// Carries a change out, or gives the answer that its key has already.
    pub(crate) async fn change(&self, keyed: Keyed) -> Result<Answer, RecordsError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let answer = answer(&mut transaction, &keyed).await?;
        let request = Request { status: answer.status, ..keyed.request };
        note(&mut transaction, &request).await?;
        transaction.commit().await?;
        Ok(answer)
    }
}

async fn answer(connection: &mut SqliteConnection, keyed: &Keyed) -> Result<Answer, RecordsError> {
    let customer = &keyed.request.customer;
    let known: Option<(Vec<u8>, i64, String)> =
        sqlx::query_as("SELECT fingerprint, status, body FROM answers WHERE customer = $1 AND key = $2")
            .bind(customer)
            .bind(&keyed.key)
            .fetch_optional(&mut *connection)
            .await?;
    if let Some((fingerprint, status, body)) = known {
        return Ok(if fingerprint == keyed.fingerprint {
            Answer { status: u16::try_from(status).unwrap_or(500), body }
        } else {
            refused(Problem::KeyReused)
        });
    }
    let order = match &keyed.order {
        Some(number) => order(connection, customer, number).await?,
        None => None,
    };
    let Some(order) = order else { return Ok(refused(Problem::None)) };
    let answer = match carry_out(connection, keyed, &order).await? {
        Ok(answer) => answer,
        Err(problem) => refused(problem),
    };
    sqlx::query("INSERT INTO answers (customer, key, fingerprint, status, body) VALUES ($1, $2, $3, $4, $5)")
        .bind(customer)
        .bind(&keyed.key)
        .bind(keyed.fingerprint.as_slice())
        .bind(i64::from(answer.status))
        .bind(&answer.body)
        .execute(&mut *connection)
        .await?;
    Ok(answer)
}

fn refused(problem: Problem) -> Answer {
    Answer { status: problem.status().as_u16(), body: problem.body() }
}

async fn carry_out(
    connection: &mut SqliteConnection,
    keyed: &Keyed,
    order: &Order,
) -> Result<Result<Answer, Problem>, RecordsError> {
    let customer = keyed.request.customer.as_str();
    match &keyed.change {
        Change::Address(address) => {
            if let Err(problem) = still_packing(order) {
                return Ok(Err(problem));
            }
            sqlx::query("UPDATE orders SET address = $1 WHERE customer = $2 AND number = $3")
                .bind(address)
                .bind(customer)
                .bind(&order.number)
                .execute(&mut *connection)
                .await?;
            now_as_it_is(connection, customer, order).await
        }
        Change::Cancel => {
            if let Err(problem) = still_packing(order) {
                return Ok(Err(problem));
            }
            sqlx::query("UPDATE orders SET status = 'cancelled' WHERE customer = $1 AND number = $2")
                .bind(customer)
                .bind(&order.number)
                .execute(&mut *connection)
                .await?;
            now_as_it_is(connection, customer, order).await
        }
        Change::Return { reason } => register_return(connection, keyed, order, reason).await,
        Change::Refund { cents, reason } => refund(connection, keyed, order, *cents, reason).await,
    }
}

fn still_packing(order: &Order) -> Result<(), Problem> {
    match order.status.as_str() {
        "packing" => Ok(()),
        "cancelled" | "returned" => Err(Problem::Closed),
        _ => Err(Problem::AlreadySent),
    }
}

async fn now_as_it_is(
    connection: &mut SqliteConnection,
    customer: &str,
    before: &Order,
) -> Result<Result<Answer, Problem>, RecordsError> {
    let after = order(connection, customer, &before.number).await?;
    Ok(after.map(|order| Answer { status: 200, body: json!(order).to_string() }).ok_or(Problem::None))
}

async fn register_return(
    connection: &mut SqliteConnection,
    keyed: &Keyed,
    order: &Order,
    reason: &str,
) -> Result<Result<Answer, Problem>, RecordsError> {
    let delivered = match (order.status.as_str(), &order.delivered) {
        ("delivered", Some(delivered)) => delivered.parse::<Date>().unwrap_or(keyed.today),
        ("cancelled" | "returned", _) => return Ok(Err(Problem::Closed)),
        _ => return Ok(Err(Problem::NotDelivered)),
    };
    let days: i64 = sqlx::query_scalar(
        "SELECT min(return_days) FROM items JOIN products ON products.sku = items.sku WHERE order_number = $1",
    )
    .bind(&order.number)
    .fetch_one(&mut *connection)
    .await?;
    if delivered.checked_add(days.days()).is_ok_and(|last| last < keyed.today) {
        return Ok(Err(Problem::TooLate));
    }
    let customer = keyed.request.customer.as_str();
    let open: i64 =
        sqlx::query_scalar("SELECT count(*) FROM returns WHERE customer = $1 AND order_number = $2")
            .bind(customer)
            .bind(&order.number)
            .fetch_one(&mut *connection)
            .await?;
    if open > 0 {
        return Ok(Err(Problem::AlreadyReturned));
    }
    let registered = keyed.today.to_string();
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO returns (customer, order_number, reason, status, registered)
         VALUES ($1, $2, $3, 'registered', $4) RETURNING id",
    )
    .bind(customer)
    .bind(&order.number)
    .bind(reason)
    .bind(&registered)
    .fetch_one(&mut *connection)
    .await?;
    let body = Return {
        number: return_number(id),
        order: order.number.clone(),
        reason: reason.to_owned(),
        status: "registered".to_owned(),
        registered,
    };
    Ok(Ok(Answer { status: 201, body: json!(body).to_string() }))
}

async fn refund(
    connection: &mut SqliteConnection,
    keyed: &Keyed,
    order: &Order,
    asked: i64,
    reason: &str,
) -> Result<Result<Answer, Problem>, RecordsError> {
    match order.status.as_str() {
        "delivered" | "returned" => {}
        "cancelled" => return Ok(Err(Problem::Closed)),
        _ => return Ok(Err(Problem::NotDelivered)),
    }
    let customer = keyed.request.customer.as_str();
    let before: i64 = sqlx::query_scalar(
        "SELECT coalesce(sum(cents), 0) FROM refunds WHERE customer = $1 AND order_number = $2",
    )
    .bind(customer)
    .bind(&order.number)
    .fetch_one(&mut *connection)
    .await?;
    if before + asked > cents(&order.total).unwrap_or(0) {
        return Ok(Err(Problem::OverTotal));
    }
    if before + asked > REFUND_LIMIT {
        return Ok(Err(Problem::OverLimit));
    }
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO refunds (customer, order_number, cents, reason) VALUES ($1, $2, $3, $4) RETURNING id",
    )
    .bind(customer)
    .bind(&order.number)
    .bind(asked)
    .bind(reason)
    .fetch_one(&mut *connection)
    .await?;
    let body = json!({
        "number": format!("RF-{id:05}"), "order": order.number, "amount": amount(asked), "reason": reason,
    });
    Ok(Ok(Answer { status: 201, body: body.to_string() }))
}
