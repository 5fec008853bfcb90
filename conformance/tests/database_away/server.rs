//! A database server that the test freezes, kills and restarts.

use std::env;

use wicketgate_test_servers::{Error, MariaDb, PostgreSql, Process};

/// A database server of a test's own, which may be treated badly.
#[derive(Debug)]
pub(crate) enum Server {
    PostgreSql(PostgreSql),
    MariaDb(MariaDb),
}

impl Server {
    /// `None` where it cannot be installed, which CI does not let pass.
    pub(crate) fn postgresql() -> Option<Self> {
        there(PostgreSql::start()).map(Self::PostgreSql)
    }

    /// As [`postgresql`](Self::postgresql).
    pub(crate) fn mariadb() -> Option<Self> {
        let server = there(MariaDb::start())?;
        server.create_database("app").unwrap();
        Some(Self::MariaDb(server))
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::PostgreSql(server) => server.url(),
            Self::MariaDb(server) => format!("{}app", server.url()),
        }
    }

    pub(crate) fn process(&mut self) -> &mut Process {
        match self {
            Self::PostgreSql(server) => server.process(),
            Self::MariaDb(server) => server.process(),
        }
    }

    /// Where it was, with what it had.
    pub(crate) fn restart(&mut self) {
        let started = match self {
            Self::PostgreSql(server) => server.restart(),
            Self::MariaDb(server) => server.restart(),
        };
        started.unwrap();
    }
}

fn there<T>(server: Result<T, Error>) -> Option<T> {
    match server {
        Err(missing @ Error::Missing { .. }) => {
            assert!(env::var_os("CI").is_none(), "{missing}");
            eprintln!("nothing was tested: {missing}");
            None
        }
        server => Some(server.unwrap()),
    }
}
