use std::{
    env,
    ffi::OsStr,
    process::{Command, Stdio},
};

use crate::report::Outcome;

/// The cargo that runs this task.
pub(crate) fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs a command to its end; its output goes to the terminal.
pub(crate) fn run(command: &mut Command) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Outcome::Passed,
        Ok(status) => Outcome::Failed(format!("{}: {status}", name(command))),
        Err(error) => Outcome::Failed(format!("{}: {error}", name(command))),
    }
}

/// Whether a program is on the path.
pub(crate) fn installed(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Sees to it that `program` is there, from the Debian package `package` if need be.
///
/// # Errors
/// Says what the reader can do about it.
pub(crate) fn provide(program: &str, package: &str) -> Result<(), String> {
    if installed(program) {
        return Ok(());
    }
    let advice = format!("{program} is missing: install the package {package}");
    if !installed("apt-get") || !is_root() {
        return Err(advice);
    }
    eprintln!("installing {package}");
    let _ = apt_get(["update", "-qq"]);
    match apt_get(["install", "-y", "-qq", "--no-install-recommends", package]) {
        Outcome::Passed if installed(program) => Ok(()),
        _ => Err(advice),
    }
}

fn apt_get<const N: usize>(arguments: [&str; N]) -> Outcome {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdout(Stdio::null());
    run(&mut command)
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn name(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
