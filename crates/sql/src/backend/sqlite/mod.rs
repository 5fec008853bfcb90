//! SQLite, in the form that EF Core's SQLite provider gives a database.

#[cfg(test)]
mod broken_transactions;
mod cell;
mod connection;
mod database;
mod date_time_offset;
pub(crate) mod dialect;
mod elsewhere;
mod error;
mod limits;
mod link;
mod location;
mod odd_values;
mod open;
mod open_file;
mod opening;
mod pace;
mod query;
#[cfg(test)]
mod query_plans;
mod read_only;
mod readers;
mod row;
mod write_probe;
mod writer;

pub(crate) use database::SqliteDatabase;
pub(crate) use location::is_missing;
