//! Starting while the database is away, or no good yet: such a server listens, says that it is not ready, and serves once the
//! database is as it should be.

use std::fs;

use wicketgate_test_servers::{MariaDb, PostgreSql};

use crate::{
    accounts::ADA,
    http::{get, post},
    process::{Place, Server},
};

const ALICE: &str = r#"{"email":"alice@example.test","password":"Passw0rd!"}"#;
const CANNOT: &str = "the database is not available yet";
const IS_THERE: &str = "the database is available: serving requests";

fn place() -> Place {
    Place::new().with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1000")
}

fn with_url(url: &str) -> Place {
    place().with("WICKETGATE__DATABASE__URL", url)
}

/// It lives, and everybody is told to come back.
fn assert_waits(server: &Server) {
    assert!(get(&server.address, "/healthz").ends_with("alive"));
    assert!(get(&server.address, "/readyz").starts_with("HTTP/1.1 503 "));
    for answer in [
        get(&server.address, "/manage/info"),
        get(&server.address, "/swagger"),
        post(&server.address, "/login", ADA),
    ] {
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(
            answer.to_ascii_lowercase().contains("\r\nretry-after: 1\r\n"),
            "{answer}"
        );
    }
}

/// Its accounts and its keys are in the database.
fn assert_serves(server: &Server, somebody: &str) {
    assert!(get(&server.address, "/readyz").ends_with("ready"));
    for path in ["/register", "/login"] {
        let answer = post(&server.address, path, somebody);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
    }
}

#[test]
fn a_server_whose_database_is_away_starts_and_serves_once_the_database_is_back() {
    let mut postgresql = PostgreSql::start().unwrap();
    let mut mariadb = MariaDb::start().unwrap();
    mariadb.create_database("app").unwrap();
    let urls = [postgresql.url(), format!("{}app", mariadb.url())];
    postgresql.process().kill();
    mariadb.process().kill();
    let places = urls.each_ref().map(|url| with_url(url));
    let mut servers = places.each_ref().map(|place| place.serve(&[]));
    servers.iter().for_each(assert_waits);
    // Whoever runs a command wants to know now.
    for place in &places {
        for words in [&["migrate"][..], &["keys", "list"], &["users", "show", "ada"]] {
            let refusal = place.refused(words);
            assert!(refusal.starts_with("cannot open the database 127.0.0.1:"), "{refusal}");
        }
    }
    postgresql.restart().unwrap();
    mariadb.restart().unwrap();
    for server in &mut servers {
        server.wait_for(IS_THERE);
        assert_serves(server, ADA);
        assert_eq!(server.log().matches(CANNOT).count(), 1, "{}", server.log());
    }
}

#[test]
fn a_server_whose_password_is_not_the_right_one_yet_serves_once_the_file_has_it() {
    let postgresql = PostgreSql::start().unwrap();
    let right = postgresql.url();
    let place = place().with("WICKETGATE__DATABASE__URL_FILE", "url");
    place.write("url", &right.replace(":wicketgate@", ":S3cret@"));
    let mut server = place.serve(&[]);
    assert_waits(&server);
    server.wait_for("password authentication failed");
    place.write("new", &right);
    fs::rename(place.path().join("new"), place.path().join("url")).unwrap();
    server.wait_for(IS_THERE);
    assert_serves(&server, ADA);
    assert!(!server.log().contains("S3cret"), "{}", server.log());
}

/// What is wrong with the tables ends a start; a server that listens already waits for an operator.
#[test]
fn tables_that_cannot_be_used_are_never_served() {
    let mut postgresql = PostgreSql::start().unwrap();
    let url = postgresql.url();
    postgresql
        .query("CREATE TABLE orders (id integer PRIMARY KEY)")
        .unwrap();
    let place = with_url(&url);
    let refusal = place.refused(&["serve"]);
    assert!(
        refusal.contains("none of ASP.NET Core Identity's; `migrate` adds them"),
        "{refusal}"
    );

    postgresql.process().kill();
    let mut server = place.serve(&[]);
    assert_waits(&server);
    postgresql.restart().unwrap();
    server.wait_for("none of ASP.NET Core Identity's; `migrate` adds them");
    assert_waits(&server);
    place.printed(&["migrate"]);
    server.wait_for(IS_THERE);
    assert_serves(&server, ALICE);
}

#[test]
fn a_url_that_cannot_be_right_ends_the_start() {
    for (url, reason) in [
        ("postgres://ada:S3cret@127.0.0.1:1/", "names no database"),
        (
            "postgres://ada:S3cret@127.0.0.1:1/app?sslmod=require",
            "the option `sslmod` is not known",
        ),
        ("mysql://ada:S3cret@127.0.0.1:x/app", "not valid"),
        ("oracle://ada:S3cret@127.0.0.1/app", "scheme `oracle` is not known"),
    ] {
        let refusal = with_url(url).refused(&["serve"]);
        assert!(refusal.contains(reason), "{refusal}");
        assert!(!refusal.contains("S3cret"), "{refusal}");
    }
}
