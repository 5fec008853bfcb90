//! Opening a database on a server, whatever its kind, and bringing its tables up to date.

use std::sync::Arc;

use time::OffsetDateTime;
use wicketgate_identity::{StoreOptions, UserStore};
use wicketgate_protection::{Random, SystemRandom};

use crate::accounts::SqlStore;
use crate::database::Database;
use crate::database_error::DatabaseError;
use crate::{Inspection, OpenError, SchemaState, inspect_accounts, schema};

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
