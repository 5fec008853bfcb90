//! Checks the licences and sources of all dependencies.

use std::{
    path::Path,
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

use wicketgate_test_servers::installed;
use xtask::{
    report::Outcome,
    tools::{cargo, run},
};

/// The version that is built where there is none. It needs no newer Rust than the workspace does.
const PACKAGE: &str = "cargo-deny@0.20.2";

/// How long its build may take: several times what two busy cores need.
const INSTALL_LIMIT: Duration = Duration::from_secs(15 * 60);

/// Checks what `deny.toml` says with cargo-deny, which is built under `target/` where it is not installed.
/// Advisories are left out: their database is no package of a registry.
pub(crate) fn check(workspace: &Path) -> Outcome {
    let check = ["check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    if installed("cargo-deny") {
        return run(cargo(["deny"]).args(check));
    }
    let tools = workspace.join("target/tools");
    let program = tools.join("bin/cargo-deny");
    if !program.is_file()
        && let Err(why) = install(&tools)
    {
        return Outcome::Failed(why);
    }
    run(Command::new(program).args(check).current_dir(workspace))
}

fn install(tools: &Path) -> Result<(), String> {
    // Unoptimised it takes half as long to build and still checks the tree in seconds.
    let mut command = cargo(["install", PACKAGE, "--locked", "--quiet", "--debug", "--root"]);
    command
        .arg(tools)
        .arg("--target-dir")
        .arg(tools.join("build"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    let child = command.spawn().map_err(|error| format!("cargo install: {error}"))?;
    match wait(child, INSTALL_LIMIT) {
        Some(true) => Ok(()),
        Some(false) => Err("cargo-deny could not be installed".to_owned()),
        None => Err(format!("cargo-deny was not built within {} s", INSTALL_LIMIT.as_secs())),
    }
}

/// Whether the process succeeded; `None` if it had to be stopped.
fn wait(mut child: Child, limit: Duration) -> Option<bool> {
    let started = Instant::now();
    while started.elapsed() < limit {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) => sleep(Duration::from_millis(200)),
            Err(_) => return Some(false),
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}
