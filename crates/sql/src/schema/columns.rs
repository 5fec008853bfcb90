//! The columns and indexes that a database has, whoever made them.

use wicketgate_identity::options::SchemaVersion;

use crate::database::{Connection, Row};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::key_repository;
use crate::schema::dotnet::marks;
use crate::schema::dotnet::tables::{Table, Tables};

/// A column of any table in the database.
#[derive(Debug)]
pub(crate) struct Column {
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
    pub(crate) table: String,
    pub(crate) name: String,
}

/// Every column of every table in the place where Identity's tables are or would be made.
pub(crate) async fn find_columns<C: Connection>(connection: &mut C) -> Result<Vec<Column>, DatabaseError> {
    if C::Dialect::COLUMNS_WAIT {
        connection.expect_long_statements().await?;
    }
    let rows = connection.fetch_all(C::Dialect::COLUMNS, &[]).await?;
    let column = |row: &C::Row| {
        Ok(Column {
            table: row.text("Table")?.unwrap_or_default(),
            name: row.text("Name")?.unwrap_or_default(),
            declared_type: row.text("Type")?.unwrap_or_default(),
            is_required: row.boolean("IsRequired")?,
        })
    };
    let mut columns = rows.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    if names_have_no_case(connection).await? {
        respell(&mut columns, &C::Dialect::TABLES);
    }
    Ok(columns)
}

/// Every index of these tables; `None` where their names are not to be relied on.
pub(crate) async fn find_indexes<C: Connection>(connection: &mut C) -> Result<Option<Vec<Index>>, DatabaseError> {
    let Some(statement) = C::Dialect::INDEXES else {
        return Ok(None);
    };
    let rows = connection.fetch_all(statement, &[]).await?;
    let index = |row: &C::Row| {
        Ok(Index {
            table: row.text("Table")?.unwrap_or_default(),
            name: row.text("Name")?.unwrap_or_default(),
        })
    };
    let mut indexes = rows.iter().map(index).collect::<Result<Vec<_>, _>>()?;
    if names_have_no_case(connection).await? {
        respell_tables(indexes.iter_mut().map(|index| &mut index.table), &C::Dialect::TABLES);
    }
    Ok(Some(indexes))
}

async fn names_have_no_case<C: Connection>(connection: &mut C) -> Result<bool, DatabaseError> {
    let Some(statement) = C::Dialect::FOLDS else {
        return Ok(!C::Dialect::NAMES_HAVE_CASE);
    };
    let row = connection.fetch_optional(statement, &[]).await?;
    row.map_or(Ok(false), |row| row.boolean("Folds"))
}

/// Spells the names that are known as they are known, in whatever case the database has them.
fn respell(columns: &mut [Column], tables: &Tables) {
    respell_tables(columns.iter_mut().map(|column| &mut column.table), tables);
    let tables: Vec<Table> = tables.tables(SchemaVersion::V3).collect();
    for Column { table, name, .. } in columns {
        if let Some(known) = tables.iter().find(|known| known.name == table) {
            spell(name, known.columns().map(|(spelling, _)| spelling));
        }
    }
}

/// The same for names of tables alone.
fn respell_tables<'a>(names: impl Iterator<Item = &'a mut String>, tables: &Tables) {
    let known = tables.tables(SchemaVersion::V3).map(|table| table.name);
    let known: Vec<&str> = known.chain([key_repository::TABLE, marks::TABLE]).collect();
    for name in names {
        spell(name, known.iter().copied());
    }
}

fn spell(name: &mut String, mut spellings: impl Iterator<Item = &'static str>) {
    if let Some(spelling) = spellings.find(|spelling| spelling.eq_ignore_ascii_case(name)) {
        spelling.clone_into(name);
    }
}
