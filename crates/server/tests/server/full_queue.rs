//! More logins at once than can wait.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

use crate::process::{Place, Server};

/// The most there may be: they take longer than it takes to send what this test sends.
const ROUNDS: &str = "10000000";
const QUEUE: usize = 2;
/// No processor hashes more passwords at once in one thread.
const MOST_LANES: usize = 16;

/// Whether a login waits for its hash, or was refused at once.
enum Login {
    Waits(TcpStream),
    Refused(String),
}

#[test]
fn logins_beyond_the_queue_are_refused_until_those_before_them_are_gone() {
    let place = Place::new()
        .without_rate_limits()
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", ROUNDS)
        .with("WICKETGATE__PASSWORD_HASHER__QUEUE_LENGTH", &QUEUE.to_string());
    let server = place.serve(&[]);
    let cores = thread::available_parallelism().unwrap().get();
    // As many as certainly find a thread or a place, at once.
    let mut waiting: Vec<_> = (0..cores + QUEUE).map(|_| send_login(&server)).collect();
    let refusal = loop {
        match log_in(&server) {
            Login::Waits(connection) => waiting.push(connection),
            Login::Refused(answer) => break answer,
        }
        assert!(waiting.len() <= cores * MOST_LANES + QUEUE, "nobody is refused");
    };
    assert!(refusal.starts_with("HTTP/1.1 503 "), "{refusal}");
    assert!(refusal.contains("retry-after: 1\r\n"), "{refusal}");
    waiting.retain_mut(is_unanswered);
    assert!(waiting.len() >= cores + QUEUE, "{}", waiting.len());

    // Nobody is served in between, so there is room only if the server drops those who went.
    drop(waiting);
    let is_taken = (0..100).any(|_| matches!(log_in(&server), Login::Waits(_)));
    assert!(is_taken, "those who are gone keep their places");
}

fn log_in(server: &Server) -> Login {
    let mut connection = send_login(server);
    connection.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let mut answer = vec![0; 4096];
    match connection.read(&mut answer) {
        Ok(length) => Login::Refused(String::from_utf8_lossy(&answer[..length]).into_owned()),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Login::Waits(connection),
        Err(error) => panic!("{error}"),
    }
}

fn is_unanswered(connection: &mut TcpStream) -> bool {
    connection.set_nonblocking(true).unwrap();
    connection.peek(&mut [0]).is_err()
}

fn send_login(server: &Server) -> TcpStream {
    let mut connection = TcpStream::connect(&server.address).unwrap();
    let account = r#"{"email":"nobody@example.test","password":"Passw0rd!"}"#;
    let request = format!(
        "POST /login HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{account}",
        account.len()
    );
    connection.write_all(request.as_bytes()).unwrap();
    connection
}
