//! A client that sends exactly what a test says.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// Longer than any server here takes, so that one that keeps its client waiting fails its test.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection on which nothing waits for ever.
pub(crate) fn connect(address: &str) -> TcpStream {
    let connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    connection.set_write_timeout(Some(PATIENCE)).unwrap();
    connection
}

/// The whole answer to a GET.
pub(crate) fn get(address: &str, path: &str) -> String {
    exchange(
        address,
        &format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"),
    )
}

/// The whole answer to a POST of JSON.
pub(crate) fn post(address: &str, path: &str, json: &str) -> String {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        json.len()
    );
    exchange(address, &(head + json))
}

/// The whole answer to a GET by somebody with an access token.
pub(crate) fn get_as(address: &str, token: &str, path: &str) -> String {
    exchange(
        address,
        &format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n"
        ),
    )
}

/// The whole answer to a POST of JSON by somebody with an access token.
pub(crate) fn post_as(address: &str, token: &str, path: &str, json: &str) -> String {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        json.len()
    );
    exchange(address, &(head + json))
}

/// The access token of an answer.
pub(crate) fn access_token(answer: &str) -> String {
    member(answer, "accessToken")
}

/// The text of a member of an answer's JSON.
pub(crate) fn member(answer: &str, name: &str) -> String {
    let begin = format!("\"{name}\":\"");
    let value = answer.split(&begin).nth(1).unwrap_or_else(|| panic!("{answer}"));
    value.split('"').next().unwrap().to_owned()
}

/// Sends this, and gives all that comes back until the server closes.
pub(crate) fn exchange(address: &str, request: &str) -> String {
    let mut connection = connect(address);
    connection.write_all(request.as_bytes()).unwrap();
    read(&mut connection)
}

pub(crate) fn read(connection: &mut impl Read) -> String {
    let mut answer = Vec::new();
    // A connection that is reset behind the answer has brought the answer.
    let _ = connection.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The statuses of answers that came one after the other.
pub(crate) fn statuses(answers: &str) -> Vec<&str> {
    answers
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| answer.split(' ').next().unwrap())
        .collect()
}

/// Reads until the server closes the connection, and fails if it does not.
pub(crate) fn read_to_end(connection: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    match connection.read_to_end(&mut answer) {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            panic!("still open after {:?}", String::from_utf8_lossy(&answer))
        }
        _ => String::from_utf8_lossy(&answer).into_owned(),
    }
}
