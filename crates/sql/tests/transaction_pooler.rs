//! PostgreSQL behind a PgBouncer whose connections are ours only while a transaction lasts.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[expect(dead_code, reason = "of use to other tests, too")]
mod shape;
#[path = "../src/test_accounts.rs"]
mod test_accounts;
#[path = "../src/test_databases.rs"]
#[expect(dead_code, reason = "of use to other tests, too")]
mod test_databases;
mod written_tables;

use std::sync::Arc;

use futures_util::future::join_all;
use shape::run;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};
use test_accounts::user;
use time::OffsetDateTime;
use wicketgate_identity::account::{Change, EmailUniqueness, Expected, SecurityStamp};
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::{PasswordHash, StoreError, Stores};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{
    DatabaseUrl, OpenError, Pooler, PoolerSigns, connect, connect_keys, inspect, migrate, plan_migration,
};
use wicketgate_store_tests::{fixture::event, test_store};
use wicketgate_test_servers::{PgBouncer, PostgreSql};
use written_tables::WRITTEN_TABLES;

/// Fewer than a store has, so that they change hands.
const CONNECTIONS: usize = 3;

struct Pooled {
    server: PostgreSql,
    pooler: PgBouncer,
    store: Arc<dyn Stores>,
}

impl Pooled {
    async fn start() -> Self {
        let server = PostgreSql::start_with(&["default_transaction_isolation=serializable"]).unwrap();
        let pooler = PgBouncer::start(&server, CONNECTIONS).unwrap();
        let store = connect(&url(&pooler), &StoreOptions::default(), Arc::new(SystemRandom)).await;
        Self {
            store: store.unwrap(),
            server,
            pooler,
        }
    }

    /// With all rows taken away. Opened anew: a store signs all its events with the key that it found first.
    async fn emptied(&self, _: &str) -> Arc<dyn Stores> {
        empty(&self.server).await;
        let store = connect(&url(&self.pooler), &StoreOptions::default(), Arc::new(SystemRandom)).await;
        store.unwrap()
    }
}

