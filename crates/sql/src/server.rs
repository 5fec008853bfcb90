//! Opening a database on a server, whatever its kind, and bringing its tables up to date.

use std::sync::Arc;

use time::OffsetDateTime;
use wicketgate_identity::{StoreOptions, UserStore};
use wicketgate_protection::{EphemeralKeyRepository, KeyRepository, Random, SystemRandom};

use crate::accounts::SqlStore;
use crate::database::Database;
use crate::database_error::DatabaseError;
use crate::key_repository::SqlKeyRepository;
use crate::{Inspection, OpenError, SchemaState, inspect_accounts, key_repository, schema};

/// A database without any table gets Identity's; every other one stays as it is.
pub(crate) async fn connect<D: Database>(
    url: &str,
    options: &StoreOptions,
    random: Arc<dyn Random>,
) -> Result<Arc<dyn UserStore>, OpenError> {
    let database = D::open(url).await?;
    let state = schema::create_if_empty(&database, options.schema_version, &*random)
        .await
        .map_err(|error| unusable(&database, &error))?;
    if !matches!(state, SchemaState::Complete(_)) {
        let place = database.place().to_owned();
        return Err(OpenError::ServerSchema { place, state });
    }
    warn_of_unfillable_columns(&database)
        .await
        .map_err(|error| unusable(&database, &error))?;
    Ok(Arc::new(SqlStore::new(database, random)))
}

pub(crate) async fn migrate<D: Database>(url: &str, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError> {
    let database = open_to_migrate::<D>(url).await?;
    schema::migrate(&database, options.schema_version, &SystemRandom)
        .await
        .map_err(|error| unusable(&database, &error))
}

pub(crate) async fn plan_migration<D: Database>(
    url: &str,
    options: &StoreOptions,
) -> Result<Vec<&'static str>, OpenError> {
    let database = open_to_migrate::<D>(url).await?;
    let plan = async {
        let mut reader = database.reader().await?;
        schema::missing_statements::<D>(&mut reader, options.schema_version).await
    };
    plan.await.map_err(|error| unusable(&database, &error))
}

pub(crate) async fn inspect<D: Database>(url: &str, now: OffsetDateTime) -> Result<Inspection, OpenError> {
    let database = D::open(url).await?;
    inspect_accounts::inspect(&database, now)
        .await
        .map_err(|error| unusable(&database, &error))
}

/// The ring of keys in the database, whose table is made if it is missing.
pub(crate) async fn connect_keys<D: Database>(url: &str) -> Result<Arc<dyn KeyRepository>, OpenError> {
    let database = D::open(url).await?;
    let migrated = schema::migrate_keys(&database, &SystemRandom).await;
    migrated.map_err(|error| unusable(&database, &error))?;
    Ok(Arc::new(SqlKeyRepository::new(database, Arc::new(SystemRandom))))
}

pub(crate) async fn migrate_keys<D: Database>(url: &str) -> Result<Vec<&'static str>, OpenError> {
    let database = D::open(url).await?;
    schema::migrate_keys(&database, &SystemRandom)
        .await
        .map_err(|error| unusable(&database, &error))
}

pub(crate) async fn plan_keys_migration<D: Database>(url: &str) -> Result<Vec<&'static str>, OpenError> {
    let database = D::open(url).await?;
    let has_keys = async { schema::has_keys(&mut database.reader().await?).await };
    match has_keys.await.map_err(|error| unusable(&database, &error))? {
        true => Ok(Vec::new()),
        false => Ok(vec![D::KEYS.create]),
    }
}

/// A copy of the ring in the database; `None` without the table for it.
pub(crate) async fn inspect_keys<D: Database>(url: &str) -> Result<Option<EphemeralKeyRepository>, OpenError> {
    let database = D::open(url).await?;
    let look = async {
        if !schema::has_keys(&mut database.reader().await?).await? {
            return Ok(None);
        }
        let elements = key_repository::elements(&database).await?;
        Ok(Some(EphemeralKeyRepository::with_elements(elements)))
    };
    look.await.map_err(|error| unusable(&database, &error))
}

async fn open_to_migrate<D: Database>(url: &str) -> Result<D, OpenError> {
    let database = D::open(url).await?;
    let state = async { schema::detect::<D>(&mut database.reader().await?).await };
    match state.await.map_err(|error| unusable(&database, &error))? {
        state @ SchemaState::UnsuitableColumns(_) => Err(OpenError::ServerSchema {
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

fn unusable(database: &impl Database, error: &DatabaseError) -> OpenError {
    OpenError::Server {
        place: database.place().to_owned(),
        reason: error.to_string(),
    }
}
