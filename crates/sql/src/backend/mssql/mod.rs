//! SQL Server, in the form that EF Core's own provider gives a database.
//!
//! Names are looked up by the collation of the database's columns, whose indexes keep them unique, and are equal to the last
//! byte.

pub(crate) mod dialect;
mod driver;
mod error;
mod instant;
mod location;
mod query;
#[cfg(test)]
mod reviewed;
mod translation;
#[cfg(test)]
mod variants;

use crate::server::database::ServerDatabase;
#[cfg(test)]
pub(crate) use dialect::SqlServer;
use driver::SqlServerDriver;

/// A database of a SQL Server.
pub(crate) type SqlServerDatabase = ServerDatabase<SqlServerDriver>;
