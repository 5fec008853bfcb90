//! How a server stops that has something left to do.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::{
    accounts::{ADA, register},
    http::{connect, read},
    process::Place,
};

/// A request that stays in flight, since the server waits for its body.
fn unfinished_request(address: &str) -> TcpStream {
    let mut connection = connect(address);
    let head = format!(
        "POST /register HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        ADA.len()
    );
    connection.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    connection.read_exact(&mut answer).unwrap();
    connection
}

#[test]
fn a_request_in_flight_is_finished_before_the_server_stops() {
    let mut server = Place::new().serve(&[]);
    let mut connection = unfinished_request(&server.address);

    server.signal(Signal::TERM);
    server.wait_for("stopping");
    assert!(
        TcpStream::connect(&server.address).is_err(),
        "no new connection is taken"
    );
    connection.write_all(ADA.as_bytes()).unwrap();

    assert!(read(&mut connection).starts_with("HTTP/1.1 200 OK\r\n"));
    let (status, log) = server.end();
    assert!(status.success(), "{log}");
    assert!(log.contains("stopped"), "{log}");
}

#[test]
fn a_request_that_never_ends_does_not_keep_the_server_running() {
    let mut server = Place::new().serve(&["--shutdown-timeout", "0s"]);
    let _connection = unfinished_request(&server.address);

    server.signal(Signal::TERM);
    server.wait_for("requests were still in flight");
    assert!(server.end().0.success());
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
        assert!(log.contains("error: stopped immediately"), "{log}");
    }
}

#[test]
fn requests_and_mail_share_the_time_of_a_stop() {
    // Takes mail servers' connections and says nothing.
    let mail_server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", mail_server.local_addr().unwrap());
    let place = Place::new().with("WICKETGATE__EMAIL__SMTP_URL", &url);
    let mut server = place.serve(&["--shutdown-timeout", "3s", "--limits-min-request-body-data-rate", "0"]);
    register(&server, "ada@example.test");
    let _connection = unfinished_request(&server.address);

    server.signal(Signal::TERM);
    server.wait_for("requests were still in flight");
    let since = Instant::now();
    server.wait_for("mails stay in the database");
    let more = since.elapsed();
    assert!(more < Duration::from_secs(2), "mail took {more:?} more");
    assert!(server.end().0.success());
}
