//! Tables of our own, beside EF Core's and in the same schema: scripts make them, each of which runs once, in the order of
//! their numbers.
//!
//! A script is a folder here, `0001_NAME`, with a file for each kind of database, and a row in [`SCRIPTS`](scripts::SCRIPTS).
//! What ran is kept in a table of its own, the [journal]; the [marks](super::dotnet::marks) are of Identity's tables. All
//! our tables have names in small letters that begin with `wicketgate_`, and no quotes are needed around them.

pub(crate) mod effect;
pub(crate) mod journal;
pub(crate) mod pending;
pub(crate) mod scripts;
pub(crate) mod tables;
#[cfg(test)]
mod tests;
