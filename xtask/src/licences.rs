use std::{
    path::Path,
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

use wicketgate_test_servers::installed;

use crate::{
    report::Outcome,
    tools::{cargo, run},
};

/// How long everything before may have taken for an installation, and all that comes behind it, to still fit into 25
/// minutes, and how long the installation itself may take.
const LATEST_START: Duration = Duration::from_secs(10 * 60);
const INSTALL_LIMIT: Duration = Duration::from_secs(3 * 60);

/// Checks what `deny.toml` says with cargo-deny, which is installed under `target/` where there is none and time allows.
/// Advisories are left out: their database is no package of a registry.
pub(crate) fn check(workspace: &Path, elapsed: Duration) -> Outcome {
    let check = ["check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    if installed("cargo-deny") {
        return run(cargo(["deny"]).args(check));
    }
    let tools = workspace.join("target/tools");
    let program = tools.join("bin/cargo-deny");
    if !program.is_file() {
        if elapsed > LATEST_START {
            return Outcome::Skipped("no cargo-deny here, and no time left to build it".to_owned());
        }
        if let Err(why) = install(&tools) {
            return Outcome::Skipped(why);
        }
    }
    run(Command::new(program).args(check).current_dir(workspace))
}

fn install(tools: &Path) -> Result<(), String> {
    // Unoptimised it takes half as long to build and still checks the tree in seconds.
    let mut command = cargo(["install", "cargo-deny", "--locked", "--quiet", "--debug", "--root"]);
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
