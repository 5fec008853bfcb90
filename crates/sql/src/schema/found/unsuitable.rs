//! Columns that accounts cannot be kept in.

use super::Schema;
use crate::layout::key_form::KeyForm;
use crate::schema::dotnet::id_columns::is_id;
use crate::schema::dotnet::tables::{Table, declared_type};

impl Schema {
    /// As `TABLE.COLUMN`, with the type that is wanted.
    pub(super) fn unsuitable_columns(&self, table: &Table) -> impl Iterator<Item = String> {
        let suits = |name, definition| {
            self.column(table.name, name)
                .is_some_and(|column| match is_id(table.name, name) {
                    true => self.layout.keys().fits(&column.declared_type),
                    false => (self.suits)(definition, &column.declared_type),
                })
        };
        table
            .columns()
            .filter(move |(name, definition)| !suits(name, definition))
            .map(|(name, definition)| self.unsuitable(table.name, name, definition))
    }

    /// What is wrong with a column.
    fn unsuitable(&self, table: &str, name: &str, definition: &str) -> String {
        let shown = self.detected.names.shown(table, name);
        let Some(column) = self.column(table, name) else {
            return format!("{shown} is missing");
        };
        let id = self.column("AspNetUsers", "Id").map(|id| &*id.declared_type);
        let wanted = match id.filter(|id| KeyForm::of(id).is_some()) {
            _ if !is_id(table, name) => declared_type(definition),
            Some(id) if id != column.declared_type => id,
            _ => "a text, a Guid or an integer",
        };
        format!("{shown} is {} and must be {wanted}", column.declared_type)
    }
}
