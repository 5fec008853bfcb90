//! Which tables accounts are kept in, and what these are called.

use std::collections::BTreeMap;

use super::identity_tables::{IdentityColumn, IdentityTable, OwnColumn};

/// .NET's `StoreOptions`, and what an application says in `OnModelCreating` about the names of its tables.
///
/// Names that are not set are found by the shape of the tables that a database has.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The schema version of new databases, and the target of migrations.
    pub schema_version: SchemaVersion,
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

/// What columns are called that have no name of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColumnNaming {
    /// As they are found; in a new database as EF Core calls them, `NormalizedUserName`.
    #[default]
    Auto,
    /// `normalized_user_name` (`UseSnakeCaseNamingConvention`).
    SnakeCase,
}
