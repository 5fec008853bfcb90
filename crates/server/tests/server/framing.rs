//! Where one request ends and the next begins on a connection, and that nothing between them is read as a request.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use crate::{http::read, process::Place};

/// Sends the head of a request that waits for `100 Continue`, then what comes behind it; all answers that follow.
fn continued(address: &str, body: &str, behind: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
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

fn statuses(answers: &str) -> Vec<&str> {
    answers
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| answer.split(' ').next().unwrap())
        .collect()
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
    let mut connection = TcpStream::connect(&server.address).unwrap();
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
    let mut connection = TcpStream::connect(&server.address).unwrap();
    connection
        .write_all(b"GET /healthz#/readyz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .unwrap();
    assert!(read(&mut connection).ends_with("alive"));
}
