//! The attacks through proxies whose connections to the server are shared by all their clients: nobody gets an answer to
//! another one's request.

use std::{
    net::{SocketAddr, TcpStream},
    panic, thread,
    time::Duration,
};

use wicketgate_test_servers::{Caddy, HaProxy, Nginx};

use super::{
    client::Client,
    corpus::{Attack, Hidden, attacks, request, request_in_header, rewritten_request_line},
};
use crate::{
    http::{access_token, post},
    process::Place,
};

/// How long an attacker waits for answers that may never come. It decides how long the tests take, not whether they pass.
const PATIENCE: Duration = Duration::from_millis(100);
/// Longer than any victim waits.
const VICTIMS_PATIENCE: Duration = Duration::from_secs(30);
/// How many attackers there are at once.
const ATTACKERS: usize = 24;
/// How often a proxy is started that breaks down.
const STARTS: usize = 3;
/// How often the attack is tried that succeeds by luck.
const TRIES: usize = 40;

#[test]
fn behind_caddy_nobody_gets_the_answer_to_another_ones_request() {
    match Caddy::provide() {
        Ok(()) => attack_through(|server| {
            let proxy = Caddy::sharing_connections(server).unwrap();
            (proxy.address(), Box::new(proxy))
        }),
        Err(missing) => eprintln!("not run: {missing}"),
    }
}

#[test]
fn behind_haproxy_nobody_gets_the_answer_to_another_ones_request() {
    match HaProxy::provide() {
        Ok(()) => attack_through(|server| {
            let proxy = HaProxy::sharing_connections(server).unwrap();
            (proxy.address(), Box::new(proxy))
        }),
        Err(missing) => eprintln!("not run: {missing}"),
    }
}

#[test]
fn behind_nginx_nobody_gets_the_answer_to_another_ones_request() {
    match Nginx::provide() {
        Ok(()) => attack_through(|server| {
            let proxy = Nginx::sharing_connections(server).unwrap();
            (proxy.address(), Box::new(proxy))
        }),
        Err(missing) => eprintln!("not run: {missing}"),
    }
}

/// Runs every attack through a proxy. Where it listens comes with what keeps it running.
fn attack_through(start: impl Fn(SocketAddr) -> (SocketAddr, Box<dyn std::any::Any>)) {
    let server = Place::new()
        .without_rate_limits()
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1000")
        .serve(&[]);
    for _ in 0..STARTS {
        let (proxy, _running) = start(server.address.parse().unwrap());
        let attacked = panic::catch_unwind(|| attack(&server.address, &proxy.to_string()));
        match attacked {
            Ok(()) => return,
            // In one of forty runs Debian's Caddy was gone. That shows nothing about us.
            Err(_) if TcpStream::connect(proxy).is_err() => {}
            Err(panic) => panic::resume_unwind(panic),
        }
    }
    panic!("the proxy broke down {STARTS} times");
}

fn attack(server: &str, proxy: &str) {
    let mut victims = ["ada", "bob"].map(|name| Victim::new(server, proxy, name));
    let tries = (0..TRIES).flat_map(|_| [Hidden::Complete, Hidden::Unfinished].map(rewritten_request_line));
    let attacks: Vec<Attack> = [Hidden::Complete, Hidden::Unfinished]
        .into_iter()
        .flat_map(|hidden| attacks(hidden).into_iter().chain(request_in_header(hidden)))
        .chain(tries)
        .collect();
    let mut failures = Vec::new();
    for attacks in attacks.chunks(ATTACKERS) {
        let attackers: Vec<Client> = thread::scope(|scope| {
            let start = |attack| scope.spawn(move || start_attack(proxy, attack));
            let threads: Vec<_> = attacks.iter().map(start).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for victim in &mut victims {
            if let Err(why) = victim.ask() {
                let names: Vec<_> = attacks.iter().map(|attack| attack.name.as_str()).collect();
                failures.push(format!("{why} during one of these: {}", names.join("; ")));
            }
        }
        drop(attackers);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn start_attack(address: &str, attack: &Attack) -> Client {
    let mut attacker = Client::connect(address);
    for (index, part) in attack.parts.iter().enumerate() {
        attacker.send(part);
        attacker.wait_for(index + 1, PATIENCE);
    }
    attacker
}

/// Somebody who is signed in and uses the site while the attack goes on.
struct Victim {
    proxy: String,
    client: Client,
    name: String,
    token: String,
    /// How many requests went over the connection, and over all.
    asked: usize,
    number: usize,
}

impl Victim {
    fn new(server: &str, proxy: &str, name: &str) -> Self {
        let account = format!(r#"{{"email":"{name}@example.test","password":"Passw0rd!"}}"#);
        post(server, "/register", &account);
        Self {
            proxy: proxy.to_owned(),
            client: Client::connect(proxy),
            name: name.to_owned(),
            token: access_token(&post(server, "/login", &account)),
            asked: 0,
            number: 0,
        }
    }

    /// Asks who they are. The answer must be that to this request, and about them.
    fn ask(&mut self) -> Result<(), String> {
        // A proxy may hand a request to a connection that the server closes at that moment, and then closes its own:
        // clients ask again.
        for _ in 0..TRIES {
            if let Some(outcome) = self.try_ask() {
                return outcome;
            }
        }
        Err(format!("{} got no answer", self.name))
    }

    /// `None` if the proxy closed the connection instead of answering.
    fn try_ask(&mut self) -> Option<Result<(), String>> {
        (self.asked, self.number) = (self.asked + 1, self.number + 1);
        let id = format!("{}-{}", self.name, self.number);
        let token = format!("authorization: Bearer {}\r\n", self.token);
        self.client.send(&request("GET /manage/info", &id, &token));
        let came = self.client.wait_for(self.asked, VICTIMS_PATIENCE);
        let answer = self.client.answers().into_iter().nth(self.asked - 1);
        let is_right = answer.as_ref().is_some_and(|answer| {
            answer.status == 200
                && answer.id.as_deref() == Some(id.as_str())
                && answer.body.contains(&format!("{}@example.test", self.name))
        });
        if is_right {
            return Some(Ok(()));
        }
        (self.client, self.asked) = (Client::connect(&self.proxy), 0);
        let is_closed = answer.is_none() && came;
        // What the proxy itself says when the server closed the connection under it.
        let is_unlucky = answer
            .as_ref()
            .is_some_and(|answer| answer.status == 502 && answer.id.is_none());
        (!is_closed && !is_unlucky).then(|| Err(format!("{id} got {answer:?}")))
    }
}
