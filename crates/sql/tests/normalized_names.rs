//! Names that are not normalized are counted, and fixed where they belong to one account alone.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[expect(dead_code, reason = "other tests compare shapes")]
mod shape;
#[path = "../src/test_databases.rs"]
mod test_databases;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;
use test_databases::new_database;
use time::macros::datetime;
use wicketgate_identity::account::EmailUniqueness;
use wicketgate_identity::options::StoreOptions;
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{FixNames, FixedNames, NotNormalized, connect, fix_normalized_names, inspect};
use wicketgate_store_tests::fixture::{event, user};

/// Four names are missing or wrong, of which two are the same, and one belongs to somebody else already; one address is missing.
const DAMAGE: &str = r#"
    UPDATE "AspNetUsers" SET "NormalizedUserName" = NULL WHERE "UserName" = 'plain@example.test';
    UPDATE "AspNetUsers" SET "NormalizedEmail" = 'plain@example.test' WHERE "UserName" = 'plain@example.test';
    UPDATE "AspNetUsers" SET "NormalizedUserName" = 'two', "UserName" = 'Straße' WHERE "UserName" = 'twofactor@example.test';
    UPDATE "AspNetUsers" SET "NormalizedUserName" = NULL, "UserName" = 'STRAßE' WHERE "UserName" = 'failing@example.test';
    UPDATE "AspNetUsers" SET "NormalizedUserName" = NULL, "UserName" = 'Legacy@example.test'
        WHERE "UserName" = 'sha256@example.test';"#;

fn damaged() -> (TempDir, Connection, String) {
    let folder = TempDir::new().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/goldens/database/app.db");
    let path = folder.path().join("app.db");
    fs::copy(golden, &path).unwrap();
    let application = Connection::open(&path).unwrap();
    application.execute_batch(DAMAGE).unwrap();
    (folder, application, format!("sqlite://{}", path.display()))
}

async fn fix(url: &str, how: FixNames) -> FixedNames {
    fix_normalized_names(url, &StoreOptions::default(), how).await.unwrap()
}

/// Every row, so that a change of any is seen.
fn rows(application: &Connection) -> Vec<String> {
    let mut statement = application
        .prepare(
            r#"SELECT "UserName" || ' ' || coalesce("NormalizedUserName", '-') || ' ' || coalesce("NormalizedEmail", '-') || ' '
            || "ConcurrencyStamp" FROM "AspNetUsers" ORDER BY "Id""#,
        )
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test]
async fn what_is_not_normalized_is_counted() {
    let (_folder, _application, url) = damaged();
    let inspection = inspect(&url, &StoreOptions::default(), datetime!(2026-01-02 03:04:05 UTC))
        .await
        .unwrap();
    assert_eq!(
        inspection.accounts.unwrap().not_normalized,
        NotNormalized {
            user_names: 4,
            emails: 1
        }
    );
}

#[tokio::test]
async fn a_plan_says_what_would_be_fixed_and_changes_nothing() {
    let (_folder, application, url) = damaged();
    let before = rows(&application);
    let planned = fix(&url, FixNames::Plan).await;
    assert_eq!(
        planned.fixed,
        NotNormalized {
            user_names: 1,
            emails: 1
        }
    );
    assert_eq!(rows(&application), before);
    assert_eq!(fix(&url, FixNames::Apply).await, planned, "the plan was right");
}

#[tokio::test]
async fn a_name_of_one_account_alone_is_fixed_and_the_others_are_told() {
    let (_folder, application, url) = damaged();
    let before = rows(&application);
    let fixed = fix(&url, FixNames::Apply).await;
    let mut conflicts: Vec<_> = fixed.conflicts.iter().map(|conflict| conflict.value.as_str()).collect();
    conflicts.sort_unstable();
    assert_eq!(conflicts, ["Legacy@example.test", "STRAßE", "Straße"]);
    let after = rows(&application);
    let changed: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
    assert_eq!(changed.len(), 1);
    assert!(
        changed[0].starts_with("plain@example.test PLAIN@EXAMPLE.TEST PLAIN@EXAMPLE.TEST "),
        "{changed:?}"
    );
    let again = fix(&url, FixNames::Apply).await;
    assert_eq!((again.fixed, again.conflicts.len()), (NotNormalized::default(), 3));
    assert_eq!(rows(&application), after);
}

#[tokio::test]
async fn a_missing_file_stays_missing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("app.db");
    let url = format!("sqlite://{}", path.display());
    for how in [FixNames::Plan, FixNames::Apply] {
        fix_normalized_names(&url, &StoreOptions::default(), how)
            .await
            .unwrap_err();
        assert!(!path.exists(), "{how:?}");
    }
}

#[tokio::test]
async fn servers_accounts_are_found_again() {
    for server in ["WICKETGATE_TEST_POSTGRES_URL", "WICKETGATE_TEST_MYSQL_URL"] {
        let Some(url) = new_database(server).await else {
            continue;
        };
        let store = connect(&url, &StoreOptions::default(), Arc::new(SystemRandom))
            .await
            .unwrap();
        let (ada, registered) = (user("ada"), event());
        let created = store
            .accounts()
            .create(&ada, EmailUniqueness::Required, None, &registered)
            .await;
        created.unwrap();
        let damage = r#"UPDATE "AspNetUsers" SET "NormalizedUserName" = NULL, "NormalizedEmail" = 'ada'"#;
        let quote = if url.starts_with("mysql") { "`" } else { "\"" };
        shape::run(&url, &damage.replace('"', quote)).await;
        let name = ada.normalized_user_name.as_ref().unwrap();
        assert_eq!(store.accounts().find_by_normalized_name(name).await.unwrap(), None);
        let fixed = fix(&url, FixNames::Apply).await.fixed;
        let both = NotNormalized {
            user_names: 1,
            emails: 1,
        };
        assert_eq!(fixed, both, "{server}");
        let found = store.accounts().find_by_normalized_name(name).await.unwrap().unwrap();
        assert_eq!((&found.id, &found.normalized_email), (&ada.id, &ada.normalized_email));
        assert_eq!(fix(&url, FixNames::Apply).await, FixedNames::default());
    }
}
