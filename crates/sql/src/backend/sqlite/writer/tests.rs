//! What steps that share a transaction owe each other.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::{BoxFuture, join_all};
use futures_util::{FutureExt, poll};
use rusqlite::Connection as Application;
use tempfile::TempDir;

use super::*;
use crate::backend::sqlite::SqliteDatabase;
use crate::backend::sqlite::error::database_error;
use crate::database::{Connection, Database, Purpose, Row, Transaction};
use crate::statement::{Statement, statement, values};

const TABLES: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE);
    CREATE TABLE answers (note INTEGER REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)";
const WRITE: Statement = statement!("INSERT INTO notes (text) VALUES ($1)", [Text]);
const ANSWER: Statement = statement!("INSERT INTO answers VALUES ($1)", [Integer]);
const COUNT: Statement = statement!(r#"SELECT COUNT(*) AS "Count" FROM notes"#);

struct File {
    database: SqliteDatabase,
    folder: TempDir,
}

impl File {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}/app.db", folder.path().display());
        let database = SqliteDatabase::open(&url.as_str().into(), Purpose::Use).await.unwrap();
        database.before_serving().await.unwrap();
        database.writer().await.unwrap().define(TABLES).await.unwrap();
        Self { database, folder }
    }

    /// A step of one statement.
    async fn write(&self, text: &str) -> Result<(), DatabaseError> {
        let mut step = self.database.begin().await?;
        step.execute(WRITE, values![text]).await?;
        step.commit().await
    }

    /// What comes of steps that wait for the same turn.
    async fn together<F: Future>(&self, steps: impl IntoIterator<Item = F>) -> Vec<F::Output> {
        let turn = self.database.begin().await.unwrap();
        let mut steps = Box::pin(join_all(steps));
        assert!(poll!(&mut steps).is_pending());
        drop(turn);
        steps.await
    }

    /// What is in the file, for somebody else.
    fn texts(&self) -> Vec<String> {
        let other = Application::open(self.folder.path().join("app.db")).unwrap();
        let mut texts = other.prepare("SELECT text FROM notes ORDER BY id").unwrap();
        let texts = texts.query_map([], |row| row.get(0)).unwrap();
        texts.map(Result::unwrap).collect()
    }

    /// Counts commits from now on, and refuses all of them if they are to fail.
    async fn at_each_commit(&self, fails: bool) -> Arc<AtomicUsize> {
        let commits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&commits);
        let hook = self.database.writer.alone(move |link| {
            let hook = move || {
                counted.fetch_add(1, Ordering::Relaxed);
                fails
            };
            link.connection().commit_hook(Some(hook)).map_err(database_error)
        });
        hook.await.unwrap();
        commits
    }
}

async fn count(transaction: &mut impl Connection) -> i64 {
    let row = transaction.fetch_optional(COUNT, &[]).await.unwrap().unwrap();
    row.integer("Count").unwrap().unwrap()
}

