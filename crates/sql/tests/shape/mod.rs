//! What tables a database has, and running statements in it as its owner would.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection, Row};

use crate::test_databases::sql_server;

/// What the names of our own tables begin with, which EF Core has not.
const OURS: &str = "wicketgate_";

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
    // Without the names of indexes and constraints: not every server that speaks T-SQL keeps them as they are.
    const SQL_SERVER_SHAPE: &str = "
        SELECT CONCAT_WS(' ', 'column', t.name, c.name, TYPE_NAME(c.user_type_id), c.max_length, c.scale, c.is_nullable,
            c.is_identity, c.default_object_id) AS line
        FROM sys.tables AS t JOIN sys.columns AS c ON c.object_id = t.object_id
        UNION ALL SELECT CONCAT_WS(' ', 'index', t.name, i.type_desc, i.is_primary_key, i.is_unique, i.has_filter,
            i.filter_definition, ic.key_ordinal, COL_NAME(ic.object_id, ic.column_id))
        FROM sys.tables AS t JOIN sys.indexes AS i ON i.object_id = t.object_id
        JOIN sys.index_columns AS ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id
        UNION ALL SELECT CONCAT_WS(' ', 'key', OBJECT_NAME(f.parent_object_id), OBJECT_NAME(f.referenced_object_id),
            f.delete_referential_action_desc)
        FROM sys.foreign_keys AS f
        UNION ALL SELECT CONCAT_WS(' ', 'constraint', OBJECT_NAME(k.parent_object_id), k.type_desc)
        FROM sys.key_constraints AS k";
    let query = match scheme(url) {
        "sqlite" => SQLITE_SHAPE,
        "postgres" => POSTGRES_SHAPE,
        "mssql" => SQL_SERVER_SHAPE,
        _ => MYSQL_SHAPE,
    };
    texts(url, query).await.into_iter().collect()
}

/// The lines about other tables than our own, and those about these.
pub(crate) fn without_ours(shape: BTreeSet<String>) -> (BTreeSet<String>, BTreeSet<String>) {
    shape.into_iter().partition(|line| !line.contains(OURS))
}

/// The first column of each row.
pub(crate) async fn texts(url: &str, query: &str) -> Vec<String> {
    if scheme(url) == "mssql" {
        let mut client = sql_server(url).await;
        let rows = client.simple_query(query).await.unwrap();
        let rows = rows.into_first_result().await.unwrap();
        let text = |row: &tiberius::Row| row.get::<&str, _>(0).unwrap().to_owned();
        return rows.iter().map(text).collect();
    }
    if scheme(url) == "sqlite" {
        let connection = sqlite(url);
        let mut query = connection.prepare(query).unwrap();
        let rows = query.query_map([], |row| row.get(0)).unwrap();
        return rows.map(Result::unwrap).collect();
    }
    let query = sqlx::raw_sql(AssertSqlSafe(query));
    match scheme(url) {
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
    if scheme(url) == "mssql" {
        let mut client = sql_server(url).await;
        // EF Core's scripts say so between statements, to the program that reads them.
        for batch in statements.split("GO\n").filter(|batch| !batch.trim().is_empty()) {
            client.simple_query(batch).await.unwrap().into_results().await.unwrap();
        }
        return;
    }
    if scheme(url) == "sqlite" {
        return sqlite(url).execute_batch(statements).unwrap();
    }
    let statements = sqlx::raw_sql(AssertSqlSafe(statements));
    match scheme(url) {
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

fn sqlite(url: &str) -> rusqlite::Connection {
    rusqlite::Connection::open(url.strip_prefix("sqlite://").unwrap()).unwrap()
}
