//! The command `events`, and the events that a server keeps.

mod attacks;
mod keys;
mod lists;
mod upkeep;

use std::path::Path;
use std::process::Command;

use rustix::process::Signal;
use wicketgate_test_servers::provide;

use crate::{
    accounts::{ADA, register},
    http::post,
    process::{Place, Server},
};

/// A place whose passwords cost nothing.
fn place() -> Place {
    Place::new().with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1")
}

/// A database with the sealed events of two accounts: of each a registration, a failed login and a login.
fn sealed_place() -> Place {
    let place = place();
    let server = place.serve(&[]);
    for email in ["ada@example.test", "grace@example.test"] {
        visit(&server, email);
    }
    server.signal(Signal::TERM);
    server.end();
    place
}

/// Registers, fails to log in, and logs in.
fn visit(server: &Server, email: &str) {
    register(server, email);
    let right = ADA.replace("ada@example.test", email);
    let wrong = right.replace("Passw0rd!", "wrong");
    assert!(post(&server.address, "/login", &wrong).starts_with("HTTP/1.1 401"));
    assert!(post(&server.address, "/login", &right).starts_with("HTTP/1.1 200"));
}

/// Runs statements on the place's database, behind the server's back. `None` where there is no `sqlite3`.
fn sql(place: &Place, statements: &str) -> Option<String> {
    sql_in(&place.path().join("data/wicketgate.db"), statements)
}

fn sql_in(file: &Path, statements: &str) -> Option<String> {
    if let Err(missing) = provide("sqlite3", "sqlite3") {
        eprintln!("nothing was tested: {missing}");
        return None;
    }
    let output = Command::new("sqlite3")
        .args(["-batch", "-bail"])
        .arg(file)
        .arg(statements)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{statements}: {error}");
    Some(String::from_utf8(output.stdout).unwrap())
}
