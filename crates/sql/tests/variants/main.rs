//! Databases of other shapes, which EF Core wrote (`conformance/goldens/variants`): other schemas, tables and columns.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

mod refusals;
#[path = "../shape/mod.rs"]
#[expect(dead_code, reason = "other tests compare shapes")]
mod shape;
#[path = "../../src/test_databases.rs"]
mod test_databases;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use tempfile::TempDir;
use test_databases::new_database;
use wicketgate_identity::Stores;
use wicketgate_identity::account::{EmailUniqueness, NormalizedName};
use wicketgate_identity::options::{SchemaVersion, StoreOptions};
use wicketgate_identity::store::CreateOutcome;
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{OpenError, OwnTables, migrate, open, plan_migration};
use wicketgate_store_tests::fixture::{event, user};

#[derive(Deserialize)]
struct People {
    people: Vec<Person>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
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

const POSTGRES: &str = "WICKETGATE_TEST_POSTGRES_URL";
const MYSQL: &str = "WICKETGATE_TEST_MYSQL_URL";

/// A variant in a database of its own.
struct Variant {
    url: String,
    people: PathBuf,
    /// A server of this kind makes no passkeys.
    version: SchemaVersion,
    _folder: Option<TempDir>,
}

impl Variant {
    fn golden(name: &str, provider: &str) -> PathBuf {
        let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/goldens/variants");
        goldens.join(name).join(provider)
    }

    fn sqlite(name: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let golden = Self::golden(name, "sqlite");
        let path = folder.path().join("app.db");
        fs::copy(golden.join("app.db"), &path).unwrap();
        Self {
            url: format!("sqlite://{}", path.display()),
            people: golden.join("people.json"),
            version: SchemaVersion::V3,
            _folder: Some(folder),
        }
    }

    async fn postgres(name: &str) -> Option<Self> {
        let url = new_database(POSTGRES).await?;
        let golden = Self::golden(name, "postgresql");
        shape::run(&url, &fs::read_to_string(golden.join("dump.sql")).unwrap()).await;
        Some(Self {
            url,
            people: golden.join("people.json"),
            version: SchemaVersion::V3,
            _folder: None,
        })
    }

    async fn mysql(name: &str) -> Option<Self> {
        Self::mysql_at(new_database(MYSQL).await?, name).await
    }

    async fn mysql_at(url: String, name: &str) -> Option<Self> {
        let golden = Self::golden(name, "mysql");
        shape::run(&url, &fs::read_to_string(golden.join("dump.sql")).unwrap()).await;
        Some(Self {
            url,
            people: golden.join("people.json"),
            version: SchemaVersion::V2,
            _folder: None,
        })
    }

    fn options(&self) -> StoreOptions {
        StoreOptions {
            schema_version: self.version,
            ..StoreOptions::default()
        }
    }

    async fn open(&self, options: &StoreOptions) -> Result<wicketgate_sql::SqlStores, OpenError> {
        open(&self.url, options, Arc::new(SystemRandom)).await
    }

    /// Everybody is found in it with all that belongs to them, and somebody new beside them, before and after our own tables
    /// are made.
    async fn check(&self, options: &StoreOptions) {
        let stores = self.open(options).await.unwrap();
        assert!(matches!(stores.own_tables(), OwnTables::Absent(_)));
        self.find_everybody(&stores).await;
        add(&stores, "one").await;
        let made = migrate(&self.url, options).await.unwrap();
        assert!(
            made.iter().any(|statement| statement.contains("wicketgate_mails")),
            "{made:#?}"
        );
        assert!(!made.iter().any(|statement| statement.contains("AspNet")), "{made:#?}");
        assert_eq!(plan_migration(&self.url, options).await.unwrap(), [""; 0]);
        let stores = self.open(options).await.unwrap();
        assert_eq!(*stores.own_tables(), OwnTables::Present);
        self.find_everybody(&stores).await;
        add(&stores, "two").await;
    }

    async fn find_everybody(&self, stores: &impl Stores) {
        let people: People = serde_json::from_str(&fs::read_to_string(&self.people).unwrap()).unwrap();
        assert_eq!(people.people.len(), 4);
        for person in people.people {
            let name = NormalizedName::from_stored(person.user_name.to_uppercase());
            let user = stores.accounts().find_by_normalized_name(&name).await.unwrap().unwrap();
            assert_eq!(user.id.as_str(), person.id);
            assert_eq!(user.user_name, Some(person.user_name));
            assert_eq!(user.security_stamp.as_ref().unwrap().as_str(), person.security_stamp);
            let by_id = stores.accounts().find_by_id(&user.id).await.unwrap();
            assert_eq!(by_id.as_ref(), Some(&user));
            let claims = stores.accounts().find_claims(&user.id).await.unwrap();
            let roles: Vec<String> = claims.roles.into_iter().map(|(name, _)| name).collect();
            assert_eq!(roles, person.roles);
            let expected = person.claims.into_iter().map(|claim| (claim.claim_type, claim.value));
            assert_eq!(claims.claims, expected.collect::<Vec<_>>());
            let key = stores.accounts().authenticator_key(&user.id).await.unwrap();
            assert_eq!(key, person.authenticator_key);
            let codes = stores.accounts().recovery_codes(&user.id).await.unwrap();
            assert_eq!(codes.len(), person.recovery_codes.unwrap_or_default().len());
        }
    }
}

async fn add(stores: &impl Stores, name: &str) {
    let user = user(name);
    let created = stores
        .accounts()
        .create(&user, EmailUniqueness::Required, None, &event())
        .await;
    assert!(matches!(created.unwrap(), CreateOutcome::Created(_)));
    let found = stores.accounts().find_by_id(&user.id).await.unwrap();
    assert_eq!(found, Some(user));
}

/// Where there is a golden of each kind of database.
async fn everywhere(name: &str, options: impl Fn(&Variant) -> StoreOptions) {
    let mut variants = vec![Variant::sqlite(name)];
    variants.extend(Variant::postgres(name).await);
    if Variant::golden(name, "mysql").exists() {
        variants.extend(Variant::mysql(name).await);
    }
    for variant in variants {
        variant.check(&options(&variant)).await;
    }
}

#[tokio::test]
async fn tables_in_the_only_schema_that_has_them_are_used_there() {
    let Some(variant) = Variant::postgres("schema").await else {
        return;
    };
    variant.check(&variant.options()).await;
    let ours = shape::texts(
        &variant.url,
        "SELECT DISTINCT schemaname::text FROM pg_tables WHERE tablename LIKE 'wicketgate%'",
    );
    assert_eq!(ours.await, ["identity"]);
}

#[tokio::test]
async fn columns_in_snake_case_are_found() {
    everywhere("snake-case", Variant::options).await;
}

#[tokio::test]
async fn tables_and_columns_in_snake_case_are_found() {
    everywhere("snake-case-tables", Variant::options).await;
}

#[tokio::test]
async fn renamed_tables_are_found_by_their_columns() {
    everywhere("renamed-tables", Variant::options).await;
}

#[tokio::test]
async fn columns_of_the_application_get_the_values_that_are_set() {
    everywhere("own-columns", |variant| {
        let defaults = [("Tenant", "it's \\ \"$1\" ?"), ("Points", "7"), ("Subscribed", "true")];
        let defaults = defaults.map(|(name, value)| (name.parse().unwrap(), value.to_owned()));
        StoreOptions {
            column_defaults: defaults.into(),
            ..variant.options()
        }
    })
    .await;
}
