//! Where one request ends and the next begins on a connection, and that nothing between them is read as a request.

use std::io::{Read, Write};

use crate::{
    http::{connect, exchange, read, statuses},
    http2::Http2,
    process::Place,
};

/// Sends the head of a request that waits for `100 Continue`, then what comes behind it; all answers that follow.
fn continued(address: &str, body: &str, behind: &str) -> String {
    let mut connection = connect(address);
    let head = format!(
        "POST /register HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    connection.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    connection.write_all(body.as_bytes()).unwrap();
    connection.write_all(behind.as_bytes()).unwrap();
    read(&mut connection)
}

const LAST: &str = "GET /readyz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

#[test]
fn a_request_that_is_hidden_in_a_continued_body_stays_body() {
    let server = Place::new().serve(&[]);
    let hidden = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let body = format!("X /{} HTTP/1.1\n{hidden:80}", "#".repeat(40));
    let answers = continued(&server.address, &body, LAST);
    assert_eq!(statuses(&answers), ["400", "200"], "{answers}");
    assert!(answers.ends_with("ready"), "{answers}");
}

#[test]
fn a_continued_body_may_begin_with_anything() {
    let server = Place::new().serve(&[]);
    for beginning in [" ", "\n", "\t ", "\r\n"] {
        let body = beginning.to_owned() + r##"{"email":"ada@example.test","password":"#"}"##;
        let answers = continued(&server.address, &body, LAST);
        assert_eq!(statuses(&answers), ["400", "200"], "{beginning:?}: {answers}");
        assert!(answers.contains("PasswordTooShort"), "{beginning:?}: {answers}");
    }
}

#[test]
fn a_pipelined_request_keeps_its_body_as_it_was_sent() {
    let server = Place::new().serve(&[]);
    let mut connection = connect(&server.address);
    let body = r##"{"email":"ada@example.test","password":"# HTTP/1.1"}"##;
    let first = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let second = format!(
        "POST /register HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all(first.as_bytes()).unwrap();
    connection.write_all(second.as_bytes()).unwrap();
    connection.write_all(body.as_bytes()).unwrap();
    connection.write_all(LAST.as_bytes()).unwrap();
    let answers = read(&mut connection);
    assert_eq!(statuses(&answers), ["200", "400", "200"], "{answers}");
    assert!(answers.ends_with("ready"), "{answers}");
}

#[test]
fn what_follows_a_number_sign_in_the_target_is_cut_off() {
    let server = Place::new().serve(&[]);
    let mut connection = connect(&server.address);
    connection
        .write_all(b"GET /healthz#/readyz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .unwrap();
    assert!(read(&mut connection).ends_with("alive"));
}

#[test]
fn a_connection_ends_after_a_request_with_two_lengths() {
    let server = Place::new().serve(&[]);
    let length = "content-length: 3\r\n";
    let coding = "transfer-encoding: chunked\r\n";
    for headers in [[length, coding], [coding, length]] {
        let request = format!(
            "POST /register HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n{}\r\n2\r\n{{}}\r\n0\r\n\r\n{LAST}",
            headers.concat()
        );
        let answers = exchange(&server.address, &request);
        assert_eq!(statuses(&answers), ["400"], "{answers}");
        assert!(answers.contains("connection: close\r\n"), "{answers}");
    }
}

#[test]
fn codings_other_than_chunked_alone_are_refused() {
    let server = Place::new().serve(&[]);
    for codings in [
        "transfer-encoding: gzip, chunked\r\n",
        "transfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked, chunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
        "transfer-encoding: identity, chunked\r\n",
        "transfer-encoding: , chunked\r\n",
        "transfer-encoding: chunked;q=1\r\n",
        "transfer-encoding: \"chunked\"\r\n",
        "transfer-encoding: chunked, gzip\r\n",
        "transfer-encoding:\r\n",
    ] {
        let request = format!("POST /login HTTP/1.1\r\nhost: a\r\n{codings}content-length: 5\r\n\r\n0\r\n\r\n{LAST}");
        let answers = exchange(&server.address, &request);
        assert_eq!(statuses(&answers), ["400"], "{codings:?}: {answers}");
        assert!(answers.contains("connection: close\r\n"), "{codings:?}: {answers}");
    }
    let answers = exchange(
        &server.address,
        &format!("GET /healthz HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: \t Chunked \r\n\r\n0\r\n\r\n{LAST}"),
    );
    assert_eq!(statuses(&answers), ["200", "200"], "{answers}");
}

#[test]
fn a_request_of_http_2_with_headers_of_a_connection_is_malformed() {
    /// RFC 9113, section 8.1.1: a stream error of this type.
    const PROTOCOL_ERROR: [u8; 4] = [0, 0, 0, 1];
    let server = Place::new().serve(&[]);
    for (stream, (name, value)) in (1..).step_by(2).zip([
        ("connection", "close"),
        ("connection", "x-request-id"),
        ("keep-alive", "timeout=5"),
        ("proxy-connection", "keep-alive"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "h2c"),
        ("te", "gzip"),
        ("te", "trailers, gzip"),
    ]) {
        let mut connection = Http2::connect(&server.address, &[]);
        connection.request(stream, "GET", "/healthz", &[(name, value)], true);
        let frame = connection.next_of(stream);
        assert_eq!(
            (frame.kind, &frame.payload[..]),
            (Http2::RST_STREAM, &PROTOCOL_ERROR[..]),
            "{name}: {value}"
        );
        connection.request(stream + 2, "GET", "/healthz", &[("te", "trailers")], true);
        assert_eq!(connection.next_of(stream + 2).kind, Http2::HEADERS, "{name}: {value}");
    }
}
