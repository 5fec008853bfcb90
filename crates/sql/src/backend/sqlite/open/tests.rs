//! What an opened file is like.

use std::fs;
use std::path::PathBuf;

use sqlx::{ConnectOptions, SqliteConnection};
use tempfile::TempDir;
use tokio::task::yield_now;

use super::*;
use crate::database::Database;

fn path(folder: &TempDir) -> PathBuf {
    folder.path().join("app.db")
}

async fn open_for(folder: &TempDir, purpose: Purpose) -> SqliteDatabase {
    let url = format!("sqlite://{}", path(folder).display());
    open(&url, purpose).await.unwrap()
}

async fn open_new(folder: &TempDir) -> SqliteDatabase {
    let database = open_for(folder, Purpose::Use).await;
    use_write_ahead_log(&database.writer).await.unwrap();
    database
}

async fn pragma(pool: &SqlitePool, name: &'static str) -> i64 {
    sqlx::query_scalar(name).fetch_one(pool).await.unwrap()
}

/// A connection that does not wait for others.
async fn application(folder: &TempDir) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path(folder));
    options.busy_timeout(Duration::ZERO).connect().await.unwrap()
}

#[tokio::test]
async fn a_commit_is_on_the_disk_and_foreign_keys_hold() {
    const FULL: i64 = 2;
    let folder = TempDir::new().unwrap();
    let database = open_new(&folder).await;
    for (name, expected) in [
        ("PRAGMA synchronous", FULL),
        ("PRAGMA foreign_keys", 1),
        ("PRAGMA busy_timeout", 5_000),
        ("PRAGMA query_only", 0),
    ] {
        assert_eq!(pragma(&database.writer, name).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let folder = TempDir::new().unwrap();
    let database = open_new(&folder).await;
    let statement = r#"CREATE TABLE "Orders" ("Id" INTEGER)"#;
    assert!(sqlx::query(statement).execute(&database.readers).await.is_err());
    assert!(sqlx::query(statement).execute(&database.writer).await.is_ok());
}

#[tokio::test]
async fn four_read_while_one_writes() {
    let folder = TempDir::new().unwrap();
    let database = open_new(&folder).await;
    let writer = database.writer.acquire().await.unwrap();
    assert!(database.writer.try_acquire().is_none(), "there is one writer");
    let mut readers = Vec::new();
    for _ in 0..READERS {
        readers.push(database.readers.acquire().await.unwrap());
    }
    assert_eq!(readers.len(), 4);
    assert_eq!(database.readers.size(), 4);
    assert!(database.readers.try_acquire().is_none());
    let options = database.readers.options();
    assert_eq!(options.get_acquire_timeout(), ACQUIRE_TIMEOUT);
    assert_eq!((options.get_idle_timeout(), options.get_max_lifetime()), (None, None));
    assert!(!options.get_test_before_acquire());
    drop(writer);
}

#[tokio::test]
async fn a_plan_makes_no_file_and_is_one_for_an_empty_database() {
    let folder = TempDir::new().unwrap();
    let database = open_for(&folder, Purpose::Plan).await;
    assert_eq!(pragma(&database.readers, "SELECT COUNT(*) FROM sqlite_master").await, 0);
    assert!(database.check().await.is_ok());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_plan_for_a_file_reads_it() {
    let folder = TempDir::new().unwrap();
    let database = open_new(&folder).await;
    let statement = r#"CREATE TABLE "Orders" ("Id" INTEGER)"#;
    sqlx::query(statement).execute(&database.writer).await.unwrap();
    let plan = open_for(&folder, Purpose::Plan).await;
    assert_eq!(pragma(&plan.readers, "SELECT COUNT(*) FROM sqlite_master").await, 1);
}

#[tokio::test]
async fn inspection_writes_nothing() {
    let folder = TempDir::new().unwrap();
    open_new(&folder).await.close().await;
    let database = open_for(&folder, Purpose::Inspect).await;
    let statement = r#"CREATE TABLE "Orders" ("Id" INTEGER)"#;
    assert!(sqlx::query(statement).execute(&database.writer).await.is_err());
}

#[tokio::test]
async fn the_write_ahead_log_is_taken_when_whoever_was_in_the_way_has_gone() {
    let folder = TempDir::new().unwrap();
    let database = open_for(&folder, Purpose::Use).await;
    let mut other = application(&folder).await;
    sqlx::raw_sql("CREATE TABLE t (a); BEGIN; SELECT * FROM t")
        .execute(&mut other)
        .await
        .unwrap();
    let switch = tokio::spawn({
        let writer = database.writer.clone();
        async move { use_write_ahead_log(&writer).await }
    });
    // Whether it has met the other one by now or not: it succeeds.
    while database.writer.size() == 0 {
        yield_now().await;
    }
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    switch.await.unwrap().unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&database.writer)
        .await
        .unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn whoever_stays_in_the_way_of_the_write_ahead_log_is_an_error_in_the_end() {
    let folder = TempDir::new().unwrap();
    location::create(&path(&folder)).await.unwrap();
    let impatient = connect_options(&path(&folder)).busy_timeout(Duration::ZERO);
    let database = open_with(impatient, None, String::new());
    let mut other = application(&folder).await;
    sqlx::raw_sql("CREATE TABLE t (a); BEGIN EXCLUSIVE")
        .execute(&mut other)
        .await
        .unwrap();
    let begin = Instant::now();
    let patience = Duration::from_millis(50);
    let error = use_write_ahead_log_until(begin + patience, &database.writer).await;
    assert!(error::is_busy(&error.unwrap_err()));
    assert!(begin.elapsed() >= patience);
}

#[tokio::test]
async fn other_errors_of_the_write_ahead_log_are_answered_at_once() {
    let folder = TempDir::new().unwrap();
    fs::write(path(&folder), "not a database, ".repeat(100)).unwrap();
    let database = open_for(&folder, Purpose::Use).await;
    assert!(use_write_ahead_log(&database.writer).await.is_err());
}

/// As on a file system that takes no log: the mode that SQLite keeps is good, too.
#[tokio::test]
async fn a_database_without_a_write_ahead_log_is_served() {
    let database = open_with(SqliteConnectOptions::new().in_memory(true), None, String::new());
    use_write_ahead_log(&database.writer).await.unwrap();
}
