//! The columns and indexes that a database has, whoever made them.

use crate::database::{Connection, Row};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;

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

/// Every column of every table that can be seen.
pub(crate) async fn find_columns<C: Connection>(connection: &mut C) -> Result<Vec<Column>, DatabaseError> {
    if C::Dialect::COLUMNS_WAIT {
        connection.expect_long_statements().await?;
    }
    let rows = connection.fetch_all(C::Dialect::COLUMNS, &[]).await?;
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

/// Every index of all tables; `None` where their names are not to be relied on.
pub(crate) async fn find_indexes<C: Connection>(connection: &mut C) -> Result<Option<Vec<Index>>, DatabaseError> {
    let Some(statement) = C::Dialect::INDEXES else {
        return Ok(None);
    };
    let rows = connection.fetch_all(statement, &[]).await?;
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
