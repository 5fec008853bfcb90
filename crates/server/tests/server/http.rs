//! A client that sends exactly what a test says.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

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

/// Sends this, and gives all that comes back until the server closes.
pub(crate) fn exchange(address: &str, request: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    read(&mut connection)
}

pub(crate) fn read(connection: &mut impl Read) -> String {
    let mut answer = Vec::new();
    // A connection that is reset behind the answer has brought the answer.
    let _ = connection.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}
