//! Wicketgate's accounts in a SQL database, in the tables that ASP.NET Core Identity's EF Core stores use.
//!
//! ```
//! use std::sync::Arc;
//!
//! use wicketgate_identity::account::NormalizedName;
//! use wicketgate_identity::options::StoreOptions;
//! use wicketgate_protection::SystemRandom;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let url = format!("sqlite://{}/data/app.db", folder.path().display());
//! let store = wicketgate_sql::connect(&url, &StoreOptions::default(), Arc::new(SystemRandom)).await?;
//! let ada = NormalizedName::from_stored("ADA@EXAMPLE.TEST");
//! assert_eq!(store.accounts().find_by_normalized_name(&ada).await?, None);
//! # Ok(())
//! # }
//! ```
//!
//! A database that EF Core made opens as it is, and EF Core goes on reading and writing what Wicketgate wrote: both may even
//! run side by side. [`migrate`] brings older tables up to date, [`inspect`] looks at a database without touching it, and
//! [`connect_keys`] keeps a ring of keys there.
//!
//! Each kind of database is a feature: `sqlite`, which is on by default, `postgres`, `mysql` (with MariaDB) and `mssql` (SQL
//! Server). In the code a folder in `backend` holds all that one kind needs, and [`connect()`] picks it by the URL; what is the
//! same in all is written once, in `accounts` and `schema`.

mod accounts;
mod ado_net;
#[cfg(test)]
mod all_statements;
mod backend;
mod connect;
mod database;
mod database_error;
mod database_url;
mod deletions;
mod dialect;
mod events;
#[cfg(any(feature = "mssql", feature = "mysql"))]
mod exact;
mod inspect_accounts;
mod inspection;
mod key_repository;
mod layout;
mod limits;
mod mails;
mod new_guids;
mod normalized_names;
mod odd_values;
mod open;
mod open_error;
mod passkeys;
#[cfg(any(feature = "mssql", feature = "mysql"))]
mod placeholders;
#[cfg(any(feature = "mssql", feature = "mysql", feature = "postgres"))]
mod pool;
mod pooler;
mod retry;
mod schema;
mod secrets;
#[cfg(any(feature = "mssql", feature = "mysql", feature = "postgres"))]
mod server;
mod sessions;
mod statement;
mod static_text;
mod stores;
#[cfg(test)]
mod test_accounts;
#[cfg(test)]
mod test_databases;
#[cfg(test)]
mod test_failures;
mod write_check;

#[cfg(not(any(feature = "mssql", feature = "mysql", feature = "postgres", feature = "sqlite")))]
compile_error!("wicketgate-sql needs one of its features sqlite, postgres, mysql and mssql");

pub use connect::{
    connect, connect_keys, fix_normalized_names, inspect, inspect_keys, migrate, migrate_keys, open,
    plan_keys_migration, plan_migration,
};
pub use database_url::DatabaseUrl;
pub use inspection::{AccountCounts, Inspection, Shape};
pub use normalized_names::{FixNames, FixedNames, NameConflict, NotNormalized};
pub use odd_values::{OddValues, Oddity};
pub use open_error::OpenError;
pub use pooler::{Pooler, PoolerSigns};
pub use schema::older::OlderTables;
pub use schema::own::tables::OwnTables;
pub use schema::state::SchemaState;
pub use stores::SqlStores;
