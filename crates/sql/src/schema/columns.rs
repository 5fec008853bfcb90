//! The columns and indexes that a database has, whoever made them.

use wicketgate_identity::options::{IdentityTable, StoreOptions};

use crate::database::{Connection, Row};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::statement::values;

/// A column of any table in the database.
#[derive(Debug)]
pub(crate) struct Column {
    /// Where a server has several; all are in one elsewhere.
    pub(crate) schema: String,
    /// Where the schema stands in the search path, from 1; `None` outside it.
    pub(crate) position: Option<i64>,
    pub(crate) table: String,
    pub(crate) name: String,
    /// As the database writes it, with its length.
    pub(crate) declared_type: String,
    /// Must not be null, and has no default.
    pub(crate) is_required: bool,
}

impl Column {
    /// How many characters its values may have; `None` without a limit.
    pub(crate) fn length(&self) -> Option<u32> {
        let (_, length) = self.declared_type.split_once('(')?;
        length.split(')').next()?.parse().ok()
    }
}

/// The name of an index, and of the table that has it.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) schema: String,
    pub(crate) table: String,
    pub(crate) name: String,
}

/// Every column of the tables that may be Identity's, or are beside those or in the schema that is wanted.
pub(crate) async fn find_columns<C: Connection>(
    connection: &mut C,
    options: &StoreOptions,
) -> Result<Vec<Column>, DatabaseError> {
    if C::Dialect::COLUMNS_WAIT {
        connection.expect_long_statements().await?;
    }
    let users = options.tables.get(&IdentityTable::Users).map(String::as_str);
    let values = values![options.schema.as_deref(), users];
    let rows = connection.fetch_all(C::Dialect::COLUMNS, values).await?;
    let column = |row: &C::Row| {
        Ok(Column {
            schema: row.text("Schema")?.unwrap_or_default(),
            position: row.integer("Position")?,
            table: row.text("Table")?.unwrap_or_default(),
            name: row.text("Name")?.unwrap_or_default(),
            declared_type: row.text("Type")?.unwrap_or_default(),
            is_required: row.boolean("IsRequired")?,
        })
    };
    rows.iter().map(column).collect()
}

/// Every index of the schema's tables; `None` where their names are not to be relied on.
pub(crate) async fn find_indexes<C: Connection>(
    connection: &mut C,
    schema: Option<&str>,
) -> Result<Option<Vec<Index>>, DatabaseError> {
    let Some(statement) = C::Dialect::INDEXES else {
        return Ok(None);
    };
    let rows = connection.fetch_all(statement, values![schema]).await?;
    let index = |row: &C::Row| {
        Ok(Index {
            schema: row.text("Schema")?.unwrap_or_default(),
            table: row.text("Table")?.unwrap_or_default(),
            name: row.text("Name")?.unwrap_or_default(),
        })
    };
    rows.iter().map(index).collect::<Result<_, _>>().map(Some)
}

/// Whether tables whose names differ in case alone are the same.
pub(crate) async fn tables_have_no_case<C: Connection>(connection: &mut C) -> Result<bool, DatabaseError> {
    let Some(statement) = C::Dialect::FOLDS else {
        return Ok(!C::Dialect::COLUMNS_HAVE_CASE);
    };
    let row = connection.fetch_optional(statement, &[]).await?;
    row.map_or(Ok(false), |row| row.boolean("Folds"))
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::backend::postgres::PostgresDatabase;
    use crate::database::{Database, Purpose};
    use crate::test_databases::new_database;

    /// An application may have a schema for each of its thousands of customers.
    #[tokio::test]
    async fn schemas_without_anything_like_accounts_are_not_read() {
        let Some(url) = new_database("WICKETGATE_TEST_POSTGRES_URL").await else {
            return;
        };
        let database = PostgresDatabase::open(&url.as_str().into(), Purpose::Use)
            .await
            .unwrap();
        let tables = r#"
            CREATE SCHEMA orders; CREATE TABLE orders.line (id text, email text, user_name text);
            CREATE SCHEMA renamed; CREATE TABLE renamed.people (user_name text, normalized_user_name text, email text,
                normalized_email text, email_confirmed boolean, password_hash text, security_stamp text);
            CREATE SCHEMA half; CREATE TABLE half."AspNetRoles" ("Id" text);
            CREATE SCHEMA named; CREATE TABLE named.members (id text);
            CREATE SCHEMA keys; CREATE TABLE keys.data_protection_keys (id integer);
            CREATE TABLE notes (id integer)"#;
        database.writer().await.unwrap().define(tables).await.unwrap();
        let mut reader = database.reader().await.unwrap();
        let users = |name: &str| (IdentityTable::Users, name.to_owned());
        for (wanted, tables, expected) in [
            (None, None, &["half", "keys", "public", "renamed"][..]),
            (Some("orders"), None, &["half", "keys", "orders", "public", "renamed"]),
            // Settings name it, and may name all of its columns otherwise.
            (
                None,
                Some(users("members")),
                &["half", "keys", "named", "public", "renamed"],
            ),
        ] {
            let options = StoreOptions {
                schema: wanted.map(str::to_owned),
                tables: tables.into_iter().collect(),
                ..StoreOptions::DEFAULT
            };
            let columns = find_columns(&mut reader, &options).await.unwrap();
            let schemas: BTreeSet<&str> = columns.iter().map(|column| &*column.schema).collect();
            assert_eq!(schemas, expected.iter().copied().collect(), "{wanted:?}");
        }
    }
}
