//! From an older version of Identity's tables to a newer one.

use wicketgate_identity::account::NormalizedName;
use wicketgate_identity::options::SchemaVersion::{self, V1, V2, V3};
use wicketgate_sql::{OpenError, SchemaState};

use crate::shape::{shape, without_ours};
use crate::{Database, KINDS, Kind};

/// An account with a login of another service and an authenticator.
pub(crate) const ADA: &str = r#"
    INSERT INTO "AspNetUsers" ("Id", "UserName", "NormalizedUserName", "PhoneNumber", "EmailConfirmed",
        "PhoneNumberConfirmed", "TwoFactorEnabled", "LockoutEnabled", "AccessFailedCount")
    VALUES ('1', 'ada', 'ADA', '+1 555', '1', '0', '0', '1', 0);
    INSERT INTO "AspNetUserLogins" ("LoginProvider", "ProviderKey", "UserId") VALUES ('Elsewhere', 'key', '1');
    INSERT INTO "AspNetUserTokens" ("UserId", "LoginProvider", "Name", "Value")
    VALUES ('1', '[AspNetUserStore]', 'AuthenticatorKey', 'SECRET');"#;

#[tokio::test]
async fn a_database_becomes_like_one_of_the_newer_version_and_keeps_its_rows() {
    for kind in KINDS {
        for (from, to) in [(V1, V2), (V1, V3), (V2, V3)] {
            let (Some(database), Some(expected)) = (kind.of_ef_core(from).await, like_new(kind, to).await) else {
                continue;
            };
            database.run(ADA).await;
            let planned = database.plan(to).await.unwrap();
            assert!(!database.has_marks().await, "planning changes nothing");
            assert_eq!(database.migrate(to).await.unwrap(), planned);

            let (shape_after, _) = without_ours(shape(&database.url).await);
            let (expected, _) = without_ours(shape(&expected.url).await);
            assert_eq!(shape_after, expected, "{kind:?} {from:?} {to:?}");
            assert_eq!(database.state().await, SchemaState::Complete(to));
            assert_eq!(database.migrate(to).await.unwrap(), [""; 0]);

            let store = database.connect(to).await.unwrap();
            let name = NormalizedName::from_stored("ADA");
            let ada = store.accounts().find_by_normalized_name(&name).await.unwrap().unwrap();
            assert_eq!(ada.phone_number.as_deref(), Some("+1 555"));
            let key = store.accounts().authenticator_key(&ada.id).await.unwrap();
            assert_eq!(key.as_deref(), Some("SECRET"));
            let logins = database.texts(r#"SELECT "ProviderKey" FROM "AspNetUserLogins""#).await;
            assert_eq!(logins, ["key"]);
        }
    }
}

/// As EF Core makes it, or a new database of ours, which another test holds against EF Core's where there is one.
async fn like_new(kind: Kind, version: SchemaVersion) -> Option<Database> {
    if kind.golden(version).is_some() {
        return kind.of_ef_core(version).await;
    }
    let database = kind.new_database().await?;
    database.connect(version).await.unwrap();
    Some(database)
}

#[tokio::test]
async fn values_that_would_be_cut_off_stop_the_migration_before_it_begins() {
    for kind in [Kind::Postgres, Kind::MySql, Kind::SqlServer] {
        let Some(database) = kind.of_ef_core(V1).await else {
            continue;
        };
        database.run(ADA).await;
        let (number, name) = ("5".repeat(257), "ä".repeat(129));
        database
            .run(&format!(
                r#"UPDATE "AspNetUsers" SET "PhoneNumber" = '{number}'; UPDATE "AspNetUserTokens" SET "Name" = '{name}'"#
            ))
            .await;
        let before = shape(&database.url).await;
        for refused in [
            database.plan(V3).await.unwrap_err(),
            database.migrate(V3).await.unwrap_err(),
        ] {
            assert!(matches!(refused, OpenError::LongValues { .. }), "{refused:?}");
            let message = refused.to_string();
            let expected = ": values are longer than version 2 of the tables allows: AspNetUsers.PhoneNumber (1 over \
                256 characters), AspNetUserTokens.Name (1 over 128 characters); shorten them, or stay with stores.schema_version = 1";
            assert!(message.ends_with(expected), "{message}");
            assert!(message.starts_with("cannot migrate the database "), "{message}");
        }
        assert_eq!(shape(&database.url).await, before);
        database.connect(V3).await.unwrap();

        let (number, name) = (&number[1..], "ä".repeat(128));
        database
            .run(&format!(
                r#"UPDATE "AspNetUsers" SET "PhoneNumber" = '{number}'; UPDATE "AspNetUserTokens" SET "Name" = '{name}'"#
            ))
            .await;
        database.migrate(V3).await.unwrap();
        let numbers = database.texts(r#"SELECT "PhoneNumber" FROM "AspNetUsers""#).await;
        assert_eq!(numbers, [number]);
        let names = database.texts(r#"SELECT "Name" FROM "AspNetUserTokens""#).await;
        assert_eq!(names, [name]);
    }
}

/// Its columns have no lengths.
#[tokio::test]
async fn long_values_are_nothing_to_sqlite() {
    let database = Kind::Sqlite.of_ef_core(V1).await.unwrap();
    database.run(ADA).await;
    let number = "5".repeat(257);
    database
        .run(&format!(r#"UPDATE "AspNetUsers" SET "PhoneNumber" = '{number}'"#))
        .await;
    database.migrate(V3).await.unwrap();
    let numbers = database.texts(r#"SELECT "PhoneNumber" FROM "AspNetUsers""#).await;
    assert_eq!(numbers, [number]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ten_migrations_at_once_one_does_it_and_the_others_find_it_done() {
    for kind in KINDS {
        let Some(database) = kind.of_ef_core(V1).await else {
            continue;
        };
        let planned = database.plan(V3).await.unwrap();
        let migrations: Vec<_> = (0..10)
            .map(|_| {
                let url = database.url.clone();
                tokio::spawn(async move { wicketgate_sql::migrate(&url, &crate::options(V3)).await })
            })
            .collect();
        let mut ran = Vec::new();
        for migration in migrations {
            ran.push(migration.await.unwrap().unwrap());
        }
        ran.retain(|statements| !statements.is_empty());
        assert_eq!(ran, [planned], "{kind:?}");
    }
}
