//! How a server stops that has something left to do.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::{
    http::{connect, post},
    process::Place,
};

/// A request that stays in flight, since the server waits for its body.
fn unfinished_request(address: &str) -> TcpStream {
    let mut connection = connect(address);
    let head = "POST /register HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-type: application/json\r\n\
                content-length: 100\r\n\r\n";
    connection.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    connection.read_exact(&mut answer).unwrap();
    connection
}

#[test]
fn a_second_signal_ends_a_stop_at_once() {
    for second in [Signal::TERM, Signal::INT] {
        let mut server = Place::new().serve(&["--shutdown-timeout", "1h"]);
        let _connection = unfinished_request(&server.address);
        server.signal(Signal::TERM);
        server.wait_for("stopping");
        server.signal(second);
        let (status, log) = server.end();
        assert_eq!(status.code(), Some(1), "{log}");
        assert!(log.contains("error: stopped at once"), "{log}");
    }
}

#[test]
fn requests_and_mail_share_the_time_of_a_stop() {
    // Takes mail servers' connections and says nothing.
    let mail_server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", mail_server.local_addr().unwrap());
    let place = Place::new().with("WICKETGATE__EMAIL__SMTP_URL", &url);
    let mut server = place.serve(&["--shutdown-timeout", "3s", "--limits-min-request-body-data-rate", "0"]);
    let account = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;
    assert!(post(&server.address, "/register", account).starts_with("HTTP/1.1 200 "));
    let _connection = unfinished_request(&server.address);

    server.signal(Signal::TERM);
    server.wait_for("requests were still in flight");
    let since = Instant::now();
    server.wait_for("mail was still waiting");
    let more = since.elapsed();
    assert!(more < Duration::from_secs(2), "mail took {more:?} more");
    assert!(server.end().0.success());
}
