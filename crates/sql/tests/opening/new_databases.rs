//! What a start makes where there is nothing yet.

use std::fs;

use rusqlite::Connection;
use tempfile::TempDir;
use wicketgate_identity::options::{SchemaVersion, StoreOptions};
use wicketgate_sql::plan_migration;

use crate::{VERSIONS, golden_ddl, open, schema, schema_of, url};

/// What the names of our own tables and their indexes contain.
const OURS: &str = "wicketgate_";

#[tokio::test]
async fn a_new_database_has_the_schema_that_ef_core_makes() {
    for (version, golden) in VERSIONS {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("app.db");
        open(&path, version).await.unwrap();

        let expected = Connection::open_in_memory().unwrap();
        expected.execute_batch(&golden_ddl(golden)).unwrap();
        let schema_of = schema_of(&path).into_iter();
        let (made, ours): (Vec<_>, Vec<_>) = schema_of.partition(|(name, _)| !name.contains(OURS));
        assert_eq!(made, schema(&expected), "{golden}");
        let names: Vec<_> = ours.iter().map(|(name, _)| name.as_str()).collect();
        for name in [
            "wicketgate_migrations",
            "wicketgate_scripts",
            "wicketgate_events",
            "wicketgate_mails",
            "wicketgate_secrets",
            "wicketgate_sessions",
        ] {
            assert!(names.contains(&name), "{names:?}");
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_and_its_folder_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = TempDir::new().unwrap();
    let data = folder.path().join("some/data");
    let store = open(&data.join("app.db"), SchemaVersion::V3).await.unwrap();
    store.accounts().ping().await.unwrap();

    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    let files: Vec<_> = fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 3, "the database, its log and the log's index: {files:?}");
    for file in files {
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600,
            "{}",
            file.display()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_may_open_a_new_database_at_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("data/app.db");
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move { open(&path, SchemaVersion::V3).await })
        })
        .collect();
    for task in opening {
        task.await.unwrap().unwrap().accounts().ping().await.unwrap();
    }
    assert_eq!(
        plan_migration(&url(&path), &StoreOptions::default()).await.unwrap(),
        [""; 0]
    );
}
