//! A SQLite file that is deleted or replaced while it is open: what is written then is not acknowledged.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[path = "../src/test_accounts.rs"]
mod test_accounts;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;
use test_accounts::user;
use time::OffsetDateTime;
use wicketgate_identity::account::{Change, EmailUniqueness, Expected};
use wicketgate_identity::options::{LockoutOptions, StoreOptions};
use wicketgate_identity::store::{Attempt, CreateOutcome};
use wicketgate_identity::{StoreError, Stores};
use wicketgate_protection::{StoredElement, SystemRandom};
use wicketgate_sql::{connect, connect_keys};
use wicketgate_store_tests::fixture::event;
use zeroize::Zeroizing;

struct Opened {
    folder: TempDir,
    store: Arc<dyn Stores>,
}

impl Opened {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = open(folder.path()).await;
        let opened = Self { folder, store };
        opened.create("ada").await.unwrap();
        opened.store.accounts().ping().await.unwrap();
        opened
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn create(&self, name: &str) -> Result<CreateOutcome, StoreError> {
        self.store
            .accounts()
            .create(&user(name), EmailUniqueness::NotRequired, None, &event())
            .await
    }

    /// Writes of one statement and of several, and the readiness probe: all say why, and that it may pass.
    async fn refuses(&self, reason: &str) {
        let ada = user("ada");
        let (id, stamp, options) = (ada.id, ada.security_stamp, LockoutOptions::default());
        let (failed, now, event) = (Attempt::Failed, OffsetDateTime::UNIX_EPOCH, event());
        let settled = self
            .store
            .accounts()
            .settle_attempt(&id, stamp.as_ref(), failed, now, &options, &event);
        for answer in [
            self.create("grace").await.map(drop),
            self.store
                .accounts()
                .change(&id, Expected::Account, &Change::LockoutEnabled(false), &event)
                .await
                .map(drop),
            settled.await.map(drop),
            self.store.accounts().ping().await,
            self.store.accounts().check_writable().await,
        ] {
            let Err(StoreError::Unavailable(error)) = answer else {
                assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
                return;
            };
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
}

async fn open(folder: &Path) -> Arc<dyn Stores> {
    let url = format!("sqlite://{}/app.db", folder.display());
    connect(&url, &StoreOptions::default(), Arc::new(SystemRandom))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_deleted_file_takes_no_writes() {
    let opened = Opened::new().await;
    fs::remove_file(opened.file("app.db")).unwrap();
    opened.refuses("app.db was deleted while it was open").await;
}

#[tokio::test]
async fn a_replaced_file_takes_no_writes() {
    let opened = Opened::new().await;
    let other = Opened::new().await;
    fs::rename(other.file("app.db"), opened.file("app.db")).unwrap();
    opened.refuses("app.db was replaced while it was open").await;
}

#[tokio::test]
async fn a_copy_in_the_files_place_takes_no_writes() {
    let opened = Opened::new().await;
    fs::copy(opened.file("app.db"), opened.file("copy")).unwrap();
    fs::rename(opened.file("copy"), opened.file("app.db")).unwrap();
    opened.refuses("app.db was replaced while it was open").await;
}

#[tokio::test]
async fn a_deleted_log_takes_no_writes() {
    let opened = Opened::new().await;
    fs::remove_file(opened.file("app.db-wal")).unwrap();
    // Not even after it was asked whether it takes them again.
    for _ in 0..2 {
        opened
            .refuses("app.db-wal was replaced or deleted while it was open")
            .await;
    }
}

#[tokio::test]
async fn a_log_that_is_deleted_before_the_first_write_takes_no_writes() {
    let (folder, without_log) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    drop(open(folder.path()).await);
    let file = Connection::open(folder.path().join("app.db")).unwrap();
    let copy = without_log.path().join("app.db");
    file.execute("VACUUM INTO ?1", [copy.to_str()]).unwrap();
    drop(file);
    let mode = Connection::open(copy).unwrap();
    let mode = mode.query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0));
    assert_eq!(mode.unwrap(), "delete");
    for folder in [folder, without_log] {
        let opened = Opened {
            store: open(folder.path()).await,
            folder,
        };
        let read = opened.store.accounts().find_by_id(&user("ada").id).await;
        assert_eq!(read.unwrap(), None);
        fs::remove_file(opened.file("app.db-wal")).unwrap();
        opened
            .refuses("app.db-wal was replaced or deleted while it was open")
            .await;
    }
}

#[tokio::test]
async fn the_log_of_a_linked_file_is_watched_where_it_is() {
    let folder = TempDir::new().unwrap();
    let real = Opened::new().await;
    std::os::unix::fs::symlink(real.file("app.db"), folder.path().join("app.db")).unwrap();
    let linked = Opened {
        store: open(folder.path()).await,
        folder,
    };
    linked.create("linus").await.unwrap();
    fs::remove_file(real.file("app.db-wal")).unwrap();
    linked
        .refuses("app.db-wal was replaced or deleted while it was open")
        .await;
}

#[tokio::test]
async fn a_link_may_lead_to_a_file_that_is_yet_to_be_made() {
    let folder = TempDir::new().unwrap();
    std::os::unix::fs::symlink(folder.path().join("real.db"), folder.path().join("app.db")).unwrap();
    let store = open(folder.path()).await;
    store
        .accounts()
        .create(&user("ada"), EmailUniqueness::NotRequired, None, &event())
        .await
        .unwrap();
    assert!(folder.path().join("real.db-wal").exists());
}

#[tokio::test]
async fn a_file_that_comes_back_takes_writes_again() {
    let opened = Opened::new().await;
    fs::rename(opened.file("app.db"), opened.file("elsewhere")).unwrap();
    opened.refuses("app.db was deleted while it was open").await;
    fs::rename(opened.file("elsewhere"), opened.file("app.db")).unwrap();
    opened.create("linus").await.unwrap();
    opened.store.accounts().ping().await.unwrap();
}

#[tokio::test]
async fn a_key_is_not_acknowledged_in_a_file_that_is_gone() {
    let folder = TempDir::new().unwrap();
    // Beside accounts, with a write-ahead log. Without one SQLite notices this by itself.
    drop(open(folder.path()).await);
    let url = format!("sqlite://{}/app.db", folder.path().display());
    let keys = connect_keys(&url, &StoreOptions::default()).await.unwrap();
    let element = |name: &str| StoredElement {
        name: name.to_owned(),
        xml: Zeroizing::new("<key/>".to_owned()),
    };
    assert!(keys.store_if_unchanged(element("first"), 0).await.unwrap());
    fs::remove_file(folder.path().join("app.db")).unwrap();
    assert!(keys.store_if_unchanged(element("second"), 1).await.is_err());
    assert!(keys.store(element("third")).await.is_err());
}

/// Whoever is alone with a log deletes it at the end.
#[tokio::test]
async fn a_log_that_others_made_and_took_away_is_none_that_was_lost() {
    let folder = TempDir::new().unwrap();
    drop(open(folder.path()).await);
    for name in ["ada", "grace", "linus"] {
        let store = open(folder.path()).await;
        let other = Connection::open(folder.path().join("app.db")).unwrap();
        for statement in ["CREATE TABLE notes (id INTEGER)", "DROP TABLE notes"] {
            other.execute_batch(statement).unwrap();
            store.accounts().find_by_id(&user("ada").id).await.unwrap();
            store.accounts().check_writable().await.unwrap();
            store.accounts().ping().await.unwrap();
        }
        store
            .accounts()
            .change(
                &user("nobody").id,
                Expected::Account,
                &Change::LockoutEnabled(true),
                &event(),
            )
            .await
            .unwrap();
        other.close().unwrap();
        store
            .accounts()
            .create(&user(name), EmailUniqueness::NotRequired, None, &event())
            .await
            .unwrap();
        store.accounts().ping().await.unwrap();
    }
}
