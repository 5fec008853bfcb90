//! What is remembered of migrations.

use wicketgate_identity::options::SchemaVersion::{V1, V2, V3};
use wicketgate_identity::options::StoreOptions;
use wicketgate_sql::{OpenError, SchemaState, connect_keys, migrate_keys, plan_keys_migration};

use crate::KINDS;

const MARKS: [&str; 3] = ["1 Identity version 1", "2 Identity version 2", "3 Identity version 3"];

#[tokio::test]
async fn a_new_database_has_the_marks_of_its_version_and_a_migration_adds_the_others() {
    for kind in KINDS {
        for (version, marks) in [(V1, 1), (V2, 2), (V3, 3)] {
            let Some(database) = kind.new_database().await else {
                continue;
            };
            database.connect(version).await.unwrap();
            assert_eq!(database.marks().await, MARKS[..marks], "{kind:?}");
            if version == V1 && !database.changes_keys().await {
                continue;
            }
            database.migrate(V3).await.unwrap();
            assert_eq!(database.marks().await, MARKS, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn a_database_of_ef_cores_is_used_without_marks_and_gets_them_by_a_migration_alone() {
    for kind in KINDS {
        let Some(database) = kind.of_ef_core(V2).await else {
            continue;
        };
        database.connect(V3).await.unwrap().accounts().ping().await.unwrap();
        connect_keys(&database.url, &StoreOptions::default()).await.unwrap();
        assert!(!database.has_marks().await, "{kind:?}");

        let ran = database.migrate(V1).await.unwrap();
        let marks = ran
            .iter()
            .filter(|statement| statement.contains("wicketgate_migrations"));
        assert_eq!(marks.count(), 3, "{ran:#?}");
        assert!(!ran.iter().any(|statement| statement.contains("AspNet")), "{ran:#?}");
        assert_eq!(database.marks().await, MARKS[..2]);
        assert_eq!(database.state().await, SchemaState::Complete(V2));
    }
}

#[tokio::test]
async fn a_database_that_a_newer_version_migrated_is_refused() {
    for kind in KINDS {
        let Some(database) = kind.new_database().await else {
            continue;
        };
        let running = database.connect(V3).await.unwrap();
        let newer = "INSERT INTO wicketgate_migrations (number, name) VALUES (5, 'A'), (4, 'B')";
        database.run(newer).await;
        let url = &database.url;
        let state = SchemaState::Newer { found: 5, known: 3 };
        assert_eq!(database.state().await, state);
        for refused in [
            database.connect(V3).await.map(drop),
            database.migrate(V3).await.map(drop),
            database.plan(V3).await.map(drop),
            connect_keys(url, &StoreOptions::default()).await.map(drop),
            migrate_keys(url, &StoreOptions::default()).await.map(drop),
            plan_keys_migration(url, &StoreOptions::default()).await.map(drop),
        ] {
            let refused = refused.unwrap_err();
            assert!(
                matches!(&refused, OpenError::Schema { state: found, .. } if *found == state),
                "{refused:?}"
            );
            let message = refused.to_string();
            let expected =
                ": migration 5 ran on it, and this version of Wicketgate knows none after 3; run the newer version";
            assert!(
                message.starts_with("cannot use the database ") && message.ends_with(expected),
                "{message}"
            );
        }
        running.accounts().ping().await.unwrap();
    }
}
