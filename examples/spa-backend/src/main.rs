//! The server of a single page application.

use std::process::ExitCode;

/// Gives memory back to the system after a burst of requests, which glibc's allocator keeps, for 2 MiB more when idle.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    wicketgate::run_with_openapi(spa_backend::app, spa_backend::openapi())
}
