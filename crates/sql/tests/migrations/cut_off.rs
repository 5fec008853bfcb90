//! Migrations that end before their last statement. MySQL commits each statement by itself; in the other databases it takes
//! an operator who runs the statements of a plan by hand.

use wicketgate_identity::SchemaVersion::{V1, V3};
use wicketgate_sql::SchemaState;

use crate::shape::{shape, without_marks};
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

/// An instance makes the tables of an empty database by itself. What was cut off later is an operator's, unless all is
/// there that an instance needs.
#[tokio::test]
async fn wherever_it_was_cut_off_it_is_not_served_and_the_next_migration_finishes_it() {
    for kind in REPAIRED {
        let Some(whole) = kind.new_database().await else {
            continue;
        };
        let planned = whole.plan(V3).await.unwrap();
        assert_eq!(whole.migrate(V3).await.unwrap(), planned);
        let expected = shape(&whole.url).await;
        let mut refusals = 0;
        for (done, next) in planned.iter().enumerate().step_by(stride(kind)) {
            let database = kind.new_database().await.unwrap();
            run(&database, &planned[..done]).await;
            if let Err(refused) = database.connect(V3).await {
                refusals += 1;
                let message = refused.to_string();
                let names_the_remedy =
                    message.contains("`migrate` adds them") || message.contains("`migrate` finishes it");
                assert!(names_the_remedy, "{message}");
                let left = database.migrate(V3).await.unwrap();
                assert!(left.ends_with(&planned[done..]), "{left:#?}");
            }
            assert_eq!(shape(&database.url).await, expected, "{kind:?} before {next}");
            database.migrate(V3).await.unwrap();
            assert_eq!(database.marks().await, whole.marks().await);
        }
        let cuts = planned.len() / stride(kind);
        assert!(refusals > cuts / 2, "{kind:?}: {refusals} of {cuts}");
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
        let (expected, _) = without_marks(shape(&empty.url).await);
        for done in (1..planned.len()).step_by(stride(kind)) {
            let database = kind.of_ef_core(V1).await.unwrap();
            run(&database, &planned[..done]).await;
            database.migrate(V3).await.unwrap();
            let (after, _) = without_marks(shape(&database.url).await);
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
