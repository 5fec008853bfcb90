//! After an error that ended a transaction, whatever it was, the next write succeeds.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection as Application;
use tempfile::TempDir;
use tokio::time::timeout;
use wicketgate_identity::account::EmailUniqueness;
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::{AccountStore, StoreError};
use wicketgate_protection::SystemRandom;
use wicketgate_store_tests::fixture::event;

use super::SqliteDatabase;
use super::open_file::OpenFile;
use super::opening::{Opening, Place};
use crate::accounts::SqlAccountStore;
use crate::database::{Connection, Database, Transaction};
use crate::database_error::DatabaseError;
use crate::statement::statement;
use crate::test_accounts::user;

/// A database with Identity's tables.
async fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}/app.db", folder.path().display());
    crate::connect(&url, &StoreOptions::default(), Arc::new(SystemRandom))
        .await
        .unwrap();
    folder
}

/// Opens it, with something that is different from what a server opens.
fn open(folder: &TempDir, change: impl FnOnce(&mut Opening)) -> SqliteDatabase {
    let path = folder.path().join("app.db");
    let file = Arc::new(OpenFile::at(&path).unwrap());
    let mut opening = Opening::new(Place::File(path), Some(file));
    change(&mut opening);
    SqliteDatabase::new(opening, "app.db".to_owned())
}

/// Somebody else's connection.
fn application(folder: &TempDir) -> Application {
    Application::open(folder.path().join("app.db")).unwrap()
}

/// Registers until that fails, and gives the failure.
async fn register_until_full(store: &dyn AccountStore) -> StoreError {
    for number in 0..1_000 {
        if let Err(error) = store
            .create(&user(&number.to_string()), EmailUniqueness::NotRequired, None, &event())
            .await
        {
            return error;
        }
    }
    panic!("the database takes a thousand accounts");
}

#[tokio::test]
async fn a_full_disk_is_passing_and_the_first_write_after_it_succeeds() {
    let folder = folder().await;
    let database = open(&folder, |opening| opening.settings += "PRAGMA max_page_count = 64;");
    let store: Arc<dyn AccountStore> = Arc::new(SqlAccountStore::new(Arc::new(database), None, Arc::new(SystemRandom)));
    store.check_writable().await.unwrap();
    store.ping().await.unwrap();
    for _ in 0..3 {
        let error = register_until_full(&*store).await;
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        for answer in [store.ping().await, store.check_writable().await] {
            assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
        }

        let statement = r#"DELETE FROM "AspNetUsers""#;
        application(&folder).execute_batch(statement).unwrap();
        store
            .create(&user("ada"), EmailUniqueness::NotRequired, None, &event())
            .await
            .unwrap();
        store.ping().await.unwrap();
        store.check_writable().await.unwrap();
    }
    let left = r#"SELECT COUNT(*) FROM sqlite_master WHERE name LIKE 'wicketgate_write_probe'"#;
    let left: i64 = application(&folder).query_row(left, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0, "nothing is left of asking");
}

/// A statement that SQLite breaks off, as it does when memory or the disk fails.
async fn interrupted_transaction(database: &SqliteDatabase) {
    let mut transaction = database.begin().await.unwrap();
    transaction.set_limit(Duration::ZERO);
    let statement = statement!(
        r#"INSERT INTO "AspNetRoles" ("Id") WITH RECURSIVE numbers (number) AS
            (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 100000) SELECT number FROM numbers"#
    );
    let error = transaction.execute(statement, &[]).await.unwrap_err();
    assert!(matches!(error, DatabaseError::Unavailable(_)), "{error}");
    let next = transaction.execute(statement, &[]).await;
    assert!(next.is_err(), "it would be a transaction of its own");
    assert!(transaction.commit().await.is_err(), "there is nothing to commit");
}

#[tokio::test]
async fn an_interrupted_transaction_does_not_stay_in_the_way() {
    let folder = folder().await;
    let database = open(&folder, |_| {});
    for _ in 0..3 {
        interrupted_transaction(&database).await;
        database.begin().await.unwrap().commit().await.unwrap();
    }
}

/// Here the `ROLLBACK` that follows fails, because SQLite has already done it.
#[tokio::test]
async fn a_connection_whose_rollback_failed_is_closed() {
    let folder = folder().await;
    let database = open(&folder, |_| {});
    let table = "CREATE TABLE notes (id INTEGER UNIQUE ON CONFLICT ROLLBACK)";
    database.writer().await.unwrap().define(table).await.unwrap();
    for _ in 0..3 {
        let mut transaction = database.begin().await.unwrap();
        transaction.define("INSERT INTO notes VALUES (1)").await.unwrap();
        let error = transaction.define("INSERT INTO notes VALUES (1)").await.unwrap_err();
        assert!(matches!(error, DatabaseError::Duplicate(_)), "{error}");
    }
    database.begin().await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn a_connection_whose_commit_failed_is_closed() {
    let folder = folder().await;
    let database = open(&folder, |_| {});
    let tables = "CREATE TABLE a (id INTEGER PRIMARY KEY);
        CREATE TABLE b (a INTEGER REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)";
    database.writer().await.unwrap().define(tables).await.unwrap();
    for _ in 0..3 {
        let mut transaction = database.begin().await.unwrap();
        transaction.define("INSERT INTO b VALUES (1)").await.unwrap();
        assert!(transaction.commit().await.is_err());
    }
    let row = database
        .reader()
        .await
        .unwrap()
        .fetch_optional(statement!("SELECT a FROM b"), &[])
        .await;
    assert!(row.unwrap().is_none());
    database.begin().await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn whoever_gives_up_at_any_moment_leaves_no_transaction_behind() {
    let folder = folder().await;
    let database = open(&folder, |_| {});
    for microseconds in (0..2_000).step_by(50) {
        let work = async {
            let mut transaction = database.begin().await.unwrap();
            let statement = statement!(r#"UPDATE "AspNetUsers" SET "AccessFailedCount" = 1"#);
            transaction.execute(statement, &[]).await.unwrap();
            transaction.commit().await.unwrap();
        };
        let _ = timeout(Duration::from_micros(microseconds), work).await;
    }
    database.begin().await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn a_lock_of_another_process_is_no_reason_to_open_a_new_connection() {
    let folder = folder().await;
    let database = open(&folder, |opening| opening.patience = Duration::ZERO);
    let other = application(&folder);
    let marked = "CREATE TEMPORARY TABLE this_connection (id INTEGER)";
    database.writer().await.unwrap().define(marked).await.unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = database.begin().await.map(drop).unwrap_err();
    assert!(matches!(error, DatabaseError::Unavailable(_)), "{error}");
    other.execute_batch("COMMIT").unwrap();
    let statement = statement!("INSERT INTO this_connection VALUES (1)");
    database.writer().await.unwrap().execute(statement, &[]).await.unwrap();
}
