//! What is written here, as EF Core would write it.

use std::fs;

use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use wicketgate_identity::account::{Change, ConcurrencyStamp, EmailUniqueness, Expected, SecurityStamp};
use wicketgate_identity::options::LockoutOptions;
use wicketgate_identity::store::{Attempt, CreateOutcome};
use wicketgate_identity::{PasswordHash, User, UserId};
use wicketgate_store_tests::fixture::event;

use crate::{ef_core, golden, name, open, open_copy};

/// The columns' values as Microsoft.Data.Sqlite binds them, which `typeof` and `quote` show.
#[tokio::test]
async fn a_registration_is_written_as_ef_core_would() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    let user = User {
        id: UserId::from_stored("0c4b6a3e-7f1e-4a55-9a5e-7f3f0f1f2a3b"),
        user_name: Some("new@example.test".to_owned()),
        normalized_user_name: Some(name("NEW@EXAMPLE.TEST")),
        email: Some("new@example.test".to_owned()),
        normalized_email: Some(name("NEW@EXAMPLE.TEST")),
        email_confirmed: true,
        password_hash: Some(PasswordHash::from_stored("a hash")),
        security_stamp: Some(SecurityStamp::from_stored("a stamp")),
        concurrency_stamp: Some(ConcurrencyStamp::from_stored("another")),
        phone_number: None,
        phone_number_confirmed: false,
        two_factor_enabled: false,
        lockout_end: Some(datetime!(2026-01-02 03:04:05.5 UTC)),
        lockout_enabled: true,
        access_failed_count: 2,
    };
    assert_eq!(
        store
            .accounts()
            .create(&user, EmailUniqueness::Required, None, &event())
            .await
            .unwrap(),
        CreateOutcome::Created(user.id.clone())
    );

    let columns = "quote(Id), quote(UserName), quote(NormalizedUserName), quote(Email), quote(NormalizedEmail),
        quote(EmailConfirmed), quote(PasswordHash), quote(SecurityStamp), quote(ConcurrencyStamp), quote(PhoneNumber),
        quote(PhoneNumberConfirmed), quote(TwoFactorEnabled), quote(LockoutEnd), quote(LockoutEnabled),
        quote(AccessFailedCount)";
    let query = format!("SELECT {columns} FROM AspNetUsers WHERE UserName = 'new@example.test'");
    let written = ef_core(&folder).query_row(&query, [], |row| {
        (0..15)
            .map(|column| row.get(column))
            .collect::<Result<Vec<String>, _>>()
    });
    assert_eq!(
        written.unwrap(),
        [
            "'0c4b6a3e-7f1e-4a55-9a5e-7f3f0f1f2a3b'",
            "'new@example.test'",
            "'NEW@EXAMPLE.TEST'",
            "'new@example.test'",
            "'NEW@EXAMPLE.TEST'",
            "1",
            "'a hash'",
            "'a stamp'",
            "'another'",
            "NULL",
            "0",
            "0",
            "'2026-01-02 03:04:05.5+00:00'",
            "1",
            "2",
        ]
    );
}

/// .NET writes nothing either, so that a login waits for no disk.
#[tokio::test]
async fn a_success_after_no_failure_leaves_the_row_alone() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    for (normalized, is_written) in [("PLAIN@EXAMPLE.TEST", false), ("FAILING@EXAMPLE.TEST", true)] {
        let before = store
            .accounts()
            .find_by_normalized_name(&name(normalized))
            .await
            .unwrap()
            .unwrap();
        let (expected, options) = (before.security_stamp.as_ref(), LockoutOptions::default());
        let now = OffsetDateTime::UNIX_EPOCH;
        store
            .accounts()
            .settle_attempt(&before.id, expected, Attempt::Succeeded, now, &options, &event())
            .await
            .unwrap();
        let after = store.accounts().find_by_id(&before.id).await.unwrap().unwrap();
        assert_eq!(after.access_failed_count, 0);
        assert_eq!(
            after.concurrency_stamp != before.concurrency_stamp,
            is_written,
            "{normalized}"
        );
    }
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    for normalized in ["MANAGER@EXAMPLE.TEST", "SOCIAL@EXAMPLE.TEST", "TWOFACTOR@EXAMPLE.TEST"] {
        let user = store
            .accounts()
            .find_by_normalized_name(&name(normalized))
            .await
            .unwrap()
            .unwrap();
        assert!(store.accounts().delete(&user.id, &event()).await.unwrap());
        assert!(!store.accounts().delete(&user.id, &event()).await.unwrap());
    }
    let connection = ef_core(&folder);
    for table in [
        "AspNetUserClaims",
        "AspNetUserLogins",
        "AspNetUserRoles",
        "AspNetUserTokens",
    ] {
        let count = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0));
        assert_eq!(count.unwrap(), 0, "{table}");
    }
}

#[tokio::test]
async fn what_the_application_added_survives_every_write() {
    let folder = TempDir::new().unwrap();
    fs::copy(golden("app.db"), folder.path().join("app.db")).unwrap();
    let added = ef_core(&folder).execute_batch(
        r#"ALTER TABLE "AspNetUsers" ADD COLUMN "DisplayName" TEXT NOT NULL DEFAULT 'nobody';
        ALTER TABLE "AspNetUserTokens" ADD COLUMN "Note" TEXT;
        UPDATE "AspNetUsers" SET "DisplayName" = 'Two Factor' WHERE "UserName" = 'twofactor@example.test';
        UPDATE "AspNetUserTokens" SET "Note" = 'kept';"#,
    );
    added.unwrap();
    let store = open(&folder).await;
    let user = store
        .accounts()
        .find_by_normalized_name(&name("TWOFACTOR@EXAMPLE.TEST"))
        .await
        .unwrap()
        .unwrap();
    let stamp = SecurityStamp::from_stored("another stamp");
    store
        .accounts()
        .change(
            &user.id,
            Expected::SecurityStamp(user.security_stamp.as_ref()),
            &Change::AuthenticatorKey {
                key: "another key".to_owned(),
                stamp: stamp.clone(),
            },
            &event(),
        )
        .await
        .unwrap();
    let seen = store.accounts().recovery_codes(&user.id).await.unwrap();
    store
        .accounts()
        .change(
            &user.id,
            Expected::RecoveryCodes(&seen),
            &Change::RecoveryCodes(vec!["one".to_owned()].into()),
            &event(),
        )
        .await
        .unwrap();
    store
        .accounts()
        .change(
            &user.id,
            Expected::Account,
            &Change::UserName {
                name: "another".to_owned(),
                normalized: name("ANOTHER"),
                stamp: stamp.clone(),
            },
            &event(),
        )
        .await
        .unwrap();
    store
        .accounts()
        .create(
            &User {
                id: UserId::from_stored("new"),
                normalized_user_name: None,
                ..user
            },
            EmailUniqueness::NotRequired,
            None,
            &event(),
        )
        .await
        .unwrap();

    let connection = ef_core(&folder);
    let texts = |query: &str| {
        let mut query = connection.prepare(query).unwrap();
        let texts = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
        texts.map(Result::unwrap).collect::<Vec<_>>()
    };
    let names = texts("SELECT DisplayName FROM AspNetUsers WHERE Email = 'twofactor@example.test' ORDER BY rowid");
    assert_eq!(names, ["Two Factor", "nobody"]);
    assert_eq!(texts("SELECT Note FROM AspNetUserTokens"), ["kept", "kept"]);
}
