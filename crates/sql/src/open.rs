//! What can be done with the database at a URL, whatever its kind.

use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;
use time::OffsetDateTime;
use wicketgate_identity::options::{IdentityTable, StoreOptions};
use wicketgate_protection::{EphemeralKeyRepository, KeyRepository, Random, SystemRandom};

use crate::database::{Connection, Database, Purpose};
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::inspection::Inspection;
use crate::key_repository::SqlKeyRepository;
use crate::layout::key_form::KeyForm;
use crate::normalized_names::{self, FixNames, FixedNames};
use crate::odd_values::{self, OddValues, PATIENCE_OF_A_START};
use crate::open_error::OpenError;
use crate::schema::first_start::create_if_empty;
use crate::schema::found::Schema;
use crate::schema::migrations::{self, Planned, Refusal, Wanted};
use crate::schema::state::SchemaState;
use crate::stores::SqlStores;
use crate::{inspect_accounts, key_repository, pooler};

/// A database of some kind, which is opened for each thing that is asked of it.
#[async_trait]
pub(crate) trait Backend: Send + Sync {
    /// The stores in it. A database without any table gets Identity's; every other one stays as it is.
    async fn stores(&self, options: &StoreOptions, random: Arc<dyn Random>) -> Result<SqlStores, OpenError>;

