//! What a request costs, counted in a way that no noise touches: the allocations that the server makes for it, from the
//! bytes of the request to those of its answer. They may not grow by a tenth over what `recorded.txt` says.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::collections::BTreeMap;

use time::macros::datetime;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    runtime::{Builder, Runtime},
};
use wicketgate_conformance::{Application, ReceivedResponse, Store, exchange};

const RECORDED: &str = include_str!("recorded.txt");
const REQUESTS: u32 = 100;
const ACCOUNT: &str = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;

#[test]
fn a_request_with_a_token_allocates_no_more_than_recorded() {
    let server = Server::start();
    let answer = server.post("/login");
    let answer: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let token = answer["accessToken"].as_str().unwrap();
    check("bearer", &server, &format!("Authorization: Bearer {token}\r\n"), "200");
}

#[test]
fn a_request_with_a_cookie_allocates_no_more_than_recorded() {
    let server = Server::start();
    let set_cookie = server.post("/login?useCookies=true").all("set-cookie").remove(0);
    let (cookie, _) = set_cookie.split_once(';').unwrap();
    check("cookie", &server, &format!("Cookie: {cookie}\r\n"), "200");
}

#[test]
fn a_refused_request_allocates_no_more_than_recorded() {
    check("refused", &Server::start(), "", "401");
}

/// With what the server does for its log, but for the thread that writes it.
#[test]
fn a_logged_request_allocates_no_more_than_recorded() {
    let log = tracing_subscriber::fmt()
        .with_target(false)
        .with_ansi(false)
        .with_writer(std::io::sink);
    let _logging = tracing::subscriber::set_default(log.finish());
    check("logged", &Server::start(), "", "401");
}

/// Compares what a GET with this header costs with what is recorded under `name`.
fn check(name: &str, server: &Server, header: &str, status: &str) {
    let counted = server.allocations(
        &format!("GET /probe/hello HTTP/1.1\r\nHost: localhost\r\n{header}\r\n"),
        status,
    );
    let recorded = recorded(name);
    assert!(
        counted <= recorded * 1.1,
        "{name}: {counted} allocations, {recorded} are recorded. Find out what was added to every request."
    );
    assert!(
        counted >= recorded * 0.9,
        "{name}: {counted} allocations, {recorded} are recorded. Well done: write the lower number into recorded.txt."
    );
}

fn recorded(name: &str) -> f64 {
    let mut lines = RECORDED.lines().filter_map(|line| line.split_once(' '));
    let (_, number) = lines.find(|(key, _)| *key == name).unwrap();
    number.parse().unwrap()
}

/// The whole server in one thread, so that all that it allocates is counted.
struct Server {
    runtime: Runtime,
    application: Application,
}

impl Server {
    /// With one account.
    fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let now = datetime!(2026-01-02 03:04:05 UTC);
        let application = runtime.block_on(Application::start(Store::Memory, &BTreeMap::new(), now));
        let server = Self {
            application: application.unwrap(),
            runtime,
        };
        assert_eq!(server.post("/register").status, 200);
        server
    }

    fn post(&self, path: &str) -> ReceivedResponse {
        let length = ACCOUNT.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n\
             {ACCOUNT}"
        );
        self.runtime.block_on(async {
            let connection = self.application.connect();
            exchange(connection, "POST", request.as_bytes()).await.unwrap()
        })
    }

    /// How many allocations a request costs that is not the first on its connection.
    fn allocations(&self, request: &str, status: &str) -> f64 {
        let mut connection = self.runtime.block_on(async { self.application.connect() });
        let mut answer = [0; 4096];
        let length = self.runtime.block_on(async {
            connection.write_all(request.as_bytes()).await.unwrap();
            connection.read(&mut answer).await.unwrap()
        });
        assert!(answer.starts_with(format!("HTTP/1.1 {status} ").as_bytes()));
        // All answers are as long as the first; only their times and ids differ.
        let mut send = |requests| {
            self.runtime
                .block_on(repeat(&mut connection, request, &mut answer[..length], requests))
        };
        send(REQUESTS);
        let counted = allocation_counter::measure(|| send(REQUESTS));
        counted.count_total as f64 / f64::from(REQUESTS)
    }
}

async fn repeat(connection: &mut DuplexStream, request: &str, answer: &mut [u8], times: u32) {
    for _ in 0..times {
        connection.write_all(request.as_bytes()).await.unwrap();
        connection.read_exact(answer).await.unwrap();
    }
}
