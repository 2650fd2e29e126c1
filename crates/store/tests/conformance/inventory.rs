//! Every column is declared, and the check of the running database sees one that is not.

use store::{Database, Schema};

use super::world::{World, on_both};

#[test]
fn every_column_of_the_desk_is_declared() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        assert_eq!(desk.database().undeclared_columns().await.unwrap(), Vec::<String>::new());
        assert_eq!(desk.database().missing_columns().await.unwrap(), Vec::<String>::new());
    });
}

#[test]
fn every_column_of_the_hub_is_declared() {
    on_both(async |world: &World| {
        let hub = Database::open(&world.location(), Schema::Hub).await.unwrap();
        assert_eq!(hub.undeclared_columns().await.unwrap(), Vec::<String>::new());
        assert_eq!(hub.missing_columns().await.unwrap(), Vec::<String>::new());
    });
}

#[test]
fn an_undeclared_column_of_a_running_database_is_named() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        let mut transaction = desk.database().begin().await.unwrap();
        sqlx::query("ALTER TABLE message ADD COLUMN plain TEXT").execute(&mut *transaction).await.unwrap();
        sqlx::query("CREATE TABLE notes (body TEXT)").execute(&mut *transaction).await.unwrap();
        sqlx::query("ALTER TABLE secret DROP COLUMN changed_at").execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(desk.database().undeclared_columns().await.unwrap(), ["message.plain", "notes.body"]);
        assert_eq!(desk.database().missing_columns().await.unwrap(), ["secret.changed_at"]);
    });
}
