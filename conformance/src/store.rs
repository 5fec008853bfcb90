//! The stores that scenarios are replayed on.

use std::{env, fmt};

/// Where an application under test keeps its accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// In memory.
    Memory,
    /// In a new SQLite database.
    Sqlite,
    /// In a new database on the PostgreSQL server that `WICKETGATE_TEST_POSTGRES_URL` names.
    PostgreSql,
    /// In a new database on the MySQL or MariaDB server that `WICKETGATE_TEST_MYSQL_URL` names.
    MySql,
    /// In a new database on the SQL Server that `WICKETGATE_TEST_MSSQL_URL` names.
    SqlServer,
}

impl Store {
    /// Every one of them.
    pub const ALL: [Self; 5] = [
        Self::Memory,
        Self::Sqlite,
        Self::PostgreSql,
        Self::MySql,
        Self::SqlServer,
    ];

    /// Those that can be tested here: databases on servers need one that the environment names (`cargo xtask databases`).
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|store| store.is_available())
    }

    /// Whether it needs no server, or the environment names one.
    pub fn is_available(self) -> bool {
        !self.is_on_a_server() || self.server().is_some()
    }

    /// Whether it needs a server.
    pub fn is_on_a_server(self) -> bool {
        self.server_variable().is_some()
    }

    /// Whether its server can be installed wherever the tests run. SQL Server is no Debian package.
    pub fn can_be_installed(self) -> bool {
        self != Self::SqlServer
    }

    /// The environment variable that names its server.
    pub fn server_variable(self) -> Option<&'static str> {
        match self {
            Self::Memory | Self::Sqlite => None,
            Self::PostgreSql => Some("WICKETGATE_TEST_POSTGRES_URL"),
            Self::MySql => Some("WICKETGATE_TEST_MYSQL_URL"),
            Self::SqlServer => Some("WICKETGATE_TEST_MSSQL_URL"),
        }
    }

    /// The URL of any database on its server, with an account that may make more of them.
    pub(crate) fn server(self) -> Option<String> {
        env::var(self.server_variable()?).ok().filter(|url| !url.is_empty())
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::Sqlite => "sqlite",
            Self::PostgreSql => "postgresql",
            Self::MySql => "mysql",
            Self::SqlServer => "sqlserver",
        })
    }
}
