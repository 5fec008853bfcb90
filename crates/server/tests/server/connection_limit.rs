//! More connections than a server takes.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
};

use crate::{
    http::{connect, exchange, get, read_to_end, statuses},
    process::{Place, Server},
};

/// A connection that has its place: it was answered on, and waits for its next request.
fn served(server: &Server) -> TcpStream {
    let mut connection = connect(&server.address);
    connection
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        .unwrap();
    let mut answer = [0; 1024];
    let length = connection.read(&mut answer).unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200 "));
    connection
}

#[test]
fn beyond_the_limit_probes_are_answered_and_others_get_503() {
    let server = Place::new().serve(&["--limits-max-connections", "2"]);
    let crowd = [served(&server), served(&server)];

    let refused = exchange(&server.address, "GET /manage/info HTTP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!(statuses(&refused), ["503"], "{refused}");
    assert!(
        refused.contains("retry-after: 1\r\n") && refused.contains("connection: close\r\n"),
        "{refused}"
    );
    for path in ["/healthz", "/readyz"] {
        let answer = exchange(&server.address, &format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"));
        assert_eq!(statuses(&answer), ["200"], "{answer}");
    }

    drop(crowd);
    let is_served = (0..1_000).any(|_| get(&server.address, "/manage/info").starts_with("HTTP/1.1 401 "));
    assert!(is_served, "the places of those who went stay taken");
}

#[test]
fn beyond_the_limit_a_page_of_another_origin_reads_the_503() {
    let origin = "https://app.example.test";
    let server = Place::new().serve(&["--limits-max-connections", "1", "--cors-allowed-origins", origin]);
    let _crowd = served(&server);
    let ask = |origin: &str| {
        let request = format!("GET /manage/info HTTP/1.1\r\nhost: a\r\norigin: {origin}\r\n\r\n");
        exchange(&server.address, &request)
    };
    let ours = ask(origin);
    assert_eq!(statuses(&ours), ["503"], "{ours}");
    assert!(
        ours.contains(&format!("access-control-allow-origin: {origin}\r\n")),
        "{ours}"
    );
    assert!(
        ours.contains("retry-after") && ours.contains("access-control-expose-headers: "),
        "{ours}"
    );
    let foreign = ask("https://evil.test");
    assert_eq!(statuses(&foreign), ["503"], "{foreign}");
    assert!(!foreign.contains("access-control-"), "{foreign}");
}

#[test]
fn a_crowd_that_says_nothing_leaves_room_for_probes() {
    let server = Place::new().with_open_files(128, 128).serve(&[]);
    let crowd: Vec<TcpStream> = (0..300).map(|_| connect(&server.address)).collect();
    for _ in 0..10 {
        assert!(get(&server.address, "/healthz").ends_with("alive"));
    }
    // Those beyond the places are closed, long before their headers are due.
    let mut last = crowd.into_iter().next_back().unwrap();
    assert_eq!(read_to_end(&mut last), "");
}

#[test]
fn the_limit_of_open_files_is_raised_as_far_as_it_goes() {
    let server = Place::new().with_open_files(100, 200).serve(&[]);
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let numbers: Vec<&str> = line.split_whitespace().skip(3).take(2).collect();
    assert_eq!(numbers, ["200", "200"], "{line}");
}
