//! Whether Identity's tables are there.

use std::fmt;

use wicketgate_identity::options::{KeyType, SchemaVersion};

use super::older::OlderTables;

/// What a database holds of ASP.NET Core Identity's tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// No tables at all: it gets Identity's at startup.
    Empty,
    /// All tables and columns of this version, the newest that is complete. The application may have tables and columns of
    /// its own beside them. In SQLite the tables of versions 1 and 2 are the same; both are [`SchemaVersion::V2`] there.
    Complete(SchemaVersion),
    /// Somebody else's tables, and none of Identity's. It may be the wrong database, so only an explicit migration adds to it.
    Foreign,
    /// Tables in which .NET Framework kept accounts, and none of ASP.NET Core Identity's.
    Older(OlderTables),
    /// These tables of Identity's are missing, by their names in this database; a migration adds them. One whose name nobody can
    /// tell stands as [`IdentityTable`](wicketgate_identity::options::IdentityTable) has it, with EF Core's name behind it.
    MissingTables(Vec<String>),
    /// A migration was interrupted before the last of its statements, and the next one finishes it. MySQL has no transactions
    /// for such statements; in other databases somebody ran some of them by hand.
    Unfinished,
    /// A migration ran that only a newer version of Wicketgate knows.
    Newer {
        /// Its number.
        found: i64,
        /// The highest number that is known here.
        known: i64,
    },
    /// A script of our own tables ran that only a newer version of Wicketgate knows.
    NewerScript {
        /// Its number.
        found: i64,
        /// The highest number that is known here.
        known: i64,
    },
    /// This script of our own tables had another text when it ran.
    OtherScript {
        /// Its number.
        number: i64,
        /// Its name.
        name: &'static str,
    },
    /// This table has the name of one of ours, and is somebody else's.
    TakenName(&'static str),
    /// Identity's tables are in each of these places, or in none that the settings name.
    Ambiguous {
        /// Schemas or tables.
        found: Vec<String>,
        /// The setting that says which is meant.
        setting: &'static str,
    },
    /// These columns, as `TABLE.COLUMN`, are missing or have a type that accounts cannot be kept in. No migration here
    /// helps.
    UnsuitableColumns(Vec<String>),
    /// The ids of its users and roles are of another type than the options say.
    OtherKeys {
        /// What they are.
        found: KeyType,
        /// What [`StoreOptions::key_type`](wicketgate_identity::options::StoreOptions::key_type) says.
        wanted: KeyType,
    },
}

impl SchemaState {
    /// Whether another version of Wicketgate knows more of it.
    pub(crate) fn is_of_newer_version(&self) -> bool {
        matches!(
            self,
            Self::Newer { .. } | Self::NewerScript { .. } | Self::OtherScript { .. }
        )
    }

    /// Whether no migration of this version helps.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.is_of_newer_version()
            || matches!(
                self,
                Self::UnsuitableColumns(_)
                    | Self::Older(OlderTables::Identity2)
                    | Self::OtherKeys { .. }
                    | Self::Ambiguous { .. }
            )
    }
}

impl fmt::Display for SchemaState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::Complete(version) => {
                let number = match version {
                    SchemaVersion::V1 => 1,
                    SchemaVersion::V2 => 2,
                    SchemaVersion::V3 => 3,
                };
                write!(f, "it has version {number} of ASP.NET Core Identity's tables")
            }
            Self::Foreign => f.write_str(
                "it has tables, but none of ASP.NET Core Identity's; `migrate` adds them if that is what you want",
            ),
            Self::Older(OlderTables::Identity2) => write!(
                f,
                "it has the tables of {} (.NET Framework), which are not served: upgrade them to ASP.NET Core Identity's first",
                OlderTables::Identity2
            ),
            Self::Older(older) => write!(
                f,
                "it has the tables of {older} (.NET Framework), which are not served, and none of ASP.NET Core Identity's; \
                 `migrate` adds those, without the accounts"
            ),
            Self::MissingTables(tables) => {
                write!(f, "tables are missing: {}; `migrate` adds them", tables.join(", "))
            }
            Self::Unfinished => f.write_str("a migration of it was cut off; `migrate` finishes it"),
            Self::Newer { found, known } => write!(
                f,
                "migration {found} ran on it, and this version of Wicketgate knows none after {known}; run the newer version"
            ),
            Self::NewerScript { found, known } => write!(
                f,
                "script {found} of Wicketgate's own tables ran on it, and this version knows none after {known}; run the newer version"
            ),
            Self::OtherScript { number, name } => write!(
                f,
                "script {number} ({name}) of Wicketgate's own tables had another text when it ran on it; run the version that ran it"
            ),
            Self::TakenName(table) => {
                write!(f, "it has a table {table} that Wicketgate did not create; rename it")
            }
            Self::Ambiguous { found, setting } => write!(
                f,
                "it has ASP.NET Core Identity's tables in {}; say which are meant by {setting}",
                found.join(", ")
            ),
            Self::UnsuitableColumns(columns) => {
                write!(f, "columns of its tables cannot be used: {}", columns.join(", "))
            }
            Self::OtherKeys { found, wanted } => write!(
                f,
                "its users and roles have keys of the type \"{found}\", but stores.key_type is \"{wanted}\"; leave that setting out"
            ),
        }
    }
}
