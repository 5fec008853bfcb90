//! `cargo trials mutants`: cargo-mutants breaks sign-in, sessions, secrets and rate limits in small ways, one at a time, and runs the
//! tests of the crate. What no test notices is listed. What is left out, says `.cargo/mutants.toml`.

use std::path::Path;

use clap::Args;
use wicketgate_test_servers::installed;
use xtask::{
    report::{Outcome, Report},
    tools::{cargo, run},
};

/// What decides who is signed in, for how long, and after how many guesses. Not in `.cargo/mutants.toml`, to which cargo-mutants adds
/// whatever the command line names.
const FILES: [&str; 5] = [
    "crates/identity/src/sign_in/**/*.rs",
    "crates/identity/src/session/**/*.rs",
    "crates/identity/src/secret/**/*.rs",
    "crates/identity/src/limit/**/*.rs",
    "crates/identity/src/store/lockout.rs",
];

/// What the command line asks for.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// Only these files, such as `crates/identity/src/session/refresh.rs`
    files: Vec<String>,
    /// Only this part of the mutants, such as `0/8`, so that several machines share them
    #[arg(long, value_name = "K/N")]
    shard: Option<String>,
    /// List them, and run nothing
    #[arg(long)]
    list: bool,
}

/// Runs cargo-mutants, which has to be installed.
pub(crate) fn mutants(workspace: &Path, choice: &Choice) -> Report {
    let mut report = Report::start();
    report.step("mutants", || {
        if !installed("cargo-mutants") {
            return Outcome::Skipped("cargo-mutants is missing: cargo install cargo-mutants --locked".to_owned());
        }
        let mut mutants = cargo(["mutants", "--package=wicketgate-identity"]);
        let named: Vec<&str> = choice.files.iter().map(String::as_str).collect();
        for file in if named.is_empty() { &FILES[..] } else { &named } {
            mutants.args(["--file", file]);
        }
        if let Some(shard) = &choice.shard {
            mutants.args(["--shard", shard]);
        }
        if choice.list {
            mutants.arg("--list");
        }
        let output = xtask::tools::target_folder(workspace);
        run(mutants.arg("--output").arg(output).current_dir(workspace))
    });
    report
}
