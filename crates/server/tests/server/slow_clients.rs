//! Clients that keep the server waiting: each is let go, whatever it is slow with.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::Shutdown,
    time::Duration,
};

use crate::{
    http::{connect, get, read_to_end},
    http2::Http2,
    process::{Place, Server},
};

/// A server that waits a second for what is slow, and an hour for headers.
fn impatient() -> Server {
    Place::new()
        .with("WICKETGATE__REQUEST_HEADERS_TIMEOUT", "1h")
        .with("WICKETGATE__LIMITS__MIN_DATA_RATE_GRACE_PERIOD", "1s")
        .with("WICKETGATE__LIMITS__MIN_RESPONSE_DATA_RATE", "1000000000")
        .serve(&[])
}

const HEAD: &str = "POST /register HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";

#[test]
fn a_body_that_stops_is_answered_with_408() {
    let server = impatient();
    let bodies = [
        "content-length: 100\r\n\r\n",
        "content-length: 100\r\n\r\n{",
        "transfer-encoding: chunked\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n1\r\n{",
        "transfer-encoding: chunked\r\n\r\n1;x",
        "expect: 100-continue\r\ncontent-length: 100\r\n\r\n{",
    ];
    let connections = bodies.map(|body| {
        let mut connection = connect(&server.address);
        connection.write_all(format!("{HEAD}{body}").as_bytes()).unwrap();
        (body, connection)
    });
    for (body, mut connection) in connections {
        let answer = read_to_end(&mut connection);
        let answer = answer.trim_start_matches("HTTP/1.1 100 Continue\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 408 "), "{body:?}: {answer}");
        assert!(answer.contains("connection: close\r\n"), "{body:?}: {answer}");
    }
}

#[test]
fn a_body_that_trickles_is_answered_with_408() {
    // After a byte the client may take a millisecond for the next.
    let place = Place::new()
        .with("WICKETGATE__LIMITS__MIN_DATA_RATE_GRACE_PERIOD", "1s")
        .with("WICKETGATE__LIMITS__MIN_REQUEST_BODY_DATA_RATE", "1000");
    let server = place.serve(&[]);
    let mut connection = connect(&server.address);
    connection
        .write_all(format!("{HEAD}content-length: 10000\r\n\r\n").as_bytes())
        .unwrap();
    connection.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let mut answer = Vec::new();
    // A server that loses no patience is sent a byte ten times a second for half a minute.
    for _ in 0..300 {
        let sent = connection.write_all(b" ");
        let mut part = [0; 1024];
        match connection.read(&mut part) {
            Err(error) if sent.is_ok() && matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Ok(length) if length > 0 => answer.extend_from_slice(&part[..length]),
            _ => break,
        }
    }
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer:?}");
}

#[test]
fn a_body_over_http_2_that_stops_is_answered_with_408() {
    /// As Huffman's code writes it (RFC 7541, appendix B).
    const STATUS_408: [u8; 3] = [0x68, 0x0f, 0x7f];
    let server = impatient();
    let mut connection = Http2::connect(&server.address, &[]);
    connection.request(1, "POST", "/register", &[("content-type", "application/json")], false);
    connection.data(1, b"{");
    let frame = connection.next_of(1);
    assert_eq!(frame.kind, Http2::HEADERS);
    let mut parts = frame.payload.windows(STATUS_408.len());
    assert!(parts.any(|part| part == STATUS_408), "{:x?}", frame.payload);
    // The others on the connection are served.
    connection.request(3, "GET", "/healthz", &[], true);
    assert_eq!(connection.next_of(3).kind, Http2::HEADERS);
}

#[test]
fn who_does_not_read_the_answers_is_let_go() {
    let server = impatient();
    let whole = get(&server.address, "/swagger/swagger-ui-bundle.js");
    assert!(whole.len() > 1_000_000, "who reads gets it whole");

    for path in ["/swagger/swagger-ui-bundle.js", "/healthz"] {
        let mut connection = connect(&server.address);
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").repeat(100);
        let error = loop {
            if let Err(error) = connection.write_all(request.as_bytes()) {
                break error;
            }
        };
        let is_let_go = matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe);
        assert!(is_let_go, "{path}: {error}");
    }
}

#[test]
fn the_kernel_keeps_little_of_an_answer_that_is_not_read() {
    const MOST: usize = 256 * 1024;
    let server = Place::new().serve(&[]);
    let mut connection = connect(&server.address);
    connection
        .write_all(b"GET /swagger/swagger-ui-bundle.js HTTP/1.1\r\nhost: a\r\n\r\n")
        .unwrap();
    connection.peek(&mut [0]).unwrap();
    // The answer has begun; while these are answered it goes as far as it goes.
    for _ in 0..20 {
        get(&server.address, "/healthz");
    }
    let client = connection.local_addr().unwrap().port();
    let sockets = fs::read_to_string(format!("/proc/{}/net/tcp", server.id())).unwrap();
    // Number, own address, other's address, state, and what waits to be sent and to be read (proc_pid_net(5)).
    let waits = sockets.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (_, port) = fields[2].split_once(':')?;
        let (unsent, _) = fields[4].split_once(':')?;
        (u16::from_str_radix(port, 16) == Ok(client)).then(|| usize::from_str_radix(unsent, 16).unwrap())
    });
    let waits = waits.unwrap();
    assert!(waits < MOST, "{waits} bytes");
}

#[test]
fn who_opens_no_window_for_the_answers_is_let_go() {
    let server = impatient();
    let mut connection = Http2::connect(&server.address, &[(Http2::INITIAL_WINDOW_SIZE, 0)]);
    for stream in [1, 3, 5] {
        connection.request(stream, "GET", "/healthz", &[], true);
    }
    while let Some(frame) = connection.next() {
        assert!(
            frame.kind != Http2::DATA || frame.payload.is_empty(),
            "there is no window for data"
        );
    }
}

#[test]
fn an_idle_connection_is_closed() {
    let server = Place::new().serve(&["--request-headers-timeout", "1h", "--limits-keep-alive-timeout", "1s"]);
    let mut connection = connect(&server.address);
    connection
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        .unwrap();
    assert!(read_to_end(&mut connection).ends_with("alive"));

    let mut connection = Http2::connect(&server.address, &[]);
    connection.request(1, "GET", "/healthz", &[], true);
    while connection.next().unwrap().kind != Http2::GOAWAY {}
}

#[test]
fn headers_that_stop_end_a_connection_that_was_idle() {
    let server = Place::new().serve(&["--request-headers-timeout", "1s", "--limits-keep-alive-timeout", "1h"]);
    let mut connection = connect(&server.address);
    connection
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"alive") {
        let mut part = [0; 1024];
        let length = connection.read(&mut part).unwrap();
        answer.extend_from_slice(&part[..length]);
    }
    connection.write_all(b"GET /healthz HTT").unwrap();
    assert_eq!(read_to_end(&mut connection), "");
}

#[test]
fn half_a_beginning_ends_with_its_client() {
    let server = Place::new().serve(&["--request-headers-timeout", "1h"]);
    for beginning in [
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.1\r\n",
    ] {
        let mut connection = connect(&server.address);
        connection.write_all(beginning.as_bytes()).unwrap();
        connection.shutdown(Shutdown::Write).unwrap();
        read_to_end(&mut connection);
    }
}
