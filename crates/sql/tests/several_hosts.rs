//! URLs that name several hosts, some of which are no good.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[path = "../src/test_databases.rs"]
mod test_databases;

use std::net::TcpListener;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use test_databases::new_database;
use wicketgate_identity::Stores;
use wicketgate_identity::options::StoreOptions;
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{OpenError, connect};

const POSTGRES: &str = "WICKETGATE_TEST_POSTGRES_URL";
const MYSQL: &str = "WICKETGATE_TEST_MYSQL_URL";
/// Nobody listens there.
const REFUSES: &str = "127.0.0.1:1";

async fn open(url: &str) -> Result<Arc<dyn Stores>, OpenError> {
    connect(url, &StoreOptions::default(), Arc::new(SystemRandom)).await
}

/// The URL with other hosts before and after its own.
fn among(url: &str, before: &str, after: &str) -> String {
    let (user, rest) = url.split_once('@').unwrap();
    let (host, database) = rest.split_once('/').unwrap();
    format!("{user}@{before},{host},{after}/{database}")
}

#[tokio::test]
async fn a_host_that_refuses_is_passed_over() {
    for server in [POSTGRES, MYSQL] {
        let Some(url) = new_database(server).await else {
            continue;
        };
        let store = open(&among(&url, REFUSES, REFUSES)).await.unwrap();
        store.accounts().ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_host_that_never_answers_is_passed_over() {
    // The kernel lets clients in, and nobody talks to them.
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = silent.local_addr().unwrap().to_string();
    for server in [POSTGRES, MYSQL] {
        let Some(url) = new_database(server).await else {
            continue;
        };
        let store = open(&among(&url, &address, REFUSES)).await.unwrap();
        store.accounts().ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_host_that_takes_no_writes_is_passed_over() {
    let (Some(reads), Some(writes)) = (new_database(POSTGRES).await, new_database(POSTGRES).await) else {
        return;
    };
    let name = reads.rsplit_once('/').unwrap().1;
    let mut connection = PgConnection::connect(&writes).await.unwrap();
    let read_only = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    sqlx::raw_sql(AssertSqlSafe(read_only))
        .execute(&mut connection)
        .await
        .unwrap();
    // One host is used as it is, whatever it takes.
    let refusal = open(&reads).await.unwrap_err().to_string();
    assert!(refusal.contains("read-only"), "{refusal}");
    let refusal = open(&among(&reads, REFUSES, REFUSES)).await.unwrap_err().to_string();
    assert!(refusal.contains("it takes no writes"), "{refusal}");
}

#[tokio::test]
async fn a_refusal_names_all_hosts_and_never_the_password() {
    for scheme in ["postgres", "mysql"] {
        let url = format!("{scheme}://ada:S3cret@127.0.0.1:1,127.0.0.1:2/app");
        let refusal = open(&url).await.unwrap_err();
        let text = format!("{refusal} {refusal:?}");
        for words in ["127.0.0.1:1,127.0.0.1:2/app", "127.0.0.1:1: ", "127.0.0.1:2: "] {
            assert!(text.contains(words), "{text}");
        }
        assert!(!text.contains("S3cret"), "{text}");
    }
}
