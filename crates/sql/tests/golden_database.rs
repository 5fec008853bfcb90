//! The database in `conformance/goldens/database`, which EF Core wrote.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use wicketgate_identity::{NormalizedName, StoreOptions, UserStore};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::SqliteStore;

#[derive(Deserialize)]
struct People {
    people: Vec<Person>,
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

async fn open_copy(folder: &TempDir) -> SqliteStore {
    let path = folder.path().join("app.db");
    fs::copy(golden("app.db"), &path).unwrap();
    let url = format!("sqlite://{}", path.display());
    SqliteStore::open(&url, &StoreOptions::default(), Arc::new(SystemRandom))
        .await
        .unwrap()
}

#[tokio::test]
async fn everybody_reads_back_as_ef_core_wrote_them() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    let people = people();
    assert_eq!(people.len(), 13);
    for person in people {
        let name = NormalizedName::from_stored(person.normalized_user_name);
        let user = store.find_by_normalized_name(&name).await.unwrap().unwrap();
        assert_eq!(user.id.as_str(), person.id);
        assert_eq!(user.user_name, Some(person.user_name));
        assert_eq!(user.normalized_user_name, Some(name));
        assert_eq!(user.email, Some(person.email));
        assert_eq!(
            user.normalized_email,
            Some(NormalizedName::from_stored(person.normalized_email))
        );
        assert_eq!(user.email_confirmed, person.email_confirmed);
        assert_eq!(
            user.password_hash.as_ref().map(|hash| hash.as_str()),
            person.password_hash.as_deref()
        );
        assert_eq!(user.security_stamp.as_ref().unwrap().as_str(), person.security_stamp);
        assert_eq!(
            user.concurrency_stamp.as_ref().unwrap().as_str(),
            person.concurrency_stamp
        );
        assert_eq!(user.phone_number, None);
        assert!(!user.phone_number_confirmed);
        assert_eq!(user.two_factor_enabled, person.two_factor_enabled);
        let lockout_end = person
            .lockout_end
            .map(|text| OffsetDateTime::parse(&text, &Rfc3339).unwrap());
        assert_eq!(user.lockout_end, lockout_end);
        assert_eq!(user.lockout_enabled, person.lockout_enabled);
        assert_eq!(user.access_failed_count, person.access_failed_count);

        let claims = store.find_claims(&user.id).await.unwrap();
        let roles: Vec<String> = claims.roles.into_iter().map(|(name, _)| name).collect();
        assert_eq!(roles, person.roles);
        let expected: Vec<_> = person
            .claims
            .into_iter()
            .map(|claim| (claim.claim_type, claim.value))
            .collect();
        assert_eq!(claims.claims, expected);
    }
}
