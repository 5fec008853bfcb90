//! Which of Identity's tables a database has, and making those that it lacks.

use sqlx::{Connection, Row, SqliteConnection};
use wicketgate_identity::SchemaVersion;

use super::ddl::{TABLES, Table};
use super::key_repository;
use crate::SchemaState;

/// Gives an empty database its tables. Any number of processes may do so at once: the first makes them, and the others
/// find none missing.
pub(super) async fn create_if_empty(
    connection: &mut SqliteConnection,
    version: SchemaVersion,
) -> sqlx::Result<SchemaState> {
    if detect(connection).await? == SchemaState::Empty {
        migrate(connection, version).await?;
    }
    detect(connection).await
}

/// Makes the tables of `version` that are missing, all or none, and returns the statements that did.
pub(super) async fn migrate(
    connection: &mut SqliteConnection,
    version: SchemaVersion,
) -> sqlx::Result<Vec<&'static str>> {
    let mut transaction = connection.begin_with("BEGIN EXCLUSIVE").await?;
    let statements = missing_statements(&mut transaction, version).await?;
    for statement in &statements {
        sqlx::query(*statement).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(statements)
}

/// The statements that make the tables of `version` that are not there, each with its indexes.
pub(super) async fn missing_statements(
    connection: &mut SqliteConnection,
    version: SchemaVersion,
) -> sqlx::Result<Vec<&'static str>> {
    let found = columns(connection).await?;
    Ok(statements(version, |table| !has_table(&found, table.name)))
}

/// The statements that make all tables of `version`.
pub(super) fn all_statements(version: SchemaVersion) -> Vec<&'static str> {
    statements(version, |_| true)
}

/// Tables first, then their indexes.
fn statements(version: SchemaVersion, is_wanted: impl Fn(&Table) -> bool) -> Vec<&'static str> {
    let wanted = || TABLES.iter().filter(|table| table.since <= version && is_wanted(table));
    let tables = wanted().map(|table| table.create);
    let indexes = wanted().flat_map(|table| table.indexes.iter().copied());
    tables.chain(indexes).collect()
}

/// What the database holds of Identity's tables.
pub(super) async fn detect(connection: &mut SqliteConnection) -> sqlx::Result<SchemaState> {
    let mut found = columns(connection).await?;
    // Keys may be kept in a database before the first account is.
    found.retain(|column| !column.is_in(key_repository::TABLE));
    if found.is_empty() {
        return Ok(SchemaState::Empty);
    }
    let (present, absent): (Vec<&Table>, Vec<&Table>) = TABLES.iter().partition(|table| has_table(&found, table.name));
    if present.is_empty() {
        return Ok(SchemaState::Foreign);
    }
    // Nothing here reads the passkeys, whose table may have another form from a preview of .NET 10.
    let is_needed = |table: &&Table| table.since == SchemaVersion::V1;
    let unsuitable: Vec<String> = present
        .into_iter()
        .filter(is_needed)
        .flat_map(|table| unsuitable_columns(&found, table))
        .collect();
    let missing: Vec<&str> = absent
        .iter()
        .copied()
        .filter(is_needed)
        .map(|table| table.name)
        .collect();
    Ok(if !unsuitable.is_empty() {
        SchemaState::UnsuitableColumns(unsuitable)
    } else if !missing.is_empty() {
        SchemaState::MissingTables(missing)
    } else if absent.is_empty() {
        SchemaState::Complete(SchemaVersion::V3)
    } else {
        SchemaState::Complete(SchemaVersion::V2)
    })
}

fn has_table(found: &[Column], name: &str) -> bool {
    found.iter().any(|column| column.is_in(name))
}

fn unsuitable_columns(found: &[Column], table: &Table) -> impl Iterator<Item = String> {
    table
        .columns()
        .filter(|(name, declared_type)| !found.iter().any(|column| column.suits(table.name, name, declared_type)))
        .map(|(name, _)| format!("{}.{name}", table.name))
}

/// Columns that the application added to `AspNetUsers` and that a registration here cannot fill.
pub(super) async fn unfillable_columns(connection: &mut SqliteConnection) -> sqlx::Result<Vec<String>> {
    let users = TABLES.iter().filter(|table| table.name == "AspNetUsers");
    let filled: Vec<&str> = users.flat_map(Table::columns).map(|(name, _)| name).collect();
    let found = columns(connection).await?;
    Ok(found
        .into_iter()
        .filter(|column| column.is_in("AspNetUsers") && column.is_required)
        .map(|column| column.name)
        .filter(|name| !filled.contains(&name.as_str()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_column_that_a_registration_cannot_fill_is_found() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let state = create_if_empty(&mut connection, SchemaVersion::V3).await.unwrap();
        assert_eq!(state, SchemaState::Complete(SchemaVersion::V3));
        assert_eq!(unfillable_columns(&mut connection).await.unwrap(), [""; 0]);
        sqlx::raw_sql(
            r#"ALTER TABLE "AspNetUsers" ADD COLUMN "DisplayName" TEXT NOT NULL DEFAULT '';
            ALTER TABLE "AspNetUsers" ADD COLUMN "Birthday" TEXT NULL;
            ALTER TABLE "AspNetUserClaims" ADD COLUMN "Note" TEXT NOT NULL DEFAULT '';
            CREATE TABLE "Orders" ("Id" INTEGER PRIMARY KEY, "Total" TEXT NOT NULL);"#,
        )
        .execute(&mut connection)
        .await
        .unwrap();
        assert_eq!(unfillable_columns(&mut connection).await.unwrap(), [""; 0]);

        sqlx::raw_sql(
            r#"DROP TABLE "AspNetUsers"; CREATE TABLE "AspNetUsers" ("Id" TEXT NOT NULL, "Discriminator" TEXT NOT NULL)"#,
        )
        .execute(&mut connection)
        .await
        .unwrap();
        assert_eq!(unfillable_columns(&mut connection).await.unwrap(), ["Discriminator"]);
    }
}
