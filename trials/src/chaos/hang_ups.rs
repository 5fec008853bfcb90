//! Clients that hang up at random moments, with the answer on its way or not.

use std::{
    hash::{BuildHasher, RandomState},
    io::Write,
    net::{Shutdown, SocketAddr, TcpStream},
    thread::{self, sleep},
    time::Duration,
};

use serde_json::{Value, json};

use super::{ledger::RequestId, mail_sink::MailSink};
use crate::client::PASSWORD;

/// Who hangs up waits no longer than this: about as long as requests take.
const LONGEST_WAIT: u64 = 30;
/// How many register, each a few times.
const CLIENTS: usize = 4;
const REGISTRATIONS: usize = 15;
/// How many wrong passwords are sent for one account.
pub(super) const GUESSES: usize = 60;
/// How long what they began may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whose password is guessed.
pub(super) const GUESSED: &str = "hung-up@example.test";

/// Sends a request, perhaps with a token and an id, and hangs up after a moment.
pub(super) fn send_and_hang_up(address: SocketAddr, path: &str, sender: Option<(&str, &RequestId)>, body: &Value) {
    let body = body.to_string();
    let headers = sender.map(|(token, request)| {
        let request = &request.0;
        format!("authorization: Bearer {token}\r\nx-request-id: {request}\r\n")
    });
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{}content-length: {}\r\n\r\n{body}",
        headers.unwrap_or_default(),
        body.len()
    );
    let Ok(mut connection) = TcpStream::connect(address) else {
        return;
    };
    let _ = connection.write_all(request.as_bytes());
    sleep(Duration::from_millis(chance() % LONGEST_WAIT));
    let _ = connection.shutdown(Shutdown::Both);
}

/// Has clients register and hang up, at all instances.
pub(super) fn register(instances: &[SocketAddr]) {
    at_once(instances, |client, instance| {
        for number in 0..REGISTRATIONS {
            let account = json!({"email": email(client, number), "password": PASSWORD});
            send_and_hang_up(instance, "/register", None, &account);
        }
    });
}

/// Has clients guess a password and hang up, at all instances.
pub(super) fn guess(instances: &[SocketAddr]) {
    let guess = json!({"email": GUESSED, "password": "wrong"});
    at_once(instances, |_, instance| {
        for _ in 0..GUESSES / CLIENTS {
            send_and_hang_up(instance, "/login", None, &guess);
        }
    });
}

/// Accounts that were made without their mail: `exists` tells whether somebody can log in.
pub(super) fn without_mail(mails: &MailSink, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let registered = (0..CLIENTS).flat_map(|client| (0..REGISTRATIONS).map(move |number| email(client, number)));
    mails.wait_for(registered.filter(|email| exists(email)), PATIENCE)
}

fn at_once(instances: &[SocketAddr], work: impl Fn(usize, SocketAddr) + Sync) {
    let work = &work;
    thread::scope(|scope| {
        for (client, &instance) in instances.iter().cycle().take(CLIENTS).enumerate() {
            scope.spawn(move || work(client, instance));
        }
    });
}

fn email(client: usize, number: usize) -> String {
    format!("gone-{client}-{number}@example.test")
}

fn chance() -> u64 {
    RandomState::new().hash_one(())
}
