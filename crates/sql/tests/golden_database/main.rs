//! The database in `conformance/goldens/database`, which EF Core wrote.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

mod reading;
mod two_servers;
mod writing;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use serde::Deserialize;
use tempfile::TempDir;
use wicketgate_identity::Stores;
use wicketgate_identity::account::NormalizedName;
use wicketgate_identity::options::StoreOptions;
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct People {
    people: Vec<Person>,
    two_factor: SecondFactor,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SecondFactor {
    authenticator_key: String,
    recovery_codes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Person {
    id: String,
    user_name: String,
    normalized_user_name: String,
    email: String,
    normalized_email: String,
    email_confirmed: bool,
    password_hash: Option<String>,
    security_stamp: String,
    concurrency_stamp: String,
    two_factor_enabled: bool,
    lockout_end: Option<String>,
    lockout_enabled: bool,
    access_failed_count: i32,
    #[serde(rename = "roles")]
    roles: Vec<String>,
    #[serde(rename = "claims")]
    claims: Vec<Claim>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Claim {
    #[serde(rename = "Type")]
    claim_type: String,
    value: String,
}

fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../conformance/goldens/database")
        .join(file)
}

fn people() -> Vec<Person> {
    let text = fs::read_to_string(golden("people.json")).unwrap();
    serde_json::from_str::<People>(&text).unwrap().people
}

fn second_factor() -> SecondFactor {
    let text = fs::read_to_string(golden("people.json")).unwrap();
    serde_json::from_str::<People>(&text).unwrap().two_factor
}

fn name(normalized: &str) -> NormalizedName {
    NormalizedName::from_stored(normalized)
}

async fn open_copy(folder: &TempDir) -> Arc<dyn Stores> {
    fs::copy(golden("app.db"), folder.path().join("app.db")).unwrap();
    open(folder).await
}

/// A connection as EF Core beside the server has it.
fn ef_core(folder: &TempDir) -> Connection {
    Connection::open(folder.path().join("app.db")).unwrap()
}

async fn open(folder: &TempDir) -> Arc<dyn Stores> {
    let url = format!("sqlite://{}", folder.path().join("app.db").display());
    connect(&url, &StoreOptions::default(), Arc::new(SystemRandom))
        .await
        .unwrap()
}
