//! What all databases have in common that are servers.

pub(crate) mod connection;
pub(crate) mod database;
mod failures;
pub(crate) mod instant;
pub(crate) mod options;
pub(crate) mod tls;
pub(crate) mod url;
