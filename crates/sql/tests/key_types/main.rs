//! Databases that EF Core made for `IdentityUser<Guid>` and `IdentityUser<int>`.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

mod settings;
#[path = "../shape/mod.rs"]
mod shape;
#[path = "../../src/test_databases.rs"]
mod test_databases;
mod variants;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use tempfile::TempDir;
use test_databases::new_database;
use wicketgate_identity::Stores;
use wicketgate_identity::options::{KeyType, StoreOptions};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{OpenError, connect};

/// A kind of database for which there are recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
    MySql,
}

const KINDS: [Kind; 3] = [Kind::Sqlite, Kind::Postgres, Kind::MySql];

/// A database, for as long as this is kept.
struct Database {
    kind: Kind,
    url: String,
    _folder: Option<TempDir>,
}

impl Kind {
    fn golden(self, variant: &str, file: &str) -> PathBuf {
        let folder = match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
            Self::MySql => "mysql",
        };
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../../conformance/goldens/variants")
            .join(variant)
            .join(folder)
            .join(file)
    }

    /// What EF Core says to make the tables.
    fn ddl(self, variant: &str) -> String {
        let provider = match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
            Self::MySql => "mariadb",
        };
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../../conformance/goldens/variants")
            .join(variant)
            .join("ddl")
            .join(format!("{provider}.sql"));
        fs::read_to_string(file).unwrap()
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
        };
        Some(Database {
            kind: self,
            url,
            _folder: folder,
        })
    }

    /// A copy of the database that EF Core made, and who is in it.
    async fn variant(self, variant: &str) -> Option<(Database, Vec<Person>)> {
        let database = self.new_database().await?;
        match self {
            Self::Sqlite => {
                let file = database.url.strip_prefix("sqlite://").unwrap();
                fs::copy(self.golden(variant, "app.db"), file).unwrap();
            }
            Self::Postgres | Self::MySql => {
                let dump = fs::read_to_string(self.golden(variant, "dump.sql")).unwrap();
                shape::run(&database.url, &dump).await;
            }
        }
        let people = fs::read_to_string(self.golden(variant, "people.json")).unwrap();
        Some((database, serde_json::from_str::<People>(&people).unwrap().people))
    }
}

impl Database {
    async fn connect(&self, key_type: Option<KeyType>) -> Result<Arc<dyn Stores>, OpenError> {
        let options = StoreOptions {
            key_type,
            ..StoreOptions::default()
        };
        connect(&self.url, &options, Arc::new(SystemRandom)).await
    }

    /// Runs a statement whose names are in double quotes.
    async fn run(&self, statement: &str) {
        shape::run(&self.url, &self.quoted(statement)).await;
    }

    /// The first column of each row of such a query.
    async fn texts(&self, query: &str) -> Vec<String> {
        shape::texts(&self.url, &self.quoted(query)).await
    }

    fn quoted(&self, statement: &str) -> String {
        match self.kind {
            Kind::MySql => statement.replace('"', "`"),
            Kind::Sqlite | Kind::Postgres => statement.to_owned(),
        }
    }
}

#[derive(Deserialize)]
struct People {
    people: Vec<Person>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    /// As .NET writes it in tickets.
    id: String,
    #[serde(rename = "UserName")]
    user_name: String,
    #[serde(rename = "SecurityStamp")]
    security_stamp: String,
    roles: Vec<String>,
    claims: Vec<Claim>,
    authenticator_key: Option<String>,
    recovery_codes: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Claim {
    #[serde(rename = "Type")]
    claim_type: String,
    value: String,
}
