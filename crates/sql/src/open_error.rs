//! Why a database could not be opened.

use std::io;
use std::path::PathBuf;

use wicketgate_identity::options::IdentityTable;

use crate::database_error::DatabaseError;
use crate::odd_values::OddValues;
use crate::schema::state::SchemaState;

/// Why a database could not be opened. Each message is one line that names the database and the reason.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL does not say what kind of database it is.
    #[error("the database URL has no scheme; write sqlite://PATH, postgres://…, mysql://… or mssql://…")]
    NoScheme,
    /// It is a connection string of ADO.NET.
    #[error("the database URL is a connection string; write a URL in its place: {url}")]
    ConnectionString {
        /// With the host and the database of the connection string, and neither user nor password.
        url: String,
    },
    /// No database of this kind is supported.
    #[error("the database URL's scheme `{0}` is not known; write sqlite://PATH, postgres://…, mysql://… or mssql://…")]
    UnknownScheme(String),
    /// This kind of database is supported, but this program was built without it.
    #[error(
        "this program was built without databases of the kind `{scheme}:`; build it with the feature `{feature}` of \
         wicketgate-sql"
    )]
    MissingFeature {
        /// The URL's scheme.
        scheme: String,
        /// The feature of this crate that the kind needs.
        feature: &'static str,
    },
    /// The URL ends where a path should follow.
    #[error("the database URL names no file; write sqlite://PATH")]
    NoPath,
    /// The path of a file on Windows, by itself or in a URL on another system.
    #[error(
        "the database URL has a Windows path; write {} for the file",
        if cfg!(windows) { "sqlite:///C:/FOLDER/FILE" } else { "sqlite:///FOLDER/FILE with a path of this machine" }
    )]
    WindowsPath,
    /// A path that begins at the root by mistake, perhaps: there is no such file, but one beside the program's working directory.
    #[error(
        "the database URL has three slashes, so the file is /{0}, which does not exist; the working directory has a {0}: write \
         sqlite://{0} for that"
    )]
    RootedPath(String),
    /// `sqlite::memory:` would be another database for each connection.
    #[error("SQLite's in-memory databases cannot keep accounts; write memory: for accounts that end with the process")]
    InMemory,
    /// The folder that the database should be in is missing and cannot be made.
    #[error("cannot create the folder {} for the database: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file cannot be created, read or written.
    #[error("cannot open the database {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A migration would cut off what is in these columns. Nothing was changed.
    #[error(
        "cannot migrate the database {place}: values are longer than version 2 of the tables allows: {}; shorten them, \
         or stay with stores.schema_version = 1",
        columns.join(", ")
    )]
    LongValues {
        /// The file, or the server's host and port and the database's name.
        place: String,
        /// `TABLE.COLUMN (COUNT over LENGTH characters)`.
        columns: Vec<String>,
    },
    /// A migration would give these tables, which are missing, names that the application does not know. Nothing was changed.
    #[error(
        "cannot migrate the database {place}: tables are missing ({}), and those that are there have names of the application's \
         own, by which nobody can tell theirs; let a migration of EF Core make them, or say their names in stores.tables \
         ({} = \"…\")",
        tables.iter().map(|table| table.dotnet_name()).collect::<Vec<_>>().join(", "),
        tables.first().map_or("", |table| table.key())
    )]
    NamelessTables {
        /// The file, or the server's host and port and the database's name.
        place: String,
        /// The tables.
        tables: Vec<IdentityTable>,
    },
    /// The URL of a server cannot be read.
    #[error("the database URL is not valid: {0}")]
    InvalidUrl(String),
    /// The URL of a server ends where the name of a database should follow.
    #[error("the database URL names no database; write SCHEME://USER:PASSWORD@HOST/DATABASE")]
    NoDatabase,
    /// The file is not a database, is damaged, or stayed locked. The server cannot do what was asked.
    #[error("cannot open the database {place}: {reason}")]
    Database {
        /// The file, or the server's host and port and the database's name.
        place: String,
        /// What the database or the network said.
        reason: String,
    },
    /// The server is away, does not let the user in, or takes no writes. That may pass.
    #[error("cannot open the database {place}: {reason}")]
    Away {
        /// The server's host and port and the database's name.
        place: String,
        /// What the database or the network said.
        reason: String,
    },
    /// New accounts would have nothing in these columns of the application's own, which must not be null.
    #[error(
        "cannot use the database {place}: no one could register, since columns of the application's own must not be null and \
         have no default: {}; set stores.column_defaults ({} = \"…\")",
        columns.join(", "), columns.first().map_or("", String::as_str)
    )]
    OwnColumns {
        /// The file, or the server's host and port and the database's name.
        place: String,
        /// Columns of the users' table.
        columns: Vec<String>,
    },
    /// `stores.column_defaults` is about no such column, or not for its type.
    #[error("cannot use the database {place}: in stores.column_defaults {problem}")]
    ColumnDefaults {
        /// The file, or the server's host and port and the database's name.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A name cannot be sent.
    #[error(
        "`{0}` cannot be the name of a table, a column or a schema here: only letters, digits, blanks and `_-.#` can stand in one"
    )]
    InvalidName(String),
    /// This kind of database has no schemas.
    #[error("stores.schema is for PostgreSQL and SQL Server; databases of the kind `{0}:` have no schemas")]
    NoSchemas(String),
    /// Accounts have values that cannot be read. Nothing was changed.
    #[error(
        "cannot use the database {place}: {}; mend these rows first (docs/DATABASES.md, SQLite's values)",
        values.iter().map(OddValues::to_string).collect::<Vec<_>>().join("; ")
    )]
    UnreadableValues {
        /// The file.
        place: String,
        /// Those that were found before the start had waited long enough.
        values: Vec<OddValues>,
    },
    /// The database cannot hold accounts as it is.
    #[error("cannot use the database {place}: {state}")]
    Schema {
        /// The file, or the server's host and port and the database's name.
        place: String,
        /// What is in it.
        state: SchemaState,
    },
}

impl OpenError {
    /// Why the database of a server could not be opened.
    pub(crate) fn of_server(place: &str, error: &DatabaseError) -> Self {
        let (place, reason) = (place.to_owned(), error.to_string());
        match error {
            DatabaseError::Conflict(_) | DatabaseError::Outdated(_) | DatabaseError::Unavailable(_) => {
                Self::Away { place, reason }
            }
            DatabaseError::Duplicate(_) | DatabaseError::Failed(_) => Self::Database { place, reason },
        }
    }
}
