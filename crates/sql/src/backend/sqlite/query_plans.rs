//! No statement may read a whole table to find one account: SQLite is asked how it would run each.

use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use wicketgate_identity::options::SchemaVersion;

use super::dialect::Sqlite;
use crate::accounts::statements;
use crate::dialect::Dialect;
use crate::statement::{Statement, statement};

async fn connect() -> SqliteConnection {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for statement in Sqlite::TABLES.definitions(SchemaVersion::V3) {
        sqlx::raw_sql(statement.0).execute(&mut connection).await.unwrap();
    }
    connection
}

async fn plan(connection: &mut SqliteConnection, statement: Statement) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.text)))
        .fetch_all(connection)
        .await
        .unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

fn reads_a_whole_table(step: &str) -> bool {
    step.starts_with("SCAN ") && step != "SCAN CONSTANT ROW"
}

#[tokio::test]
async fn every_statement_goes_by_an_index() {
    let mut connection = connect().await;
    let more = [Sqlite::LOCK_USER, Sqlite::LIST, Sqlite::HASHES];
    for statement in statements::all().into_iter().chain(more) {
        let plan = plan(&mut connection, statement).await;
        let scans = plan.iter().any(|step| reads_a_whole_table(step));
        assert!(!scans, "{}\n{plan:#?}", statement.text);
    }
}

#[tokio::test]
async fn a_statement_without_an_index_would_be_noticed() {
    let mut connection = connect().await;
    let plan = plan(
        &mut connection,
        statement!(r#"SELECT 1 FROM "AspNetUsers" WHERE "Email" = $1"#, [Text]),
    )
    .await;
    assert!(plan.iter().any(|step| reads_a_whole_table(step)), "{plan:#?}");
}
