//! What an instance does while its database is away, frozen or dead, and that nothing has to be restarted afterwards.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test cannot set up has failed it"
)]

#[path = "../many_instances/client.rs"]
mod client;
mod instance;
mod server;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{task::JoinSet, time::timeout};
use wicketgate_conformance::ReceivedResponse;

use client::{Credential, EMAIL, bearer, cookie, get, post, register, tokens};
use instance::Instance;
use server::Server;

/// Waiting for a connection and for one statement, five seconds each, and something for a busy machine.
const LONGEST_WAIT: Duration = Duration::from_secs(13);
/// What probes are promised.
const LONGEST_WAIT_OF_A_PROBE: Duration = Duration::from_secs(4);
/// More than an instance has connections, so that some are held and some are waited for.
const CLIENTS: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn with_a_frozen_postgresql() {
    let Some(server) = Server::postgresql() else { return };
    database_freezes(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_frozen_mariadb() {
    let Some(server) = Server::mariadb() else { return };
    database_freezes(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_killed_postgresql() {
    let Some(server) = Server::postgresql() else { return };
    database_is_killed(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_killed_mariadb() {
    let Some(server) = Server::mariadb() else { return };
    database_is_killed(server).await;
}

async fn database_freezes(mut server: Server) {
    let instance = Instance::start(&server);
    let sessions = Sessions::begin(instance.address()).await;
    server.process().pause();
    database_is_missed(&sessions).await;
    server.process().resume();
    database_is_back(&sessions).await;
}

async fn database_is_killed(mut server: Server) {
    let instance = Instance::start(&server);
    let sessions = Sessions::begin(instance.address()).await;
    server.process().kill();
    database_is_missed(&sessions).await;
    server.restart();
    database_is_back(&sessions).await;
}

/// Of an account, from before the database went away.
struct Sessions {
    instance: SocketAddr,
    bearer: Credential,
    cookie: Credential,
}

impl Sessions {
    async fn begin(instance: SocketAddr) -> Self {
        register(instance).await;
        let sessions = Self {
            instance,
            bearer: bearer(&tokens(instance).await),
            cookie: cookie(instance).await,
        };
        // Enough connections lie ready that the first ones to miss the database are in use.
        for answer in sessions.ask_for_the_account().await {
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        sessions
    }

    /// Many at once.
    async fn ask_for_the_account(&self) -> Vec<ReceivedResponse> {
        let mut requests = JoinSet::new();
        for _ in 0..CLIENTS {
            let (instance, bearer) = (self.instance, self.bearer.clone());
            requests.spawn(async move { get(instance, "/manage/info", &bearer).await });
        }
        timeout(LONGEST_WAIT, requests.join_all())
            .await
            .expect("every wait ends")
    }

    /// What needs no account goes on as if nothing was.
    async fn accounts_are_not_needed(&self) {
        for (path, credential) in [("/probe/bearer", &self.bearer), ("/probe/cookie", &self.cookie)] {
            let begin = Instant::now();
            let answer = get(self.instance, path, credential).await;
            assert_eq!(answer.status, 200, "{path} {answer:?}");
            assert!(begin.elapsed() < LONGEST_WAIT_OF_A_PROBE);
        }
    }
}

async fn database_is_missed(sessions: &Sessions) {
    let meanwhile = async {
        sessions.accounts_are_not_needed().await;
        let begin = Instant::now();
        assert_eq!(get(sessions.instance, "/readyz", &Credential::None).await.status, 503);
        assert!(begin.elapsed() < LONGEST_WAIT_OF_A_PROBE);
        assert_eq!(get(sessions.instance, "/healthz", &Credential::None).await.status, 200);
    };
    let write = json!({"email": "bob@example.test", "password": "Passw0rd!"});
    let write = timeout(
        LONGEST_WAIT,
        post(sessions.instance, "/register", &Credential::None, &write),
    );
    let (answers, write, ()) = tokio::join!(sessions.ask_for_the_account(), write, meanwhile);
    for answer in answers.iter().chain([&write.expect("every wait ends")]) {
        assert_refused_for_now(answer);
    }
    sessions.accounts_are_not_needed().await;
}

fn assert_refused_for_now(answer: &ReceivedResponse) {
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(answer.all("retry-after"), ["1"], "{answer:?}");
    assert_eq!(answer.all("content-type"), ["application/problem+json"], "{answer:?}");
    let problem: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["status"], 503, "{answer:?}");
}

/// The very next requests succeed, whatever became of the connections.
async fn database_is_back(sessions: &Sessions) {
    for answer in sessions.ask_for_the_account().await {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body.contains(EMAIL), "{answer:?}");
    }
    assert_eq!(get(sessions.instance, "/readyz", &Credential::None).await.status, 200);
    let write = json!({"email": "cy@example.test", "password": "Passw0rd!"});
    let answer = post(sessions.instance, "/register", &Credential::None, &write).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}
