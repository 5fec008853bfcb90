//! Which tables accounts are kept in, and what these are called.

use std::collections::BTreeMap;
use std::fmt;

use super::identity_tables::{IdentityColumn, IdentityTable, OwnColumn};

/// .NET's `StoreOptions`, and what an application says in `OnModelCreating` about the names of its tables.
///
/// Names that are not set are found by the shape of the tables that a database has.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The schema version of new databases, and the target of migrations.
    pub schema_version: SchemaVersion,
    /// The type of the ids of users and roles. `None` means text in a new database, and in any other the type that it has.
    pub key_type: Option<KeyType>,
    /// The database schema that the tables are in, in PostgreSQL and SQL Server (EF Core's `HasDefaultSchema`).
    pub schema: Option<String>,
    /// What tables are called (EF Core's `ToTable`).
    pub tables: BTreeMap<IdentityTable, String>,
    /// What columns are called (EF Core's `HasColumnName`).
    pub columns: BTreeMap<IdentityColumn, String>,
    /// What columns without a name of their own are called.
    pub naming: ColumnNaming,
    /// What new rows get in columns of the application's own.
    pub column_defaults: BTreeMap<OwnColumn, String>,
}

impl StoreOptions {
    /// For a database as EF Core makes it.
    pub const DEFAULT: Self = Self {
        schema_version: SchemaVersion::V3,
        key_type: None,
        schema: None,
        tables: BTreeMap::new(),
        columns: BTreeMap::new(),
        naming: ColumnNaming::Auto,
        column_defaults: BTreeMap::new(),
    };
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// .NET's `IdentitySchemaVersions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SchemaVersion {
    /// ASP.NET Core up to 7.
    V1,
    /// ASP.NET Core 8 and 9: bounded telephone numbers.
    V2,
    /// ASP.NET Core 10: passkeys.
    V3,
}

/// The type of the ids of users and roles: `TKey` in .NET's `IdentityUser<TKey>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// `IdentityUser`: a `string`, which is a Guid for accounts made by .NET or here.
    Text,
    /// `IdentityUser<Guid>`.
    Guid,
    /// `IdentityUser<int>`: the database numbers its accounts.
    Int,
    /// `IdentityUser<long>`.
    BigInt,
}

impl KeyType {
    /// As the server's settings call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Guid => "guid",
            Self::Int => "int",
            Self::BigInt => "bigint",
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What columns are called that have no name of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColumnNaming {
    /// As they are found; in a new database as EF Core calls them, `NormalizedUserName`.
    #[default]
    Auto,
    /// `normalized_user_name` (`UseSnakeCaseNamingConvention`).
    SnakeCase,
}
