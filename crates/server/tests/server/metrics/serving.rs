//! Where metrics are served, to whom, and while the database is away.

use std::{io::Write, net::TcpStream};

use wicketgate_test_servers::PostgreSql;

use super::{eventually, place, scrape::Scrape, serve};
use crate::{
    accounts::ADA,
    http::{connect, exchange, get, post, read_to_end, statuses},
    process::Place,
};

#[test]
fn there_are_no_metrics_unless_they_are_asked_for_and_never_where_clients_are() {
    let server = Place::new().serve(&[]);
    assert!(get(&server.address, "/metrics").starts_with("HTTP/1.1 404 "));
    let (server, _) = serve(&place(), &[]);
    assert!(get(&server.address, "/metrics").starts_with("HTTP/1.1 404 "));
}

#[test]
fn only_get_of_one_path_is_answered_and_who_says_nothing_is_cut_off() {
    let (_server, metrics) = serve(&place(), &[]);
    for (request, status) in [
        ("GET /metrics?x=1 HTTP/1.1\r\nhost: a\r\n\r\n", "200"),
        ("HEAD /metrics HTTP/1.1\r\nhost: a\r\n\r\n", "405"),
        ("POST /metrics HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx", "405"),
        ("GET / HTTP/1.1\r\nhost: a\r\n\r\n", "404"),
        ("GET /metrics/ HTTP/1.1\r\nhost: a\r\n\r\n", "404"),
        ("GET /login HTTP/1.1\r\nhost: a\r\n\r\n", "404"),
    ] {
        assert_eq!(statuses(&exchange(&metrics, request)), [status], "{request}");
    }
    let long = format!("GET /metrics HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(100_000));
    assert!(!exchange(&metrics, &long).starts_with("HTTP/1.1 200"));

    // More than there are places, silent or in the middle of a request.
    let mut silent: Vec<TcpStream> = (0..20).map(|_| connect(&metrics)).collect();
    for connection in silent.iter_mut().step_by(2) {
        connection.write_all(b"GET /metrics HTTP/1.1\r\nhost").unwrap();
    }
    Scrape::of(&metrics);
    assert!(!read_to_end(&mut silent[0]).starts_with("HTTP/1.1 200"));
}

#[test]
fn a_scrape_shows_that_the_database_is_away_and_no_figure_that_nobody_knows() {
    let (_server, metrics) = serve(
        &place().with("WICKETGATE__DATABASE__URL", "postgres://ada:x@127.0.0.1:1/app"),
        &[],
    );
    let scrape = Scrape::of(&metrics);
    assert_eq!(scrape.value("wicketgate_database_up", &[]), Some(0.0));
    for unknown in [
        "wicketgate_mails_waiting",
        "wicketgate_mails_oldest_age_seconds",
        "wicketgate_events_unsealed",
        "wicketgate_database_connections_limit",
    ] {
        assert_eq!(scrape.metrics[unknown].kind, "gauge");
        assert_eq!(scrape.value(unknown, &[]), None, "{unknown}");
    }
}

#[test]
fn a_database_that_stops_answering_holds_up_neither_scrapes_nor_what_needs_no_database() {
    let mut postgresql = PostgreSql::start().unwrap();
    let place = place().with("WICKETGATE__DATABASE__URL", &postgresql.url());
    let (server, metrics) = serve(&place, &["--database-max-connections", "7"]);
    assert!(post(&server.address, "/register", ADA).starts_with("HTTP/1.1 200"));
    let connections = "wicketgate_database_connections";
    let scrape = eventually(&metrics, |scrape| {
        scrape.value(connections, &[("state", "in_use")]) == Some(0.0)
    });
    assert!(scrape.value(connections, &[("state", "idle")]) > Some(0.0));
    assert_eq!(scrape.value("wicketgate_database_connections_limit", &[]), Some(7.0));
    assert_eq!(scrape.value("wicketgate_database_up", &[]), Some(1.0));

    postgresql.process().pause();
    eventually(&metrics, |scrape| {
        assert!(get(&server.address, "/healthz").ends_with("alive"));
        scrape.value("wicketgate_database_up", &[]) == Some(0.0)
            && scrape.value("wicketgate_mails_waiting", &[]).is_none()
            && scrape.value("wicketgate_events_total", &[("kind", "registered")]) == Some(1.0)
    });
    postgresql.process().resume();
    eventually(&metrics, |scrape| {
        scrape.value("wicketgate_database_up", &[]) == Some(1.0)
    });
}

#[test]
fn an_address_that_is_taken_ends_the_start() {
    let (_server, metrics) = serve(&place(), &[]);
    let refusal = place().refused(&["serve", "--metrics-listen", &metrics]);
    assert_eq!(
        refusal,
        format!("cannot listen on {metrics} (`metrics.listen`): the address is in use by another program")
    );
}
