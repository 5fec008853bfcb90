//! Which of Identity's tables a database has, and making those that it lacks.

use sqlx::{Connection, Row, SqliteConnection};
use wicketgate_identity::SchemaVersion;

use super::ddl::TABLES;
use crate::SchemaState;

/// Gives an empty database its tables. Any number of processes may do so at once: one of them does.
pub(super) async fn create_if_empty(
    connection: &mut SqliteConnection,
    version: SchemaVersion,
) -> sqlx::Result<SchemaState> {
    match detect(connection).await? {
        SchemaState::Empty => {}
        state => return Ok(state),
    }
    let mut transaction = connection.begin_with("BEGIN EXCLUSIVE").await?;
    // Another process may have been faster.
    if detect(&mut transaction).await? == SchemaState::Empty {
        for statement in missing(&mut transaction, version).await? {
            sqlx::query(statement).execute(&mut *transaction).await?;
        }
    }
    let state = detect(&mut transaction).await?;
    transaction.commit().await?;
    Ok(state)
}

/// Runs the statements that lead to `version`, all or none, and returns them.
pub(super) async fn migrate(
    connection: &mut SqliteConnection,
    version: SchemaVersion,
) -> sqlx::Result<Vec<&'static str>> {
    let mut transaction = connection.begin_with("BEGIN EXCLUSIVE").await?;
    let statements = missing(&mut transaction, version).await?;
    for statement in &statements {
        sqlx::query(*statement).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(statements)
}

/// The statements that make the tables of `version` that are not there, each with its indexes.
pub(super) async fn missing(
    connection: &mut SqliteConnection,
    version: SchemaVersion,
) -> sqlx::Result<Vec<&'static str>> {
    let found = columns(connection).await?;
    Ok(all_statements(version, |table| {
        !found.iter().any(|column| column.is_in(table))
    }))
}

/// Tables first, then their indexes.
pub(super) fn all_statements(version: SchemaVersion, is_wanted: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let wanted = || {
        TABLES
            .iter()
            .filter(|table| table.since <= version && is_wanted(table.name))
    };
    let tables = wanted().map(|table| table.create);
    let indexes = wanted().flat_map(|table| table.indexes.iter().copied());
    tables.chain(indexes).collect()
}

/// What the database holds of Identity's tables.
pub(super) async fn detect(connection: &mut SqliteConnection) -> sqlx::Result<SchemaState> {
    let found = columns(connection).await?;
    let has_table = |name| found.iter().any(|column| column.is_in(name));

    let unsuitable: Vec<String> = TABLES
        .iter()
        .filter(|table| table.since == SchemaVersion::V1 && has_table(table.name))
        .flat_map(|table| {
            table
                .columns()
                .map(|(name, declared_type)| (table.name, name, declared_type))
        })
        .filter(|(table, name, declared_type)| !found.iter().any(|column| column.suits(table, name, declared_type)))
        .map(|(table, name, _)| format!("{table}.{name}"))
        .collect();
    let missing: Vec<&'static str> = TABLES
        .iter()
        .filter(|table| table.since == SchemaVersion::V1 && !has_table(table.name))
        .map(|table| table.name)
        .collect();

    Ok(if found.is_empty() {
        SchemaState::Empty
    } else if !TABLES.iter().any(|table| has_table(table.name)) {
        SchemaState::Foreign
    } else if !unsuitable.is_empty() {
        SchemaState::UnsuitableColumns(unsuitable)
    } else if !missing.is_empty() {
        SchemaState::MissingTables(missing)
    } else if TABLES.iter().all(|table| has_table(table.name)) {
        SchemaState::Complete(SchemaVersion::V3)
    } else {
        SchemaState::Complete(SchemaVersion::V2)
    })
}

/// Columns that the application added to `AspNetUsers` and that a registration cannot fill.
pub(super) async fn unfillable_columns(connection: &mut SqliteConnection) -> sqlx::Result<Vec<String>> {
    let known = |name: &str| {
        TABLES
            .iter()
            .filter(|table| table.name == "AspNetUsers")
            .flat_map(|table| table.columns())
            .any(|(n, _)| n == name)
    };
    let found = columns(connection).await?;
    Ok(found
        .into_iter()
        .filter(|column| column.is_in("AspNetUsers") && column.is_required && !known(&column.name))
        .map(|column| column.name)
        .collect())
}

/// A column of any table in the database.
struct Column {
    table: String,
    name: String,
    declared_type: String,
    /// Must not be null, and has no default.
    is_required: bool,
}

impl Column {
    /// SQLite's names are the same in either case.
    fn is_in(&self, table: &str) -> bool {
        self.table.eq_ignore_ascii_case(table)
    }

    /// Whether it can hold what Wicketgate keeps in a column of `declared_type`. EF Core's `IdentityUser<int>` has
    /// numbers where ids are text here.
    fn suits(&self, table: &str, name: &str, declared_type: &str) -> bool {
        let is_number = self.declared_type.to_ascii_uppercase().contains("INT");
        self.is_in(table) && self.name.eq_ignore_ascii_case(name) && !(declared_type == "TEXT" && is_number)
    }
}

/// Every column of every table, in one statement, so that another process' work is seen whole or not at all.
async fn columns(connection: &mut SqliteConnection) -> sqlx::Result<Vec<Column>> {
    let rows = sqlx::query(
        r#"SELECT t.name AS "Table", c.name AS "Name", c.type AS "Type",
            c."notnull" AND c.dflt_value IS NULL AS "IsRequired"
        FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~'"#,
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Column {
                table: row.try_get("Table")?,
                name: row.try_get("Name")?,
                declared_type: row.try_get("Type")?,
                is_required: row.try_get("IsRequired")?,
            })
        })
        .collect()
}
