//! The server of a single page application.

use std::process::ExitCode;

/// Returns memory to the system after a burst of requests, which glibc's allocator keeps.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    wicketgate::Server::new()
        .openapi(spa_backend::openapi())
        // The recordings, which the sample is compared with, are ASP.NET Core's.
        .dotnet_routing()
        .run(spa_backend::app)
}
