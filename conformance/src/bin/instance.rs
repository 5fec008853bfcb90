//! The sample application as a process of its own, for tests that start many.

use std::process::ExitCode;

fn main() -> ExitCode {
    wicketgate::run(spa_backend::app)
}
