//! Metrics of a server, read as Prometheus reads them.

mod counting;
mod dashboard;
mod scrape;
mod serving;

use std::time::Instant;

use self::scrape::Scrape;
use crate::process::{PATIENCE, Place, Server};

fn place() -> Place {
    Place::new()
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1000")
        .with("WICKETGATE__METRICS__LISTEN", "127.0.0.1:0")
}

/// A server, and the address of its metrics.
fn serve(place: &Place, words: &[&str]) -> (Server, String) {
    let mut server = place.serve(words);
    let line = server.wait_for("metrics are served");
    let address = line.split("://").nth(1).unwrap().split("/metrics").next().unwrap();
    let address = address.to_owned();
    (server, address)
}

/// Scrapes until it is so: some of what happens is counted when it is already answered.
fn eventually(address: &str, is_so: impl Fn(&Scrape) -> bool) -> Scrape {
    let start = Instant::now();
    loop {
        let scrape = Scrape::of(address);
        if is_so(&scrape) {
            return scrape;
        }
        assert!(start.elapsed() < PATIENCE, "{}", scrape.text);
    }
}
