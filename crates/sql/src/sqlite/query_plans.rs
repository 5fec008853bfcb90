//! No statement may read a whole table to find one account: SQLite is asked how it would run each.

use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use wicketgate_identity::SchemaVersion;

use super::{claims, credentials, lockout, schema, two_factor, users};

const STATEMENTS: &[&str] = &[
    users::FIND_BY_ID,
    users::FIND_BY_NORMALIZED_NAME,
    users::FIND_BY_NORMALIZED_EMAIL,
    users::LIST,
    users::INSERT,
    users::DELETE,
    users::IS_NAME_OF_ANOTHER,
    users::IS_EMAIL_OF_ANOTHER,
    users::TOUCH,
    lockout::FIND_FAILURES,
    lockout::COUNT_FAILURE,
    lockout::LOCK_OUT,
    lockout::RESET_FAILURES,
    lockout::SET_LOCKOUT_END,
    lockout::SET_LOCKOUT_ENABLED,
    credentials::REHASH_PASSWORD,
    credentials::REPLACE_PASSWORD,
    credentials::REPLACE_SECURITY_STAMP,
    credentials::CONFIRM_EMAIL,
    credentials::CHANGE_EMAIL,
    credentials::SET_USER_NAME,
    credentials::SET_PHONE_NUMBER_CONFIRMED,
    two_factor::SET_TWO_FACTOR_ENABLED,
    two_factor::FIND_TOKEN,
    two_factor::SET_TOKEN,
    claims::FIND_CLAIMS,
    claims::FIND_ROLE,
    claims::INSERT_ROLE,
    claims::INSERT_USER_ROLE,
    claims::DELETE_USER_ROLE,
    claims::INSERT_CLAIM,
    claims::DELETE_CLAIM,
];

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
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    schema::migrate(&mut connection, SchemaVersion::V3).await.unwrap();
    for statement in STATEMENTS {
        let plan = plan(&mut connection, statement).await;
        assert!(
            !plan.iter().any(|step| reads_a_whole_table(step)),
            "{statement}\n{plan:#?}"
        );
    }
}

#[tokio::test]
async fn a_statement_without_an_index_would_be_noticed() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    schema::migrate(&mut connection, SchemaVersion::V3).await.unwrap();
    let plan = plan(&mut connection, r#"SELECT 1 FROM "AspNetUsers" WHERE "Email" = ?1"#).await;
    assert!(plan.iter().any(|step| reads_a_whole_table(step)), "{plan:#?}");
}
