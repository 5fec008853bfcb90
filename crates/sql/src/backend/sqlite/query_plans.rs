//! No statement may read a whole table to find one account: SQLite is asked how it would run each.

use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use wicketgate_identity::SchemaVersion;

use super::SqliteDatabase;
use crate::accounts::statements;
use crate::database::Database;

async fn connect() -> SqliteConnection {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for statement in SqliteDatabase::TABLES.statements(SchemaVersion::V3) {
        sqlx::raw_sql(statement.0).execute(&mut connection).await.unwrap();
    }
    connection
}

async fn plan(connection: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")))
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
    for statement in
        statements::all()
            .iter()
            .chain(&[SqliteDatabase::LOCK_USER, SqliteDatabase::LIST, SqliteDatabase::HASHES])
    {
        let plan = plan(&mut connection, statement).await;
        assert!(
            !plan.iter().any(|step| reads_a_whole_table(step)),
            "{statement}\n{plan:#?}"
        );
    }
}

#[tokio::test]
async fn a_statement_without_an_index_would_be_noticed() {
    let mut connection = connect().await;
    let plan = plan(&mut connection, r#"SELECT 1 FROM "AspNetUsers" WHERE "Email" = $1"#).await;
    assert!(plan.iter().any(|step| reads_a_whole_table(step)), "{plan:#?}");
}
