//! The server of a single page application.

use std::process::ExitCode;

fn main() -> ExitCode {
    wicketgate::run_with_openapi(spa_backend::app, spa_backend::openapi())
}
