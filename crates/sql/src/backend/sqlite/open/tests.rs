//! What an opened file is like.

use std::fs;
use std::path::PathBuf;

use futures_util::future::join_all;
use rusqlite::Connection as Application;
use tempfile::TempDir;

use super::*;
use crate::backend::sqlite::readers::READERS;
use crate::database::{Connection, Database, Row};
use crate::statement::{Statement, statement};

const MAKE: &str = r#"CREATE TABLE "Orders" ("Id" INTEGER)"#;
const COUNT: Statement = statement!(r#"SELECT COUNT(*) AS "Count" FROM sqlite_master"#);

fn path(folder: &TempDir) -> PathBuf {
    folder.path().join("app.db")
}

async fn open_for(folder: &TempDir, purpose: Purpose) -> SqliteDatabase {
    let url = format!("sqlite://{}", path(folder).display());
    open(&url, purpose).await.unwrap()
}

async fn open_new(folder: &TempDir) -> SqliteDatabase {
    let database = open_for(folder, Purpose::Use).await;
    database.before_serving().await.unwrap();
    database
}

/// What the connection that writes has.
async fn pragma<T: rusqlite::types::FromSql + Send + 'static>(database: &SqliteDatabase, name: &'static str) -> T {
    let read = database.writer.alone(move |link| {
        let value = link.connection().query_row(name, [], |row| row.get(0));
        value.map_err(database_error)
    });
    read.await.unwrap()
}

async fn count(database: &SqliteDatabase) -> Option<i64> {
    let row = database.reader().await.unwrap().fetch_optional(COUNT, &[]).await;
    row.unwrap().unwrap().integer("Count").unwrap()
}

/// A connection that does not wait for others.
fn application(folder: &TempDir) -> Application {
    let connection = Application::open(path(folder)).unwrap();
    connection.busy_timeout(Duration::ZERO).unwrap();
    connection
}

#[tokio::test]
async fn a_commit_is_on_the_disk_and_foreign_keys_hold() {
    const FULL: i64 = 2;
    let folder = TempDir::new().unwrap();
    let database = open_new(&folder).await;
    for (name, expected) in [
        ("PRAGMA synchronous", FULL),
        ("PRAGMA foreign_keys", 1),
        // Nobody waits on a thread that answers requests.
        ("PRAGMA busy_timeout", 0),
        ("PRAGMA query_only", 0),
    ] {
        assert_eq!(pragma::<i64>(&database, name).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let folder = TempDir::new().unwrap();
    let database = open_new(&folder).await;
    assert!(database.reader().await.unwrap().define(MAKE).await.is_err());
    assert!(database.writer().await.unwrap().define(MAKE).await.is_ok());
}

#[tokio::test]
async fn some_read_while_one_writes_and_those_who_are_too_many_wait() {
    let folder = TempDir::new().unwrap();
    let database = open_new(&folder).await;
    let transaction = database.begin().await.unwrap();
    let mut readers = join_all((0..READERS).map(|_| database.reader())).await;
    for reader in &mut readers {
        reader.as_mut().unwrap().fetch_optional(COUNT, &[]).await.unwrap();
    }
    let mut next = Box::pin(database.reader());
    assert!(futures_util::poll!(&mut next).is_pending());
    readers.pop();
    next.await.unwrap().fetch_optional(COUNT, &[]).await.unwrap();
    drop(transaction);
}

#[tokio::test]
async fn a_plan_makes_no_file_and_is_one_for_an_empty_database() {
    let folder = TempDir::new().unwrap();
    let database = open_for(&folder, Purpose::Plan).await;
    assert_eq!(count(&database).await, Some(0));
    assert!(database.check().await.is_ok());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_plan_for_a_file_reads_it() {
    let folder = TempDir::new().unwrap();
    let database = open_new(&folder).await;
    database.writer().await.unwrap().define(MAKE).await.unwrap();
    let plan = open_for(&folder, Purpose::Plan).await;
    assert_eq!(count(&plan).await, Some(1));
}

#[tokio::test]
async fn inspection_writes_nothing() {
    let folder = TempDir::new().unwrap();
    open_new(&folder).await.close().await;
    let database = open_for(&folder, Purpose::Inspect).await;
    assert_eq!(count(&database).await, Some(0));
    assert!(database.writer().await.unwrap().define(MAKE).await.is_err());
}

#[tokio::test]
async fn the_write_ahead_log_is_taken_when_whoever_was_in_the_way_has_gone() {
    let folder = TempDir::new().unwrap();
    let database = open_for(&folder, Purpose::Use).await;
    let other = application(&folder);
    other
        .execute_batch("CREATE TABLE t (a); BEGIN; SELECT * FROM t")
        .unwrap();
    let writer = Arc::clone(&database.writer);
    let mut switch = Box::pin(use_write_ahead_log(&writer));
    // Whether it has met the other one by now or not: it succeeds.
    assert!(futures_util::poll!(&mut switch).is_pending());
    other.execute_batch("COMMIT").unwrap();
    switch.await.unwrap();
    assert_eq!(pragma::<String>(&database, "PRAGMA journal_mode").await, "wal");
}

#[tokio::test]
async fn whoever_stays_in_the_way_of_the_write_ahead_log_is_an_error_in_the_end() {
    let folder = TempDir::new().unwrap();
    let database = open_for(&folder, Purpose::Use).await;
    let other = application(&folder);
    other.execute_batch("CREATE TABLE t (a); BEGIN EXCLUSIVE").unwrap();
    let begin = Instant::now();
    let patience = Duration::from_millis(50);
    let error = use_write_ahead_log_until(begin + patience, &database.writer)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "database is locked");
    assert!(matches!(error, DatabaseError::Unavailable(_)), "{error}");
    assert!(begin.elapsed() >= patience);
}

#[tokio::test]
async fn other_errors_of_the_write_ahead_log_are_answered_at_once() {
    let folder = TempDir::new().unwrap();
    fs::write(path(&folder), "not a database, ".repeat(100)).unwrap();
    let database = open_for(&folder, Purpose::Use).await;
    assert!(database.before_serving().await.is_err());
}

/// As on a file system that takes no log: the mode that SQLite keeps is good, too.
#[tokio::test]
async fn a_database_without_a_write_ahead_log_is_served() {
    let database = SqliteDatabase::new(Opening::new(Place::Nowhere, None), String::new());
    database.before_serving().await.unwrap();
}
