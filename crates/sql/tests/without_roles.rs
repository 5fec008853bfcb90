//! Databases of applications without roles (.NET's `IdentityUserContext`, which `AddIdentityCore` is used with).

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[expect(dead_code, reason = "other tests compare shapes")]
mod shape;
#[path = "../src/test_databases.rs"]
mod test_databases;

use std::sync::Arc;

use shape::run;
use tempfile::TempDir;
use test_databases::new_database;
use time::OffsetDateTime;
use wicketgate_identity::Stores;
use wicketgate_identity::account::{Change, EmailUniqueness, Expected, NormalizedName};
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::store::{ChangeOutcome, CreateOutcome};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{OpenError, connect, inspect, plan_migration};
use wicketgate_store_tests::fixture::{event, user};

async fn open(url: &str) -> Result<Arc<dyn Stores>, OpenError> {
    connect(url, &StoreOptions::default(), Arc::new(SystemRandom)).await
}

/// Databases of each kind that have no tables for roles.
async fn databases(folder: &TempDir) -> Vec<String> {
    let mut databases = vec![format!("sqlite://{}/app.db", folder.path().display())];
    for server in ["WICKETGATE_TEST_POSTGRES_URL", "WICKETGATE_TEST_MYSQL_URL"] {
        databases.extend(new_database(server).await);
    }
    for url in &databases {
        open(url).await.unwrap();
        for table in ["AspNetRoleClaims", "AspNetUserRoles", "AspNetRoles"] {
            let statement = format!(r#"DROP TABLE "{table}""#);
            let is_mysql = url.starts_with("mysql");
            let quote = if is_mysql { "`" } else { "\"" };
            run(url, &statement.replace('"', quote)).await;
        }
    }
    databases
}

#[tokio::test]
async fn accounts_live_there_and_no_table_is_added() {
    let folder = TempDir::new().unwrap();
    for url in databases(&folder).await {
        let stores = open(&url).await.unwrap();
        let accounts = stores.accounts();
        let ada = user("ada");
        let created = accounts.create(&ada, EmailUniqueness::Required, None, &event()).await;
        assert_eq!(created.unwrap(), CreateOutcome::Created(ada.id.clone()), "{url}");
        let claim = Change::AddClaim {
            claim_type: "team".to_owned(),
            value: "blue".to_owned(),
        };
        let changed = accounts.change(&ada.id, Expected::Account, &claim, &event()).await;
        assert_eq!(changed.unwrap(), ChangeOutcome::Changed);
        let claims = accounts.find_claims(&ada.id).await.unwrap();
        assert_eq!(claims.claims, [("team".to_owned(), "blue".to_owned())]);
        assert_eq!(claims.roles, []);
        let plan = plan_migration(&url, &StoreOptions::default()).await.unwrap();
        assert_eq!(plan, [""; 0], "{url}");
        let found = inspect(&url, &StoreOptions::default(), OffsetDateTime::UNIX_EPOCH)
            .await
            .unwrap();
        assert!(!found.shape.unwrap().has_roles);
        let counts = found.accounts.unwrap();
        assert_eq!((counts.total, counts.roles), (1, 0), "{url}");
        accounts.ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_role_is_refused_with_the_tables_that_are_missing() {
    let folder = TempDir::new().unwrap();
    for url in databases(&folder).await {
        let stores = open(&url).await.unwrap();
        let ada = user("ada");
        let created = stores
            .accounts()
            .create(&ada, EmailUniqueness::Required, None, &event())
            .await;
        created.unwrap();
        let normalized = NormalizedName::from_stored("ADMIN");
        let add = Change::AddRole {
            name: "Admin".to_owned(),
            normalized: normalized.clone(),
        };
        for change in [add, Change::RemoveRole(normalized)] {
            let refused = stores
                .accounts()
                .change(&ada.id, Expected::Account, &change, &event())
                .await;
            let refusal = refused.unwrap_err().to_string();
            assert!(refusal.contains("no tables for roles (AspNetRoles"), "{refusal}");
        }
    }
}
