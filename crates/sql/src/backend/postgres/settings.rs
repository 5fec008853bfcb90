//! What every PostgreSQL session runs with, whatever defaults the server, the database or the role have.
//!
//! The driver itself sets `client_encoding`, `DateStyle` and `TimeZone`. Left to the operator are the search path, row
//! security, everything about planning and logging, and whether transactions are read-only: a server that takes no writes
//! has to be noticed.

/// Statements for a new connection, in one round trip; with `LOCAL` they hold for one transaction.
///
/// - `default_transaction_isolation`: single statements would be refused (40001) in a stricter one.
/// - `synchronous_commit` is raised from `off`, with which a crash of the server loses what was acknowledged. `local` and
///   the others are an operator's decision about standbys.
/// - `quote_all_identifiers` would put quotes into the names of types, by which columns are known.
/// - `statement_timeout`: the server gives a statement up before we do (four seconds, below [`STATEMENT_LIMIT`](crate::pool::limits::STATEMENT_LIMIT)), so
///   that a write is not answered 503 and happens later. PostgreSQL ends this limit before it commits, and that is needed:
///   a `COMMIT` that is cancelled while it waits for its standby counts as done. `lock_timeout` would be a second one.
/// - `idle_in_transaction_session_timeout`: the locks of an instance that is frozen or cut off end.
/// - `transaction_timeout` (PostgreSQL 17) may be too short for a migration.
/// - `client_connection_check_interval` (PostgreSQL 14): a statement ends when its client has closed the connection. It can
///   be set only where the operating system tells; Linux does.
macro_rules! settings {
    ($set:literal, $is_local:literal) => {
        concat!(
            $set, " default_transaction_isolation = 'read committed';",
            $set, " default_transaction_deferrable = off;",
            $set, " standard_conforming_strings = on;",
            $set, " transform_null_equals = off;",
            $set, " quote_all_identifiers = off;",
            $set, " statement_timeout = 4000;",
            $set, " lock_timeout = 0;",
            $set, " idle_in_transaction_session_timeout = 5000;",
            "SELECT set_config('synchronous_commit', 'on', ", $is_local, ")
                WHERE current_setting('synchronous_commit') = 'off';
            SELECT set_config('transaction_timeout', '0', ", $is_local, ")
                WHERE current_setting('transaction_timeout', true) IS NOT NULL;
            SELECT set_config('client_connection_check_interval', '1000', ", $is_local, ")
                WHERE current_setting('client_connection_check_interval', true) IS NOT NULL AND version() LIKE '%linux%'"
        )
    };
}

/// For a session.
pub(super) const SESSION: &str = settings!("SET", "false");

/// In a stricter isolation, which a server may have as its default, a transaction would not see what was committed while
/// it waited for a lock.
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// Behind a pooler, whose sessions are somebody else's after the transaction, all settings are the transaction's.
pub(super) const POOLED_BEGIN: &str = concat!("BEGIN ISOLATION LEVEL READ COMMITTED;", settings!("SET LOCAL", "true"));

/// For what may take minutes, until the session ends.
pub(super) const LONG: &str = "SET statement_timeout = 600000";
/// The same until the transaction ends.
pub(super) const POOLED_LONG: &str = "SET LOCAL statement_timeout = 600000";

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

    use crate::backend::postgres::PostgresDatabase;
    use crate::database::{Connection, Database, Purpose, Row};
    use crate::statement::{Statement, statement, values};
    use crate::test_databases::new_database;

    /// A setting, as a session has it in a database that has another default.
    async fn setting(name: &'static str, default: &str) -> Option<String> {
        let url = new_database("WICKETGATE_TEST_POSTGRES_URL").await?;
        let (_, database) = url.rsplit_once('/').unwrap();
        let set = format!("ALTER DATABASE {database} SET {name} = '{default}'");
        let mut owner = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(set)).execute(&mut owner).await.unwrap();
        let database = PostgresDatabase::open(&url.as_str().into(), Purpose::Use)
            .await
            .unwrap();
        const QUERY: Statement = statement!(r#"SELECT current_setting($1) AS "Value""#, [Text]);
        let row = database
            .reader()
            .await
            .unwrap()
            .fetch_optional(QUERY, values![name])
            .await;
        row.unwrap().unwrap().text("Value").unwrap()
    }

    #[tokio::test]
    async fn what_is_acknowledged_is_at_least_on_one_disk() {
        for (default, expected) in [("off", "on"), ("local", "local"), ("remote_apply", "remote_apply")] {
            let Some(value) = setting("synchronous_commit", default).await else {
                return;
            };
            assert_eq!(value, expected);
        }
    }

    #[tokio::test]
    async fn a_session_has_the_settings_that_statements_rely_on() {
        for (name, default, expected) in [
            ("default_transaction_isolation", "serializable", "read committed"),
            ("standard_conforming_strings", "off", "on"),
            ("transform_null_equals", "on", "off"),
            ("quote_all_identifiers", "on", "off"),
            ("client_encoding", "LATIN1", "UTF8"),
            ("DateStyle", "German", "ISO, MDY"),
            ("TimeZone", "Pacific/Chatham", "UTC"),
            ("statement_timeout", "1h", "4s"),
            ("lock_timeout", "1h", "0"),
            ("idle_in_transaction_session_timeout", "0", "5s"),
            ("client_connection_check_interval", "0", "1s"),
            // An operator's.
            ("default_transaction_read_only", "on", "on"),
            ("row_security", "off", "off"),
        ] {
            let Some(value) = setting(name, default).await else {
                return;
            };
            assert_eq!(value, expected, "{name}");
        }
    }
}
