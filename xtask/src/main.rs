//! What developers and CI run: `cargo xtask test` checks everything, `cargo xtask conform` replays the recordings.

mod bench;
mod browser;
mod chaos;
mod conflict_markers;
mod cost_at_size;
mod databases;
mod dist;
mod file_heads;
mod fuzz;
mod generated_clients;
mod licences;
mod login_times;
mod page;
mod report;
mod tools;

use std::{env, ffi::OsString, path::Path, process::ExitCode};

use databases::Databases;
use report::{Outcome, Report};
use tools::{cargo, run};
use wicketgate_test_servers::{Error, installed};

const USAGE: &str = "\
cargo xtask test               check everything: licences, conflict markers, format, lints, documentation, browser, a generated client,
                               fuzzing, chaos, tests
cargo xtask databases [COMMAND…]
                               run COMMAND, or a shell, beside a PostgreSQL and a MariaDB that the tests find
cargo xtask chaos [--seconds 0] [--hostile-defaults] [galera | postgres]
                               have instances and database nodes fail under load: each fault once, or on for so long
cargo xtask conform [NAME…]    replay the recorded scenarios, all of them or those whose name contains NAME
cargo xtask generated-clients [NAME…]
                               generate clients from the OpenAPI description, all or those named, and run them
cargo xtask browser            have Chromium drive the sample server's Swagger page
cargo xtask bench [--rounds 3] [--seconds 6] [--soak 1000000]
                               measure the sample server beside bare axum, and write docs/PERFORMANCE.md
cargo xtask dist               build the one static binary, prove that it is static, start it, and tell its size
cargo xtask cost-at-size [--accounts 10000000] [--debug]
                               measure logins with few and with many accounts in PostgreSQL, and write docs/DATABASES.md
cargo xtask login-times [--logins 1000] [--rounds 100000] [--database URL] [--debug]
                               whether the time of a refused login tells why it was refused, or which accounts there are
cargo xtask fuzz [--seconds 60] [TARGET…]
                               hostile bytes for every decoder, or those named, each for so long
";

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let command = arguments.next().unwrap_or_default();
    let report = match command.to_str() {
        Some("test") => test(),
        Some("conform") => conform(arguments.collect()),
        Some("browser") => browser(),
        Some("generated-clients") => {
            let names: Vec<_> = arguments.collect();
            generated_clients::generated_clients(&workspace(), &names)
        }
        Some("bench") => bench::bench(&workspace(), arguments.collect()),
        Some("dist") => dist::dist(&workspace()),
        Some("chaos") => chaos::chaos(&workspace(), arguments.collect()),
        Some("cost-at-size") => cost_at_size::cost_at_size(&workspace(), arguments.collect()),
        Some("login-times") => login_times::login_times(&workspace(), arguments.collect()),
        Some("databases") => return databases(arguments.collect()),
        Some("fuzz") => fuzz::fuzz(&workspace(), arguments.collect()),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
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
    report.step("conflict markers", || conflict_markers::check(&workspace()));
    report.step("first lines of files", || file_heads::check(&workspace()));
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
    report.step("documentation", || {
        run(cargo(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings"))
    });
    // All that the tests need and the browser's server in one go, so that nothing is built twice.
    report.step("build", || {
        run(&mut cargo(["build", "--workspace", "--all-targets", "--locked"]))
    });
    report.step("browser", || browser::test(&workspace()));
    report.step("generated client", || {
        generated_clients::test_openapi_fetch(&workspace())
    });
    report.step("fuzz", || fuzz::test(&workspace()));
    for engine in chaos::Engine::ALL {
        report.step(chaos::step_name(engine), || {
            chaos::run(&workspace(), engine, chaos::Defaults::Hostile, 0)
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

fn browser() -> Report {
    let mut report = Report::start();
    report.step("build", || build_sample(&workspace()));
    report.step("browser", || browser::test(&workspace()));
    report
}

/// Builds the server that the browser, the generated clients and the clients of the chaos talk to.
fn build_sample(workspace: &Path) -> Outcome {
    run(cargo(["build", "--locked", "-p", "spa-backend"]).current_dir(workspace))
}

fn conform(names: Vec<OsString>) -> Report {
    let mut report = Report::start();
    report.step("scenarios", || {
        run(cargo(["test", "-p", "wicketgate-conformance", "--test", "scenarios", "--"]).args(names))
    });
    report
}

/// The root of the workspace.
fn workspace() -> std::path::PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}
