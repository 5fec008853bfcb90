//! What tables get as names that are not there yet.

use wicketgate_identity::options::{ColumnNaming, SchemaVersion, snake_case};

use super::{Search, without_prefix};
use crate::layout::names::TableNames;
use crate::schema::dotnet::tables::Table;

impl Search<'_> {
    /// All of Identity's tables: those that were found, and the others with the names that they would get.
    pub(super) fn with_missing(self, found: &[TableNames], schema: Option<&str>) -> Vec<TableNames> {
        let is_snake_case = found
            .iter()
            .flat_map(|table| &table.columns)
            .any(|(known, name)| known != name)
            && found
                .iter()
                .flat_map(|table| &table.columns)
                .all(|(known, name)| *name == snake_case(known));
        let style = self.style(found);
        let missing = |known: &Table| TableNames {
            known: known.name,
            schema: schema.map(str::to_owned),
            name: match self.wished_table(known.name) {
                Some(wished) => wished.to_owned(),
                None => style.map_or(known.name.to_owned(), |style| style.name(known.name)),
            },
            columns: known
                .columns()
                .map(
                    |(column, _)| match is_snake_case && self.wished_column(known.name, column).is_none() {
                        true => (column, snake_case(column)),
                        false => (column, self.new_column(known, column)),
                    },
                )
                .collect(),
        };
        let all = self.known.tables(SchemaVersion::V3);
        all.map(|known| {
            let mut found = found.iter();
            let there = found.find(|table| table.known == known.name);
            there.cloned().unwrap_or_else(|| missing(&known))
        })
        .collect()
    }

    /// The tables that are not there, and whose names nobody can tell: what is there has names of its own, without a rule to them.
    pub(super) fn nameless(self, found: &[TableNames]) -> Vec<&'static str> {
        if found.is_empty() || self.style(found).is_some() {
            return Vec::new();
        }
        let all = self.known.tables(SchemaVersion::V3).map(|known| known.name);
        all.filter(|known| self.wished_table(known).is_none() && found.iter().all(|table| table.known != *known))
            .collect()
    }

    /// How all tables are called that were found; `None` where there are none, or without a rule.
    fn style(self, found: &[TableNames]) -> Option<Style> {
        let is_same = |name: String, other: &str| match self.folds_tables {
            true => name.eq_ignore_ascii_case(other),
            false => name == other,
        };
        let is_of_all = |style: &Style| {
            !found.is_empty() && found.iter().all(|table| is_same(style.name(table.known), &table.name))
        };
        [Style::Dotnet, Style::WithoutPrefix, Style::SnakeCase]
            .into_iter()
            .find(is_of_all)
    }

    /// What a column is called in a new table.
    pub(super) fn new_column(self, known: &Table, column: &str) -> String {
        match (self.wished_column(known.name, column), self.options.naming) {
            (Some(wished), _) => wished.to_owned(),
            (None, ColumnNaming::SnakeCase) => snake_case(column),
            (None, ColumnNaming::Auto) => column.to_owned(),
        }
    }
}

/// A rule by which tables have their names.
#[derive(Clone, Copy)]
enum Style {
    /// `AspNetUserRoles`
    Dotnet,
    /// `UserRoles`
    WithoutPrefix,
    /// `user_roles`
    SnakeCase,
}

impl Style {
    fn name(self, known: &str) -> String {
        let name = without_prefix(known);
        match self {
            Self::Dotnet => known.to_owned(),
            Self::WithoutPrefix => name.to_owned(),
            Self::SnakeCase => snake_case(name),
        }
    }
}
