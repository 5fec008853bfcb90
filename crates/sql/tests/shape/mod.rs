//! What tables a database has, and running statements in it as its owner would.

use std::collections::BTreeSet;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, MySqlConnection, PgConnection, Row, SqliteConnection};

/// Our own table, which EF Core has not.
const MARKS: &str = "wicketgate_migrations";

/// A line for each column, index and constraint.
pub(crate) async fn shape(url: &str) -> BTreeSet<String> {
    const SQLITE_SHAPE: &str = "SELECT name || ' ' || sql FROM sqlite_master WHERE sql IS NOT NULL";
    const POSTGRES_SHAPE: &str = "
        SELECT concat_ws(' ', 'column', table_name, column_name, data_type, character_maximum_length, is_nullable,
            column_default, is_identity, identity_generation)
        FROM information_schema.columns WHERE table_schema = current_schema()
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
        UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = current_schema()::regnamespace";
    const MYSQL_SHAPE: &str = "
        SELECT CAST(CONCAT_WS(' ', 'column', table_name, column_name, column_type, is_nullable,
            COALESCE(column_default, ''), character_set_name, collation_name, extra) AS CHAR(1000)) AS line
        FROM information_schema.columns WHERE table_schema = DATABASE()
        UNION ALL SELECT CAST(CONCAT_WS(' ', 'index', table_name, index_name, non_unique, seq_in_index, column_name)
            AS CHAR(1000)) FROM information_schema.statistics WHERE table_schema = DATABASE()
        UNION ALL SELECT CAST(CONCAT_WS(' ', 'key', table_name, constraint_name, referenced_table_name, delete_rule)
            AS CHAR(1000)) FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()
        UNION ALL SELECT CAST(CONCAT_WS(' ', 'database', default_character_set_name) AS CHAR(1000))
            FROM information_schema.schemata WHERE schema_name = DATABASE()";
    let query = match scheme(url) {
        "sqlite" => SQLITE_SHAPE,
        "postgres" => POSTGRES_SHAPE,
        _ => MYSQL_SHAPE,
    };
    texts(url, query).await.into_iter().collect()
}

/// The lines about other tables than the one for marks, and those about it.
pub(crate) fn without_marks(shape: BTreeSet<String>) -> (BTreeSet<String>, BTreeSet<String>) {
    shape.into_iter().partition(|line| !line.contains(MARKS))
}

/// The first column of each row.
pub(crate) async fn texts(url: &str, query: &str) -> Vec<String> {
    let query = sqlx::raw_sql(AssertSqlSafe(query));
    match scheme(url) {
        "sqlite" => {
            let rows = query.fetch_all(&mut sqlite(url).await).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
        "postgres" => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            let rows = query.fetch_all(&mut connection).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
        _ => {
            let mut connection = MySqlConnection::connect(url).await.unwrap();
            let rows = query.fetch_all(&mut connection).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
    }
}

/// Runs statements in the database's own SQL.
pub(crate) async fn run(url: &str, statements: &str) {
    let statements = sqlx::raw_sql(AssertSqlSafe(statements));
    match scheme(url) {
        "sqlite" => statements.execute(&mut sqlite(url).await).await.map(drop),
        "postgres" => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            statements.execute(&mut connection).await.map(drop)
        }
        _ => {
            let mut connection = MySqlConnection::connect(url).await.unwrap();
            statements.execute(&mut connection).await.map(drop)
        }
    }
    .unwrap();
}

fn scheme(url: &str) -> &str {
    url.split_once(':').unwrap().0
}

async fn sqlite(url: &str) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(url.strip_prefix("sqlite://").unwrap())
        .create_if_missing(true)
        .connect()
        .await
        .unwrap()
}
