//! The Identity API beside an application written in anything: the ten endpoints and `/logout`.

use std::process::ExitCode;

use axum::Router;

fn main() -> ExitCode {
    wicketgate::run(|identity| Router::new().merge(identity.api()).merge(identity.logout()))
}
