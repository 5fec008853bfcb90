//! The Identity API beside an application written in anything: the ten endpoints and `/logout`.

use std::process::ExitCode;

use axum::Router;

/// Gives memory back to the system after a burst of requests, which glibc's allocator keeps, for 2 MiB more when idle.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    wicketgate::run(|identity| Router::new().merge(identity.api()).merge(identity.logout()))
}
