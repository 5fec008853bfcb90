//! `cargo trials model`: the application beside a model of accounts, sessions and second factors, in random sequences that are more
//! and longer than those of `cargo xtask test`. With databases: `cargo xtask databases cargo trials model`.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use clap::{Args, value_parser};
use xtask::{
    report::{Outcome, Report},
    tools::{cargo, run},
};

/// What the command line asks for.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// How many sequences, on each store and in each profile
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = value_parser!(u64).range(1..))]
    sequences: u64,
    /// How many steps each has, beyond those of its beginning
    #[arg(long, value_name = "N", default_value_t = 80)]
    steps: u64,
    /// The seed of the first one
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    seed: u64,
    /// Only tests whose name contains this, such as `sqlite::strict`
    name: Option<String>,
}

/// Runs the test of the model, with as many sequences as were chosen.
pub(crate) fn model(workspace: &Path, choice: &Choice) -> Report {
    let mut report = Report::start();
    report.step("model", || match has_tests(test(workspace, choice)) {
        Ok(()) => run(&mut test(workspace, choice)),
        Err(why) => Outcome::Failed(why),
    });
    report
}

fn test(workspace: &Path, choice: &Choice) -> Command {
    let mut test = cargo([
        "test",
        "--package=wicketgate-conformance",
        "--test=model",
        "--locked",
        "--",
    ]);
    test.args(&choice.name)
        .env("WICKETGATE_TEST_MODEL_SEQUENCES", choice.sequences.to_string())
        .env("WICKETGATE_TEST_MODEL_STEPS", choice.steps.to_string())
        .env("WICKETGATE_TEST_MODEL_SEED", choice.seed.to_string())
        .current_dir(workspace);
    test
}

/// A name that no test has would pass.
fn has_tests(mut test: Command) -> Result<(), String> {
    let listed = test.arg("--list").stderr(Stdio::inherit()).output();
    let listed = listed.map_err(|error| format!("cargo test: {error}"))?;
    match String::from_utf8_lossy(&listed.stdout).contains(": test\n") {
        true => Ok(()),
        false => Err("there is no test of that name".to_owned()),
    }
}
