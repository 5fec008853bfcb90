//! A ring of keys in a SQLite database.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::fs;
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;
use wicketgate_identity::options::StoreOptions;
use wicketgate_protection::{
    DataProtection, KeyRepository, KeyRing, KeyRingOptions, StoredElement, SystemClock, SystemRandom,
};
use wicketgate_sql::{connect, connect_keys, inspect_keys, migrate_keys, plan_keys_migration};
use zeroize::Zeroizing;

fn url(folder: &TempDir) -> String {
    format!("sqlite://{}/app.db", folder.path().display())
}

fn element(name: &str, xml: &str) -> StoredElement {
    StoredElement {
        name: name.to_owned(),
        xml: Zeroizing::new(xml.to_owned()),
    }
}

/// A connection of the application's own.
fn application(folder: &TempDir) -> Connection {
    Connection::open(folder.path().join("app.db")).unwrap()
}

fn ring(repository: Arc<dyn KeyRepository>) -> Arc<KeyRing> {
    let options = KeyRingOptions::default();
    Arc::new(KeyRing::new(
        repository,
        options,
        Arc::new(SystemClock),
        Arc::new(SystemRandom),
    ))
}

#[tokio::test]
async fn what_is_stored_is_there_for_the_next_process() {
    let folder = TempDir::new().unwrap();
    let keys = connect_keys(&url(&folder), &StoreOptions::default()).await.unwrap();
    keys.store(element("key-1", "<key id='1'/>")).await.unwrap();
    keys.store(element("revocation-2", "<revocation/>")).await.unwrap();
    drop(keys);

    let keys = connect_keys(&url(&folder), &StoreOptions::default()).await.unwrap();
    assert_eq!(
        keys.all_elements().await.unwrap(),
        [
            element("key-1", "<key id='1'/>"),
            element("revocation-2", "<revocation/>")
        ]
    );
    assert!(keys.place().starts_with("the table DataProtectionKeys of "));
}

