//! What was acknowledged is there, however the process ends.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::mpsc::{Sender, channel},
    thread,
};

use rustix::process::Signal;

use crate::{http::post, process::Place};

const CLIENTS: usize = 8;
const ACKNOWLEDGED: usize = 60;

/// The system still writes what the process gave it; that a failing system loses nothing is `synchronous=FULL`, which a
/// test in `crates/sql` finds set.
#[test]
fn accounts_that_were_acknowledged_survive_the_kill_of_the_process() {
    // So that the disk, and not hashing, is what registrations wait for.
    let place = Place::new()
        .without_rate_limits()
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1");
    let server = place.serve(&[]);
    let (acknowledge, acknowledged) = channel();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (address, acknowledge) = (server.address.clone(), acknowledge.clone());
            thread::spawn(move || register_until_the_end(client, &address, &acknowledge))
        })
        .collect();
    drop(acknowledge);
    let mut accounts: Vec<String> = acknowledged.iter().take(ACKNOWLEDGED).collect();
    server.signal(Signal::KILL);
    for client in clients {
        client.join().unwrap();
    }
    accounts.extend(acknowledged.try_iter());
    assert!(accounts.len() >= ACKNOWLEDGED);
    drop(server);

    let server = place.serve(&[]);
    for account in &accounts {
        let answer = post(&server.address, "/login", account);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{account}: {answer}");
    }
}

/// Registers one account after the other until the server is gone, and tells of those that were acknowledged.
pub(crate) fn register_until_the_end(client: usize, address: &str, acknowledge: &Sender<String>) {
    for number in 0.. {
        let account = format!(r#"{{"email":"u{client}-{number}@example.test","password":"Passw0rd!"}}"#);
        match status_of_registration(address, &account) {
            Some(200) => {
                let _ = acknowledge.send(account);
            }
            Some(status) => panic!("{account}: {status}"),
            None => return,
        }
    }
}

/// `None` if the connection ended before the answer.
fn status_of_registration(address: &str, account: &str) -> Option<u16> {
    let mut connection = TcpStream::connect(address).ok()?;
    let request = format!(
        "POST /register HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{account}",
        account.len()
    );
    connection.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}
