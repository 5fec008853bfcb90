//! Opening a database, whatever its kind, and bringing its tables up to date.

use std::sync::Arc;

use time::OffsetDateTime;
use wicketgate_identity::{StoreOptions, UserStore};
use wicketgate_protection::{EphemeralKeyRepository, KeyRepository, Random, SystemRandom};

use crate::accounts::SqlStore;
use crate::database::{Database, Purpose};
use crate::database_error::DatabaseError;
use crate::key_repository::SqlKeyRepository;
use crate::{Inspection, OpenError, SchemaState, inspect_accounts, key_repository, schema};

/// A database without any table gets Identity's; every other one stays as it is.
pub(crate) async fn connect<D: Database>(
    url: &str,
    options: &StoreOptions,
    random: Arc<dyn Random>,
) -> Result<Arc<dyn UserStore>, OpenError> {
    let database = D::open(url, Purpose::Use).await?;
    let prepared = prepare(&database, options, &*random).await;
    match prepared.map_err(|error| unusable(&database, &error))? {
        SchemaState::Complete(_) => Ok(Arc::new(SqlStore::new(database, random))),
        state => Err(OpenError::Schema {
            place: database.place().to_owned(),
            state,
        }),
    }
}

/// What comes before the first request. A database that cannot be used stays as it is.
async fn prepare(
    database: &impl Database,
    options: &StoreOptions,
    random: &dyn Random,
) -> Result<SchemaState, DatabaseError> {
    let state = schema::create_if_empty(database, options.schema_version, random).await?;
    if let SchemaState::Complete(_) = state {
        warn_of_unfillable_columns(database).await?;
        database.before_serving().await?;
    }
    Ok(state)
}

pub(crate) async fn migrate<D: Database>(url: &str, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError> {
    let database = open_to_migrate::<D>(url, Purpose::Use).await?;
    let migrated = schema::migrate(&database, options.schema_version, &SystemRandom).await;
    closed(database, migrated).await
}

pub(crate) async fn plan_migration<D: Database>(
    url: &str,
    options: &StoreOptions,
) -> Result<Vec<&'static str>, OpenError> {
    let database = open_to_migrate::<D>(url, Purpose::Plan).await?;
    let plan = async {
        let mut reader = database.reader().await?;
        schema::missing_statements::<D>(&mut reader, options.schema_version).await
    };
    let planned = plan.await;
    closed(database, planned).await
}

pub(crate) async fn inspect<D: Database>(url: &str, now: OffsetDateTime) -> Result<Inspection, OpenError> {
    let database = D::open(url, Purpose::Inspect).await?;
    let inspected = inspect_accounts::inspect(&database, now).await;
    closed(database, inspected).await
}

/// The ring of keys in the database, whose table is made if it is missing.
pub(crate) async fn connect_keys<D: Database>(url: &str) -> Result<Arc<dyn KeyRepository>, OpenError> {
    let database = D::open(url, Purpose::Use).await?;
    let migrated = schema::migrate_keys(&database, &SystemRandom).await;
    migrated.map_err(|error| unusable(&database, &error))?;
    Ok(Arc::new(SqlKeyRepository::new(database, Arc::new(SystemRandom))))
}

pub(crate) async fn migrate_keys<D: Database>(url: &str) -> Result<Vec<&'static str>, OpenError> {
    let database = D::open(url, Purpose::Use).await?;
    let migrated = schema::migrate_keys(&database, &SystemRandom).await;
    closed(database, migrated).await
}

pub(crate) async fn plan_keys_migration<D: Database>(url: &str) -> Result<Vec<&'static str>, OpenError> {
    let database = D::open(url, Purpose::Plan).await?;
    let plan = async {
        let has_keys = schema::has_keys::<D>(&mut database.reader().await?).await?;
        Ok(if has_keys { Vec::new() } else { vec![D::KEYS.create] })
    };
    let planned = plan.await;
    closed(database, planned).await
}

/// A copy of the ring in the database; `None` without the table for it.
pub(crate) async fn inspect_keys<D: Database>(url: &str) -> Result<Option<EphemeralKeyRepository>, OpenError> {
    let database = D::open(url, Purpose::Inspect).await?;
    let look = async {
        if !schema::has_keys::<D>(&mut database.reader().await?).await? {
            return Ok(None);
        }
        let elements = key_repository::elements(&database).await?;
        Ok(Some(EphemeralKeyRepository::with_elements(elements)))
    };
    let found = look.await;
    closed(database, found).await
}

async fn open_to_migrate<D: Database>(url: &str, purpose: Purpose) -> Result<D, OpenError> {
    let database = D::open(url, purpose).await?;
    let state = async { schema::detect::<D>(&mut database.reader().await?).await };
    match state.await.map_err(|error| unusable(&database, &error))? {
        state @ SchemaState::UnsuitableColumns(_) => Err(OpenError::Schema {
            place: database.place().to_owned(),
            state,
        }),
        _ => Ok(database),
    }
}

async fn warn_of_unfillable_columns<D: Database>(database: &D) -> Result<(), DatabaseError> {
    for column in schema::unfillable_columns::<D>(&mut database.reader().await?).await? {
        tracing::warn!("no one can register: AspNetUsers.{column} must not be null and has no default");
    }
    Ok(())
}

/// The outcome of what a database was opened for, once its connections have ended.
async fn closed<T>(database: impl Database, outcome: Result<T, DatabaseError>) -> Result<T, OpenError> {
    let outcome = outcome.map_err(|error| unusable(&database, &error));
    database.close().await;
    outcome
}

fn unusable(database: &impl Database, error: &DatabaseError) -> OpenError {
    OpenError::Database {
        place: database.place().to_owned(),
        reason: error.to_string(),
    }
}