#[tokio::test]
async fn the_table_is_ef_cores() {
    let folder = TempDir::new().unwrap();
    let planned = plan_keys_migration(&url(&folder), &StoreOptions::default())
        .await
        .unwrap();
    assert!(!folder.path().join("app.db").exists());
    assert_eq!(
        migrate_keys(&url(&folder), &StoreOptions::default()).await.unwrap(),
        planned
    );
    assert_eq!(
        migrate_keys(&url(&folder), &StoreOptions::default()).await.unwrap(),
        [""; 0]
    );
    let own = application(&folder);
    let mut columns = own
        .prepare(r#"SELECT name, type, "notnull", pk FROM pragma_table_info('DataProtectionKeys')"#)
        .unwrap();
    let columns = columns.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
    let columns: Vec<(String, String, bool, bool)> = columns.unwrap().map(Result::unwrap).collect();
    let column = |name: &str, kind: &str, required, key| (name.to_owned(), kind.to_owned(), required, key);
    assert_eq!(
        columns,
        [
            column("Id", "INTEGER", true, true),
            column("FriendlyName", "TEXT", false, false),
            column("Xml", "TEXT", false, false)
        ]
    );
}

#[tokio::test]
async fn rows_without_a_name_or_with_a_declaration_are_read_and_those_without_a_key_are_not() {
    let folder = TempDir::new().unwrap();
    let keys = connect_keys(&url(&folder), &StoreOptions::default()).await.unwrap();
    let ring_of_one = ring(Arc::clone(&keys));
    ring_of_one.load().await.unwrap();
    let written = application(&folder).execute_batch(
        r#"UPDATE "DataProtectionKeys"
            SET "FriendlyName" = NULL, "Xml" = char(65279) || '<?xml version="1.0" encoding="utf-8"?>' || "Xml";
        INSERT INTO "DataProtectionKeys" ("FriendlyName") VALUES ('key-empty')"#,
    );
    written.unwrap();
    let read = ring(keys).keys().await.unwrap();
    assert_eq!(read.len(), 1);
    assert!(read[0].problem.is_none(), "{:?}", read[0].problem);
}

#[tokio::test]
async fn a_table_that_loses_its_rows_signs_nobody_out_and_gets_no_other_key() {
    for fault in [
        r#"DELETE FROM "DataProtectionKeys""#,
        r#"UPDATE "DataProtectionKeys" SET "Xml" = NULL"#,
        r#"UPDATE "DataProtectionKeys" SET "Xml" = ''"#,
        r#"UPDATE "DataProtectionKeys" SET "Xml" = substr("Xml", 1, 100)"#,
        r#"DROP TABLE "DataProtectionKeys""#,
    ] {
        let folder = TempDir::new().unwrap();
        let keys = connect_keys(&url(&folder), &StoreOptions::default()).await.unwrap();
        let protection = DataProtection::new(ring(keys), None);
        let protector = protection.protector(&["test"]);
        let payload = protector.protect(b"signed in").await.unwrap();
        let own = application(&folder);
        own.execute_batch(fault).unwrap();

        let mut strangers = payload.clone();
        strangers[4] ^= 1;
        protector.unprotect(&strangers).await.unwrap_err();
        protection.ring().reload().await.unwrap();
        assert_eq!(&**protector.unprotect(&payload).await.unwrap(), b"signed in", "{fault}");
        let new = protector.protect(b"").await.unwrap();
        assert_eq!(new[..20], payload[..20], "{fault}: the same key protects");
        let written = r#"SELECT COUNT(*) FROM "DataProtectionKeys" WHERE length("Xml") > 100"#;
        let rows = own.query_row(written, [], |row| row.get::<_, i64>(0));
        assert_eq!(rows.unwrap_or(0), 0, "{fault}: nothing is written");
    }
}

#[tokio::test]
async fn instances_that_start_together_make_one_key_and_understand_each_other() {
    let folder = TempDir::new().unwrap();
    let mut instances = Vec::new();
    for _ in 0..10 {
        let keys = connect_keys(&url(&folder), &StoreOptions::default()).await.unwrap();
        instances.push(DataProtection::new(ring(keys), None));
    }
    let tasks: Vec<_> = instances
        .iter()
        .map(|instance| {
            let protector = instance.protector(&["test"]);
            tokio::spawn(async move { protector.protect_text(b"hello").await.unwrap() })
        })
        .collect();
    for task in tasks {
        let text = task.await.unwrap();
        for instance in &instances {
            let opened = instance.protector(&["test"]).unprotect_text(&text).await.unwrap();
            assert_eq!(&**opened, b"hello");
        }
    }
    let keys = connect_keys(&url(&folder), &StoreOptions::default()).await.unwrap();
    assert_eq!(keys.all_elements().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_element_is_kept_only_while_nobody_else_wrote() {
    let folder = TempDir::new().unwrap();
    let keys = connect_keys(&url(&folder), &StoreOptions::default()).await.unwrap();
    assert!(keys.store_if_unchanged(element("a", "<a/>"), 0).await.unwrap());
    assert!(!keys.store_if_unchanged(element("b", "<b/>"), 0).await.unwrap());
    assert!(keys.store_if_unchanged(element("c", "<c/>"), 1).await.unwrap());
    let names: Vec<String> = keys
        .all_elements()
        .await
        .unwrap()
        .into_iter()
        .map(|element| element.name)
        .collect();
    assert_eq!(names, ["a", "c"]);
}

#[tokio::test]
async fn a_database_with_keys_alone_still_gets_its_accounts() {
    let folder = TempDir::new().unwrap();
    let keys = connect_keys(&url(&folder), &StoreOptions::default()).await.unwrap();
    keys.store(element("key-1", "<key/>")).await.unwrap();
    let store = connect(&url(&folder), &StoreOptions::default(), Arc::new(SystemRandom))
        .await
        .unwrap();
    store.accounts().ping().await.unwrap();
    assert_eq!(keys.all_elements().await.unwrap().len(), 1);
}

#[tokio::test]
async fn looking_at_keys_changes_no_byte() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("app.db");
    application(&folder)
        .execute_batch(r#"CREATE TABLE "Orders" ("Id" INTEGER)"#)
        .unwrap();
    assert!(
        inspect_keys(&url(&folder), &StoreOptions::default())
            .await
            .unwrap()
            .is_none()
    );

    let keys = connect_keys(&url(&folder), &StoreOptions::default()).await.unwrap();
    keys.store(element("key-1", "<key/>")).await.unwrap();
    drop(keys);
    application(&folder)
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    let before = fs::read(&path).unwrap();
    let copy = inspect_keys(&url(&folder), &StoreOptions::default())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(copy.all_elements().await.unwrap(), [element("key-1", "<key/>")]);
    assert_eq!(fs::read(&path).unwrap(), before);
}
