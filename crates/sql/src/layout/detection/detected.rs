//! The columns of a database by EF Core's own names.

use super::Detected;
use crate::key_repository;
use crate::schema::columns::{Column, Index};

impl Detected {
    /// Whether the table for keys is there.
    pub(crate) fn has_keys(&self, columns: &[Column]) -> bool {
        let keys = self.names.table(key_repository::TABLE);
        let mut columns = columns.iter();
        keys.is_some_and(|keys| {
            columns.any(|column| {
                let is_there = match &keys.schema {
                    Some(schema) => column.schema == *schema,
                    None => column.position == Some(1),
                };
                is_there && column.table == keys.name
            })
        })
    }

    /// The columns of the schema that was found, those of Identity's tables by EF Core's own names.
    pub(crate) fn known_columns(&self, columns: Vec<Column>) -> Vec<Column> {
        let here = columns
            .into_iter()
            .filter(|column| Some(&column.schema) == self.schema.as_ref());
        here.map(|column| {
            let (table, name) = self.known_name(&column);
            Column { table, name, ..column }
        })
        .collect()
    }

    fn known_name(&self, column: &Column) -> (String, String) {
        let mut tables = self.names.tables.iter();
        match tables.find(|table| table.name == column.table) {
            Some(table) => {
                let mut columns = table.columns.iter();
                let known = columns.find(|(_, name)| *name == column.name);
                let name = known.map_or_else(
                    || others(&column.name, table.column(&column.name).is_some()),
                    |(known, _)| (*known).to_owned(),
                );
                (table.known.to_owned(), name)
            }
            None => (
                others(&column.table, self.names.table(&column.table).is_some()),
                column.name.clone(),
            ),
        }
    }

    /// The indexes of the same tables.
    pub(crate) fn known_indexes(&self, indexes: Vec<Index>) -> Vec<Index> {
        let here = indexes
            .into_iter()
            .filter(|index| Some(&index.schema) == self.schema.as_ref());
        here.map(|index| {
            let mut tables = self.names.tables.iter();
            let known = tables.find(|table| table.name == index.table);
            Index {
                table: known.map_or(index.table, |table| table.known.to_owned()),
                ..index
            }
        })
        .collect()
    }
}

/// A name of the application's own; where EF Core calls something else so, one that nobody asks for.
fn others(name: &str, is_known: bool) -> String {
    match is_known {
        true => format!("{name} of the application"),
        false => name.to_owned(),
    }
}
