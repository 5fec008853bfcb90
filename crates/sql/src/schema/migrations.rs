//! Bringing a database's tables up to date.
//!
//! Which statements are needed is seen by the tables themselves, so that what EF Core's own migrations did is not done
//! again. The [marks] tell what a newer version did, and whether a migration was cut off.

use std::sync::Arc;

use wicketgate_identity::options::{IdentityTable, SchemaVersion, StoreOptions};
use wicketgate_protection::Random;

use super::columns::Index;
use super::dotnet::column_lengths::{COLUMN_LENGTHS, ColumnLength};
use super::dotnet::marks::{self, FIRST, MIGRATIONS, Migration};
use super::dotnet::tables::Definition;
use super::found::Schema;
use super::own::scripts::{SCRIPTS, Script};
use super::state::SchemaState;
use crate::database::{Connection, Database, Lock, Transaction};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::layout::Layout;
use crate::open_error::OpenError;
use crate::retry::retrying;

/// The tables that a database is to have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Identity's.
    pub(crate) identity: &'a StoreOptions,
    /// What makes our own.
    pub(crate) scripts: &'static [Script],
}

impl<'a> Wanted<'a> {
    /// With all tables of our own.
    pub(crate) fn new(identity: &'a StoreOptions) -> Self {
        let scripts = SCRIPTS;
        Self { identity, scripts }
    }
}

/// Brings the tables up to what is wanted and returns the statements that did: all or none, except in MySQL, which commits
/// each statement by itself.
pub(crate) async fn migrate<D: Database>(
    database: &D,
    wanted: Wanted<'_>,
    random: &dyn Random,
) -> Result<Planned, DatabaseError> {
    retrying(database, random, || async {
        let mut transaction = database.begin().await?;
        transaction.lock(Lock::Schema).await?;
        let planned = plan(&mut transaction, wanted).await?;
        for statement in planned.iter().flat_map(|plan| &plan.statements) {
            transaction.define(statement).await?;
        }
        transaction.commit().await?;
        Ok(planned)
    })
    .await
}

/// The statements that bring the tables up to what is wanted: Identity's, then our own.
pub(crate) async fn plan<C: Connection>(connection: &mut C, wanted: Wanted<'_>) -> Result<Planned, DatabaseError> {
    let found = Schema::find(connection, wanted.identity).await?;
    let version = wanted.identity.schema_version;
    let state = found.state(wanted.scripts);
    if state.is_hopeless() {
        return Ok(Err(Refusal::State(state)));
    }
    if let Some(table) = found.own.taken_name(wanted.scripts) {
        return Ok(Err(Refusal::State(SchemaState::TakenName(table))));
    }
    let exceeded: Vec<&ColumnLength> = exceeded_lengths::<C::Dialect>(&found, version).collect();
    let long_values = long_values(connection, &exceeded).await?;
    if !long_values.is_empty() {
        return Ok(Err(Refusal::LongValues(long_values)));
    }
    let shortenings = C::Dialect::TABLES.shortenings().filter(|statement| {
        let mut exceeded = exceeded.iter();
        exceeded.any(|length| statement.table() == Some(length.table))
    });
    let indexes = match found.has_marks() || found.own.is_cut_off() {
        true => found.find_indexes(connection).await?,
        false => None,
    };
    let missing = missing::<C::Dialect>(&found, version, indexes.as_deref());
    let nameless = nameless::<C::Dialect>(&found, &missing);
    if !nameless.is_empty() {
        return Ok(Err(Refusal::Nameless(nameless)));
    }
    let reached = match state {
        SchemaState::Complete(there) => there.max(version),
        _ => version,
    };
    let unmarked = MIGRATIONS
        .iter()
        .filter(|migration| migration.version <= reached && !found.has_mark(migration.number))
        .map(|migration| migration.mark);
    // Before any table is made, it is written down that this has begun: there is a table for marks, and no mark yet, and an
    // entry in the journal for each script, and none has finished. What is found so was cut off, or is being made.
    let table = (!found.has_marks()).then_some(marks::CREATE_TABLE);
    let journal = found.own.plan_journal(wanted.scripts);
    let statements = shortenings.chain(missing).map(|statement| statement.0);
    let own = found.own.plan(wanted.scripts, indexes.as_deref().unwrap_or_default());
    Ok(Ok(Plan {
        statements: table
            .into_iter()
            .chain(journal)
            .chain(statements)
            .chain(unmarked)
            .chain(own)
            .collect(),
        layout: found.layout,
    }))
}

/// What brings tables up to date.
pub(crate) type Planned = Result<Plan, Refusal>;

/// Statements that bring tables up to date.
#[derive(Debug)]
pub(crate) struct Plan {
    /// In order, with EF Core's own names.
    statements: Vec<&'static str>,
    /// Of the tables that there are then.
    pub(crate) layout: Arc<Layout>,
}

impl Plan {
    /// As the database gets them.
    pub(crate) fn statements(&self) -> Vec<&'static str> {
        let statements = self.statements.iter();
        statements.map(|statement| self.layout.definition(statement)).collect()
    }
}

