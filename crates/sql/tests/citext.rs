//! Accounts in PostgreSQL whose names and addresses are `citext`: texts that are equal whatever their case.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[expect(dead_code, reason = "other tests compare shapes")]
mod shape;
#[path = "../src/test_databases.rs"]
mod test_databases;
mod written_tables;

use std::sync::Arc;

use shape::run;
use test_databases::new_database;
use wicketgate_identity::Stores;
use wicketgate_identity::account::NormalizedName;
use wicketgate_identity::options::StoreOptions;
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;
use wicketgate_store_tests::test_store;
use written_tables::WRITTEN_TABLES;

/// The columns that an application gives this type, to find people whatever they type.
const CITEXT: &str = r#"
    CREATE EXTENSION citext;
    ALTER TABLE "AspNetUsers" ALTER COLUMN "UserName" TYPE citext, ALTER COLUMN "NormalizedUserName" TYPE citext,
        ALTER COLUMN "Email" TYPE citext, ALTER COLUMN "NormalizedEmail" TYPE citext;
    ALTER TABLE "AspNetRoles" ALTER COLUMN "Name" TYPE citext, ALTER COLUMN "NormalizedName" TYPE citext"#;

struct Database {
    url: String,
}

impl Database {
    async fn new() -> Option<Self> {
        let url = new_database("WICKETGATE_TEST_POSTGRES_URL").await?;
        open(&url).await;
        run(&url, CITEXT).await;
        Some(Self { url })
    }

    /// With all rows taken away.
    async fn emptied(&self, _: &str) -> Arc<dyn Stores> {
        let empty = WRITTEN_TABLES
            .map(|table| format!(r#"DELETE FROM "{table}";"#))
            .concat();
        run(&self.url, &empty).await;
        open(&self.url).await
    }
}

async fn open(url: &str) -> Arc<dyn Stores> {
    connect(url, &StoreOptions::default(), Arc::new(SystemRandom))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_statements_that_hold_for_every_store_hold_for_texts_without_case() {
    let Some(database) = Database::new().await else { return };
    test_store!(in_one_test(database: &Database): Database::emptied);
    in_one_test(&database).await;
}

#[tokio::test]
async fn nobody_is_found_by_a_name_in_another_case() {
    let Some(database) = Database::new().await else { return };
    let insert = r#"INSERT INTO "AspNetUsers" ("Id", "NormalizedUserName", "EmailConfirmed", "PhoneNumberConfirmed",
        "TwoFactorEnabled", "LockoutEnabled", "AccessFailedCount") VALUES ('a', 'Ada', true, false, false, true, 0)"#;
    run(&database.url, insert).await;
    let stores = open(&database.url).await;
    for (name, is_found) in [("Ada", true), ("ADA", false), ("ada", false)] {
        let name = NormalizedName::from_stored(name);
        let found = stores.accounts().find_by_normalized_name(&name).await.unwrap();
        assert_eq!(found.is_some(), is_found, "{name:?}");
    }
}
