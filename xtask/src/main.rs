//! What developers and CI run: `cargo xtask test` checks everything, `cargo xtask conform` replays the recordings.

mod browser;
mod client;
mod common_passwords;
mod databases;
mod dist;
mod fuzz;
mod licences;
mod packages;
mod tracked_files;

use std::{
    ffi::OsString,
    process::{Command, ExitCode},
};

use clap::Parser;
use databases::Databases;
use wicketgate_test_servers::{Error, installed};
use xtask::{
    report::{Outcome, Report},
    server::debug_build,
    tools::{cargo, run, run_trial, workspace},
};

/// What developers and CI run; what takes longer is in `cargo trials`
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
enum Task {
    /// Check everything: licences, rules of files, format, lints, documentation, browser, clients, fuzzing, chaos, tests
    Test,
    /// Replay the recorded scenarios, all of them or those whose name contains NAME
    Conform {
        /// Expect what ASP.NET Core 11 answers on every store, not what 10 does
        #[arg(long, value_parser = ["10", "11"], default_value = "10")]
        dotnet: String,
        names: Vec<OsString>,
    },
    /// Have Chromium drive the sample server's Swagger page
    Browser,
    /// Test the TypeScript client: its types, its size, and what it does against real servers, in Node and Chromium
    Client,
    /// Run COMMAND, or a shell, beside a PostgreSQL and a MariaDB that the tests find
    Databases {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
    /// Feed hostile bytes to every decoder, or to those named
    Fuzz(fuzz::Choice),
    /// Fetch the list of common passwords, and make the table that the library has of them
    CommonPasswords,
    /// Build the one static binary, prove that it is static, start it, and tell its size
    Dist,
}

fn main() -> ExitCode {
    let report = match Task::parse() {
        Task::Test => test(),
        Task::Conform { dotnet, names } => conform(&dotnet, names),
        Task::Browser => browser::browser(&workspace()),
        Task::Client => client::client(&workspace()),
        Task::Databases { command } => return databases(command),
        Task::Fuzz(choice) => fuzz::fuzz(&workspace(), choice),
        Task::CommonPasswords => common_passwords::common_passwords(&workspace()),
        Task::Dist => dist::dist(&workspace()),
    };
    report.print();
    if report.succeeded() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Every step runs, whatever became of those before it, and the tests come last: their closing lines are what a reader
/// of a log looks for.
fn test() -> Report {
    let mut report = Report::start();
    // First, since cargo-deny may have to be built, and what comes last is what a run that takes too long goes without.
    report.step("licences", || licences::check(&workspace()));
    for (name, check) in tracked_files::RULES {
        report.step(name, || check(&workspace()));
    }
    report.step("format", || run(&mut cargo(["fmt", "--all", "--check"])));
    report.step("lints", || {
        run(&mut cargo([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]))
    });
    // The fuzz targets are no part of the workspace: here it shows whether they still compile.
    report.step("fuzz build", || fuzz::build(&workspace()));
    report.step("documentation", || {
        run(cargo(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings"))
    });
    report.step("packages", || packages::package(&workspace()));
    report.step("features", || packages::without_features(&workspace()));
    // All that the tests need, the browser's server and the trials in one go, so that nothing is built twice.
    report.step("build", || {
        run(&mut cargo(["build", "--workspace", "--all-targets", "--locked"]))
    });
    report.step("browser", || browser::test(&workspace()));
    report.step("client", || client::test(&workspace()));
    report.step("generated client", || trial(&["generated-clients", "openapi-fetch"]));
    report.step("fuzz", || fuzz::test(&workspace()));
    for engine in ["sqlite", "postgres", "galera"] {
        report.step(format!("chaos {engine}"), || {
            trial(&["chaos", "--hostile-defaults", engine])
        });
    }
    let mut databases = None;
    report.step("databases", || match Databases::start() {
        Ok(started) => {
            eprintln!("{}", started.versions());
            databases = Some(started);
            Outcome::Passed
        }
        Err(missing @ Error::Missing { .. }) => Outcome::Skipped(missing.to_string()),
        Err(error) => Outcome::Failed(error.to_string()),
    });
    report.step("tests", || tests(databases.as_ref()));
    drop(databases);
    report.step("documentation tests", || {
        run(&mut cargo(["test", "--workspace", "--doc", "--locked"]))
    });
    if let Some(note) = databases::sql_server_note(&workspace()) {
        report.note(note);
    }
    report
}

/// A trial as it was built with everything else: `cargo trials` would build it anew, with features of its own.
fn trial(arguments: &[&str]) -> Outcome {
    let program = debug_build(&workspace(), "wicketgate-trials");
    run_trial(Command::new(program).args(arguments).arg("--no-build"))
}

fn tests(databases: Option<&Databases>) -> Outcome {
    let mut command = if installed("cargo-nextest") {
        cargo(["nextest", "run", "--workspace", "--locked", "--no-fail-fast"])
    } else {
        cargo(["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"])
    };
    if let Some(databases) = databases {
        command.envs(databases.variables());
    }
    run(&mut command)
}

fn databases(command: Vec<OsString>) -> ExitCode {
    match databases::run(command) {
        Outcome::Passed => ExitCode::SUCCESS,
        Outcome::Skipped(why) | Outcome::Failed(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn conform(dotnet: &str, names: Vec<OsString>) -> Report {
    let mut report = Report::start();
    report.step("scenarios", || {
        let mut command = cargo(["test", "-p", "wicketgate-conformance", "--test", "scenarios", "--"]);
        run(command.args(names).env("WICKETGATE_TEST_DOTNET", dotnet))
    });
    report
}
