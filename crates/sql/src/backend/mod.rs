//! One folder for each kind of database, with what no other kind has.

pub(crate) mod mssql;
pub(crate) mod mysql;
pub(crate) mod postgres;
pub(crate) mod sqlite;
