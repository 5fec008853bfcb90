//! What a database has of Identity's tables.

mod missing;
mod own_columns;
mod shape;
mod unsuitable;

use std::collections::BTreeSet;
use std::sync::Arc;

use wicketgate_identity::options::{IdentityTable, SchemaVersion, StoreOptions};

use crate::database::Connection;
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::key_repository;
use crate::layout::Layout;
use crate::layout::detection::{Detected, Search};
use crate::layout::key_form::KeyForm;
use crate::layout::names::Names;
use crate::layout::own_columns::OwnColumns;
use crate::schema::columns::{Column, Index, find_columns, find_indexes, tables_have_no_case};
use crate::schema::dotnet::marks;
use crate::schema::dotnet::tables::{ROLE_TABLES, Table, Tables};
use crate::schema::keys::{Keys, find_keys};
use crate::schema::older::OlderTables;
use crate::schema::own::journal;
use crate::schema::own::pending::Own;
use crate::schema::own::scripts::Script;
use crate::schema::state::SchemaState;

/// What the names of our own tables begin with.
const OURS: &str = "wicketgate_";

/// The tables that were found in a database.
#[derive(Debug)]
pub(crate) struct Schema {
    /// Identity's tables as this kind of database has them.
    identity: Tables,
    /// Whether a column with this definition can be one that is declared so.
    suits: fn(definition: &str, declared_type: &str) -> bool,
    /// What its tables are called, and which keys they have.
    pub(crate) layout: Arc<Layout>,
    pub(crate) keys: Keys,
    /// Where these tables are.
    detected: Detected,
    /// What new rows get in columns of the application's own.
    own_columns: OwnColumns,
    /// Of Identity's tables, by EF Core's own names, and of those of others.
    columns: Vec<Column>,
    /// Whether there is the table for keys, which may be made before the first account is.
    pub(crate) has_keys: bool,
    /// The numbers of the migrations that ran; `None` where none did, as in a database that EF Core made.
    marks: Option<Vec<i64>>,
    /// What there is of our own tables.
    pub(crate) own: Own,
}

impl Schema {
    /// Looks at the database for tables with the names that are set, or with any.
    pub(crate) async fn find<C: Connection>(connection: &mut C, options: &StoreOptions) -> Result<Self, DatabaseError> {
        let columns = find_columns(connection, options).await?;
        let search = Search {
            options,
            known: C::Dialect::TABLES,
            folds_tables: tables_have_no_case(connection).await?,
            folds_columns: !C::Dialect::COLUMNS_HAVE_CASE,
        };
        let detected = search.run(&columns);
        let has_keys = detected.has_keys(&columns);
        let columns = detected.known_columns(columns);
        let own_columns = OwnColumns::new::<C::Dialect>(options, &columns);
        let names = Names {
            fills: own_columns.fills.clone(),
            citext: citext_columns(&columns, &detected.names, C::Dialect::TABLES),
            ..detected.names.clone()
        };
        connection.lay_out(Arc::new(Layout::new(names.clone(), KeyForm::default())));
        let keys = find_keys(connection, &columns, options.key_type).await?;
        let layout = Layout::new(names, keys.form);
        let layout = Arc::new(match lacks_roles(&columns) {
            true => layout.without_roles(),
            false => layout,
        });
        connection.lay_out(Arc::clone(&layout));
        let (ours, mut columns): (Vec<_>, Vec<_>) =
            columns.into_iter().partition(|column| column.table.starts_with(OURS));
        let has_marks = ours.iter().any(|column| column.table == marks::TABLE);
        let is_in_journal = |name| {
            let mut columns = ours.iter().filter(|column| column.table == journal::TABLE);
            columns.any(|column| column.name == name)
        };
        let has_journal = journal::COLUMNS.into_iter().all(is_in_journal);
        columns.retain(|column| column.table != key_repository::TABLE);
        Ok(Self {
            identity: C::Dialect::TABLES,
            suits: C::Dialect::suits,
            layout,
            detected,
            own_columns,
            keys,
            columns,
            has_keys,
            marks: match has_marks {
                true => Some(marks::find(connection).await?),
                false => None,
            },
            own: Own {
                journal: match has_journal {
                    true => Some(journal::find(connection).await?),
                    false => None,
                },
                columns: ours,
                text: C::Dialect::script,
            },
        })
    }

    /// What can be done with it.
    pub(crate) fn state(&self, scripts: &'static [Script]) -> SchemaState {
        if let Some(refusal) = &self.detected.refusal {
            return refusal.clone();
        }
        let newest = self.marks.iter().flatten().max().copied().unwrap_or_default();
        if newest > marks::NEWEST {
            return SchemaState::Newer {
                found: newest,
                known: marks::NEWEST,
            };
        }
        if let Some(refusal) = self.own.refusal(scripts) {
            return refusal;
        }
        if let Some((found, wanted)) = self.keys.others {
            return SchemaState::OtherKeys { found, wanted };
        }
        match self.shape() {
            SchemaState::Complete(_) if self.has_begun(marks::FIRST) => SchemaState::Unfinished,
            SchemaState::Empty => match self.own.taken_name(scripts) {
                Some(table) => SchemaState::TakenName(table),
                None => SchemaState::Empty,
            },
            state => state,
        }
    }

