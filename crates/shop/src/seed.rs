//! What the shop begins with: content/demo, with days counted from the day of the first start.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use sqlx::SqliteConnection;

use crate::money::cents;
use crate::records::RecordsError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Products {
    #[serde(rename = "about")]
    _about: String,
    products: Vec<Product>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Product {
    sku: String,
    #[serde(default)]
    title: Option<String>,
    name: String,
    price: String,
    return_days: i64,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Customers {
    #[serde(rename = "about")]
    _about: String,
    customers: Vec<Customer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Customer {
    id: String,
    name: String,
    email: String,
    address: String,
    orders: Vec<Order>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    number: String,
    placed: i64,
    status: String,
    carrier: Option<String>,
    expected: Option<i64>,
    delivered: Option<i64>,
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    sku: String,
    count: i64,
}

/// Fills empty tables.
pub(crate) async fn fill(connection: &mut SqliteConnection, today: Date) -> Result<(), RecordsError> {
    let wrong = |file: &'static str| move |source| RecordsError::Content { file, source };
    let products: Products = serde_json::from_str(include_str!("../../../content/demo/products.json"))
        .map_err(wrong("products.json"))?;
    let customers: Customers = serde_json::from_str(include_str!("../../../content/demo/orders.json"))
        .map_err(wrong("orders.json"))?;
    for product in &products.products {
        let price = cents(&product.price).ok_or_else(|| RecordsError::Price(product.sku.clone()))?;
        sqlx::query(
            "INSERT INTO products (sku, title, name, price, return_days, text) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&product.sku)
        .bind(&product.title)
        .bind(&product.name)
        .bind(price)
        .bind(product.return_days)
        .bind(&product.text)
        .execute(&mut *connection)
        .await?;
    }
    for customer in &customers.customers {
        sqlx::query("INSERT INTO customers (id, name, email, address) VALUES ($1, $2, $3, $4)")
            .bind(&customer.id)
            .bind(&customer.name)
            .bind(&customer.email)
            .bind(&customer.address)
            .execute(&mut *connection)
            .await?;
        for order in &customer.orders {
            fill_order(connection, customer, order, today).await?;
        }
    }
    Ok(())
}

async fn fill_order(
    connection: &mut SqliteConnection,
    customer: &Customer,
    order: &Order,
    today: Date,
) -> Result<(), RecordsError> {
    let day = |days: i64| today.checked_add(days.days()).unwrap_or(today).to_string();
    sqlx::query(
        "INSERT INTO orders (number, customer, placed, status, carrier, expected, delivered, address)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&order.number)
    .bind(&customer.id)
    .bind(day(order.placed))
    .bind(&order.status)
    .bind(&order.carrier)
    .bind(order.expected.map(day))
    .bind(order.delivered.map(day))
    .bind(&customer.address)
    .execute(&mut *connection)
    .await?;
    for (line, item) in (0_i64..).zip(&order.items) {
        sqlx::query(
            "INSERT INTO items (order_number, line, sku, count, price)
             SELECT $1, $2, sku, $3, price FROM products WHERE sku = $4",
        )
        .bind(&order.number)
        .bind(line)
        .bind(item.count)
        .bind(&item.sku)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
