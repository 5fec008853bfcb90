//! SQLite's columns hold any kind of value: those that .NET reads are read, the others are refused by name.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use wicketgate_identity::account::NormalizedName;
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::{Stores, User};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{Inspection, OddValues, Oddity, OpenError, connect, inspect};

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// What EF Core wrote, with this done to it.
fn golden(folder: &TempDir, change: &str) -> PathBuf {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/goldens/database/app.db");
    let path = folder.path().join("app.db");
    fs::copy(golden, &path).unwrap();
    let application = Connection::open(&path).unwrap();
    application.execute_batch(change).unwrap();
    path
}

async fn open(path: &Path) -> Result<Arc<dyn Stores>, OpenError> {
    let url = format!("sqlite://{}", path.display());
    connect(&url, &StoreOptions::default(), Arc::new(SystemRandom)).await
}

async fn look(path: &Path) -> Inspection {
    let url = format!("sqlite://{}", path.display());
    inspect(&url, &StoreOptions::default(), NOW).await.unwrap()
}

async fn plain(store: &dyn Stores) -> User {
    let name = NormalizedName::from_stored("PLAIN@EXAMPLE.TEST");
    let found = store.accounts().find_by_normalized_name(&name).await.unwrap();
    found.unwrap()
}

#[tokio::test]
async fn dates_in_every_form_that_dotnet_reads_are_read() {
    for (written, expected) in [
        ("'2999-12-31'", datetime!(2999-12-31 00:00 UTC)),
        ("'12/31/2999'", datetime!(2999-12-31 00:00 UTC)),
        ("'12/31/2999 11:59:58 PM +01:00'", datetime!(2999-12-31 22:59:58 UTC)),
        ("julianday('2999-12-31 12:34:56')", datetime!(2999-12-31 12:34:56 UTC)),
        ("2816787", datetime!(2999-12-31 12:00 UTC)),
        (
            "CAST('2999-12-31 12:34:56+00:00' AS BLOB)",
            datetime!(2999-12-31 12:34:56 UTC),
        ),
    ] {
        let folder = TempDir::new().unwrap();
        // In a column that is declared as a text a number becomes one, which is no date for .NET either.
        let change = format!(
            r#"PRAGMA writable_schema = ON;
            UPDATE sqlite_master SET sql = replace(sql, '"LockoutEnd" TEXT', '"LockoutEnd" REAL');
            PRAGMA writable_schema = RESET;
            UPDATE "AspNetUsers" SET "LockoutEnd" = {written}, "LockoutEnabled" = 1"#
        );
        let path = golden(&folder, &change);
        // As many as the store finds locked are counted.
        let inspection = look(&path).await;
        assert_eq!(inspection.odd_values, [], "{written}");
        assert_eq!(inspection.accounts.unwrap().locked, 13, "{written}");
        let store = open(&path).await.unwrap();
        assert_eq!(plain(&*store).await.lockout_end, Some(expected), "{written}");
    }
}

#[tokio::test]
async fn booleans_and_numbers_are_read_as_dotnet_reads_them() {
    // A column that is declared as a text keeps what is one.
    const COLUMNS: &str = r#"PRAGMA writable_schema = ON;
        UPDATE sqlite_master SET sql = replace(sql, '"EmailConfirmed" INTEGER', '"EmailConfirmed" TEXT');
        PRAGMA writable_schema = RESET;"#;
    for (written, is_true) in [
        ("1", true),
        ("0", false),
        ("'1'", true),
        ("2", true),
        ("1.9", true),
        ("'True'", false),
    ] {
        for before in ["", COLUMNS] {
            let folder = TempDir::new().unwrap();
            let change = format!(
                r#"{before}UPDATE "AspNetUsers" SET "EmailConfirmed" = {written}, "AccessFailedCount" = 'none'"#
            );
            let store = open(&golden(&folder, &change)).await.unwrap();
            let plain = plain(&*store).await;
            assert_eq!(
                (plain.email_confirmed, plain.access_failed_count),
                (is_true, 0),
                "{written}"
            );
        }
    }
}

#[tokio::test]
async fn texts_that_are_bytes_or_numbers_are_read() {
    let folder = TempDir::new().unwrap();
    let change = r#"UPDATE "AspNetUsers" SET "PasswordHash" = CAST("PasswordHash" AS BLOB), "PhoneNumber" = 42"#;
    let path = golden(&folder, change);
    let hash = plain(&*open(&path).await.unwrap()).await.password_hash;
    assert!(hash.unwrap().as_str().starts_with("AQAAAA"));
    let odd = OddValues {
        column: "AspNetUsers.PasswordHash",
        oddity: Oddity::BytesInText,
        rows: 12,
    };
    assert_eq!(look(&path).await.odd_values, [odd]);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_at_a_start_by_its_column_and_number() {
    const NULLS: &str = r#"PRAGMA writable_schema = ON;
        UPDATE sqlite_master SET sql = replace(sql, '"LockoutEnabled" INTEGER NOT NULL', '"LockoutEnabled" INTEGER');
        PRAGMA writable_schema = RESET;
        UPDATE "AspNetUsers" SET "LockoutEnabled" = NULL WHERE "Email" = 'plain@example.test'"#;
    for (change, expected) in [
        (
            r#"UPDATE "AspNetUsers" SET "LockoutEnd" = 'soon'"#,
            "AspNetUsers.LockoutEnd holds no date (rows: 13)",
        ),
        (
            r#"UPDATE "AspNetUsers" SET "LockoutEnd" = 1767323045 WHERE "Email" = 'plain@example.test'"#,
            "AspNetUsers.LockoutEnd holds no date (rows: 1)",
        ),
        (
            NULLS,
            "AspNetUsers.LockoutEnabled holds null instead of 0 or 1 (rows: 1)",
        ),
        (
            r#"PRAGMA foreign_keys = OFF; UPDATE "AspNetUsers" SET "Id" = randomblob(16)"#,
            "AspNetUsers.Id holds bytes instead of a text (rows: 13)",
        ),
    ] {
        let folder = TempDir::new().unwrap();
        let path = golden(&folder, change);
        let refused = open(&path).await.unwrap_err();
        assert!(matches!(refused, OpenError::UnreadableValues { .. }));
        assert!(refused.to_string().contains(expected), "{refused}");
        assert!(look(&path).await.odd_values[0].to_string().contains(expected));
    }
}

#[tokio::test]
async fn what_dotnet_reads_as_false_is_told_and_served() {
    let folder = TempDir::new().unwrap();
    let path = golden(&folder, r#"UPDATE "AspNetUsers" SET "LockoutEnabled" = 'True'"#);
    assert!(!plain(&*open(&path).await.unwrap()).await.lockout_enabled);
    let odd = OddValues {
        column: "AspNetUsers.LockoutEnabled",
        oddity: Oddity::TextInBoolean,
        rows: 13,
    };
    assert_eq!(look(&path).await.odd_values, [odd]);
}
