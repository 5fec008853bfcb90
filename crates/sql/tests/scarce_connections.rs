//! Somebody has locked what many want to write, or a server has no room for all connections.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[expect(dead_code, reason = "of use to other tests, too")]
mod shape;
#[path = "../src/test_accounts.rs"]
mod test_accounts;
#[path = "../src/test_databases.rs"]
mod test_databases;

use std::sync::Arc;
use std::time::{Duration, Instant};

use shape::{run, texts};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};
use test_accounts::user;
use test_databases::new_database;
use time::macros::datetime;
use tokio::task::JoinSet;
use tokio::time::timeout;
use wicketgate_identity::account::{Change, EmailUniqueness, Expected, SecurityStamp};
use wicketgate_identity::options::{LockoutOptions, StoreOptions};
use wicketgate_identity::store::Attempt;
use wicketgate_identity::{StoreError, Stores, UserId};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{DatabaseUrl, connect};
use wicketgate_store_tests::fixture::event;
use wicketgate_test_servers::MariaDb;

const POSTGRES: &str = "WICKETGATE_TEST_POSTGRES_URL";
const MYSQL: &str = "WICKETGATE_TEST_MYSQL_URL";
const LOCK_ADA: &str = "FROM \"AspNetUsers\" WHERE \"Id\" = 'id-of-ada' FOR UPDATE";

async fn open(url: &str) -> Arc<dyn Stores> {
    connect(url, &StoreOptions::default(), Arc::new(SystemRandom))
        .await
        .unwrap()
}

async fn register(store: &Arc<dyn Stores>, name: &str) -> Result<(), StoreError> {
    store
        .accounts()
        .create(&user(name), EmailUniqueness::Required, None, &event())
        .await
        .map(drop)
}

/// The number that a query answers.
async fn number(url: &str, query: &str) -> usize {
    texts(url, query).await[0].parse().unwrap()
}

/// Asks until at least so many wait.
async fn until_waiting(url: &str, waiting: &str, least: usize) {
    let begin = Instant::now();
    while number(url, waiting).await < least {
        assert!(begin.elapsed() < Duration::from_secs(60), "nobody waits");
    }
}

/// One of several ways to write to an account.
async fn write_to(store: Arc<dyn Stores>, id: UserId, way: usize) -> Result<(), StoreError> {
    let (stamp, event) = (SecurityStamp::from_stored("next"), event());
    match way % 4 {
        0 => {
            let (now, options) = (datetime!(2026-01-02 03:04:05 UTC), LockoutOptions::default());
            let attempt = store
                .accounts()
                .settle_attempt(&id, None, Attempt::Failed, now, &options, &event);
            attempt.await.map(drop)
        }
        1 => {
            let change = Change::LockoutEnabled(true);
            store
                .accounts()
                .change(&id, Expected::Account, &change, &event)
                .await
                .map(drop)
        }
        2 => {
            let change = Change::SecurityStamp(stamp);
            store
                .accounts()
                .change(&id, Expected::Account, &change, &event)
                .await
                .map(drop)
        }
        _ => store
            .accounts()
            .ensure_authenticator_key(&id, None, "KEY", &stamp, &event)
            .await
            .map(drop),
    }
}

/// While somebody else holds an account's row and many want to write to it.
async fn others_go_on(url: &str, store: &Arc<dyn Stores>, waiting: &str) {
    let mut writers = JoinSet::new();
    for way in 0..40 {
        writers.spawn(write_to(Arc::clone(store), user("ada").id, way));
    }
    until_waiting(url, waiting, 1).await;
    for i in 0..20 {
        register(store, &format!("other{i}")).await.unwrap();
    }
    // One, and perhaps those of whose end the server does not know yet.
    let waiting = number(url, waiting).await;
    assert!(waiting <= 3, "{waiting} connections wait for one row");
}

#[tokio::test]
async fn writers_to_a_row_that_is_locked_hold_up_nobody_on_postgresql() {
    let Some(url) = new_database(POSTGRES).await else {
        return;
    };
    let store = open(&url).await;
    register(&store, "ada").await.unwrap();
    let mut other = PgConnection::connect(&url).await.unwrap();
    let mut transaction = other.begin().await.unwrap();
    let lock = AssertSqlSafe(format!("SELECT \"Id\" {LOCK_ADA}"));
    transaction.execute(sqlx::raw_sql(lock)).await.unwrap();
    let waiting = "
        SELECT COUNT(*)::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    others_go_on(&url, &store, waiting).await;
}

