//! Bringing databases of every kind up to date.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

mod cut_off;
mod lock;
mod marks;
mod rights;
#[path = "../shape/mod.rs"]
mod shape;
mod tables;
#[path = "../../src/test_databases.rs"]
mod test_databases;
mod versions;
mod while_serving;

use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use test_databases::{SQL_SERVER, new_database};
use time::macros::datetime;
use wicketgate_identity::Stores;
use wicketgate_identity::options::{SchemaVersion, StoreOptions};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{OpenError, SchemaState};

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
    MySql,
    SqlServer,
}

const KINDS: [Kind; 4] = [Kind::Sqlite, Kind::Postgres, Kind::MySql, Kind::SqlServer];

impl Kind {
    /// What EF Core makes of a version; Pomelo has no release for .NET 10.
    fn golden(self, version: SchemaVersion) -> Option<String> {
        let dialect = match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
            Self::MySql => "mariadb",
            Self::SqlServer => "sqlserver",
        };
        let number = match version {
            SchemaVersion::V1 => 1,
            SchemaVersion::V2 => 2,
            SchemaVersion::V3 => 3,
        };
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../conformance/goldens/ddl")
            .join(format!("{dialect}-v{number}.sql"));
        let golden = std::fs::read_to_string(file).ok();
        assert!(golden.is_some() || (self, version) == (Self::MySql, SchemaVersion::V3));
        golden
    }

    /// The statement with this database's marks around names.
    fn quoted(self, statement: &str) -> String {
        match self {
            Self::MySql => statement.replace('"', "`"),
            Self::Sqlite | Self::Postgres | Self::SqlServer => statement.to_owned(),
        }
    }

    fn drop_index(self, index: &str, table: &str) -> String {
        match self {
            Self::MySql | Self::SqlServer => format!("DROP INDEX {index} ON {table}"),
            Self::Sqlite | Self::Postgres => format!(r#"DROP INDEX "{index}""#),
        }
    }

    /// An empty database, if there is a server.
    async fn new_database(self) -> Option<Database> {
        let (url, folder) = match self {
            Self::Sqlite => {
                let folder = TempDir::new().unwrap();
                (format!("sqlite://{}/app.db", folder.path().display()), Some(folder))
            }
            Self::Postgres => (new_database("WICKETGATE_TEST_POSTGRES_URL").await?, None),
            Self::MySql => (new_database("WICKETGATE_TEST_MYSQL_URL").await?, None),
            Self::SqlServer => (new_database(SQL_SERVER).await?, None),
        };
        Some(Database {
            kind: self,
            url,
            _folder: folder,
        })
    }

    /// A database as EF Core makes it.
    async fn of_ef_core(self, version: SchemaVersion) -> Option<Database> {
        let database = self.new_database().await?;
        if version == SchemaVersion::V1 && !database.changes_keys().await {
            return None;
        }
        database.run(&self.golden(version)?).await;
        Some(database)
    }
}

struct Database {
    kind: Kind,
    url: String,
    _folder: Option<TempDir>,
}

impl Database {
    /// Whether a column of a key can be changed. Not every server that speaks T-SQL knows the words for it.
    async fn changes_keys(&self) -> bool {
        if self.kind != Kind::SqlServer {
            return true;
        }
        let version = self.texts("SELECT @@VERSION").await.concat();
        let changes_keys = !version.contains("Babelfish");
        if !changes_keys {
            eprintln!("from version 1 to 2 nothing was tested: {version}");
        }
        changes_keys
    }

    /// Runs statements whose names are in double quotes.
    async fn run(&self, statements: &str) {
        shape::run(&self.url, &self.kind.quoted(statements)).await;
    }

    async fn texts(&self, query: &str) -> Vec<String> {
        shape::texts(&self.url, &self.kind.quoted(query)).await
    }

    async fn connect(&self, version: SchemaVersion) -> Result<Arc<dyn Stores>, OpenError> {
        wicketgate_sql::connect(&self.url, &options(version), Arc::new(SystemRandom)).await
    }

    async fn migrate(&self, version: SchemaVersion) -> Result<Vec<&'static str>, OpenError> {
        wicketgate_sql::migrate(&self.url, &options(version)).await
    }

    async fn plan(&self, version: SchemaVersion) -> Result<Vec<&'static str>, OpenError> {
        wicketgate_sql::plan_migration(&self.url, &options(version)).await
    }

    async fn state(&self) -> SchemaState {
        let now = datetime!(2026-01-02 03:04:05 UTC);
        wicketgate_sql::inspect(&self.url, &StoreOptions::default(), now)
            .await
            .unwrap()
            .schema
    }

    async fn has_marks(&self) -> bool {
        let (_, ours) = shape::without_ours(shape::shape(&self.url).await);
        !ours.is_empty()
    }

    /// Numbers and names.
    async fn marks(&self) -> Vec<String> {
        let query = match self.kind {
            Kind::MySql | Kind::SqlServer => {
                "SELECT CONCAT(number, ' ', name) FROM wicketgate_migrations ORDER BY number"
            }
            _ => "SELECT number || ' ' || name FROM wicketgate_migrations ORDER BY number",
        };
        self.texts(query).await
    }
}

fn options(schema_version: SchemaVersion) -> StoreOptions {
    StoreOptions {
        schema_version,
        ..StoreOptions::default()
    }
}
