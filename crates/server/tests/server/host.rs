//! Which hosts and targets are answered.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use axum::http::{Request, header::HOST};

use crate::{
    http::exchange,
    process::{Place, Server},
};

/// The status of a request with this first line and these headers.
fn status(server: &Server, line: &str, headers: &str) -> u16 {
    let answer = exchange(
        &server.address,
        &format!("{line}\r\n{headers}connection: close\r\n\r\n"),
    );
    answer.split(' ').nth(1).unwrap_or_default().parse().unwrap_or_default()
}

/// The status of a request over HTTP/2 with this `:authority` and header `Host`; 0 where the stream is reset.
async fn status_of_http_2(server: &Server, authority: &str, host: Option<&str>) -> u16 {
    let stream = tokio::net::TcpStream::connect(&server.address).await.unwrap();
    let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let mut request = Request::get(format!("http://{authority}/manage/info"));
    if let Some(host) = host {
        request = request.header(HOST, host);
    }
    client = client.ready().await.unwrap();
    let (response, _) = client.send_request(request.body(()).unwrap(), true).unwrap();
    response.await.map_or(0, |response| response.status().as_u16())
}

#[test]
fn a_host_that_is_empty_or_no_host_is_refused_on_every_route() {
    let server = Place::new().serve(&[]);
    for host in [
        "",
        " ",
        "user@a",
        "user:password@a",
        "a/b",
        "a\\b",
        "a?b",
        "a#b",
        "a,b",
        "a b",
        "\"a\"",
        "'a'",
        "a<b",
        "a%41",
        "a:",
        "a:x",
        "a:80:80",
        ":80",
        "[::1",
        "[::1]x",
        "::1",
        "http://a",
        "\u{e4}",
    ] {
        for path in ["/healthz", "/manage/info", "/nothing"] {
            let line = format!("GET {path} HTTP/1.1");
            assert_eq!(
                status(&server, &line, &format!("host: {host}\r\n")),
                400,
                "{host:?} {path}"
            );
        }
        let line = "GET /healthz HTTP/1.0";
        assert_eq!(
            status(&server, line, &format!("host: {host}\r\n")),
            400,
            "{host:?} HTTP/1.0"
        );
    }
    for host in ["a", "A.test:8080", "127.0.0.1", "[::1]:80", "a_b"] {
        assert_eq!(
            status(&server, "GET /healthz HTTP/1.1", &format!("host: {host}\r\n")),
            200,
            "{host}"
        );
    }
    assert_eq!(status(&server, "GET /healthz HTTP/1.0", "host: a\r\nhost: a\r\n"), 400);
}

#[test]
fn a_target_in_absolute_form_must_name_the_host_that_the_header_names() {
    let server = Place::new().serve(&[]);
    for (target, host, expected) in [
        ("http://a/healthz", "a", 200),
        ("http://A/healthz", "a", 200),
        ("http://a:80/healthz", "a", 200),
        ("http://a/healthz", "a:80", 200),
        ("http://a:8080/healthz", "a:8080", 200),
        ("http://a/healthz", "b", 400),
        ("http://a/healthz", "a.b", 400),
        ("http://a:8080/healthz", "a", 400),
        ("http://a/healthz", "a:443", 400),
        ("http://user@a/healthz", "a", 400),
        ("http://user@a/healthz", "user@a", 400),
        ("ftp://a/healthz", "a", 400),
        ("a:80", "a:80", 405),
        ("*", "a", 405),
    ] {
        let line = format!("GET {target} HTTP/1.1");
        assert_eq!(
            status(&server, &line, &format!("host: {host}\r\n")),
            expected,
            "{target} {host}"
        );
    }
    assert_eq!(status(&server, "GET http://a/healthz HTTP/1.1", ""), 400);
    assert_eq!(status(&server, "CONNECT a:80 HTTP/1.1", "host: b:80\r\n"), 400);
    assert_ne!(status(&server, "CONNECT a:80 HTTP/1.1", "host: a:80\r\n"), 200);
}

#[test]
fn a_target_that_is_not_ascii_is_refused() {
    let server = Place::new().serve(&[]);
    for target in ["/healthz?\u{e4}", "/h\u{e4}", "/\u{65e5}", "/healthz\u{1f600}"] {
        let line = format!("GET {target} HTTP/1.1");
        assert_eq!(status(&server, &line, "host: a\r\n"), 400, "{target}");
    }
    let mut connection = TcpStream::connect(&server.address).unwrap();
    connection
        .write_all(b"GET /healthz?\xe4 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 400 "), "{answer:?}");
}

#[tokio::test]
async fn the_authority_of_http_2_is_the_host_whatever_the_header_says() {
    let server = Place::new().serve(&["--allowed-hosts", "id.example.test"]);
    for (authority, host, expected) in [
        ("id.example.test", None, 401),
        ("id.example.test", Some("evil.test"), 401),
        ("id.example.test:8443", Some("evil@evil.test"), 401),
        ("evil.test", Some("id.example.test"), 400),
        ("evil.test", None, 400),
        ("user@id.example.test", None, 400),
    ] {
        assert_eq!(
            status_of_http_2(&server, authority, host).await,
            expected,
            "{authority} {host:?}"
        );
    }
}

#[test]
fn requests_for_hosts_that_are_not_allowed_are_refused_and_probes_are_not() {
    let server = Place::new().serve(&["--allowed-hosts", "id.example.test, *.apps.example.test"]);
    for (host, expected) in [
        ("id.example.test", 401),
        ("ID.EXAMPLE.TEST:8443", 401),
        ("a.apps.example.test", 401),
        ("apps.example.test", 400),
        ("evil.test", 400),
        ("127.0.0.1", 400),
    ] {
        let header = format!("host: {host}\r\n");
        assert_eq!(
            status(&server, "GET /manage/info HTTP/1.1", &header),
            expected,
            "{host}"
        );
        // A load balancer asks for an address, and gets nothing that depends on it.
        assert_eq!(status(&server, "GET /healthz HTTP/1.1", &header), 200, "{host}");
        assert_eq!(status(&server, "GET /readyz HTTP/1.1", &header), 200, "{host}");
    }
    assert_eq!(status(&server, "GET /manage/info HTTP/1.0", ""), 400);
}
