//! Clients that hang up while a connection is opened for their requests.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpSocket};
use wicketgate_identity::account::NormalizedName;
use wicketgate_identity::options::StoreOptions;
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;
use wicketgate_test_servers::MariaDb;

/// Leads to a server from another address than `127.0.0.1`, whose errors MariaDB does not count.
async fn relay(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let socket = TcpSocket::new_v4().unwrap();
                socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
                let mut server = socket.connect(server).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    address
}

/// A MariaDB that shuts an address out after five broken handshakes, and a URL that leads to it from such an address.
async fn strict_server() -> (MariaDb, String) {
    let server = MariaDb::start_with(&["--max-connect-errors=5", "--skip-name-resolve=0"]).unwrap();
    server.create_database("app").unwrap();
    server
        .query("CREATE USER ada@'%' IDENTIFIED BY 'ada'; GRANT ALL ON app.* TO ada@'%'")
        .unwrap();
    let url = server.url();
    let address = url.rsplit_once('@').unwrap().1.trim_end_matches('/').parse().unwrap();
    let url = format!("mysql://ada:ada@{}/app", relay(address).await);
    (server, url)
}

fn broken_handshakes(server: &MariaDb) -> String {
    let broken = server.query("SHOW GLOBAL STATUS LIKE 'Aborted_connects'").unwrap();
    broken.trim().to_owned()
}

#[tokio::test]
async fn clients_that_hang_up_do_not_get_this_host_locked_out() {
    let (server, url) = strict_server().await;
    let (options, nobody) = (StoreOptions::default(), NormalizedName::from_stored("NOBODY"));
    let mut stores = Vec::new();
    for round in 0..20 {
        let store = connect(&url, &options, Arc::new(SystemRandom)).await.unwrap();
        {
            let mut requests: Vec<_> = (0..10)
                .map(|_| store.accounts().find_by_normalized_name(&nobody))
                .collect();
            for request in &mut requests {
                assert!(futures_util::poll!(request).is_pending());
            }
            for _ in 0..round {
                tokio::task::yield_now().await;
            }
        }
        stores.push(store);
    }
    connect(&url, &options, Arc::new(SystemRandom)).await.unwrap();
    for store in &stores {
        store.accounts().ping().await.unwrap();
    }
    assert_eq!(broken_handshakes(&server), "Aborted_connects\t0");
}

#[tokio::test]
async fn a_server_that_was_frozen_does_not_lock_this_host_out() {
    let (mut server, url) = strict_server().await;
    let (options, nobody) = (StoreOptions::default(), NormalizedName::from_stored("NOBODY"));
    let mut stores = Vec::new();
    for _ in 0..3 {
        stores.push(connect(&url, &options, Arc::new(SystemRandom)).await.unwrap());
    }
    server.process().pause();
    // Each store begins several handshakes, waits for none of them to its end, and then asks again.
    let requests = stores.iter().map(async |store| {
        for _ in 0..2 {
            let requests = (0..4).map(|_| store.accounts().find_by_normalized_name(&nobody));
            let answers = futures_util::future::join_all(requests).await;
            assert!(answers.iter().all(Result::is_err), "{answers:?}");
        }
    });
    futures_util::future::join_all(requests).await;
    server.process().resume();
    connect(&url, &options, Arc::new(SystemRandom)).await.unwrap();
    assert_eq!(broken_handshakes(&server), "Aborted_connects\t0");
}
