//! Starting and serving.

use std::{
    fs,
    io::Write,
    net::{TcpListener, TcpStream},
};

use rustix::process::Signal;

use crate::{
    accounts::ADA,
    http::{exchange, get, post, read},
    http2::Http2,
    process::Place,
};

#[test]
fn health_probes_are_answered_under_the_prefix_of_the_endpoints_too() {
    let server = Place::new().with("WICKETGATE__PREFIX", "/api/identity").serve(&[]);
    for prefix in ["", "/api/identity"] {
        assert!(get(&server.address, &format!("{prefix}/healthz")).ends_with("alive"));
        assert!(get(&server.address, &format!("{prefix}/readyz")).ends_with("ready"));
    }
    assert!(get(&server.address, "/api/healthz").starts_with("HTTP/1.1 404 "));
}

#[test]
fn a_server_starts_with_nothing_prepared_and_says_where_everything_is() {
    let place = Place::new();
    let mut server = place.serve(&[]);
    assert!(get(&server.address, "/healthz").ends_with("alive"));
    assert!(get(&server.address, "/readyz").ends_with("ready"));
    assert!(post(&server.address, "/register", ADA).starts_with("HTTP/1.1 200 OK\r\n"));
    server.wait_for("answered method=POST path=\"/register\" status=200");
    server.signal(Signal::INT);
    let address = server.address.clone();
    let (status, log) = server.end();

    assert!(status.success(), "{log}");
    for expected in [
        format!("address=\"http://{address}\""),
        "database=\"sqlite://data/wicketgate.db\"".to_owned(),
        "keys=\"1 from the folder data/keys, 1 of them made now\"".to_owned(),
        "mail=\"folder data/mail\"".to_owned(),
        format!("swagger=\"http://{address}/swagger\""),
    ] {
        assert!(log.contains(&expected), "{expected} is missing:\n{log}");
    }
    for made in ["data/wicketgate.db", "data/keys", "data/mail"] {
        assert!(place.path().join(made).exists(), "{made}");
    }
    // The mail was on its way when the server stopped, and was sent all the same.
    assert_eq!(fs::read_dir(place.path().join("data/mail")).unwrap().count(), 1);
}

/// Whoever mistyped a path sees why there are no accounts.
#[test]
fn a_database_that_had_to_be_created_is_logged() {
    const CREATED: &str = "created an empty database file, because there was none path=data/wicketgate.db";
    let place = Place::new();
    for is_new in [true, false] {
        let server = place.serve(&[]);
        server.signal(Signal::TERM);
        let (_, log) = server.end();
        assert_eq!(log.contains(CREATED), is_new, "{log}");
    }
    let output = place.run(&["users", "list", "--database-url", "sqlite://data/wicketgat.db"]);
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("there was none path=data/wicketgat.db"), "{log}");
}

#[test]
fn accounts_survive_a_restart_and_accounts_in_memory_do_not() {
    let login = |place: &Place, register: bool| {
        let server = place.serve(&[]);
        if register {
            post(&server.address, "/register", ADA);
        }
        post(&server.address, "/login", ADA)
            .split("\r\n")
            .next()
            .unwrap()
            .to_owned()
    };
    let place = Place::new();
    assert_eq!(login(&place, true), "HTTP/1.1 200 OK");
    assert_eq!(login(&place, false), "HTTP/1.1 200 OK");

    let place = Place::new().with("WICKETGATE__DATABASE__URL", "memory:");
    assert_eq!(login(&place, true), "HTTP/1.1 200 OK");
    assert_eq!(login(&place, false), "HTTP/1.1 401 Unauthorized");
}

#[test]
fn what_keeps_a_server_from_starting_is_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert_eq!(
        Place::new().refused(&["serve", "--listen", &address]),
        format!("cannot listen on {address}: the address is in use by another program")
    );

    let place = Place::new();
    place.write(
        "file",
        "not a database, but long enough to be looked at as if it were one: "
            .repeat(20)
            .as_str(),
    );
    for (words, beginning) in [
        (["--database-url", "sqlite://file"], "cannot open the database file: "),
        (
            ["--database-url", "sqlite://file/inside.db"],
            "cannot create the folder file for the database: ",
        ),
        (
            ["--database-url", "oracle://x"],
            "the database URL's scheme `oracle` is not known",
        ),
        (
            ["--keys-directory", "file/inside"],
            "the key ring in the folder file/inside: ",
        ),
        (
            ["--email-directory", "file/inside"],
            "cannot write to the mail folder file/inside: ",
        ),
    ] {
        let refusal = place.refused(&[&["serve"], &words[..]].concat());
        assert!(refusal.starts_with(beginning), "{words:?}: {refusal}");
    }
}

#[test]
fn a_client_that_does_not_finish_its_headers_is_let_go() {
    let server = Place::new().serve(&["--request-headers-timeout", "1s"]);
    for beginning in ["", "P", "GET / HTTP/1.1\r\nhost: a\r\n"] {
        let mut connection = TcpStream::connect(&server.address).unwrap();
        connection.write_all(beginning.as_bytes()).unwrap();
        let answer = read(&mut connection);
        assert!(!answer.contains("200"), "{beginning:?}: {answer}");
    }
}

#[test]
fn a_request_whose_beginning_is_too_long_is_refused_as_kestrel_refuses_it() {
    let server = Place::new().serve(&[]);
    let status = |line: usize, headers: usize| {
        let (line, headers) = ("x".repeat(line), "y".repeat(headers));
        let answer = exchange(
            &server.address,
            &format!("GET /healthz?{line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-long: {headers}\r\n\r\n"),
        );
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(status(8_000, 32_000), "200");
    assert_eq!(status(8_192, 0), "414");
    assert_eq!(status(0, 32_768), "431");
    assert_eq!(status(0, 500_000), "431");
}

#[test]
fn a_request_that_does_not_name_one_host_is_refused() {
    let server = Place::new().serve(&[]);
    for (hosts, expected) in [("", "400"), ("host: a\r\nhost: b\r\n", "400"), ("host: a\r\n", "200")] {
        let request = format!("GET /healthz HTTP/1.1\r\n{hosts}connection: close\r\n\r\n");
        let answer = exchange(&server.address, &request);
        assert_eq!(answer.split(' ').nth(1), Some(expected), "{hosts:?}");
    }
    let answer = exchange(&server.address, "GET /healthz HTTP/1.0\r\n\r\n");
    assert_eq!(answer.split(' ').nth(1), Some("200"));
}

#[test]
fn http_2_is_spoken_with_who_begins_with_it() {
    let server = Place::new().serve(&[]);
    let mut connection = Http2::connect(&server.address, &[]);
    connection.request(1, "GET", "/healthz", &[], true);
    assert_eq!(connection.next_of(1).kind, Http2::HEADERS);
}

#[test]
fn the_health_check_asks_the_server_with_the_same_settings() {
    let place = Place::new();
    let server = place.serve(&[]);
    assert_eq!(place.printed(&["healthcheck", "--listen", &server.address]), "alive\n");
    let address = server.address.clone();
    drop(server);
    let refusal = place.refused(&["healthcheck", "--listen", &address]);
    assert!(
        refusal.starts_with(&format!("the server at {address} is not healthy: ")),
        "{refusal}"
    );
}
