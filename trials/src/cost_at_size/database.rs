//! Filling a database with accounts.

use std::process::{Command, Stdio};

use wicketgate_test_servers::PostgreSql;

const FILL: &str = include_str!("fill.sql");

/// Everything that makes the schema: the columns of tables, their keys and indexes.
const SCHEMA: &str = "
    SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns
    WHERE table_schema = 'public'
    UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1";

/// A PostgreSQL that accounts are put into in bulk.
#[derive(Debug)]
pub(super) struct Database {
    server: PostgreSql,
}

impl Database {
    pub(super) fn start() -> Result<Self, String> {
        let server = PostgreSql::start().map_err(|error| error.to_string())?;
        let database = Self { server };
        // Ten million rows are not to be written to the disk twice.
        database.query("ALTER SYSTEM SET max_wal_size = '2GB'")?;
        database.query("SELECT pg_reload_conf()")?;
        Ok(database)
    }

    pub(super) fn url(&self) -> String {
        self.server.url()
    }

    pub(super) fn version(&self) -> String {
        let version = self.server.version().unwrap_or_default();
        let number = version.split_whitespace().nth(2).unwrap_or("unknown");
        format!("PostgreSQL {number}")
    }

    /// Adds accounts until there are so many. The first one must be there, and the tables of the product.
    pub(super) fn fill(&self, accounts: u64) -> Result<(), String> {
        let before = self.query(SCHEMA)?;
        let from = self.query(r#"SELECT count(*) + 1 FROM "AspNetUsers""#)?;
        let variables = [format!("from={from}"), format!("to={accounts}")];
        self.psql(FILL, &variables)?;
        let there = self.query(r#"SELECT count(*) FROM "AspNetUsers""#)?;
        if there != accounts.to_string() {
            return Err(format!("{there} accounts in place of {accounts}"));
        }
        if self.query(SCHEMA)? != before {
            return Err("the schema is not what the product made".to_owned());
        }
        Ok(())
    }

    /// On the disk, in bytes.
    pub(super) fn size(&self) -> Result<u64, String> {
        let size = self.query("SELECT pg_database_size(current_database())")?;
        size.parse().map_err(|error| format!("{size}: {error}"))
    }

    /// Has the server write the plan of every statement into its log, for connections that come from now on.
    pub(super) fn explain_everything(&self) -> Result<(), String> {
        for setting in [
            "session_preload_libraries = 'auto_explain'",
            "auto_explain.log_min_duration = 0",
        ] {
            self.query(&format!("ALTER DATABASE postgres SET {setting}"))?;
        }
        Ok(())
    }

    pub(super) fn log(&self) -> Result<String, String> {
        self.server.log().map_err(|error| error.to_string())
    }

    /// The rows of an answer, a line each.
    pub(super) fn query(&self, statement: &str) -> Result<String, String> {
        self.psql(statement, &[])
    }

    fn psql(&self, script: &str, variables: &[String]) -> Result<String, String> {
        use std::io::Write as _;
        let mut command = Command::new("psql");
        command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        command.args(["--set", "ON_ERROR_STOP=1"]);
        for variable in variables {
            command.args(["--set", variable]);
        }
        let child = command
            .arg(self.url())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = child.map_err(|error| format!("psql: {error}"))?;
        if let Some(mut input) = child.stdin.take() {
            input
                .write_all(script.as_bytes())
                .map_err(|error| format!("psql: {error}"))?;
        }
        let output = child.wait_with_output().map_err(|error| format!("psql: {error}"))?;
        if !output.status.success() {
            return Err(format!("psql: {}", output.status));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}
