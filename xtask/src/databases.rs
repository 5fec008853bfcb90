//! The databases that the tests find in their environment.

use std::{env, ffi::OsString, fs, path::Path, process::Command, thread};

use wicketgate_test_servers::{Error, MariaDb, PgBouncer, PostgreSql};
use xtask::{report::Outcome, tools};

/// For a server that is no Debian package; the tests run on it where somebody names one.
const SQL_SERVER: &str = "WICKETGATE_TEST_MSSQL_URL";

/// The line of docs/DATABASES.md that says when the suites last ran against what the summary says was not tested.
const LAST_RUN: &str = "Last run against a live T-SQL server:";

/// The databases that tests and developers need, as long as this lives.
#[derive(Debug)]
pub(crate) struct Databases {
    postgresql: PostgreSql,
    mariadb: MariaDb,
}

impl Databases {
    /// Installs them if need be, and starts both.
    pub(crate) fn start() -> Result<Self, Error> {
        PostgreSql::provide()?;
        MariaDb::provide()?;
        // Here, because tests of one binary that run at once cannot install it at once.
        PgBouncer::provide()?;
        let (postgresql, mariadb) = thread::scope(|scope| {
            let mariadb = scope.spawn(MariaDb::start);
            (PostgreSql::start(), mariadb.join())
        });
        let mariadb = mariadb.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok(Self {
            postgresql: postgresql?,
            mariadb,
        })
    }

    /// Where tests look for them: accounts that may create databases, of which each test makes its own.
    pub(crate) fn variables(&self) -> [(&'static str, String); 2] {
        [
            ("WICKETGATE_TEST_POSTGRES_URL", self.postgresql.url()),
            ("WICKETGATE_TEST_MYSQL_URL", self.mariadb.url()),
        ]
    }

    /// What runs, for the log.
    pub(crate) fn versions(&self) -> String {
        let versions = [self.postgresql.version(), self.mariadb.version()];
        versions
            .map(|version| version.unwrap_or_else(|error| error.to_string()).trim().to_owned())
            .join("\n")
    }
}

/// Runs a command, or a shell, while both databases run and the environment says where.
pub(crate) fn run(command: Vec<OsString>) -> Outcome {
    let databases = match Databases::start() {
        Ok(databases) => databases,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    for (name, url) in databases.variables() {
        eprintln!("export {name}={url}");
    }
    let mut words = command.into_iter();
    let program = words.next().or_else(|| env::var_os("SHELL"));
    let mut command = Command::new(program.unwrap_or_else(|| "sh".into()));
    tools::run(command.args(words).envs(databases.variables()))
}

/// What the summary says of SQL Server if no test met one.
pub(crate) fn sql_server_note(workspace: &Path) -> Option<String> {
    if env::var_os(SQL_SERVER).is_some_and(|url| !url.is_empty()) {
        return None;
    }
    let text = fs::read_to_string(workspace.join("docs/DATABASES.md")).unwrap_or_default();
    let last_run = last_run(&text).unwrap_or("docs/DATABASES.md does not say.");
    Some(format!(
        "SQL Server was NOT tested: {SQL_SERVER} names no server. Checked instead: the text of each statement against \
         crates/sql/src/backend/mssql/statements.sql, which somebody has read, and the tables against EF Core's. \
         {LAST_RUN} {last_run}"
    ))
}

fn last_run(text: &str) -> Option<&str> {
    text.lines().find_map(|line| Some(line.strip_prefix(LAST_RUN)?.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_run_is_what_follows_the_marked_line() {
        let text = "# Databases\n\nLast run against a live T-SQL server: 2026-11-24, all passed\nmore";
        assert_eq!(last_run(text), Some("2026-11-24, all passed"));
        assert_eq!(last_run("# Databases\n"), None);
    }
}
