//! What is found in SQLite's files.

use tempfile::TempDir;
use wicketgate_protection::SystemRandom;

use super::*;
use crate::backend::sqlite::SqliteDatabase;
use crate::database::{Database, Purpose};
use crate::database_url::DatabaseUrl;
use crate::schema::first_start::create_if_empty;
use crate::schema::migrations::{Wanted, migrate};
use crate::schema::own::scripts::SCRIPTS;

async fn new_database(folder: &TempDir) -> SqliteDatabase {
    let url = format!("sqlite://{}/app.db", folder.path().display());
    SqliteDatabase::open(&DatabaseUrl::from(&url), Purpose::Use)
        .await
        .unwrap()
}

async fn define(database: &SqliteDatabase, statements: &'static str) {
    database.writer().await.unwrap().define(statements).await.unwrap();
}

async fn find(database: &SqliteDatabase) -> Schema {
    let mut reader = database.reader().await.unwrap();
    Schema::find(&mut reader, &StoreOptions::DEFAULT).await.unwrap()
}

#[tokio::test]
async fn a_column_that_a_registration_cannot_fill_is_found() {
    let folder = TempDir::new().unwrap();
    let database = new_database(&folder).await;
    let made = create_if_empty(&database, Wanted::new(&StoreOptions::DEFAULT), &SystemRandom)
        .await
        .unwrap();
    assert_eq!(made.state(SCRIPTS), SchemaState::Complete(SchemaVersion::V3));
    let unfillable = async || find(&database).await.unfillable_columns();
    assert_eq!(unfillable().await, [""; 0]);
    define(
        &database,
        r#"ALTER TABLE "AspNetUsers" ADD COLUMN "DisplayName" TEXT NOT NULL DEFAULT '';
        ALTER TABLE "AspNetUsers" ADD COLUMN "Birthday" TEXT NULL;
        ALTER TABLE "AspNetUserClaims" ADD COLUMN "Note" TEXT NOT NULL DEFAULT '';
        CREATE TABLE "Orders" ("Id" INTEGER PRIMARY KEY, "Total" TEXT NOT NULL);"#,
    )
    .await;
    assert_eq!(unfillable().await, [""; 0]);
    define(
        &database,
        r#"DROP TABLE "AspNetUsers";
        CREATE TABLE "AspNetUsers" ("Id" TEXT NOT NULL, "Discriminator" TEXT NOT NULL)"#,
    )
    .await;
    assert_eq!(unfillable().await, ["Discriminator"]);
}

#[tokio::test]
async fn names_in_another_case_are_the_same_for_sqlite() {
    let folder = TempDir::new().unwrap();
    let database = new_database(&folder).await;
    let migrated = migrate(&database, Wanted::new(&StoreOptions::DEFAULT), &SystemRandom)
        .await
        .unwrap();
    assert!(migrated.is_ok());
    define(
        &database,
        r#"ALTER TABLE "AspNetUsers" RENAME TO "Others"; ALTER TABLE "Others" RENAME TO "aspnetusers";
        ALTER TABLE "aspnetusers" RENAME COLUMN "LockoutEnd" TO "lockoutend""#,
    )
    .await;
    let state = find(&database).await.state(SCRIPTS);
    assert_eq!(state, SchemaState::Complete(SchemaVersion::V3));
}
