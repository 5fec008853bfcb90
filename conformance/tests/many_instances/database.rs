//! An empty database for each test.

use std::{fmt, path::Path};

/// What keeps the accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
}

/// An empty database.
#[derive(Debug)]
pub(crate) struct Database {
    url: String,
}

impl Engine {
    pub(crate) const ALL: [Self; 1] = [Self::Sqlite];

    /// Whether there is one: servers are named by the environment (`cargo xtask databases`).
    pub(crate) fn is_available(self) -> bool {
        match self {
            Self::Sqlite => true,
        }
    }

    pub(crate) fn database(self, folder: &Path) -> Database {
        match self {
            Self::Sqlite => Database {
                url: format!("sqlite://{}", folder.join("app.db").display()),
            },
        }
    }
}

impl Database {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
        })
    }
}
