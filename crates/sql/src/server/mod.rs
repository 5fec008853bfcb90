//! What all databases have in common that are servers.

pub(crate) mod connection;
pub(crate) mod database;
mod failures;
pub(crate) mod instant;
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(crate) mod options;
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(crate) mod tls;
pub(crate) mod url;
