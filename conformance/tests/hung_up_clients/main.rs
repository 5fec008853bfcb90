//! Clients that hang up while their request is carried out. What others rely on is done all the same, and as a whole.
//!
//! Each test holds a request at one statement with a lock in the database, and closes the client's side of the connection.
//! When the server has closed the other side, it knows that the client is gone.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[path = "../many_instances/client.rs"]
mod client;
mod hung_up_client;
mod instance;
mod mariadb;
mod postgresql;
mod slow_network;

use std::net::SocketAddr;

use serde_json::{Value, json};
use wicketgate_conformance::one_time_code;
use wicketgate_protection::{Clock, SystemClock};

use client::{Credential, EMAIL, PASSWORD, bearer, cookie, get, post, register, tokens};
use hung_up_client::HungUpClient;
use instance::Instance;
use mariadb::MariaDbOfStrangers;
use postgresql::{Hold, Postgresql};
use slow_network::SlowNetwork;

/// At accounts of their own. Fewer than an instance has connections, so that all of them can be held at once.
const GUESSES: i64 = 3;
/// More than an instance has connections ready for.
const STRANDED: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn wrong_guesses_of_clients_who_hang_up_are_counted() {
    let Some(database) = Postgresql::start() else { return };
    let instance = Instance::start(&database.url(), &[]);
    register_all(instance.address(), GUESSES).await;

    let mut hold = database.hold(r#"SELECT "Id" FROM "AspNetUsers" FOR UPDATE"#).await;
    let mut clients = Vec::new();
    for number in 0..GUESSES {
        clients.push(HungUpClient::post(instance.address(), "/login", &Credential::None, &guess(number)).await);
    }
    hold.wait_for(GUESSES).await;
    for client in clients {
        client.hang_up().await;
    }
    // Without its whole body, a guess is nobody's.
    HungUpClient::post_half(instance.address(), "/login", &guess(0))
        .await
        .hang_up()
        .await;
    hold.end().await;

    // Attempts at one account are settled in the order of their arrival.
    for number in 0..GUESSES {
        let answer = post(instance.address(), "/login", &Credential::None, &guess(number)).await;
        assert_eq!(answer.status, 401, "{answer:?}");
    }
    let counted = database
        .number(r#"SELECT COUNT(*) FROM "AspNetUsers" WHERE "AccessFailedCount" = 2"#)
        .await;
    assert_eq!(counted, GUESSES);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_never_on_without_recovery_codes() {
    let Some(database) = Postgresql::start() else { return };
    let instance = Instance::start(&database.url(), &[]);
    register(instance.address()).await;
    let bearer = bearer(&tokens(instance.address()).await);
    let shown = post(instance.address(), "/manage/2fa", &bearer, &json!({})).await;
    let shown: Value = serde_json::from_str(&shown.body).unwrap();
    let code = one_time_code(shown["sharedKey"].as_str().unwrap(), SystemClock.now(), 0);

    // Behind the switch, before the codes.
    let mut hold = database.hold(r#"LOCK TABLE "AspNetUserTokens" IN SHARE MODE"#).await;
    let enable = json!({"enable": true, "twoFactorCode": code});
    let client = HungUpClient::post(instance.address(), "/manage/2fa", &bearer, &enable).await;
    hold.wait_for(1).await;
    client.hang_up().await;
    hold.end().await;

    // What is under way has the account's row locked, until it is done or undone.
    database
        .hold(r#"SELECT "Id" FROM "AspNetUsers" FOR UPDATE"#)
        .await
        .end()
        .await;
    let enabled = database
        .number(r#"SELECT COUNT(*) FROM "AspNetUsers" WHERE "TwoFactorEnabled""#)
        .await;
    let codes = r#"SELECT COUNT(*) FROM "AspNetUserTokens" WHERE "Name" = 'RecoveryCodes'"#;
    assert_eq!((enabled, database.number(codes).await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_always_has_its_mail_also_where_the_server_stops_meanwhile() {
    let Some(database) = Postgresql::start() else { return };
    let mut instance = Instance::start(&database.url(), &[]);
    database.hold_commits_of_new_accounts().await;
    let hold = register_and_hang_up(&instance, &database).await;
    instance.begin_to_stop();
    hold.end().await;
    let log = instance.end();
    assert_eq!(database.number(r#"SELECT COUNT(*) FROM "AspNetUsers""#).await, 1);
    assert_eq!(instance.mails(), 1, "{log}");
    let is_registration = |line: &&str| line.contains("registered");
    let registered = log.lines().find(is_registration).unwrap();
    assert!(registered.contains("request{id="), "{registered}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_no_longer_than_it_may_and_says_how_many_requests_it_cut_off() {
    let Some(database) = Postgresql::start() else { return };
    let mut instance = Instance::start(&database.url(), &[("SHUTDOWN_TIMEOUT", "0s")]);
    database.hold_commits_of_new_accounts().await;
    let hold = register_and_hang_up(&instance, &database).await;
    instance.begin_to_stop();
    let log = instance.end();
    assert!(
        log.contains("requests were aborted: the shutdown timeout ended requests=1"),
        "{log}"
    );
    hold.end().await;
}

/// Sends a registration, which is held at its `COMMIT`, and hangs up.
async fn register_and_hang_up(instance: &Instance, database: &Postgresql) -> Hold {
    let mut hold = database.hold("SELECT pg_advisory_lock(1)").await;
    let account = json!({"email": EMAIL, "password": PASSWORD});
    let client = HungUpClient::post(instance.address(), "/register", &Credential::None, &account).await;
    hold.wait_for(1).await;
    client.hang_up().await;
    hold
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_whose_clients_are_gone_are_among_those_that_may_run() {
    let Some(database) = Postgresql::start() else { return };
    let instance = Instance::start(&database.url(), &[("LIMITS__MAX_RUNNING_REQUESTS", "2")]);
    register_all(instance.address(), 2).await;
    let mut hold = database.hold(r#"SELECT "Id" FROM "AspNetUsers" FOR UPDATE"#).await;
    let mut clients = Vec::new();
    for number in 0..2 {
        clients.push(HungUpClient::post(instance.address(), "/login", &Credential::None, &guess(number)).await);
    }
    hold.wait_for(2).await;
    for client in clients {
        client.hang_up().await;
    }
    let ask = async || post(instance.address(), "/login", &Credential::None, &guess(0)).await;
    let refused = ask().await;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert_eq!(refused.all("retry-after"), ["1"]);
    // Neither a probe nor an application's own route is held back.
    for (path, status) in [("/healthz", 200), ("/weatherforecast", 401)] {
        let answer = get(instance.address(), path, &Credential::None).await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
    }
    hold.end().await;
    while ask().await.status == 503 {}
}

/// Over HTTP/1.1 the server learns that the client is gone when it answers.
#[tokio::test(flavor = "multi_thread")]
async fn so_are_those_whose_bodies_nobody_reads() {
    let Some(database) = Postgresql::start() else { return };
    let settings = [("LIMITS__MAX_RUNNING_REQUESTS", "1"), ("SESSIONS__ENABLED", "true")];
    let instance = Instance::start(&database.url(), &settings);
    register(instance.address()).await;
    let (ended, bearer) = (
        tokens(instance.address()).await,
        bearer(&tokens(instance.address()).await),
    );
    let mut hold = database.hold("LOCK TABLE wicketgate_sessions IN SHARE MODE").await;
    let client = HungUpClient::delete(instance.address(), "/manage/sessions", &bearer).await;
    hold.wait_for(1).await;
    drop(client);
    let ask = async || post(instance.address(), "/login", &Credential::None, &guess(0)).await;
    assert_eq!(ask().await.status, 503);
    hold.end().await;
    while ask().await.status == 503 {}
    let ended = get(instance.address(), "/manage/info", &client::bearer(&ended)).await;
    assert_eq!(ended.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_who_hang_up_do_not_have_their_server_locked_out_of_mariadb() {
    let Some(database) = MariaDbOfStrangers::start() else {
        return;
    };
    let network = SlowNetwork::start(database.address()).await;
    let instance = Instance::start(
        &database.url(network.address()),
        &[("SECURITY_STAMP__VALIDATION_INTERVAL", "0s")],
    );
    register(instance.address()).await;
    let cookie = cookie(instance.address()).await;

    // Whoever has a connection keeps it, so that others are opened, and get no further than the server's greeting.
    let hold = database.hold("LOCK TABLES AspNetUsers WRITE").await;
    network.hold();
    let mut clients = Vec::new();
    for _ in 0..STRANDED {
        clients.push(HungUpClient::get(instance.address(), "/probe/cookie", &cookie).await);
    }
    network.wait_for(mariadb::MAX_CONNECT_ERRORS + 1).await;
    for client in clients {
        client.hang_up().await;
    }
    network.release();
    hold.end().await;
    database.admits(network.address()).await;
    assert_eq!(get(instance.address(), "/probe/cookie", &cookie).await.status, 200);
}

async fn register_all(instance: SocketAddr, accounts: i64) {
    for number in 0..accounts {
        let account = json!({"email": email(number), "password": PASSWORD});
        let answer = post(instance, "/register", &Credential::None, &account).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

fn guess(number: i64) -> Value {
    json!({"email": email(number), "password": "Wr0ng!"})
}

fn email(number: i64) -> String {
    format!("user{number}@example.test")
}
