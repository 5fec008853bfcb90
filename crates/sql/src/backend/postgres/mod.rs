//! PostgreSQL, in the form that EF Core's provider Npgsql gives a database.

pub(crate) mod dialect;
mod driver;
mod error;
mod location;
mod query;
#[cfg(test)]
mod query_plans;
mod settings;
mod timestamp;

use crate::server::database::ServerDatabase;
pub(crate) use driver::PostgresDriver;

/// A database of a PostgreSQL server, and the schema in it that its search path begins with.
pub(crate) type PostgresDatabase = ServerDatabase<PostgresDriver<false>>;

/// The same behind a pooler whose connections are ours only while a transaction lasts.
pub(crate) type PooledPostgresDatabase = ServerDatabase<PostgresDriver<true>>;
