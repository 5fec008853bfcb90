//! Scripts that end before their last statement. MySQL commits each statement by itself; in the other databases it takes an
//! operator who runs the statements of a plan by hand.

use super::*;

/// The last statements of a plan, which are about our own tables.
fn ours(planned: &[&'static str]) -> Vec<&'static str> {
    let first = planned.iter().position(|statement| *statement == journal::CREATE_TABLE);
    planned[first.unwrap()..].to_vec()
}

async fn cut_off_migrations<D: Database>(server: Option<&str>) {
    let Some(tested) = Tested::<D>::of_dotnet(server).await else {
        return;
    };
    let planned = ours(&tested.plan(WANTED).await);
    assert_eq!(planned.len(), 9, "{planned:#?}");
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
    let begin = planned.len() - ours(&planned).len();
    for done in begin + 1..planned.len() {
        let tested = Tested::<D>::new(server).await.unwrap();
        tested.run(planned[..done].iter().copied()).await;
        tested.start(WANTED).await.unwrap();
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
    const THEIRS: &str = "CREATE TABLE wicketgate_authors (other integer)";
    let taken = SchemaState::TakenName("wicketgate_authors");
    let (Some(of_dotnet), Some(empty)) = (Tested::<D>::of_dotnet(server).await, Tested::<D>::new(server).await) else {
        return;
    };
    for tested in [&of_dotnet, &empty] {
        tested.run([THEIRS]).await;
        let refused = tested.migrate(WANTED).await.unwrap().unwrap_err();
        assert!(matches!(refused, Refusal::State(state) if state == taken));
        assert_eq!(tested.found().await.own.journal, None);
    }
    let served = of_dotnet.start(WANTED).await.unwrap();
    assert_eq!(served.state(WANTED.scripts), SchemaState::Complete(SchemaVersion::V3));
    assert_eq!(empty.start(WANTED).await.unwrap().state(WANTED.scripts), taken);
}

#[tokio::test]
async fn a_table_of_somebody_elses_is_not_taken_for_ours() {
    on_each!(taken_names);
}