/// Why a database stays as it is.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// No migration can help.
    State(SchemaState),
    /// Nobody can tell what these tables, which are missing, are called beside those that are there.
    Nameless(Vec<IdentityTable>),
    /// Values in these columns are longer than they may be.
    LongValues(Vec<String>),
}

impl Refusal {
    pub(crate) fn at(self, database: &impl Database) -> OpenError {
        let place = database.place().to_owned();
        match self {
            Self::State(state) => OpenError::Schema { place, state },
            Self::Nameless(tables) => OpenError::NamelessTables { place, tables },
            Self::LongValues(columns) => OpenError::LongValues { place, columns },
        }
    }
}

/// The lengths of version 2 that columns do not have yet.
fn exceeded_lengths<D: Dialect>(found: &Schema, version: SchemaVersion) -> impl Iterator<Item = &'static ColumnLength> {
    let has_lengths = version >= SchemaVersion::V2 && D::TABLES.shortenings().next().is_some();
    COLUMN_LENGTHS
        .iter()
        .filter(move |length| has_lengths && length.is_exceeded(found))
}

/// The columns that hold values which these lengths would cut off.
async fn long_values(
    connection: &mut impl Connection,
    lengths: &[&ColumnLength],
) -> Result<Vec<String>, DatabaseError> {
    let mut columns = Vec::new();
    for length in lengths {
        let count = length.count_longer(connection).await?;
        if count > 0 {
            columns.push(format!(
                "{} ({count} over {} characters)",
                length.name(),
                length.characters
            ));
        }
    }
    Ok(columns)
}

/// The statements that make the tables of `version` that are not there, each with its indexes, and the indexes that a
/// migration was cut off before.
fn missing<D: Dialect>(found: &Schema, version: SchemaVersion, indexes: Option<&[Index]>) -> Vec<Definition> {
    let is_lost = |table, name| {
        let is_there = |indexes: &[Index]| indexes.iter().any(|index| index.table == table && index.name == name);
        found.has_begun(migration_of::<D>(table)) && indexes.is_some_and(|indexes| !is_there(indexes))
    };
    let is_wanted = |statement: &Definition| match (statement.table(), statement.index()) {
        (Some(table), _) if !found.has_table(table) => found.needs_table(table),
        (Some(table), Some(index)) => is_lost(table, index),
        (Some(_), None) => false,
        // What is said about the database as a whole is for one that nobody uses yet.
        (None, _) => found.is_empty(),
    };
    let keys = found.layout.keys();
    let missing = D::TABLES.definitions(version).filter(is_wanted);
    missing
        .map(|definition| definition.with_keys(keys, D::ID_COLUMNS))
        .collect()
}

/// The tables among these whose names nobody can tell. Those of a migration that was cut off have their names from settings.
fn nameless<D: Dialect>(found: &Schema, missing: &[Definition]) -> Vec<IdentityTable> {
    let made = missing.iter().filter(|definition| definition.index().is_none());
    let nameless = made
        .filter_map(Definition::table)
        .filter(|table| found.is_nameless(table) && !found.has_begun(migration_of::<D>(table)));
    nameless.filter_map(IdentityTable::by_dotnet_name).collect()
}

/// The migration that makes a table and its indexes.
fn migration_of<D: Dialect>(table: &str) -> i64 {
    let makes = |migration: &&Migration| D::TABLES.tables(migration.version).any(|made| made.name == table);
    MIGRATIONS
        .iter()
        .find(makes)
        .map_or(FIRST, |migration| migration.number)
}

/// Makes the table for keys if it is missing, and returns the statement that did. It needs no mark: whoever finds it
/// finds it whole.
pub(crate) async fn migrate_keys<D: Database>(
    database: &D,
    options: &StoreOptions,
    random: &dyn Random,
) -> Result<Planned, DatabaseError> {
    let planned = plan_keys(&mut database.reader().await?, options).await?;
    if planned.as_ref().map_or(true, |plan| plan.statements.is_empty()) {
        return Ok(planned);
    }
    retrying(database, random, || async {
        let mut transaction = database.begin().await?;
        transaction.lock(Lock::Schema).await?;
        let planned = plan_keys(&mut transaction, options).await?;
        for statement in planned.iter().flat_map(|plan| &plan.statements) {
            transaction.define(statement).await?;
        }
        transaction.commit().await?;
        Ok(planned)
    })
    .await
}

/// The statement that makes the table for keys where it is missing.
pub(crate) async fn plan_keys<C: Connection>(
    connection: &mut C,
    options: &StoreOptions,
) -> Result<Planned, DatabaseError> {
    let found = Schema::find(connection, options).await?;
    match found.state(SCRIPTS) {
        state if state.is_of_newer_version() || matches!(state, SchemaState::Ambiguous { .. }) => {
            Ok(Err(Refusal::State(state)))
        }
        _ => Ok(Ok(Plan {
            statements: if found.has_keys {
                Vec::new()
            } else {
                vec![C::Dialect::CREATE_KEYS]
            },
            layout: found.layout,
        })),
    }
}