#[tokio::test]
async fn writers_to_a_row_that_is_locked_hold_up_nobody_on_mariadb() {
    let Some(url) = new_database(MYSQL).await else {
        return;
    };
    let store = open(&url).await;
    register(&store, "ada").await.unwrap();
    let mut other = MySqlConnection::connect(&url).await.unwrap();
    let mut transaction = other.begin().await.unwrap();
    let lock = AssertSqlSafe(format!("SELECT \"Id\" {LOCK_ADA}").replace('"', "`"));
    transaction.execute(sqlx::raw_sql(lock)).await.unwrap();
    // Not by `innodb_trx`, which shows what it showed last if it is asked again within a tenth of a second.
    let waiting = "
        SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.processlist
        WHERE db = DATABASE() AND command <> 'Sleep' AND id <> CONNECTION_ID() AND time_ms > 300";
    others_go_on(&url, &store, waiting).await;
}

#[tokio::test]
async fn reads_are_not_behind_writers_that_wait() {
    let server = MariaDb::start().unwrap();
    server.create_database("app").unwrap();
    let url = format!("{}app", server.url());
    let store = open(&url).await;
    for i in 0..30 {
        register(&store, &format!("user{i}")).await.unwrap();
    }
    let mut backup = MySqlConnection::connect(&url).await.unwrap();
    let lock = sqlx::raw_sql("FLUSH TABLES WITH READ LOCK");
    backup.execute(lock).await.unwrap();
    let mut writers = JoinSet::new();
    for i in 0..30 {
        writers.spawn(write_to(Arc::clone(&store), user(&format!("user{i}")).id, 1));
    }
    let waiting = "
        SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.processlist
        WHERE db = DATABASE() AND state LIKE 'Waiting for%'";
    until_waiting(&url, waiting, 8).await;
    for i in 0..30 {
        let found = store
            .accounts()
            .find_by_id(&user(&format!("user{i}")).id)
            .await
            .unwrap();
        assert!(found.is_some());
    }
    let stuck = number(&url, waiting).await;
    // Of statements that were given up the server may not know yet.
    if writers.try_join_next().is_none() {
        assert!(stuck <= 8, "{stuck} connections of ten wait to write");
    }
}

/// A user of the database who may have three connections to it.
async fn three_connections(variable: &str) -> Option<String> {
    let url = new_database(variable).await?;
    let (server, database) = url.rsplit_once('/').unwrap();
    let (scheme, rest) = server.split_once("://").unwrap();
    let (_, host) = rest.rsplit_once('@').unwrap();
    let few = format!("few_{database}");
    let statements = if scheme == "postgres" {
        vec![
            format!("CREATE ROLE {few} LOGIN PASSWORD 'few' CONNECTION LIMIT 3"),
            format!("GRANT ALL ON SCHEMA public TO {few}"),
        ]
    } else {
        vec![
            format!("CREATE USER {few}@'127.0.0.1' IDENTIFIED BY 'few' WITH MAX_USER_CONNECTIONS 3"),
            format!("GRANT ALL ON {database}.* TO {few}@'127.0.0.1'"),
        ]
    };
    for statement in &statements {
        run(&url, statement).await;
    }
    Some(format!("{scheme}://{few}:few@{host}/{database}"))
}

#[tokio::test]
async fn where_a_server_has_room_for_few_connections_all_are_served_by_those() {
    for variable in [POSTGRES, MYSQL] {
        let Some(url) = three_connections(variable).await else {
            continue;
        };
        let store = open(&url).await;
        let mut requests = JoinSet::new();
        for i in 0..40 {
            let store = Arc::clone(&store);
            requests.spawn(async move {
                register(&store, &format!("user{i}")).await?;
                store
                    .accounts()
                    .find_by_id(&user(&format!("user{i}")).id)
                    .await
                    .map(drop)
            });
        }
        for served in requests.join_all().await {
            served.unwrap();
        }
    }
}

#[tokio::test]
async fn a_server_without_room_is_waited_for() {
    for variable in [POSTGRES, MYSQL] {
        let Some(url) = three_connections(variable).await else {
            continue;
        };
        let small = DatabaseUrl::from(&url).with_max_connections(1);
        let options = StoreOptions::default();
        let mut others = Vec::new();
        for _ in 0..3 {
            let other = connect(&small, &options, Arc::new(SystemRandom)).await;
            others.push(other.unwrap());
        }
        let mut waiting = Box::pin(connect(&small, &options, Arc::new(SystemRandom)));
        assert!(timeout(Duration::from_millis(300), &mut waiting).await.is_err());
        others.pop();
        waiting.await.unwrap().accounts().ping().await.unwrap();
    }
}