#[tokio::test]
async fn those_who_wait_for_each_other_share_one_commit_and_a_failure_is_ones_own() {
    let file = File::new().await;
    let commits = file.at_each_commit(false).await;
    let names = ["a", "b", "a", "c", "b", "d"];
    let outcomes = file.together(names.map(|name| file.write(name))).await;
    let failed: Vec<bool> = outcomes.iter().map(Result::is_err).collect();
    assert_eq!(failed, [false, false, true, false, true, false]);
    let is_duplicate = |error: &DatabaseError| matches!(error, DatabaseError::Duplicate(_));
    assert!(
        outcomes
            .iter()
            .filter_map(|outcome| outcome.as_ref().err())
            .all(is_duplicate)
    );
    assert_eq!(commits.load(Ordering::Relaxed), 1);
    assert_eq!(file.texts(), ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn a_group_has_an_end_however_many_wait() {
    let file = File::new().await;
    let commits = file.at_each_commit(false).await;
    let names: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    for outcome in file.together(names.iter().map(|name| file.write(name))).await {
        outcome.unwrap();
    }
    let commits = commits.load(Ordering::Relaxed);
    assert!((200 / 64..200).contains(&commits), "{commits}");
    assert_eq!(file.texts(), names);
}

#[tokio::test]
async fn who_is_dropped_leaves_nothing_and_the_others_what_they_wrote() {
    let file = File::new().await;
    let mut first = file.database.begin().await.unwrap();
    let (mut second, mut third) = (Box::pin(file.database.begin()), Box::pin(file.write("third")));
    assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
    first.execute(WRITE, values!["first"]).await.unwrap();
    let mut first = Box::pin(first.commit());
    assert!(poll!(&mut first).is_pending());
    let mut dropped = second.await.unwrap();
    dropped.execute(WRITE, values!["dropped"]).await.unwrap();
    assert_eq!(count(&mut dropped).await, 2, "it is in the same transaction");
    assert_eq!(file.texts(), [""; 0], "nobody else sees it yet");
    drop(dropped);
    third.await.unwrap();
    first.await.unwrap();
    assert_eq!(file.texts(), ["first", "third"]);
}

#[tokio::test]
async fn a_failed_commit_fails_all_who_were_in_it_and_the_next_one_succeeds() {
    let file = File::new().await;
    let commits = file.at_each_commit(true).await;
    for outcome in file.together(["a", "b", "c"].map(|name| file.write(name))).await {
        // The same again may do, for those at least whose fault it is not.
        assert!(matches!(outcome, Err(DatabaseError::Conflict(_))), "{outcome:?}");
    }
    assert_eq!(commits.load(Ordering::Relaxed), 1);
    assert_eq!(file.texts(), [""; 0]);
    file.write("d").await.unwrap();
    assert_eq!(commits.load(Ordering::Relaxed), 1, "on a new connection");
    assert_eq!(file.texts(), ["d"]);
}

#[tokio::test]
async fn a_row_that_is_missed_at_the_commit_is_a_conflict_for_many_and_a_failure_for_one() {
    let file = File::new().await;
    let answer = async || {
        let mut step = file.database.begin().await?;
        step.execute(ANSWER, values![7]).await?;
        step.commit().await
    };
    let steps: [BoxFuture<'_, _>; 2] = [answer().boxed(), file.write("a").boxed()];
    for outcome in file.together(steps).await {
        assert!(matches!(outcome, Err(DatabaseError::Conflict(_))), "{outcome:?}");
    }
    let alone = answer().await;
    assert!(matches!(alone, Err(DatabaseError::Failed(_))), "{alone:?}");
    file.write("a").await.unwrap();
}

#[tokio::test]
async fn an_error_that_ends_the_transaction_fails_all_who_were_in_it() {
    let file = File::new().await;
    let table = "CREATE TABLE strict (id INTEGER UNIQUE ON CONFLICT ROLLBACK); INSERT INTO strict VALUES (1)";
    file.database.writer().await.unwrap().define(table).await.unwrap();
    let break_it = async || {
        let mut step = file.database.begin().await?;
        step.define("INSERT INTO strict VALUES (1)").await
    };
    let steps: [BoxFuture<'_, _>; 3] = [
        file.write("before").boxed(),
        break_it().boxed(),
        file.write("after").boxed(),
    ];
    let outcomes = file.together(steps).await;
    assert!(
        matches!(outcomes[0], Err(DatabaseError::Unavailable(_))),
        "{outcomes:?}"
    );
    assert!(matches!(outcomes[1], Err(DatabaseError::Duplicate(_))), "{outcomes:?}");
    assert!(outcomes[2].is_ok(), "{outcomes:?}");
    assert_eq!(file.texts(), ["after"]);
}

/// Whoever was told of a row that was never committed would have been told nonsense.
#[tokio::test]
async fn nobody_is_answered_by_what_may_yet_be_taken_back() {
    for fails in [false, true] {
        let file = File::new().await;
        file.at_each_commit(fails).await;
        let begun = Instant::now();
        let mut first = file.database.begin().await.unwrap();
        first.execute(WRITE, values!["first"]).await.unwrap();
        let mut second = Box::pin(file.database.begin());
        assert!(poll!(&mut second).is_pending());
        let mut first = Box::pin(first.commit());
        assert!(poll!(&mut first).is_pending());
        let mut second = second.await.unwrap();
        assert_eq!(count(&mut second).await, 1);
        drop(second);
        let seen = file.database.settled(begun).await;
        assert_eq!(seen.is_err(), fails, "{seen:?}");
        assert_eq!(first.await.is_err(), fails);
        assert_eq!(file.database.settled(begun).await.is_err(), fails, "also later");
        file.database.settled(Instant::now()).await.unwrap();
    }
}

/// Also where whoever writes has stopped waiting.
#[tokio::test]
async fn a_step_that_is_done_is_committed_whoever_hangs_up() {
    let file = File::new().await;
    let mut step = file.database.begin().await.unwrap();
    step.execute(WRITE, values!["a"]).await.unwrap();
    let (mut next, mut other) = (Box::pin(file.database.begin()), Box::pin(file.write("b")));
    assert!(poll!(&mut next).is_pending() && poll!(&mut other).is_pending());
    let mut commit = Box::pin(step.commit());
    assert!(poll!(&mut commit).is_pending());
    drop((commit, next, other));
    file.write("c").await.unwrap();
    assert_eq!(file.texts(), ["a", "c"]);
}
