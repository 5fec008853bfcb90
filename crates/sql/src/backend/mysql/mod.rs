//! MySQL and MariaDB, in the form that EF Core's provider Pomelo gives a database.
//!
//! Names are looked up by the collation of the database's columns, whose indexes keep them unique: with MySQL's usual one,
//! of `ADA` and `ÁDA` there can be one. Whoever has the one name is not found by the other, though: equality is to the last
//! byte.

mod cluster_lock;
pub(crate) mod dialect;
mod driver;
mod error;
#[cfg(test)]
mod galera_nodes;
mod instant;
mod location;
mod locks;
mod query;
#[cfg(test)]
mod query_plans;
mod settings;
mod translation;

use crate::server::database::ServerDatabase;
pub(crate) use driver::MySqlDriver;

/// A database of a MySQL or MariaDB server, or of a cluster of them.
pub(crate) type MySqlDatabase = ServerDatabase<MySqlDriver>;
