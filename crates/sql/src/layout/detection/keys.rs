//! Finding the table for keys.

use super::{Search, folded};
use crate::key_repository;
use crate::layout::names::TableNames;
use crate::schema::columns::Column;

impl Search<'_> {
    /// The table for keys, which may belong to another `DbContext` and be in another schema.
    pub(super) fn keys(self, columns: &[Column], schema: Option<&str>, new: Option<&str>) -> TableNames {
        let is_keys = |column: &&Column| folded(&column.table) == folded(key_repository::TABLE);
        let nearest = columns.iter().filter(is_keys).min_by_key(|column| {
            let is_beside = Some(&*column.schema) == schema;
            (
                !is_beside,
                column.position.unwrap_or(i64::MAX),
                column.table != key_repository::TABLE,
            )
        });
        let Some(nearest) = nearest else {
            return TableNames {
                known: key_repository::TABLE,
                schema: new.map(str::to_owned),
                name: key_repository::TABLE.to_owned(),
                columns: key_repository::COLUMNS
                    .map(|column| (column, column.to_owned()))
                    .to_vec(),
            };
        };
        let named = |column: &'static str| {
            let mut all = columns.iter();
            let found = all.find(|other| {
                (&other.schema, &other.table) == (&nearest.schema, &nearest.table)
                    && folded(&other.name) == folded(column)
            });
            (column, found.map_or(column.to_owned(), |found| found.name.clone()))
        };
        TableNames {
            known: key_repository::TABLE,
            schema: (nearest.position != Some(1)).then(|| nearest.schema.clone()),
            name: nearest.table.clone(),
            columns: key_repository::COLUMNS.map(named).to_vec(),
        }
    }
}
