//! What becomes of connections, on all servers.

mod frozen_instances;
mod silent_servers;

use std::collections::BTreeSet;
use std::future::pending;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::timeout;
use wicketgate_protection::SystemRandom;

use crate::backend::mssql::SqlServerDatabase;
use crate::backend::mysql::MySqlDatabase;
use crate::backend::postgres::PostgresDatabase;
use crate::database::{Connection, Database, Purpose, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::pool::limits::MOST_SKIPPED;
use crate::retry::retrying;
use crate::statement::{Statement, statement};
use crate::test_databases::{SQL_SERVER, new_database};

const CONNECTIONS: usize = DatabaseUrl::DEFAULT_MAX_CONNECTIONS;
const POSTGRES: &str = "WICKETGATE_TEST_POSTGRES_URL";
const MYSQL: &str = "WICKETGATE_TEST_MYSQL_URL";

/// Waits for whoever ran it before. Not every T-SQL server can just sleep.
const TAKE_TURNS: Statement = statement!(
    r#"
    DECLARE @database nvarchar(128) = DB_NAME();
    EXEC sp_getapplock @database, 'Exclusive', 'Session', 60000;
    SELECT 2 AS "One""#
);
const ONE: Statement = statement!(r#"SELECT 1 AS "One""#);

async fn open<D: Database>(server: &str) -> Option<D> {
    let url = new_database(server).await?;
    Some(D::open(&DatabaseUrl::from(&url), Purpose::Use).await.unwrap())
}

/// Runs a statement that takes a second or longer, and does not wait for its end.
async fn give_up_on<D: Database>(database: &D, slow: Statement) {
    let mut connection = database.writer().await.unwrap();
    let statement = connection.fetch_optional(slow, &[]);
    assert!(timeout(Duration::from_millis(50), statement).await.is_err());
    let error = connection.fetch_optional(ONE, &[]).await;
    assert!(matches!(error, Err(DatabaseError::Unavailable(_))));
}

/// Whoever takes turns is slow only after another one.
async fn first_turn<D: Database>(database: &D, slow: Statement) -> Option<D::Connection> {
    if slow != TAKE_TURNS {
        return None;
    }
    let mut connection = database.writer().await.unwrap();
    connection.fetch_optional(slow, &[]).await.unwrap();
    Some(connection)
}

async fn one<D: Database>(connection: &mut D::Connection) -> Option<i64> {
    let row = connection.fetch_optional(ONE, &[]).await.unwrap();
    row.unwrap().integer("One").unwrap()
}

async fn statements_that_were_given_up<D: Database>(server: &str, slow: Statement) {
    let Some(database) = open::<D>(server).await else {
        return;
    };
    let _turn = first_turn(&database, slow).await;
    for _ in 0..CONNECTIONS + 1 {
        give_up_on(&database, slow).await;
    }
    assert_eq!(one::<D>(&mut database.writer().await.unwrap()).await, Some(1));
}

#[tokio::test]
async fn nobody_gets_the_answer_to_a_statement_that_was_given_up() {
    statements_that_were_given_up::<PostgresDatabase>(POSTGRES, statement!("SELECT 2 AS \"One\", pg_sleep(1)")).await;
    statements_that_were_given_up::<MySqlDatabase>(MYSQL, statement!("SELECT 2 AS \"One\", SLEEP(1)")).await;
    statements_that_were_given_up::<SqlServerDatabase>(SQL_SERVER, TAKE_TURNS).await;
}

#[tokio::test]
async fn reads_that_are_given_up_cost_no_connection() {
    let Some(database) = open::<PostgresDatabase>(POSTGRES).await else {
        return;
    };
    let read = statement!(r#"SELECT 2 AS "One", pg_sleep(0.02)"#);
    let mut sessions = BTreeSet::new();
    for number in 0..4 * CONNECTIONS {
        let mut reader = database.reader().await.unwrap();
        sessions.insert(session_id::<PostgresDatabase>(&mut reader).await);
        assert_eq!(one::<PostgresDatabase>(&mut reader).await, Some(1));
        // At once, or when it is on its way.
        let moment = Duration::from_millis(number as u64 % 4);
        assert!(timeout(moment, reader.fetch_optional(read, &[])).await.is_err());
    }
    assert!(sessions.len() <= CONNECTIONS, "{} connections", sessions.len());
}

#[tokio::test]
async fn a_connection_on_which_too_many_reads_were_given_up_is_replaced() {
    let Some(database) = open::<PostgresDatabase>(POSTGRES).await else {
        return;
    };
    // With the others in use there is one connection only.
    let mut others = Vec::new();
    for _ in 1..CONNECTIONS {
        others.push(database.reader().await.unwrap());
    }
    let mut sessions = Vec::new();
    let mut given_up = 0;
    while given_up < MOST_SKIPPED + 2 {
        let mut reader = database.reader().await.unwrap();
        sessions.push(session_id::<PostgresDatabase>(&mut reader).await);
        // A server that is quick may have answered already.
        let read = reader.fetch_optional(ONE, &[]);
        given_up += u32::from(futures_util::poll!(Box::pin(read)).is_pending());
    }
    sessions.dedup();
    assert_eq!(sessions.len(), 2);
}

async fn slow_statement<D: Database>(server: &str, slow: Statement) {
    let Some(database) = open::<D>(server).await else {
        return;
    };
    let _turn = first_turn(&database, slow).await;
    let mut connection = database.writer().await.unwrap();
    connection.set_limit(Duration::from_millis(10));
    let error = connection.fetch_optional(slow, &[]).await;
    assert!(matches!(error, Err(DatabaseError::Unavailable(_))));
    drop(connection);
    assert_eq!(one::<D>(&mut database.writer().await.unwrap()).await, Some(1));
}

#[tokio::test]
async fn a_statement_that_is_not_answered_in_time_means_that_the_database_is_away() {
    slow_statement::<PostgresDatabase>(POSTGRES, statement!("SELECT pg_sleep(60)")).await;
    slow_statement::<MySqlDatabase>(MYSQL, statement!("SELECT SLEEP(60)")).await;
    slow_statement::<SqlServerDatabase>(SQL_SERVER, TAKE_TURNS).await;
}

async fn dropped_transaction<D: Database>(server: &str) {
    let Some(database) = open::<D>(server).await else {
        return;
    };
    let mut writer = database.writer().await.unwrap();
    writer
        .define("CREATE TABLE notes (id integer PRIMARY KEY)")
        .await
        .unwrap();
    drop(writer);
    for commits in [false, true] {
        for _ in 0..CONNECTIONS + 1 {
            let mut transaction = database.begin().await.unwrap();
            for text in ["DELETE FROM notes", "INSERT INTO notes (id) VALUES (1)"] {
                transaction.execute(statement!(text), &[]).await.unwrap();
            }
            if commits {
                transaction.commit().await.unwrap();
            }
        }
        let mut reader = database.reader().await.unwrap();
        let row = reader
            .fetch_optional(statement!(r#"SELECT COUNT(*) AS "Count" FROM notes"#), &[])
            .await;
        assert_eq!(
            row.unwrap().unwrap().integer("Count").unwrap(),
            Some(i64::from(commits))
        );
    }
}

#[tokio::test]
async fn a_transaction_that_is_dropped_is_rolled_back() {
    dropped_transaction::<PostgresDatabase>(POSTGRES).await;
    dropped_transaction::<MySqlDatabase>(MYSQL).await;
    dropped_transaction::<SqlServerDatabase>(SQL_SERVER).await;
}

async fn crowd<D: Database>(server: &str) {
    let Some(database) = open::<D>(server).await else {
        return;
    };
    let mut taken = Vec::new();
    for _ in 0..CONNECTIONS {
        taken.push(database.reader().await.unwrap());
    }
    let next = database.reader();
    let free = async {
        drop(taken);
        pending::<()>().await;
    };
    tokio::select! {
        biased;
        connection = next => assert!(connection.is_ok()),
        () = free => {}
    }
}

#[tokio::test]
async fn who_comes_when_all_connections_are_taken_gets_the_next_free_one() {
    crowd::<PostgresDatabase>(POSTGRES).await;
    crowd::<MySqlDatabase>(MYSQL).await;
    crowd::<SqlServerDatabase>(SQL_SERVER).await;
}

async fn session_id<D: Database>(connection: &mut D::Connection) -> Option<i64> {
    let statement = statement!(r#"SELECT CAST(pg_backend_pid() AS bigint) AS "One""#);
    let row = connection.fetch_optional(statement, &[]).await.unwrap();
    row.unwrap().integer("One").unwrap()
}

#[tokio::test]
async fn a_connection_whose_commit_failed_is_closed() {
    let Some(database) = open::<PostgresDatabase>(POSTGRES).await else {
        return;
    };
    let mut writer = database.writer().await.unwrap();
    let table = "CREATE TABLE notes (id integer UNIQUE DEFERRABLE INITIALLY DEFERRED)";
    writer.define(table).await.unwrap();
    let before = session_id::<PostgresDatabase>(&mut writer).await;
    drop(writer);
    let mut transaction = database.begin().await.unwrap();
    let statement = statement!("INSERT INTO notes (id) VALUES (1), (1)");
    transaction.execute(statement, &[]).await.unwrap();
    assert!(matches!(transaction.commit().await, Err(DatabaseError::Duplicate(_))));
    // The one connection that there was is not the one that comes next.
    let after = session_id::<PostgresDatabase>(&mut database.writer().await.unwrap()).await;
    assert_ne!(before, after);
}

/// What a pooler's other clients, or an administrator, may do to a connection's prepared statements.
const FORGOTTEN: &str = "DEALLOCATE ALL";
const TAKEN: &str = r#"
    DEALLOCATE ALL;
    PREPARE sqlx_s_1 AS SELECT 3 AS "Two"; PREPARE sqlx_s_2 AS SELECT 3 AS "Two"; PREPARE sqlx_s_3 AS SELECT 3 AS "Two";
    PREPARE sqlx_s_4 AS SELECT 3 AS "Two"; PREPARE sqlx_s_5 AS SELECT 3 AS "Two"; PREPARE sqlx_s_6 AS SELECT 3 AS "Two""#;

#[tokio::test]
async fn a_connection_whose_prepared_statements_are_not_its_own_any_more_is_replaced_with_all_that_are_as_old() {
    const SESSION: Statement = statement!(r#"SELECT CAST(pg_backend_pid() AS bigint) AS "One""#);
    const NEW: Statement = statement!(r#"SELECT CAST(pg_backend_pid() AS bigint) AS "One", 2 AS "Two""#);
    for (done, asked) in [(FORGOTTEN, SESSION), (TAKEN, NEW)] {
        let Some(database) = open::<PostgresDatabase>(POSTGRES).await else {
            return;
        };
        let (mut first, mut second) = (database.writer().await.unwrap(), database.writer().await.unwrap());
        let mut before = Vec::new();
        for connection in [&mut second, &mut first] {
            before.push(session_id::<PostgresDatabase>(connection).await);
        }
        first.define(done).await.unwrap();
        drop(second);
        drop(first);
        let attempts = AtomicU32::new(0);
        let asking = retrying(&database, &SystemRandom, || async {
            attempts.fetch_add(1, Ordering::Relaxed);
            let mut reader = database.reader().await?;
            reader.fetch_optional(asked, &[]).await
        });
        let row = asking.await.unwrap().unwrap();
        assert_eq!(attempts.load(Ordering::Relaxed), 2);
        assert!(!before.contains(&row.integer("One").unwrap()));
        let (mut one, mut another) = (database.writer().await.unwrap(), database.writer().await.unwrap());
        for connection in [&mut one, &mut another] {
            assert!(!before.contains(&session_id::<PostgresDatabase>(connection).await));
        }
    }
}
