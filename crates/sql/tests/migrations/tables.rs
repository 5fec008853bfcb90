//! Which tables a migration makes.

use wicketgate_identity::options::SchemaVersion::{V1, V2, V3};
use wicketgate_sql::{OpenError, SchemaState};

use crate::shape::{shape, without_ours};
use crate::{KINDS, Kind};

fn without_statements_about_ours(statements: Vec<&'static str>) -> Vec<&'static str> {
    let statements = statements.into_iter();
    statements
        .filter(|statement| !statement.contains("wicketgate_"))
        .collect()
}

#[tokio::test]
async fn it_adds_what_the_version_has_more() {
    for kind in KINDS {
        let Some(database) = kind.of_ef_core(V2).await else {
            continue;
        };
        let planned = database.plan(V3).await.unwrap();
        assert_eq!(database.plan(V3).await.unwrap(), planned, "planning changes nothing");
        assert_eq!(database.migrate(V3).await.unwrap(), planned);
        assert_eq!(database.migrate(V3).await.unwrap(), [""; 0]);
        let added = without_statements_about_ours(planned);
        assert_eq!(added.len(), 2, "a table and its index: {added:#?}");
        assert!(added.iter().all(|statement| statement.contains("AspNetUserPasskeys")));
        database.connect(V3).await.unwrap();
    }
}

#[tokio::test]
async fn it_adds_identity_to_another_applications_database() {
    for kind in KINDS {
        let Some(database) = kind.new_database().await else {
            continue;
        };
        database
            .run("CREATE TABLE orders (id integer NOT NULL PRIMARY KEY)")
            .await;
        let before = shape(&database.url).await;
        database.migrate(V3).await.unwrap();
        database.connect(V3).await.unwrap();
        assert!(shape(&database.url).await.is_superset(&before), "{kind:?}");
    }
}

#[tokio::test]
async fn it_takes_nothing_away() {
    for kind in KINDS {
        let Some(database) = kind.new_database().await else {
            continue;
        };
        database.connect(V3).await.unwrap();
        database.run("DROP TABLE wicketgate_migrations").await;
        let (before, _) = without_ours(shape(&database.url).await);
        let ran = database.migrate(V1).await.unwrap();
        assert_eq!(without_statements_about_ours(ran), [""; 0]);
        assert_eq!(database.migrate(V1).await.unwrap(), [""; 0]);
        let (after, _) = without_ours(shape(&database.url).await);
        assert_eq!(after, before, "{kind:?}");
    }
}

#[tokio::test]
async fn one_that_cannot_help_is_refused() {
    for kind in KINDS {
        let Some(database) = kind.of_ef_core(V2).await else {
            continue;
        };
        database
            .run(r#"ALTER TABLE "AspNetUsers" DROP COLUMN "LockoutEnd""#)
            .await;
        let before = shape(&database.url).await;
        let state = SchemaState::UnsuitableColumns(vec!["AspNetUsers.LockoutEnd is missing".to_owned()]);
        for refused in [
            database.migrate(V3).await.unwrap_err(),
            database.plan(V3).await.unwrap_err(),
        ] {
            assert!(
                matches!(&refused, OpenError::Schema { state: found, .. } if *found == state),
                "{kind:?} {refused}"
            );
        }
        assert_eq!(shape(&database.url).await, before);
    }
}

#[tokio::test]
async fn a_plan_for_a_missing_file_makes_none() {
    let database = Kind::Sqlite.new_database().await.unwrap();
    let planned = database.plan(V3).await.unwrap();
    let file = database.url.strip_prefix("sqlite://").unwrap();
    assert!(!std::path::Path::new(file).exists());
    assert_eq!(database.migrate(V3).await.unwrap(), planned);
}
