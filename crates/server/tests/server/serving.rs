//! Starting, serving and stopping.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
};

use rustix::process::Signal;

use crate::{
    http::{exchange, get, post, read},
    http2::Http2,
    process::Place,
};

const ADA: &str = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;

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
        "keys=data/keys".to_owned(),
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
        format!("cannot listen at {address}: another program listens there already")
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

/// A request whose body the server is waiting for, as its `100 Continue` shows.
fn unfinished_request(address: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).unwrap();
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
fn logs_show_requests_and_no_secret() {
    let place = Place::new()
        .with("WICKETGATE__LOG", "trace")
        .with("WICKETGATE__LOG_FORMAT", "json");
    let server = place.serve(&[]);
    post(&server.address, "/register", ADA);
    let login = post(&server.address, "/login", ADA);
    let token = login
        .split('"')
        .find(|part| part.starts_with("CfDJ8"))
        .unwrap()
        .to_owned();
    exchange(
        &server.address,
        &format!(
            "GET /manage/info?code=c0de HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\
             x-request-id: my-id\r\nconnection: close\r\n\r\n"
        ),
    );
    post(&server.address, "/forgotPassword", ADA);
    server.signal(Signal::TERM);
    let (_, log) = server.end();

    for secret in [
        "Passw0rd!",
        "ada@example.test",
        "ADA@EXAMPLE.TEST",
        "c0de",
        &token[5..25],
    ] {
        assert!(!log.contains(secret), "{secret} was logged:\n{log}");
    }
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = |path: &str| {
        lines
            .iter()
            .find(|line| line["message"] == "answered" && line["path"] == path)
            .unwrap()
    };
    assert_eq!(answered("/login")["status"], 200);
    assert_eq!(answered("/manage/info")["request"]["id"], "my-id");
}

#[test]
fn the_swagger_page_comes_from_the_binary_and_can_be_switched_off_or_guarded() {
    let server = Place::new().serve(&[]);
    for path in ["/swagger", "/swagger/"] {
        let page = get(&server.address, path);
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        assert!(
            page.contains("swagger-initializer.js") && !page.contains("//"),
            "{page}"
        );
    }
    let script = get(&server.address, "/swagger/swagger-initializer.js");
    assert!(
        script.contains("openapi/v1.json") && script.contains("withCredentials"),
        "{script}"
    );
    for file in [
        "swagger-ui.css",
        "swagger-ui-bundle.js",
        "swagger-ui-standalone-preset.js",
        "index.css",
    ] {
        assert!(
            get(&server.address, &format!("/swagger/{file}")).starts_with("HTTP/1.1 200"),
            "{file}"
        );
    }
    assert!(get(&server.address, "/openapi/v1.json").contains("\"/manage/2fa\""));

    let server = Place::new().serve(&["--swagger-require-sign-in", "true"]);
    for path in ["/swagger", "/swagger/index.css", "/openapi/v1.json"] {
        assert!(get(&server.address, path).starts_with("HTTP/1.1 401"), "{path}");
    }
    let server = Place::new().serve(&["--swagger-enabled", "false"]);
    for path in ["/swagger", "/openapi/v1.json"] {
        assert!(get(&server.address, path).starts_with("HTTP/1.1 404"), "{path}");
    }
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
