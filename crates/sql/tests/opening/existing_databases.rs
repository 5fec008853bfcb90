//! A start on a database that has Identity's tables changes none of them.

use std::sync::Arc;

use tempfile::TempDir;
use wicketgate_identity::Stores;
use wicketgate_identity::options::{SchemaVersion, StoreOptions};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::OwnTables;

use crate::{VERSIONS, application, database_with, golden_ddl, open, schema_of, url};

#[tokio::test]
async fn a_new_database_has_our_tables_and_one_of_dotnets_has_not() {
    for (ddl, own_tables) in [
        (String::new(), OwnTables::Present),
        (
            golden_ddl("sqlite-v3.sql"),
            OwnTables::Absent(vec![
                "events",
                "mails",
                "secrets",
                "rate_limits",
                "sessions",
                "deletions",
            ]),
        ),
    ] {
        let folder = TempDir::new().unwrap();
        let path = database_with(&folder, &ddl);
        let stores = wicketgate_sql::open(&url(&path), &StoreOptions::default(), Arc::new(SystemRandom)).await;
        let stores = stores.unwrap();
        assert_eq!(*stores.own_tables(), own_tables);
        stores.accounts().ping().await.unwrap();
    }
}

#[tokio::test]
async fn an_ef_core_database_of_any_version_stays_as_it_is() {
    for (_, golden) in VERSIONS {
        let folder = TempDir::new().unwrap();
        let ddl = golden_ddl(golden)
            + r#"ALTER TABLE "AspNetUsers" ADD COLUMN "DisplayName" TEXT NOT NULL DEFAULT '';
                CREATE TABLE "__EFMigrationsHistory" ("MigrationId" TEXT NOT NULL PRIMARY KEY, "ProductVersion" TEXT NOT NULL);
                CREATE TABLE "Orders" ("Id" INTEGER PRIMARY KEY, "UserId" TEXT REFERENCES "AspNetUsers" ("Id"));"#;
        let path = database_with(&folder, &ddl);
        let before = schema_of(&path);
        open(&path, SchemaVersion::V3)
            .await
            .unwrap()
            .accounts()
            .ping()
            .await
            .unwrap();
        assert_eq!(schema_of(&path), before, "{golden}");
    }
}

#[tokio::test]
async fn a_database_is_opened_again_with_what_it_holds() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("app.db");
    open(&path, SchemaVersion::V2).await.unwrap();
    let before = schema_of(&path);
    open(&path, SchemaVersion::V3).await.unwrap();
    assert_eq!(schema_of(&path), before);
}

#[tokio::test]
async fn an_open_database_has_a_write_ahead_log() {
    let folder = TempDir::new().unwrap();
    let path = database_with(&folder, &golden_ddl("sqlite-v3.sql"));
    open(&path, SchemaVersion::V3).await.unwrap();
    let mode = application(&path).query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0));
    assert_eq!(mode.unwrap(), "wal");
}
