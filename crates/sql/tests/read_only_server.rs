//! A database server that stops taking writes, as a primary does that became a replica.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test cannot set up has failed it"
)]

#[expect(dead_code, reason = "of use to other tests, too")]
mod shape;
#[path = "../src/test_accounts.rs"]
mod test_accounts;
#[path = "../src/test_databases.rs"]
mod test_databases;

use std::sync::Arc;

use shape::{run, texts};
use test_accounts::user;
use test_databases::new_database;
use wicketgate_identity::account::{Change, EmailUniqueness, Expected};
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::{StoreError, Stores};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;
use wicketgate_store_tests::fixture::event;
use wicketgate_test_servers::MariaDb;

async fn open(url: &str) -> Arc<dyn Stores> {
    let store = connect(url, &StoreOptions::default(), Arc::new(SystemRandom))
        .await
        .unwrap();
    store
        .accounts()
        .create(&user("ada"), EmailUniqueness::NotRequired, None, &event())
        .await
        .unwrap();
    store
}

/// Whoever guesses while failures cannot be counted must not learn which guess was right: from the first failure that
/// was not written, no sign-in succeeds.
async fn assert_no_guesses(store: &Arc<dyn Stores>) {
    let id = user("ada").id;
    // Connections that were ended meanwhile fail somebody once, too.
    let refused = loop {
        match store
            .accounts()
            .change(&id, Expected::Account, &Change::LockoutEnabled(true), &event())
            .await
        {
            Err(StoreError::Unavailable(reason)) if reason.to_string().to_lowercase().contains("read") => break reason,
            Err(StoreError::Unavailable(_)) => {}
            outcome => panic!("it may pass: {outcome:?}"),
        }
    };
    for _ in 0..3 {
        let checked = store.accounts().check_writable().await;
        assert!(
            matches!(checked, Err(StoreError::Unavailable(_))),
            "{refused}: {checked:?}"
        );
        let ready = store.accounts().ping().await;
        assert!(matches!(ready, Err(StoreError::Unavailable(_))), "{refused}: {ready:?}");
    }
    assert!(store.accounts().find_by_id(&id).await.unwrap().is_some(), "reads go on");
}

async fn assert_guesses_are_counted_again(store: &Arc<dyn Stores>) {
    while store.accounts().check_writable().await.is_err() {}
    store
        .accounts()
        .change(
            &user("ada").id,
            Expected::Account,
            &Change::LockoutEnabled(true),
            &event(),
        )
        .await
        .unwrap();
    store.accounts().ping().await.unwrap();
}

#[tokio::test]
async fn no_sign_in_succeeds_on_a_read_only_postgresql() {
    let Some(url) = new_database("WICKETGATE_TEST_POSTGRES_URL").await else {
        return;
    };
    let (server, database) = url.rsplit_once('/').unwrap();
    let store = open(&url).await;
    let owner = format!("{server}/postgres");
    let end = format!("SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE datname = '{database}'");
    for (setting, is_read_only) in [("on", true), ("off", false)] {
        let set = format!("ALTER DATABASE {database} SET default_transaction_read_only = {setting}");
        run(&owner, &set).await;
        texts(&owner, &end).await;
        match is_read_only {
            true => assert_no_guesses(&store).await,
            false => assert_guesses_are_counted_again(&store).await,
        }
    }
}

#[tokio::test]
async fn no_sign_in_succeeds_on_a_read_only_mariadb() {
    let server = MariaDb::start().unwrap();
    server.create_database("app").unwrap();
    let account = "CREATE USER ada@'127.0.0.1' IDENTIFIED BY 'ada'; GRANT ALL ON app.* TO ada@'127.0.0.1'";
    server.query(account).unwrap();
    let url = format!("{}app", server.url().replace("wicketgate:wicketgate", "ada:ada"));
    let store = open(&url).await;
    // The server as a whole, and then the default of new sessions.
    for (on, off) in [
        ("SET GLOBAL read_only = 1", "SET GLOBAL read_only = 0"),
        (
            "SET GLOBAL tx_read_only = 1; KILL USER ada",
            "SET GLOBAL tx_read_only = 0; KILL USER ada",
        ),
    ] {
        server.query(on).unwrap();
        assert_no_guesses(&store).await;
        server.query(off).unwrap();
        assert_guesses_are_counted_again(&store).await;
    }
}
