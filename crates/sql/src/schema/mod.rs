//! The tables of a database: which are there, and making those that are missing.

pub(crate) mod columns;
pub(crate) mod dotnet;
pub(crate) mod first_start;
pub(crate) mod found;
pub(crate) mod key_sample;
pub(crate) mod keys;
pub(crate) mod migrations;
pub(crate) mod older;
pub(crate) mod own;
pub(crate) mod state;
