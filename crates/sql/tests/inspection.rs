//! Looking at databases of others without touching them.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use wicketgate_identity::options::{SchemaVersion, StoreOptions};
use wicketgate_identity::password::UnreadableHash;
use wicketgate_sql::{AccountCounts, Inspection, OddValues, Oddity, OpenError, SchemaState};

/// When the golden database was made.
const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

#[tokio::test]
async fn everything_in_the_golden_database_is_counted() {
    let folder = golden();
    let inspection = inspect(&folder).await.unwrap();
    assert_eq!(inspection.schema, SchemaState::Complete(SchemaVersion::V2));
    assert_eq!(inspection.unfillable_columns, [""; 0]);
    let AccountCounts { by_hash, .. } = inspection.accounts.clone().unwrap();
    let by_hash: Vec<_> = by_hash
        .iter()
        .map(|(hash, count)| (hash.map_or("none".to_owned(), |hash| hash.unwrap().to_string()), *count))
        .collect();
    assert_eq!(
        by_hash,
        [
            ("version 3, HMAC-SHA512, 100000 rounds".to_owned(), 10),
            ("none".to_owned(), 1),
            ("version 2".to_owned(), 1),
            ("version 3, HMAC-SHA256, 10000 rounds".to_owned(), 1),
        ]
    );
    let expected = AccountCounts {
        total: 13,
        confirmed: 1,
        locked: 2,
        two_factor: 1,
        external_logins: 1,
        roles: 2,
        ..AccountCounts::default()
    };
    let counted = inspection.accounts.map(|accounts| AccountCounts {
        by_hash: Vec::new(),
        ..accounts
    });
    assert_eq!(counted, Some(expected));
}

#[tokio::test]
async fn a_look_changes_no_byte_and_no_file_in_either_journal_mode() {
    for mode in ["delete", "wal"] {
        let folder = golden();
        connect(&folder, mode).close().unwrap();
        let before = contents(folder.path());
        assert_eq!(before.len(), 1, "{mode}");
        inspect(&folder).await.unwrap();
        assert_eq!(contents(folder.path()), before, "{mode}");
    }
}

#[tokio::test]
async fn what_a_running_application_wrote_last_is_counted() {
    let folder = golden();
    let application = connect(&folder, "wal");
    application
        .execute_batch(r#"UPDATE "AspNetUsers" SET "EmailConfirmed" = 1"#)
        .unwrap();
    let files: Vec<_> = contents(folder.path()).into_keys().collect();
    assert_eq!(files, ["app.db", "app.db-shm", "app.db-wal"]);

    let accounts = inspect(&folder).await.unwrap().accounts.unwrap();
    assert_eq!(accounts.confirmed, 13);
    assert_eq!(contents(folder.path()).into_keys().collect::<Vec<_>>(), files);
    application.close().unwrap();
}

#[tokio::test]
async fn changes_that_only_a_repair_would_show_are_not_passed_over() {
    let folder = golden();
    let application = connect(&folder, "wal");
    application
        .execute_batch(r#"UPDATE "AspNetUsers" SET "EmailConfirmed" = 1"#)
        .unwrap();
    let copy = TempDir::new().unwrap();
    for file in ["app.db", "app.db-wal"] {
        fs::copy(folder.path().join(file), copy.path().join(file)).unwrap();
    }
    let before = contents(copy.path());
    let error = inspect(&copy).await.unwrap_err();
    assert!(error.to_string().contains("-wal file"), "{error}");
    assert_eq!(contents(copy.path()), before);
}

#[tokio::test]
async fn hashes_and_dates_of_other_kinds_are_counted_as_such() {
    let folder = golden();
    let application = connect(&folder, "delete");
    let statement =
        r#"UPDATE "AspNetUsers" SET "PasswordHash" = '$2b$12$bcrypt', "LockoutEnabled" = 1, "LockoutEnd" = 'soon'"#;
    application.execute_batch(statement).unwrap();
    application.close().unwrap();
    let inspection = inspect(&folder).await.unwrap();
    let accounts = inspection.accounts.unwrap();
    assert_eq!(accounts.by_hash, [(Some(Err(UnreadableHash)), 13)]);
    assert_eq!(accounts.locked, 0);
    let no_dates = OddValues {
        column: "AspNetUsers.LockoutEnd",
        oddity: Oddity::NoDate,
        rows: 13,
    };
    assert_eq!(inspection.odd_values, [no_dates]);
}

#[tokio::test]
async fn a_database_without_accounts_says_what_it_is() {
    let folder = golden();
    let application = connect(&folder, "delete");
    application.execute_batch(r#"DROP TABLE "AspNetUserTokens""#).unwrap();
    application.close().unwrap();
    let inspection = inspect(&folder).await.unwrap();
    assert_eq!(
        inspection.schema,
        SchemaState::MissingTables(vec!["AspNetUserTokens".to_owned()])
    );
    assert_eq!(inspection.accounts, None);
}

#[tokio::test]
async fn a_missing_file_is_not_made() {
    let folder = TempDir::new().unwrap();
    assert!(matches!(inspect(&folder).await, Err(OpenError::File { .. })));
    assert!(contents(folder.path()).is_empty());
}

fn golden() -> TempDir {
    let folder = TempDir::new().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/goldens/database/app.db");
    fs::copy(golden, folder.path().join("app.db")).unwrap();
    folder
}

async fn inspect(folder: &TempDir) -> Result<Inspection, OpenError> {
    let url = format!("sqlite://{}", folder.path().join("app.db").display());
    wicketgate_sql::inspect(&url, &StoreOptions::default(), NOW).await
}

/// As an application of .NET has it.
fn connect(folder: &TempDir, mode: &str) -> Connection {
    let connection = Connection::open(folder.path().join("app.db")).unwrap();
    connection.pragma_update(None, "journal_mode", mode).unwrap();
    connection
}

/// Every file, with its bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect()
}
