//! Migrations that end before their last statement. MySQL commits each statement by itself; in the other databases it takes
//! an operator who runs the statements of a plan by hand.

use wicketgate_identity::options::SchemaVersion::{V1, V3};
use wicketgate_sql::SchemaState;

use crate::shape::{shape, without_ours};
use crate::{Database, KINDS, Kind};

/// Behind each statement where that happens by itself, elsewhere behind some: the tests take long.
fn stride(kind: Kind) -> usize {
    if kind == Kind::MySql { 1 } else { 5 }
}

/// SQL Server's indexes are not looked for: it runs a migration in one transaction.
const REPAIRED: [Kind; 3] = [Kind::Sqlite, Kind::Postgres, Kind::MySql];

/// Runs statements as a plan has them.
async fn run(database: &Database, planned: &[&str]) {
    if !planned.is_empty() {
        crate::shape::run(&database.url, &planned.join(";")).await;
    }
}

#[tokio::test]
async fn wherever_the_first_start_was_cut_off_the_next_one_finishes_it() {
    for kind in REPAIRED {
        let Some(whole) = kind.new_database().await else {
            continue;
        };
        let planned = whole.plan(V3).await.unwrap();
        assert_eq!(whole.migrate(V3).await.unwrap(), planned);
        let expected = shape(&whole.url).await;
        for (done, next) in planned.iter().enumerate().step_by(stride(kind)) {
            let database = kind.new_database().await.unwrap();
            run(&database, &planned[..done]).await;
            let store = database.connect(V3).await.unwrap();
            store.accounts().ping().await.unwrap();
            assert_eq!(shape(&database.url).await, expected, "{kind:?} before {next}");
            // The marks of later migrations may be missing where all that they make is there.
            database.migrate(V3).await.unwrap();
            assert_eq!(database.marks().await, whole.marks().await);
        }
    }
}

/// What somebody else has in it is an operator's, unless all is there that an instance needs.
#[tokio::test]
async fn what_was_cut_off_beside_rows_or_tables_of_others_is_not_served_until_a_migration_finishes_it() {
    const ROLE: &str = r#"INSERT INTO "AspNetRoles" ("Id") VALUES ('1')"#;
    const TABLE: &str = "CREATE TABLE orders (id integer NOT NULL PRIMARY KEY)";
    const COLUMN: &str = r#"ALTER TABLE "AspNetRoles" ADD "Description" varchar(100)"#;
    for kind in [Kind::Sqlite, Kind::MySql] {
        for theirs in [ROLE, TABLE, COLUMN] {
            let Some(whole) = kind.new_database().await else {
                continue;
            };
            let planned = whole.plan(V3).await.unwrap();
            whole.migrate(V3).await.unwrap();
            whole.run(theirs).await;
            let expected = shape(&whole.url).await;
            let first = planned
                .iter()
                .position(|statement| statement.contains("CREATE TABLE `AspNetRoles`"));
            let first = first.or_else(|| {
                planned
                    .iter()
                    .position(|statement| statement.contains(r#"TABLE "AspNetRoles""#))
            });
            for done in (first.unwrap() + 1..planned.len()).step_by(stride(kind) + 6) {
                let database = kind.new_database().await.unwrap();
                run(&database, &planned[..done]).await;
                database.run(theirs).await;
                let before = shape(&database.url).await;
                if let Err(refused) = database.connect(V3).await {
                    let message = refused.to_string();
                    let names_the_remedy =
                        message.contains("`migrate` adds them") || message.contains("`migrate` finishes it");
                    assert!(names_the_remedy, "{message}");
                    assert_eq!(shape(&database.url).await, before);
                    let left = database.migrate(V3).await.unwrap();
                    assert!(left.ends_with(&planned[done..]), "{left:#?}");
                } else {
                    // All of Identity's tables are there, and it is served.
                    let mut left = planned[done..].iter();
                    assert!(
                        left.all(|statement| statement.contains("wicketgate_")),
                        "{kind:?} {theirs} {done}"
                    );
                    database.migrate(V3).await.unwrap();
                }
                assert_eq!(shape(&database.url).await, expected, "{kind:?} {theirs} {done}");
            }
        }
    }
}

#[tokio::test]
async fn a_migration_to_a_newer_version_is_finished_too() {
    for kind in REPAIRED {
        let (Some(whole), Some(empty)) = (kind.of_ef_core(V1).await, kind.new_database().await) else {
            continue;
        };
        empty.connect(V3).await.unwrap();
        let planned = whole.plan(V3).await.unwrap();
        let (expected, _) = without_ours(shape(&empty.url).await);
        for done in (1..planned.len()).step_by(stride(kind)) {
            let database = kind.of_ef_core(V1).await.unwrap();
            run(&database, &planned[..done]).await;
            database.migrate(V3).await.unwrap();
            let (after, _) = without_ours(shape(&database.url).await);
            assert_eq!(after, expected, "{kind:?} {:?}", planned[done]);
        }
    }
}

#[tokio::test]
async fn an_index_that_an_application_took_away_stays_away() {
    for kind in KINDS {
        let Some(database) = kind.of_ef_core(V1).await else {
            continue;
        };
        database
            .run(kind.drop_index("EmailIndex", "AspNetUsers").as_str())
            .await;
        for _ in 0..2 {
            database.migrate(V3).await.unwrap();
            let lines = shape(&database.url).await;
            assert!(
                !lines.iter().any(|line| line.contains("EmailIndex")),
                "{kind:?} {lines:#?}"
            );
            assert_eq!(database.state().await, SchemaState::Complete(V3));
        }
    }
}
