//! The sample application as a process of its own, for tests that start many.

use std::process::ExitCode;

fn main() -> ExitCode {
    wicketgate::Server::new().dotnet_routing().run(spa_backend::app)
}