    /// Brings its tables up to date, and returns the statements that did.
    async fn migrate(&self, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError>;

    /// The statements that [`migrate`](Self::migrate) would run.
    async fn plan(&self, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError>;

    /// Normalizes names.
    async fn fix_normalized_names(&self, options: &StoreOptions, how: FixNames) -> Result<FixedNames, OpenError>;

    /// What is in it.
    async fn inspect(&self, options: &StoreOptions, now: OffsetDateTime) -> Result<Inspection, OpenError>;

    /// The ring of keys in it, whose table is made if it is missing.
    async fn keys(&self, options: &StoreOptions) -> Result<Arc<dyn KeyRepository>, OpenError>;

    /// Makes the table for keys if it is missing, and returns the statement that did.
    async fn migrate_keys(&self, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError>;

    /// The statement that [`migrate_keys`](Self::migrate_keys) would run.
    async fn plan_keys(&self, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError>;

    /// A copy of the ring of keys in it; `None` without the table for it.
    async fn inspect_keys(&self, options: &StoreOptions) -> Result<Option<EphemeralKeyRepository>, OpenError>;
}

/// A database of the kind `D`.
pub(crate) struct AtUrl<D> {
    url: DatabaseUrl,
    kind: PhantomData<fn() -> D>,
}

impl<D: Database> AtUrl<D> {
    pub(crate) fn new(url: DatabaseUrl) -> Self {
        Self { url, kind: PhantomData }
    }

    /// Opens it, unless it is behind a pooler that is not set.
    async fn open(&self, url: &DatabaseUrl, purpose: Purpose) -> Result<D, OpenError> {
        let database = D::open(url, purpose).await?;
        match pooler::refuse_unset(&database, url).await {
            Ok(()) => Ok(database),
            Err(error) => Err(unusable(&database, &error)),
        }
    }
}

#[async_trait]
impl<D: Database> Backend for AtUrl<D> {
    async fn stores(&self, options: &StoreOptions, random: Arc<dyn Random>) -> Result<SqlStores, OpenError> {
        let mut database = self.open(&self.url, Purpose::Use).await?;
        database.follow(&self.url);
        let wanted = Wanted::new(options);
        let found = create_if_empty(&database, wanted, &*random).await;
        let found = found.map_err(|error| unusable(&database, &error))?;
        let state = found.state(wanted.scripts);
        if !matches!(state, SchemaState::Complete(_)) {
            return Err(Refusal::State(state).at(&database));
        }
        check_own_columns(&database, &found)?;
        if found.keys.are_mixed {
            tracing::warn!(
                "some ids in AspNetUsers and AspNetRoles are Guids in capitals, and some in small letters: ASP.NET Core finds \
                 only those of one form; if it has Guids for keys, set stores.key_type = \"guid\", and write those in small \
                 letters in capitals"
            );
        }
        database.lay_out(Arc::clone(&found.layout));
        refuse_unreadable_values(&database, found.layout.keys()).await?;
        let prepared = database.before_serving().await;
        prepared.map_err(|error| unusable(&database, &error))?;
        let own_tables = found.own.tables(wanted.scripts);
        Ok(SqlStores::new(database, own_tables, found.has_passkeys(), random))
    }

    async fn migrate(&self, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError> {
        let database = self.open(&self.url, Purpose::Use).await?;
        let migrated = migrations::migrate(&database, Wanted::new(options), &SystemRandom).await;
        migrated_and_closed(database, migrated).await
    }

    async fn plan(&self, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError> {
        let database = self.open(&self.url, Purpose::Plan).await?;
        let plan = async {
            let mut reader = database.reader().await?;
            reader.expect_long_statements().await?;
            migrations::plan(&mut reader, Wanted::new(options)).await
        };
        let planned = plan.await;
        migrated_and_closed(database, planned).await
    }

    async fn fix_normalized_names(&self, options: &StoreOptions, how: FixNames) -> Result<FixedNames, OpenError> {
        // A missing file stays missing.
        let mut database = self.open(&self.url, Purpose::Inspect).await?;
        let found = async { Schema::find(&mut database.reader().await?, options).await }.await;
        let found = found.map_err(|error| unusable(&database, &error))?;
        let state = found.state(Wanted::new(options).scripts);
        if !matches!(state, SchemaState::Complete(_)) {
            return Err(Refusal::State(state).at(&database));
        }
        if how == FixNames::Apply {
            database.close().await;
            database = self.open(&self.url, Purpose::Use).await?;
        }
        database.lay_out(Arc::clone(&found.layout));
        refuse_unreadable_values(&database, found.layout.keys()).await?;
        let fixed = normalized_names::fix(&database, how, &SystemRandom).await;
        closed(database, fixed).await
    }

    async fn inspect(&self, options: &StoreOptions, now: OffsetDateTime) -> Result<Inspection, OpenError> {
        let database = self.open(&self.url, Purpose::Inspect).await?;
        let inspected = inspect_accounts::inspect(&database, &self.url, options, now).await;
        closed(database, inspected).await
    }

    async fn keys(&self, options: &StoreOptions) -> Result<Arc<dyn KeyRepository>, OpenError> {
        let mut database = self.open(&of_keys(&self.url), Purpose::Use).await?;
        database.follow(&self.url);
        let migrated = migrations::migrate_keys(&database, options, &SystemRandom).await;
        let migrated = migrated.map_err(|error| unusable(&database, &error))?;
        let plan = migrated.map_err(|refusal| refusal.at(&database))?;
        database.lay_out(plan.layout);
        Ok(Arc::new(SqlKeyRepository::new(database, Arc::new(SystemRandom))))
    }

    async fn migrate_keys(&self, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError> {
        let database = self.open(&self.url, Purpose::Use).await?;
        let migrated = migrations::migrate_keys(&database, options, &SystemRandom).await;
        migrated_and_closed(database, migrated).await
    }

    async fn plan_keys(&self, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError> {
        let database = self.open(&self.url, Purpose::Plan).await?;
        let plan = async { migrations::plan_keys(&mut database.reader().await?, options).await };
        let planned = plan.await;
        migrated_and_closed(database, planned).await
    }

    async fn inspect_keys(&self, options: &StoreOptions) -> Result<Option<EphemeralKeyRepository>, OpenError> {
        let mut database = self.open(&self.url, Purpose::Inspect).await?;
        let look = async {
            let found = Schema::find(&mut database.reader().await?, options).await?;
            if !found.has_keys {
                return Ok(None);
            }
            database.lay_out(found.layout);
            let elements = key_repository::elements(&database).await?;
            Ok(Some(EphemeralKeyRepository::with_elements(elements)))
        };
        let found = look.await;
        closed(database, found).await
    }
}

/// Nobody could register where a column has neither a default nor a value for new rows.
fn check_own_columns(database: &impl Database, found: &Schema) -> Result<(), OpenError> {
    let place = database.place().to_owned();
    if let [problem, ..] = found.wrong_column_defaults() {
        let problem = problem.clone();
        return Err(OpenError::ColumnDefaults { place, problem });
    }
    for column in found.unfillable_columns_of_others() {
        let table = column.table.dotnet_name();
        tracing::warn!(
            "the column {} of {table} must not be null and has no default, so {} fails: set stores.column_defaults (\"{column}\" = \"…\")",
            column.name,
            needs(column.table)
        );
    }
    match found.unfillable_columns() {
        columns if columns.is_empty() => Ok(()),
        columns => Err(OpenError::OwnColumns { place, columns }),
    }
}

/// What new rows of a table are for.
fn needs(table: IdentityTable) -> &'static str {
    match table {
        IdentityTable::Roles | IdentityTable::UserRoles => "giving somebody a role",
        IdentityTable::UserClaims => "giving somebody a claim",
        _ => "setting up a second factor",
    }
}

/// Looks for values that cannot be read before a request meets one, for as long as a start may wait.
async fn refuse_unreadable_values<D: Database>(database: &D, keys: KeyForm) -> Result<(), OpenError> {
    let look = async { odd_values::find(&mut database.reader().await?, keys, Some(PATIENCE_OF_A_START)).await };
    let found = look.await.map_err(|error| unusable(database, &error))?;
    let (unreadable, readable): (Vec<_>, Vec<_>) = found.odd_values.into_iter().partition(OddValues::are_unreadable);
    for odd in readable {
        tracing::warn!("{odd}");
    }
    if !found.is_all {
        tracing::debug!("not all accounts were looked at for values that cannot be read; `check-dotnet` looks at all");
    }
    match unreadable.is_empty() {
        true => Ok(()),
        false => Err(OpenError::UnreadableValues {
            place: database.place().to_owned(),
            values: unreadable,
        }),
    }
}

/// Keys are read and written rarely.
fn of_keys(url: &DatabaseUrl) -> DatabaseUrl {
    const MAX_CONNECTIONS: usize = 2;
    url.clone()
        .with_max_connections(url.max_connections().min(MAX_CONNECTIONS))
}

/// The outcome of what a database was opened for, once its connections have ended.
async fn closed<T>(database: impl Database, outcome: Result<T, DatabaseError>) -> Result<T, OpenError> {
    let outcome = outcome.map_err(|error| unusable(&database, &error));
    database.close().await;
    outcome
}

async fn migrated_and_closed(
    database: impl Database,
    outcome: Result<Planned, DatabaseError>,
) -> Result<Vec<&'static str>, OpenError> {
    let outcome = outcome.map(|migrated| match migrated {
        Ok(plan) => Ok(plan.statements()),
        Err(refusal) => Err(refusal.at(&database)),
    });
    closed(database, outcome).await?
}

fn unusable<D: Database>(database: &D, error: &DatabaseError) -> OpenError {
    match D::IS_SERVER {
        true => OpenError::of_server(database.place(), error),
        false => OpenError::Database {
            place: database.place().to_owned(),
            reason: error.to_string(),
        },
    }
}
