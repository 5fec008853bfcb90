//! What Identity's tables, the table for keys and their columns are called in a database, and in which schema they are.

use std::collections::BTreeSet;

/// Names that are not EF Core's own, or a schema that a name without one does not mean.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    /// Where Identity's tables and our own are; `None` where a name without a schema means them.
    pub(crate) schema: Option<String>,
    /// Of Identity's tables, and of the one for keys. What is not here has EF Core's own names.
    pub(crate) tables: Vec<TableNames>,
    /// What new rows get in columns of the application's own.
    pub(crate) fills: Vec<Fill>,
    /// Columns of Identity's tables that are PostgreSQL's `citext`, by their names here.
    pub(crate) citext: BTreeSet<String>,
}

/// The names of a table and its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableNames {
    /// EF Core's own.
    pub(crate) known: &'static str,
    /// As [`Names::schema`]: the table for keys can be elsewhere.
    pub(crate) schema: Option<String>,
    pub(crate) name: String,
    /// EF Core's own name of each column, and its name here.
    pub(crate) columns: Vec<(&'static str, String)>,
}

/// A column that new rows of a table get a value for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fill {
    /// EF Core's own name of the table.
    pub(crate) table: &'static str,
    pub(crate) column: String,
    /// In the database's own SQL.
    pub(crate) literal: String,
}

/// Whether this can stand in quotes in any database, and nothing in it is read for something else on the way.
pub(crate) fn is_name(name: &str) -> bool {
    const LONGEST: usize = 128;
    let is_harmless = |c: char| c.is_alphanumeric() || " _-.#".contains(c);
    !name.is_empty() && name.len() <= LONGEST && name.chars().all(is_harmless)
}

impl Names {
    /// Whether all is as EF Core has it.
    pub(crate) fn are_plain(&self) -> bool {
        let is_plain = |table: &TableNames| {
            let mut columns = table.columns.iter();
            table.schema.is_none() && table.name == table.known && columns.all(|(known, name)| known == name)
        };
        self.schema.is_none() && self.fills.is_empty() && self.citext.is_empty() && self.tables.iter().all(is_plain)
    }

    /// The table that EF Core calls so.
    pub(crate) fn table(&self, known: &str) -> Option<&TableNames> {
        self.tables.iter().find(|table| table.known == known)
    }

    /// What a column is called that EF Core calls so, as `TABLE.COLUMN`.
    pub(crate) fn shown(&self, table: &str, column: &str) -> String {
        match self.table(table) {
            None => format!("{table}.{column}"),
            Some(names) => format!("{}.{}", names.name, names.column(column).unwrap_or(column)),
        }
    }

    /// What new rows of a table get.
    pub(super) fn fills(&self, table: &str) -> impl Iterator<Item = &Fill> {
        self.fills.iter().filter(move |fill| fill.table == table)
    }
}

impl TableNames {
    /// The name of a column that EF Core calls so.
    pub(crate) fn column(&self, known: &str) -> Option<&str> {
        let mut columns = self.columns.iter();
        columns.find(|(column, _)| *column == known).map(|(_, name)| &**name)
    }
}
