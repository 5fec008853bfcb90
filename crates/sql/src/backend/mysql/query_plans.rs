//! No statement may read a whole table to find one account: the server is asked how it would run each, on tables with rows
//! enough that it would rather not.

use sqlx::{AssertSqlSafe, Connection, MySqlConnection, Row};
use wicketgate_identity::options::SchemaVersion;

use super::dialect::MySql;
use super::query::bound;
use super::translation::translate;
use crate::all_statements;
use crate::dialect::Dialect;
use crate::schema::own::scripts::SCRIPTS;
use crate::statement::{Statement, Value, statement};
use crate::test_databases::new_database;

/// In every table a thousand rows, whose keys are numbers.
const FILL: [&str; 13] = [
    "INSERT INTO AspNetUsers (Id, UserName, NormalizedUserName, Email, NormalizedEmail, EmailConfirmed, PhoneNumberConfirmed,
        TwoFactorEnabled, LockoutEnabled, AccessFailedCount)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    SELECT i, i, i, i, i, 1, 0, 0, 1, 1 FROM n",
    "INSERT INTO AspNetRoles (Id, Name, NormalizedName) SELECT Id, Id, Id FROM AspNetUsers",
    "INSERT INTO AspNetRoleClaims (RoleId, ClaimType, ClaimValue) SELECT Id, Id, Id FROM AspNetUsers",
    "INSERT INTO AspNetUserRoles (UserId, RoleId) SELECT Id, Id FROM AspNetUsers",
    "INSERT INTO AspNetUserClaims (UserId, ClaimType, ClaimValue) SELECT Id, Id, Id FROM AspNetUsers",
    "INSERT INTO AspNetUserTokens (UserId, LoginProvider, Name, Value)
    SELECT Id, '[AspNetUserStore]', Id, Id FROM AspNetUsers",
    "INSERT INTO AspNetUserPasskeys (CredentialId, UserId, Data) SELECT Id, Id, '{}' FROM AspNetUsers",
    "INSERT INTO wicketgate_sessions (id, user_id, kind, created, last_seen, authenticated, methods)
    SELECT Id, Id, 'cookie', Id, Id, Id, '' FROM AspNetUsers",
    "INSERT INTO wicketgate_mails (id, created, due, attempts, recipient, domain, key_id, payload)
    SELECT Id, Id, 1 - Id, 0, Id, Id, Id, '' FROM AspNetUsers",
    "INSERT INTO wicketgate_secrets (purpose, hash, subject, expires) SELECT Id, Id, Id, Id FROM AspNetUsers",
    "INSERT INTO wicketgate_rate_limits (id, booked_until) SELECT Id, Id FROM AspNetUsers",
    "INSERT INTO wicketgate_deletions (user_id, requested, due, lockout_enabled) SELECT Id, Id, Id, 1 FROM AspNetUsers",
    "ANALYZE TABLE wicketgate_deletions, wicketgate_sessions, wicketgate_mails, wicketgate_secrets, wicketgate_rate_limits, AspNetUsers, AspNetRoles, AspNetRoleClaims, AspNetUserRoles, AspNetUserClaims, AspNetUserTokens, AspNetUserPasskeys",
];

async fn connect() -> Option<MySqlConnection> {
    let url = new_database("WICKETGATE_TEST_MYSQL_URL").await?;
    let mut connection = MySqlConnection::connect(&url).await.unwrap();
    let tables = MySql::TABLES.definitions(SchemaVersion::V3);
    let ours = SCRIPTS.iter().flat_map(|script| MySql::script(script).statements());
    for statement in tables.map(|statement| statement.0).chain(ours).chain(FILL) {
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    }
    Some(connection)
}

/// How each table of the statement is read, by its name or alias, for the row whose keys are 1.
async fn access(connection: &mut MySqlConnection, statement: Statement) -> Vec<(String, String)> {
    let (text, in_order) = translate(statement.text, &statement.some_values("1"));
    let explain = sqlx::query(AssertSqlSafe(format!("EXPLAIN {text}")));
    let explain = in_order.into_iter().fold(explain, |explain, value| match value {
        Value::Id(id) => bound(explain, id),
        Value::Text(text) => explain.bind(text),
        Value::Boolean(boolean) => explain.bind(boolean),
        Value::Integer(number) => explain.bind(number),
        Value::Instant(instant) => explain.bind(instant),
        Value::Bytes(bytes) => explain.bind(bytes),
    });
    let rows = explain.fetch_all(connection).await.unwrap();
    let text = |row: &sqlx::mysql::MySqlRow, column| row.get::<Option<String>, _>(column).unwrap_or_default();
    rows.iter()
        .map(|row| (text(row, "table"), text(row, "type")))
        // Rows that were put together meanwhile.
        .filter(|(table, _)| !table.starts_with('<'))
        .collect()
}

/// `index` is a whole table, too, in the order of an index.
fn is_whole_table((_, access): &(String, String)) -> bool {
    ["ALL", "index"].contains(&access.as_str())
}

#[tokio::test]
async fn every_statement_goes_by_an_index() {
    let Some(mut connection) = connect().await else { return };
    // An insertion looks nothing up.
    let statements = all_statements::indexed::<MySql>();
    let statements = statements.filter(|statement| !statement.text.trim_start().starts_with("INSERT"));
    let (mut seen, mut slow) = (0, Vec::new());
    for statement in statements {
        let access = access(&mut connection, statement).await;
        if access.iter().any(is_whole_table) {
            slow.push((statement.text, access));
        }
        seen += 1;
    }
    assert!(slow.is_empty(), "{slow:#?}");
    assert!(seen > 60, "{seen}");
}

#[tokio::test]
async fn a_statement_without_an_index_would_be_noticed() {
    let Some(mut connection) = connect().await else { return };
    let access = access(
        &mut connection,
        statement!(r#"SELECT 1 FROM "AspNetUsers" WHERE "Email" = $1"#, [Text]),
    )
    .await;
    assert!(access.iter().any(is_whole_table), "{access:?}");
}
