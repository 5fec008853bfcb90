//! What becomes of a file that is opened as a database of accounts.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

mod existing_databases;
mod new_databases;
mod refusals;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;
use wicketgate_identity::Stores;
use wicketgate_identity::options::{SchemaVersion, StoreOptions};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{OpenError, connect};

const VERSIONS: [(SchemaVersion, &str); 3] = [
    (SchemaVersion::V1, "sqlite-v1.sql"),
    (SchemaVersion::V2, "sqlite-v2.sql"),
    (SchemaVersion::V3, "sqlite-v3.sql"),
];

fn golden_ddl(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../conformance/goldens/ddl")
        .join(file);
    fs::read_to_string(path).unwrap()
}

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

async fn open(path: &Path, schema_version: SchemaVersion) -> Result<Arc<dyn Stores>, OpenError> {
    connect(
        &url(path),
        &StoreOptions {
            schema_version,
            ..StoreOptions::default()
        },
        Arc::new(SystemRandom),
    )
    .await
}

/// A connection of the application's own.
fn application(path: &Path) -> Connection {
    Connection::open(path).unwrap()
}

fn database_with(folder: &TempDir, ddl: &str) -> PathBuf {
    let path = folder.path().join("app.db");
    application(&path).execute_batch(ddl).unwrap();
    path
}

/// Every table and index.
fn schema(connection: &Connection) -> Vec<(String, Option<String>)> {
    let mut all = connection
        .prepare("SELECT name, sql FROM sqlite_master ORDER BY name")
        .unwrap();
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

fn schema_of(path: &Path) -> Vec<(String, Option<String>)> {
    schema(&application(path))
}
