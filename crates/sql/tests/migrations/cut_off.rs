//! Migrations that end before their last statement. MySQL commits each statement by itself; the other databases are in
//! these states only by an operator who ran statements of a plan by hand.

use wicketgate_identity::SchemaVersion::{V1, V3};
use wicketgate_sql::SchemaState;

use crate::shape::{shape, without_marks};
use crate::{Database, Kind};

/// The database after the first of these statements.
async fn cut_off(database: &Database, planned: &[&str]) {
    for statement in planned {
        crate::shape::run(&database.url, statement).await;
    }
}

#[tokio::test]
async fn wherever_it_was_cut_off_the_next_migration_finishes_it() {
    let Some(whole) = Kind::MySql.new_database().await else {
        return;
    };
    let planned = whole.plan(V3).await.unwrap();
    assert_eq!(whole.migrate(V3).await.unwrap(), planned);
    let expected = shape(&whole.url).await;
    for done in 0..planned.len() {
        let database = Kind::MySql.new_database().await.unwrap();
        cut_off(&database, &planned[..done]).await;
        let left = database.migrate(V3).await.unwrap();
        assert_eq!(shape(&database.url).await, expected, "{:?}", planned[done]);
        assert!(left.ends_with(&planned[done..]), "{left:#?}");
        assert_eq!(database.marks().await, whole.marks().await);
    }
}

#[tokio::test]
async fn a_database_is_served_only_with_all_its_indexes() {
    let Some(whole) = Kind::MySql.new_database().await else {
        return;
    };
    let planned = whole.plan(V3).await.unwrap();
    whole.migrate(V3).await.unwrap();
    let expected = shape(&whole.url).await;
    let mut refusals = 0;
    for done in 0..planned.len() {
        let database = Kind::MySql.new_database().await.unwrap();
        cut_off(&database, &planned[..done]).await;
        match database.connect(V3).await {
            Ok(_) => assert_eq!(shape(&database.url).await, expected, "{:?}", planned[done]),
            Err(refused) => {
                refusals += 1;
                let message = refused.to_string();
                assert!(
                    message.contains("`migrate` adds them") || message.contains("`migrate` finishes it"),
                    "{message}"
                );
            }
        }
    }
    assert!(refusals > 10, "{refusals} of {}", planned.len());
}

#[tokio::test]
async fn a_migration_to_a_newer_version_is_finished_too() {
    let (Some(whole), Some(empty)) = (Kind::MySql.of_ef_core(V1).await, Kind::MySql.new_database().await) else {
        return;
    };
    empty.connect(V3).await.unwrap();
    let planned = whole.plan(V3).await.unwrap();
    let (expected, _) = without_marks(shape(&empty.url).await);
    for done in 1..planned.len() {
        let database = Kind::MySql.of_ef_core(V1).await.unwrap();
        cut_off(&database, &planned[..done]).await;
        database.migrate(V3).await.unwrap();
        let (after, _) = without_marks(shape(&database.url).await);
        assert_eq!(after, expected, "{:?}", planned[done]);
    }
}

#[tokio::test]
async fn an_index_that_an_application_took_away_stays_away() {
    let Some(database) = Kind::MySql.of_ef_core(V1).await else {
        return;
    };
    database.run(r#"DROP INDEX "EmailIndex" ON "AspNetUsers""#).await;
    database.migrate(V3).await.unwrap();
    let has_index = |shape: std::collections::BTreeSet<String>| shape.iter().any(|line| line.contains("EmailIndex"));
    assert!(!has_index(shape(&database.url).await));
    database.migrate(V3).await.unwrap();
    assert!(!has_index(shape(&database.url).await));
    assert_eq!(database.state().await, SchemaState::Complete(V3));
}
