//! What `stores.key_type` decides, and what it does not.

use std::sync::Arc;

use wicketgate_identity::UserId;
use wicketgate_identity::account::EmailUniqueness;
use wicketgate_identity::options::{KeyType, SchemaVersion, StoreOptions};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;
use wicketgate_store_tests::fixture::{event, user};

use crate::variants::NOW;
use crate::{KINDS, Kind, shape};

#[tokio::test]
async fn keys_of_another_type_than_the_setting_says_are_refused() {
    for kind in KINDS {
        for (variant, found, wanted) in [
            ("guid-keys", "guid", KeyType::Int),
            ("int-keys", "int", KeyType::Guid),
            ("int-keys", "int", KeyType::Text),
        ] {
            let Some((database, _)) = kind.variant(variant).await else {
                continue;
            };
            let found = match (kind, variant) {
                // Its columns are those for texts.
                (Kind::Sqlite, "guid-keys") => "text",
                _ => found,
            };
            let refusal = database.connect(Some(wanted)).await.unwrap_err().to_string();
            let reason = format!(
                "its users and roles have keys of the type \"{found}\", but stores.key_type is \"{wanted}\"; leave that setting out"
            );
            assert!(refusal.ends_with(&reason), "{kind:?} {refusal}");
        }
        for (variant, right) in [("guid-keys", KeyType::Guid), ("int-keys", KeyType::Int)] {
            if let Some((database, _)) = kind.variant(variant).await {
                database.connect(Some(right)).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn the_tables_of_a_new_database_are_as_ef_core_makes_them() {
    for kind in KINDS {
        for (variant, key_type) in [("guid-keys", KeyType::Guid), ("int-keys", KeyType::Int)] {
            let (Some(ours), Some(of_ef_core)) = (kind.new_database().await, kind.new_database().await) else {
                continue;
            };
            let options = StoreOptions {
                // Pomelo has no release for .NET 10.
                schema_version: if kind == Kind::MySql {
                    SchemaVersion::V2
                } else {
                    SchemaVersion::V3
                },
                key_type: Some(key_type),
                ..StoreOptions::default()
            };
            connect(&ours.url, &options, Arc::new(SystemRandom)).await.unwrap();
            shape::run(&of_ef_core.url, &kind.ddl(variant)).await;
            let (ours, _) = shape::without_ours(shape::shape(&ours.url).await);
            assert_eq!(ours, shape::shape(&of_ef_core.url).await, "{kind:?} {variant}");
        }
    }
}

/// Even before there is an account.
#[tokio::test]
async fn a_new_database_keeps_the_type_of_its_keys() {
    for kind in KINDS {
        for key_type in [KeyType::Text, KeyType::Guid, KeyType::Int, KeyType::BigInt] {
            let Some(database) = kind.new_database().await else {
                continue;
            };
            database.connect(Some(key_type)).await.unwrap();
            let stores = database.connect(Some(key_type)).await.unwrap();
            let accounts = stores.accounts();
            accounts
                .create(&user("ada"), EmailUniqueness::NotRequired, None, &event())
                .await
                .unwrap();
            let found = database.connect(None).await.unwrap();
            let ada = found.accounts().list(None, 1).await.unwrap().remove(0);
            let is_number = matches!(key_type, KeyType::Int | KeyType::BigInt);
            let expected = if is_number {
                UserId::from_stored("1")
            } else {
                user("ada").id
            };
            assert_eq!(ada.id, expected, "{kind:?} {key_type}");
            assert!(found.accounts().find_by_id(&ada.id).await.unwrap().is_some());
        }
    }
}

/// The table of version 3 gets ids of the type that the others have.
#[tokio::test]
async fn a_migration_goes_on_with_the_keys_that_it_finds() {
    for kind in KINDS {
        for variant in ["guid-keys", "int-keys"] {
            let Some((database, _)) = kind.variant(variant).await else {
                continue;
            };
            if kind != Kind::MySql {
                database.run(r#"DROP TABLE "AspNetUserPasskeys""#).await;
            }
            let options = StoreOptions {
                schema_version: SchemaVersion::V3,
                ..StoreOptions::default()
            };
            let ran = wicketgate_sql::migrate(&database.url, &options).await.unwrap();
            let made = ran.iter().filter(|statement| statement.contains("AspNetUserPasskeys"));
            assert_eq!(made.count(), 2, "{kind:?} {ran:#?}");
            assert_eq!(wicketgate_sql::migrate(&database.url, &options).await.unwrap(), [""; 0]);
            database.connect(None).await.unwrap();
        }
    }
}

/// Texts and Guids are declared alike in SQLite.
#[tokio::test]
async fn sqlite_tells_guids_from_texts_by_their_letters() {
    let (database, people) = Kind::Sqlite.variant("guid-keys").await.unwrap();
    let id = UserId::from_stored(&*people[0].id);
    let is_found = async |key_type| {
        let stores = database.connect(key_type).await.unwrap();
        stores.accounts().find_by_id(&id).await.unwrap().is_some()
    };
    assert!(is_found(None).await);
    assert!(is_found(Some(KeyType::Guid)).await);
    // An application with texts for keys may have made them so.
    assert!(!is_found(Some(KeyType::Text)).await);
    // One id of another form, and it is not .NET's `Guid`.
    database
        .run(r#"INSERT INTO "AspNetRoles" ("Id") VALUES ('admin')"#)
        .await;
    assert!(!is_found(None).await);
    let refusal = database.connect(Some(KeyType::Guid)).await.unwrap_err().to_string();
    assert!(refusal.contains(r#"keys of the type "text""#), "{refusal}");
    // Some in small letters, as earlier versions of Wicketgate wrote them: the setting decides.
    database
        .run(r#"UPDATE "AspNetRoles" SET "Id" = '0a3d6a7c-2b7e-4a6f-9d63-f0e1d2c3b4a5' WHERE "Id" = 'admin'"#)
        .await;
    assert!(!is_found(None).await);
    assert!(is_found(Some(KeyType::Guid)).await);
}

/// The application makes the numbers by itself: nobody can register here, and that is said.
#[tokio::test]
async fn numbers_that_the_database_does_not_make_are_named() {
    let Some((database, _)) = Kind::Postgres.variant("int-keys").await else {
        return;
    };
    let unfillable = async || {
        wicketgate_sql::inspect(&database.url, &StoreOptions::default(), NOW)
            .await
            .unwrap()
            .unfillable_columns
    };
    assert_eq!(unfillable().await, [""; 0]);
    database
        .run(r#"ALTER TABLE "AspNetUsers" ALTER COLUMN "Id" DROP IDENTITY"#)
        .await;
    assert_eq!(unfillable().await, ["Id"]);
    let (sqlite, _) = Kind::Sqlite.variant("int-keys").await.unwrap();
    let found = wicketgate_sql::inspect(&sqlite.url, &StoreOptions::default(), NOW)
        .await
        .unwrap();
    assert_eq!(found.unfillable_columns, [""; 0]);
}