async fn empty(server: &PostgreSql) {
    let empty = WRITTEN_TABLES
        .map(|table| format!(r#"DELETE FROM "{table}";"#))
        .concat();
    run(&server.url(), &empty).await;
}

fn url(pooler: &PgBouncer) -> DatabaseUrl {
    DatabaseUrl::from(&pooler.url("postgres")).with_pooler(Pooler::Transaction)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_statements_that_hold_for_every_store_hold_behind_a_transaction_pooler() {
    let pooled = Pooled::start().await;
    test_store!(in_one_test(pooled: &Pooled): Pooled::emptied);
    in_one_test(&pooled).await;
    // Whoever comes after us finds sessions as they were.
    for (setting, default) in [
        ("statement_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
        ("client_connection_check_interval", "0"),
        ("default_transaction_isolation", "serializable"),
    ] {
        for _ in 0..2 * CONNECTIONS {
            assert_eq!(
                ask(&pooled.pooler, &format!("SHOW {setting}")).await,
                default,
                "{setting}"
            );
        }
    }
    let prepared = ask(&pooled.pooler, "SELECT count(*)::text FROM pg_prepared_statements").await;
    assert_eq!(prepared, "0");
}

/// What another client of the pooler is told.
async fn ask(pooler: &PgBouncer, query: &str) -> String {
    let options: PgConnectOptions = pooler.url("postgres").parse().unwrap();
    let mut other = options.extra_float_digits(None).connect().await.unwrap();
    let row = sqlx::raw_sql(AssertSqlSafe(query)).fetch_one(&mut other).await;
    row.unwrap().get(0)
}

#[tokio::test]
async fn migrations_and_keys_go_through_a_transaction_pooler() {
    let pooled = Pooled::start().await;
    let (url, options) = (&url(&pooled.pooler), &StoreOptions::default());
    assert_eq!(plan_migration(url, options).await.unwrap(), [""; 0]);
    run(&pooled.server.url(), r#"DROP TABLE "AspNetUserTokens""#).await;
    assert_eq!(migrate(url, options).await.unwrap().len(), 1);
    let keys = connect_keys(url, &StoreOptions::default()).await.unwrap();
    assert_eq!(keys.all_elements().await.unwrap().len(), 0);
}

/// Also for a statement by itself, whose limit no session has.
#[tokio::test]
async fn a_write_that_is_given_up_behind_a_transaction_pooler_does_not_happen_later() {
    let pooled = Pooled::start().await;
    let ada = user("ada");
    pooled
        .store
        .accounts()
        .create(&ada, EmailUniqueness::NotRequired, None, &event())
        .await
        .unwrap();
    let mut holder = PgConnection::connect(&pooled.server.url()).await.unwrap();
    let lock = r#"BEGIN; LOCK TABLE "AspNetUsers" IN ACCESS EXCLUSIVE MODE"#;
    sqlx::raw_sql(lock).execute(&mut holder).await.unwrap();
    let (hash, stamp) = (PasswordHash::from_stored("changed"), SecurityStamp::from_stored("new"));
    let expected = ada.security_stamp.as_ref();
    let changed = pooled
        .store
        .accounts()
        .change(
            &ada.id,
            Expected::SecurityStamp(expected),
            &Change::Password {
                hash: Some(hash),
                stamp,
            },
            &event(),
        )
        .await;
    assert!(
        matches!(&changed, Err(StoreError::Unavailable(reason)) if reason.to_string().contains("timeout")),
        "{changed:?}"
    );
    holder.close().await.unwrap();
    let found = pooled.store.accounts().find_by_id(&ada.id).await.unwrap().unwrap();
    assert_eq!(found.password_hash, ada.password_hash);
}

/// Each statement is prepared, and another connection is asked for it sooner or later.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_transaction_pooler_that_is_not_set_is_named() {
    let pooled = Pooled::start().await;
    let url = pooled.pooler.url("postgres");
    let ada = user("ada");
    for _ in 0..20 {
        let store = match connect(&url, &StoreOptions::default(), Arc::new(SystemRandom)).await {
            Ok(store) => store,
            Err(refusal) => {
                assert!(refusal.to_string().contains("set database.pooler"), "{refusal}");
                return;
            }
        };
        let found = join_all((0..20).map(|_| store.accounts().find_by_id(&ada.id))).await;
        if let Some(refusal) = found.into_iter().find_map(Result::err) {
            assert!(refusal.to_string().contains("set database.pooler"), "{refusal}");
            return;
        }
    }
    panic!("nothing was refused");
}

#[tokio::test]
async fn a_look_tells_of_a_pooler() {
    let pooled = Pooled::start().await;
    let (options, now) = (StoreOptions::default(), OffsetDateTime::UNIX_EPOCH);
    let behind = pooled.pooler.url("postgres");
    let refusal = inspect(&behind, &options, now).await.unwrap_err().to_string();
    assert!(refusal.ends_with("set database.pooler = \"transaction\""), "{refusal}");
    let found = inspect(url(&pooled.pooler), &options, now).await.unwrap();
    assert_eq!(found.pooler, Some(PoolerSigns::Transaction));
    let found = inspect(&pooled.server.url(), &options, now).await.unwrap();
    assert_eq!(found.pooler, Some(PoolerSigns::None));

    let sessions = PgBouncer::start_with_sessions(&pooled.server, CONNECTIONS).unwrap();
    let found = inspect(&sessions.url("postgres"), &options, now).await.unwrap();
    assert!(
        matches!(found.pooler, Some(PoolerSigns::Forwarded { .. })),
        "{:?}",
        found.pooler
    );
}

#[tokio::test]
async fn what_a_pooler_does_not_take_from_the_url_is_told_with_what_helps() {
    let pooled = Pooled::start().await;
    let url = format!("{}?options=-c%20search_path=app", pooled.pooler.url("postgres"));
    let refused = connect(&url, &StoreOptions::default(), Arc::new(SystemRandom)).await;
    let refusal = refused.unwrap_err().to_string();
    assert!(refusal.contains("stores.schema names a schema"), "{refusal}");
}

struct Sessions {
    server: PostgreSql,
    pooler: PgBouncer,
}

impl Sessions {
    /// With all rows taken away, by a store that was opened anew.
    async fn emptied(&self, _: &str) -> Arc<dyn Stores> {
        let url = DatabaseUrl::from(&self.pooler.url("postgres")).with_max_connections(CONNECTIONS);
        let store = connect(url, &StoreOptions::default(), Arc::new(SystemRandom)).await;
        empty(&self.server).await;
        store.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_statements_that_hold_for_every_store_hold_behind_a_pooler_of_sessions() {
    /// Enough while those of the stores before are being closed.
    const SERVER_CONNECTIONS: usize = 60;
    let server = PostgreSql::start().unwrap();
    let pooler = PgBouncer::start_with_sessions(&server, SERVER_CONNECTIONS).unwrap();
    test_store!(in_one_test(sessions: &Sessions): Sessions::emptied);
    in_one_test(&Sessions { server, pooler }).await;
}

#[tokio::test]
async fn other_databases_are_not_behind_a_transaction_pooler() {
    for url in [
        "mysql://ada@127.0.0.1:1/app",
        "sqlite:app.db",
        "mssql://ada@127.0.0.1:1/app",
    ] {
        let url = DatabaseUrl::from(url).with_pooler(Pooler::Transaction);
        let refused = connect(&url, &StoreOptions::default(), Arc::new(SystemRandom)).await;
        assert!(matches!(refused, Err(OpenError::InvalidUrl(_))));
    }
}
