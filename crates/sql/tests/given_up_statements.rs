//! Statements that nobody waits for any more: they do not pile up on the server, and do not happen later.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[expect(dead_code, reason = "of use to other tests, too")]
mod shape;
#[path = "../src/test_accounts.rs"]
mod test_accounts;
#[path = "../src/test_databases.rs"]
mod test_databases;

use std::sync::Arc;
use std::time::Duration;

use shape::{run, texts};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection};
use test_accounts::user;
use test_databases::new_database;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use wicketgate_identity::account::{Change, EmailUniqueness, Expected, SecurityStamp};
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::store::ChangeOutcome;
use wicketgate_identity::{PasswordHash, StoreError, Stores};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;
use wicketgate_store_tests::fixture::event;
use wicketgate_test_servers::PostgreSql;

/// The connections of a store.
const CONNECTIONS: usize = 10;
/// Longer than anything here takes on a busy machine.
const LONGEST: Duration = Duration::from_secs(60);

async fn open(url: &str) -> Arc<dyn Stores> {
    let store = connect(url, &StoreOptions::default(), Arc::new(SystemRandom)).await;
    store.unwrap()
}

async fn change_password(store: &Arc<dyn Stores>, name: &str) -> Result<ChangeOutcome, StoreError> {
    let (id, hash, stamp) = (
        user(name).id,
        PasswordHash::from_stored("changed"),
        SecurityStamp::from_stored("new"),
    );
    let expected = user(name).security_stamp;
    store
        .accounts()
        .change(
            &id,
            Expected::SecurityStamp(expected.as_ref()),
            &Change::Password {
                hash: Some(hash),
                stamp,
            },
            &event(),
        )
        .await
}

async fn password(store: &Arc<dyn Stores>, name: &str) -> String {
    let user = store.accounts().find_by_id(&user(name).id).await.unwrap().unwrap();
    user.password_hash.unwrap().as_str().to_owned()
}

/// How many sessions there are at a database beside the one that asks, and how many of these run something.
async fn sessions(url: &str) -> (usize, usize) {
    let (server, database) = url.rsplit_once('/').unwrap();
    let query = match url.starts_with("postgres") {
        true => format!(
            "SELECT count(*)::text FROM pg_stat_activity WHERE datname = '{database}'
             UNION ALL SELECT count(*)::text FROM pg_stat_activity WHERE datname = '{database}' AND state = 'active'"
        ),
        false => format!(
            "SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.processlist WHERE db = '{database}'
             UNION ALL SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.processlist
                WHERE db = '{database}' AND command <> 'Sleep'"
        ),
    };
    let elsewhere = match url.starts_with("postgres") {
        true => format!("{server}/postgres"),
        false => format!("{server}/mysql"),
    };
    let counts = texts(&elsewhere, &query).await;
    (counts[0].parse().unwrap(), counts[1].parse().unwrap())
}

/// Until nothing runs there any more.
async fn until_quiet(url: &str) {
    let begin = Instant::now();
    while sessions(url).await.1 > 0 {
        assert!(begin.elapsed() < LONGEST);
    }
}

/// Clients and probes come and give up after a moment, more often than there are connections.
async fn come_and_go(store: &Arc<dyn Stores>) {
    let mut clients = JoinSet::new();
    for number in 0..2 * CONNECTIONS {
        let store = Arc::clone(store);
        clients.spawn(async move {
            let moment = Duration::from_millis(100);
            match number % 2 {
                0 => timeout(moment, store.accounts().ping()).await.is_ok(),
                _ => timeout(moment, change_password(&store, "ada")).await.is_ok(),
            }
        });
    }
    clients.join_all().await;
}

enum Holder {
    PostgreSql(PgConnection),
    MySql(MySqlConnection),
}

impl Holder {
    async fn lock(url: &str) -> Self {
        match url.starts_with("postgres") {
            true => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                let lock = r#"BEGIN; LOCK TABLE "AspNetUsers" IN ACCESS EXCLUSIVE MODE"#;
                sqlx::raw_sql(lock).execute(&mut connection).await.unwrap();
                Self::PostgreSql(connection)
            }
            false => {
                let mut connection = MySqlConnection::connect(url).await.unwrap();
                let lock = "LOCK TABLES AspNetUsers WRITE";
                sqlx::raw_sql(lock).execute(&mut connection).await.unwrap();
                Self::MySql(connection)
            }
        }
    }

    async fn unlock(self) {
        match self {
            Self::PostgreSql(connection) => connection.close().await.unwrap(),
            Self::MySql(connection) => connection.close().await.unwrap(),
        }
    }
}

