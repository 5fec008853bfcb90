//! Whether Identity's tables are there.

use std::fmt;

use wicketgate_identity::options::SchemaVersion;

/// What a database holds of ASP.NET Core Identity's tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// No table of anybody: it gets Identity's at start.
    Empty,
    /// All tables and columns of this version, the newest that is complete. Tables and columns of the application may
    /// stand beside them. SQLite does not tell version 1 from version 2, whose tables are the same there; both are
    /// [`SchemaVersion::V2`] then.
    Complete(SchemaVersion),
    /// Tables of others, none of Identity's. It may be the wrong file, so only an explicit migration adds to it.
    Foreign,
    /// These tables of Identity's are missing; a migration adds them.
    MissingTables(Vec<&'static str>),
    /// A migration was cut off before the last of its statements, and the next one finishes it. MySQL has no transactions
    /// for such statements; elsewhere somebody ran them by hand.
    Unfinished,
    /// This migration ran, which only a newer version of Wicketgate knows.
    Newer {
        /// Its number.
        found: i64,
        /// The highest number that is known here.
        known: i64,
    },
    /// This script of our own tables ran, which only a newer version of Wicketgate knows.
    NewerScript {
        /// Its number.
        found: i64,
        /// The highest number that is known here.
        known: i64,
    },
    /// This script of our own tables was another one when it ran.
    OtherScript {
        /// Its number.
        number: i64,
        /// Its name.
        name: &'static str,
    },
    /// This table has the name of one of ours, and no script made it.
    TakenName(&'static str),
    /// These columns, as `TABLE.COLUMN`, are missing or have a type that accounts cannot be kept in: an older
    /// ASP.NET Identity, or keys that are not text. No migration here helps.
    UnsuitableColumns(Vec<String>),
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
        self.is_of_newer_version() || matches!(self, Self::UnsuitableColumns(_))
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
            Self::Foreign => {
                f.write_str("it has tables, but none of ASP.NET Core Identity's; `migrate` adds them if that is meant")
            }
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
                "script {number} ({name}) of Wicketgate's own tables was another one when it ran on it; run the version that ran it"
            ),
            Self::TakenName(table) => {
                write!(
                    f,
                    "it has a table {table} that no script of Wicketgate's made; rename it"
                )
            }
            Self::UnsuitableColumns(columns) => {
                write!(f, "columns are missing or of another type: {}", columns.join(", "))
            }
        }
    }
}
