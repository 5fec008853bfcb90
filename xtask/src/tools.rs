//! Running cargo and other programs.

use std::{
    env,
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};

use wicketgate_test_servers::{Error, provide};

use crate::report::{Outcome, SKIPPED};

/// The root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// The cargo that runs this task.
#[must_use]
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs a command to its end; its output goes to the terminal.
pub fn run(command: &mut Command) -> Outcome {
    let status = command.status();
    outcome(command, status)
}

/// Runs a trial, which can say with [`SKIPPED`] that it could not be done here. Of other programs that code means what they
/// like: libFuzzer ends with it when it found a crash.
pub fn run_trial(command: &mut Command) -> Outcome {
    let status = command.status();
    if status
        .as_ref()
        .is_ok_and(|status| status.code() == Some(SKIPPED.into()))
    {
        return Outcome::Skipped(format!("{}: see its own summary", name(command)));
    }
    outcome(command, status)
}

fn outcome(command: &Command, status: io::Result<ExitStatus>) -> Outcome {
    match status {
        Ok(status) if status.success() => Outcome::Passed,
        Ok(status) => Outcome::Failed(format!("{}: {status}", name(command))),
        Err(error) => Outcome::Failed(format!("{}: {error}", name(command))),
    }
}

/// Where cargo puts what it builds.
#[must_use]
pub fn target_folder(workspace: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), PathBuf::from)
}

/// Builds the sample application, which the browser, the trials' clients and others talk to.
pub fn build_sample(workspace: &Path) -> Outcome {
    run(cargo(["build", "--locked", "-p", "spa-backend"]).current_dir(workspace))
}

/// Installs Chromium and Node where they are missing.
///
/// # Errors
/// Why something is missing still.
pub fn provide_browser() -> Result<(), Error> {
    let programs = [("chromium", "chromium"), ("node", "nodejs"), ("npm", "npm")];
    programs
        .into_iter()
        .try_for_each(|(program, package)| provide(program, package))
}

/// Installs what a folder's `package-lock.json` names; no package runs a script of its own here.
pub fn npm_ci(folder: &Path) -> Outcome {
    let words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    run(Command::new("npm").args(words).current_dir(folder))
}

/// What `git ARGUMENTS…` prints in a folder. `git grep` says with its exit code 1 that it found nothing.
///
/// # Errors
/// Git is missing or failed.
pub fn git(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder);
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}", name(&command)))?;
    match output.status.code() {
        Some(0 | 1) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        _ => {
            let why = String::from_utf8_lossy(&output.stderr);
            Err(format!("{}: {}", name(&command), why.trim_end()))
        }
    }
}

fn name(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending_with(code: u8) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("exit {code}")]);
        command
    }

    #[test]
    fn only_a_trial_can_say_by_its_exit_code_that_it_was_skipped() {
        assert!(matches!(run(&mut ending_with(SKIPPED)), Outcome::Failed(_)));
        assert!(matches!(run_trial(&mut ending_with(SKIPPED)), Outcome::Skipped(_)));
        for (code, is_passed) in [(0, true), (1, false)] {
            assert_eq!(run(&mut ending_with(code)) == Outcome::Passed, is_passed);
            assert_eq!(run_trial(&mut ending_with(code)) == Outcome::Passed, is_passed);
        }
    }
}