    fn shape(&self) -> SchemaState {
        if self.is_empty() {
            return SchemaState::Empty;
        }
        let older = OlderTables::among(&self.columns);
        if older == Some(OlderTables::Identity2) {
            return SchemaState::Older(OlderTables::Identity2);
        }
        if !self
            .identity
            .tables(SchemaVersion::V3)
            .any(|table| self.has_table(table.name))
        {
            return older.map_or(SchemaState::Foreign, SchemaState::Older);
        }
        // Accounts can do without the passkeys, the one table that came later.
        let (present, absent): (Vec<Table>, Vec<Table>) = self
            .identity
            .tables(SchemaVersion::V1)
            .filter(|table| self.needs_table(table.name))
            .partition(|table| self.has_table(table.name));
        let unsuitable: Vec<String> = present
            .iter()
            .flat_map(|table| self.unsuitable_columns(table))
            .collect();
        if !unsuitable.is_empty() {
            SchemaState::UnsuitableColumns(unsuitable)
        } else if !absent.is_empty() {
            SchemaState::MissingTables(absent.iter().map(|table| self.missing_table(table.name)).collect())
        } else {
            SchemaState::Complete(self.version())
        }
    }

    /// Version 2 gave telephone numbers a length where columns have any, version 3 added a table.
    fn version(&self) -> SchemaVersion {
        let tables = &self.identity;
        let phone_number = self.column("AspNetUsers", "PhoneNumber");
        let mut newest = tables
            .tables(SchemaVersion::V3)
            .filter(|table| self.needs_table(table.name));
        if newest.all(|table| self.has_table(table.name)) {
            SchemaVersion::V3
        } else if tables.v1.is_empty() || phone_number.is_some_and(|column| column.length().is_some()) {
            SchemaVersion::V2
        } else {
            SchemaVersion::V1
        }
    }

    /// Whether all tables are Identity's, with no column that is not, and the migration that makes them was cut off.
    pub(crate) fn is_half_made(&self) -> bool {
        let tables: Vec<Table> = self.identity.tables(SchemaVersion::V3).collect();
        let is_ours = |column: &Column| {
            let mut known = tables.iter().filter(|table| table.name == column.table);
            known.any(|table| table.columns().any(|(name, _)| name == column.name))
        };
        self.has_begun(marks::FIRST) && self.columns.iter().all(is_ours)
    }

    /// Every index of the tables that were found; `None` where their names are not to be relied on.
    pub(crate) async fn find_indexes(
        &self,
        connection: &mut impl Connection,
    ) -> Result<Option<Vec<Index>>, DatabaseError> {
        let indexes = find_indexes(connection, self.detected.schema.as_deref()).await?;
        Ok(indexes.map(|indexes| self.detected.known_indexes(indexes)))
    }

    /// Whether passkeys can be kept: their table came with version 3.
    pub(crate) fn has_passkeys(&self) -> bool {
        let columns = IdentityTable::UserPasskeys.dotnet_columns();
        let table = IdentityTable::UserPasskeys.dotnet_name();
        columns.iter().all(|column| self.column(table, column).is_some())
    }

    /// Whether there is no table of anybody.
    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Whether accounts cannot do without the table in this database.
    pub(crate) fn needs_table(&self, name: &str) -> bool {
        self.layout.has_roles() || !ROLE_TABLES.contains(&name)
    }

    pub(crate) fn has_table(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.table == name)
    }

    pub(crate) fn column(&self, table: &str, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| column.table == table && column.name == name)
    }

    /// Whether there is the table for marks of migrations.
    pub(crate) fn has_marks(&self) -> bool {
        self.marks.is_some()
    }

    /// Whether this migration ran to its end.
    pub(crate) fn has_mark(&self, number: i64) -> bool {
        self.marks.iter().flatten().any(|mark| *mark == number)
    }

    /// Whether this migration may have been cut off: marks are made behind what they stand for.
    pub(crate) fn has_begun(&self, number: i64) -> bool {
        self.has_marks() && !self.has_mark(number)
    }
}

/// The columns of Identity's tables that are PostgreSQL's `citext`, by their names in the database.
fn citext_columns(columns: &[Column], names: &Names, known: Tables) -> BTreeSet<String> {
    let is_known = |column: &&Column| known.tables(SchemaVersion::V3).any(|table| table.name == column.table);
    let citext = columns.iter().filter(|column| column.declared_type == "citext");
    let name = |column: &Column| match names.table(&column.table) {
        Some(table) => table.column(&column.name).unwrap_or(&column.name).to_owned(),
        None => column.name.clone(),
    };
    citext.filter(is_known).map(name).collect()
}

/// Whether there are users, and none of the tables for roles. A start that was cut off made those first.
fn lacks_roles(columns: &[Column]) -> bool {
    let has = |name: &str| columns.iter().any(|column| column.table == name);
    has("AspNetUsers") && !ROLE_TABLES.into_iter().any(has)
}

#[cfg(test)]
mod tests;
