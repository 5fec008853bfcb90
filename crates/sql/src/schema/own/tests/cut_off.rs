//! Scripts that end before their last statement. MySQL commits each statement by itself; in the other databases it takes an
//! operator who runs the statements of a plan by hand.

use super::*;

async fn cut_off_migrations<D: Database>(server: Option<&str>) {
    let Some(tested) = Tested::<D>::of_dotnet(server).await else {
        return;
    };
    let planned = tested.plan(WANTED).await;
    // The table for marks and the three marks are Identity's.
    assert_eq!(planned.len(), 4 + 9, "{planned:#?}");
    for done in 1..planned.len() {
        let tested = Tested::<D>::of_dotnet(server).await.unwrap();
        tested.run(planned[..done].iter().copied()).await;
        let next = planned[done];
        let missing = tested.found().await.own.tables(WANTED.scripts);
        assert!(matches!(missing, OwnTables::Absent(_)), "before {next}");
        tested.migrate(WANTED).await.unwrap().unwrap();
        tested.assert_whole().await;
    }
}

#[tokio::test]
async fn wherever_a_script_was_cut_off_the_next_migration_finishes_it() {
    on_each!(cut_off_migrations);
}

async fn cut_off_starts<D: Database>(server: Option<&str>) {
    let Some(tested) = Tested::<D>::new(server).await else {
        return;
    };
    let planned = tested.plan(WANTED).await;
    for done in 1..planned.len() {
        let tested = Tested::<D>::new(server).await.unwrap();
        tested.run(planned[..done].iter().copied()).await;
        let found = tested.start(WANTED).await.unwrap();
        let next = planned[done];
        assert_eq!(found.own.tables(WANTED.scripts), OwnTables::Present, "before {next}");
        tested.assert_whole().await;
    }
}

#[tokio::test]
async fn wherever_the_first_start_was_cut_off_the_next_one_finishes_it() {
    cut_off_starts::<SqliteDatabase>(None).await;
    cut_off_starts::<MySqlDatabase>(Some(MYSQL)).await;
}

/// The index's name is taken, which matters in these databases.
async fn failing_scripts<D: Database>(server: Option<&str>) {
    let Some(tested) = Tested::<D>::of_dotnet(server).await else {
        return;
    };
    tested
        .run([
            "CREATE TABLE orders (id integer)",
            "CREATE INDEX wicketgate_notes_by_text ON orders (id)",
        ])
        .await;
    tested.migrate(WANTED).await.map(drop).unwrap_err();
    let found = tested.found().await;
    assert_eq!(found.own.journal, None);
    assert_eq!(found.own.taken_name(WANTED.scripts), None);
}

#[tokio::test]
async fn a_script_that_fails_leaves_nothing_where_the_database_can_take_it_back() {
    failing_scripts::<SqliteDatabase>(None).await;
    failing_scripts::<PostgresDatabase>(Some(POSTGRES)).await;
}

async fn taken_names<D: Database>(server: Option<&str>) {
    for (name, theirs) in [
        ("wicketgate_authors", "CREATE TABLE wicketgate_authors (other integer)"),
        ("wicketgate_scripts", "CREATE TABLE wicketgate_scripts (number integer)"),
    ] {
        let taken = SchemaState::TakenName(name);
        let (Some(of_dotnet), Some(empty)) = (Tested::<D>::of_dotnet(server).await, Tested::<D>::new(server).await)
        else {
            return;
        };
        for tested in [&of_dotnet, &empty] {
            tested.run([theirs]).await;
            let refused = tested.migrate(WANTED).await.unwrap().unwrap_err();
            assert!(matches!(refused, Refusal::State(state) if state == taken));
            assert_eq!(tested.found().await.own.journal, None);
        }
        let served = of_dotnet.start(WANTED).await.unwrap();
        assert_eq!(served.state(WANTED.scripts), SchemaState::Complete(SchemaVersion::V3));
        let absent = OwnTables::Absent(vec!["notes", "authors"]);
        assert_eq!(served.own.tables(WANTED.scripts), absent);
        assert_eq!(empty.start(WANTED).await.unwrap().state(WANTED.scripts), taken);
    }
}

#[tokio::test]
async fn a_table_of_somebody_elses_is_not_taken_for_ours() {
    on_each!(taken_names);
}
