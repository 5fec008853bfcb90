//! The Identity API beside an application written in anything: the ten endpoints and `/logout`.

use std::process::ExitCode;

use axum::Router;

/// Returns memory to the system after a burst of requests, which glibc's allocator keeps.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    wicketgate::run(|identity| Router::new().merge(identity.api()).merge(identity.logout()))
}