async fn behind_a_locked_table(server: &str) {
    let Some(url) = new_database(server).await else { return };
    let store = open(&url).await;
    for name in ["ada", "bob"] {
        store
            .accounts()
            .create(&user(name), EmailUniqueness::NotRequired, None, &event())
            .await
            .unwrap();
    }
    let holder = Holder::lock(&url).await;
    for _ in 0..4 {
        come_and_go(&store).await;
        let (sessions, _) = sessions(&url).await;
        assert!(sessions <= CONNECTIONS + 1, "{server}: {sessions} sessions");
    }
    // Who waits is answered while the table is locked, and then it is certain.
    let begin = Instant::now();
    let refused = loop {
        match change_password(&store, "bob").await {
            Err(StoreError::Unavailable(reason)) if reason.to_string().contains("busy with") => {}
            outcome => break outcome,
        }
        assert!(begin.elapsed() < LONGEST);
    };
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{server}: {refused:?}"
    );
    holder.unlock().await;
    until_quiet(&url).await;
    for name in ["ada", "bob"] {
        assert_eq!(
            password(&store, name).await,
            "hash",
            "{server}: {name}'s password changed after all"
        );
    }
    assert_eq!(change_password(&store, "bob").await.unwrap(), ChangeOutcome::Changed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_given_up_behind_a_locked_table_does_not_pile_up_and_does_not_happen_later() {
    tokio::join!(
        behind_a_locked_table("WICKETGATE_TEST_POSTGRES_URL"),
        behind_a_locked_table("WICKETGATE_TEST_MYSQL_URL")
    );
}

/// How many sessions wait for a standby.
async fn commits(server: &PostgreSql) -> usize {
    let query = "SELECT count(*)::text FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    texts(&server.url(), query).await[0].parse().unwrap()
}

async fn require_standby(server: &PostgreSql, name: &str) {
    let mut owner = PgConnection::connect(&server.url()).await.unwrap();
    for statement in [
        "SET synchronous_commit = local".to_owned(),
        format!("ALTER SYSTEM SET synchronous_standby_names = '{name}'"),
        "SELECT pg_reload_conf()".to_owned(),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut owner)
            .await
            .unwrap();
    }
}

/// A `COMMIT` that is cancelled while it waits for its standby counts as done, and is gone after a fail-over.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_that_waits_for_its_standby_is_not_cut_off() {
    let server = PostgreSql::start().unwrap();
    run(&server.url(), "CREATE DATABASE app").await;
    let url = server.url().replace("/postgres", "/app");
    let store = open(&url).await;
    store
        .accounts()
        .create(&user("ada"), EmailUniqueness::NotRequired, None, &event())
        .await
        .unwrap();
    require_standby(&server, "nobody").await;
    let begin = Instant::now();
    while texts(&server.url(), "SHOW synchronous_standby_names").await != ["nobody"] {
        assert!(begin.elapsed() < LONGEST);
    }
    // One statement by itself, a transaction, and another one whose client goes away.
    let (bob, eve) = (user("bob"), user("eve"));
    let (by_itself, in_transaction, abandoned) = (Arc::clone(&store), Arc::clone(&store), Arc::clone(&store));
    let (created, left) = (bob.clone(), eve.clone());
    let by_itself = tokio::spawn(async move { change_password(&by_itself, "ada").await });
    let in_transaction = tokio::spawn(async move {
        in_transaction
            .accounts()
            .create(&created, EmailUniqueness::Required, None, &event())
            .await
    });
    let abandoned = tokio::spawn(async move {
        abandoned
            .accounts()
            .create(&left, EmailUniqueness::Required, None, &event())
            .await
    });
    let begin = Instant::now();
    while commits(&server).await < 3 {
        assert!(begin.elapsed() < LONGEST);
    }
    abandoned.abort();
    let changed = by_itself.await.unwrap();
    assert!(matches!(changed, Err(StoreError::Unavailable(_))), "{changed:?}");
    let created = in_transaction.await.unwrap();
    assert!(matches!(created, Err(StoreError::Unavailable(_))), "{created:?}");
    // All limits have passed by now.
    assert_eq!(commits(&server).await, 3);
    require_standby(&server, "").await;
    let begin = Instant::now();
    while commits(&server).await > 0 {
        assert!(begin.elapsed() < LONGEST);
    }
    assert_eq!(password(&store, "ada").await, "changed");
    for user in [bob, eve] {
        assert!(store.accounts().find_by_id(&user.id).await.unwrap().is_some());
    }
}
