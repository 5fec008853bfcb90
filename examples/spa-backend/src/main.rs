//! The server of a single page application.

use std::process::ExitCode;

/// Gives memory back to the system after a burst of requests, which glibc's allocator keeps, for 2 MiB more when idle.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    wicketgate::Server::new()
        .openapi(spa_backend::openapi())
        // The recordings, which the sample is compared with, are ASP.NET Core's.
        .dotnet_routing()
        .run(spa_backend::app)
}
