//! `cargo xtask fuzz`: hostile bytes for every decoder, from the goldens on.
//!
//! What `cargo fuzz` does, on a stable toolchain: flags ask for LLVM's coverage pass, and libFuzzer comes with the crate
//! libfuzzer-sys. Everything is kept in `target/fuzz`; what libFuzzer found worth keeping is where the next run begins.

use std::{
    fs, io,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use clap::{Args, value_parser};
use wicketgate_test_servers::provide;
use xtask::{
    report::{Outcome, Report},
    tools::{cargo, run},
};

/// What the command line asks for.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// For each target
    #[arg(long, default_value_t = SECONDS, value_parser = value_parser!(u32).range(1..))]
    seconds: u32,
    /// All of them if none is named
    targets: Vec<String>,
}

const SECONDS: u32 = 60;

/// Counters for every edge, and the operands of comparisons, by which libFuzzer finds its way.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Inputs longer than the longest cookie, seconds for one input, MiB for the process.
const LIMITS: [&str; 3] = ["-max_len=65536", "-timeout=10", "-rss_limit_mb=1024"];

/// Builds the targets and runs those that are named, or all, as many at a time as there are cores.
pub(crate) fn fuzz(workspace: &Path, choice: Choice) -> Report {
    let mut report = Report::start();
    let known = targets(workspace).map_err(|error| format!("fuzz/fuzz_targets: {error}"));
    let targets = match known.and_then(|known| chosen(known, choice.targets)) {
        Ok(targets) => targets,
        Err(why) => {
            report.step("targets", || Outcome::Failed(why));
            return report;
        }
    };
    report.step("build", || build(workspace));
    if report.outcome() == Outcome::Passed {
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        report.steps_together(targets, cores, |target| run_target(workspace, target, choice.seconds));
    }
    report
}

/// Every target for its minute, as one step among others.
pub(crate) fn test(workspace: &Path) -> Outcome {
    let all = Choice {
        seconds: SECONDS,
        targets: Vec::new(),
    };
    let report = fuzz(workspace, all);
    eprintln!("\n{report}");
    report.outcome()
}

fn chosen(known: Vec<String>, named: Vec<String>) -> Result<Vec<String>, String> {
    if named.is_empty() {
        return Ok(known);
    }
    match named.iter().find(|name| !known.contains(name)) {
        Some(unknown) => Err(format!("{unknown} is none of the targets {}", known.join(", "))),
        None => Ok(named),
    }
}

/// The names of all targets: each has a file of its own.
fn targets(workspace: &Path) -> io::Result<Vec<String>> {
    let mut targets = Vec::new();
    for file in fs::read_dir(workspace.join("fuzz/fuzz_targets"))? {
        let path = file?.path();
        targets.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    targets.sort();
    Ok(targets)
}

/// Builds the targets. libFuzzer is C++, which nothing else here needs.
pub(crate) fn build(workspace: &Path) -> Outcome {
    match provide("c++", "build-essential") {
        Ok(()) => run(cargo_fuzz(workspace, "build").arg("--bins")),
        Err(missing) => Outcome::Skipped(missing.to_string()),
    }
}

/// Cargo on the package `fuzz`, with coverage.
fn cargo_fuzz(workspace: &Path, command: &str) -> Command {
    let mut cargo = cargo([command, "--release", "--locked"]);
    cargo
        .arg("--manifest-path")
        .arg(workspace.join("fuzz/Cargo.toml"))
        .arg("--target-dir")
        .arg(folder(workspace))
        // With a platform named, the flags are not for build scripts and macros, which could not be linked with them.
        .args(["--target", "host-tuple"])
        .env("RUSTFLAGS", COVERAGE);
    cargo
}

/// Runs one target. Its output goes to a file, since others run at the same time.
fn run_target(workspace: &Path, target: &str, seconds: u32) -> Outcome {
    let folder = folder(workspace);
    let [seeds, corpus, crashes] = ["seeds", "corpus", "crashes"].map(|kind| folder.join(kind).join(target));
    let log = folder.join(format!("{target}.log"));
    let output = [&seeds, &corpus, &crashes]
        .into_iter()
        .try_for_each(fs::create_dir_all)
        .and_then(|()| fs::File::create(&log))
        .and_then(|output| Ok((output.try_clone()?, output)));
    let (stdout, stderr) = match output {
        Ok(output) => output,
        Err(error) => return Outcome::Failed(format!("{}: {error}", folder.display())),
    };
    let mut command = cargo_fuzz(workspace, "run");
    command
        .args(["--quiet", "--bin", target, "--"])
        .env("WICKETGATE_FUZZ_SEEDS", &seeds)
        // The slash at the end makes it a folder for libFuzzer.
        .arg(format!("-artifact_prefix={}/", crashes.display()))
        .arg(format!("-max_total_time={seconds}"))
        .args(LIMITS)
        .arg("-print_final_stats=1")
        // What is found new goes into the first folder; what made it crash once is tried again.
        .args([&corpus, &seeds, &crashes])
        .stdout(stdout)
        .stderr(stderr);
    let outcome = run(&mut command);
    let log = fs::read(&log).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    match outcome {
        Outcome::Failed(why) => {
            eprintln!("{target}:\n{log}");
            match newest(&crashes) {
                Some(reproducer) => Outcome::Failed(format!("reproducer: {}", reproducer.display())),
                None => Outcome::Failed(why),
            }
        }
        ended => match executed_inputs(&log) {
            Some(inputs) => {
                eprintln!("{target}: {inputs} inputs");
                ended
            }
            None => Outcome::Failed(format!("{target}: no number of inputs in its log")),
        },
    }
}

/// How many inputs were tried, as libFuzzer's closing statistics say it.
fn executed_inputs(log: &str) -> Option<&str> {
    log.lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .map(str::trim)
}

fn folder(workspace: &Path) -> PathBuf {
    workspace.join("target/fuzz")
}

/// The file that was written last: libFuzzer writes a reproducer again when it comes upon it again.
fn newest(folder: &Path) -> Option<PathBuf> {
    let files = fs::read_dir(folder).ok()?.flatten();
    let newest = files.max_by_key(|file| file.metadata().and_then(|metadata| metadata.modified()).ok());
    newest.map(|file| file.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_targets_run_unless_the_command_line_names_some_and_unknown_ones_are_refused() {
        let known = || vec!["query".to_owned(), "ticket".to_owned()];
        assert_eq!(chosen(known(), Vec::new()), Ok(known()));
        assert_eq!(
            chosen(known(), vec!["ticket".to_owned()]),
            Ok(vec!["ticket".to_owned()])
        );
        assert!(chosen(known(), vec!["tickets".to_owned()]).is_err());
    }

    #[test]
    fn the_number_of_inputs_is_read_from_the_statistics() {
        let log =
            "Done 512 runs in 2 second(s)\nstat::number_of_executed_units: 512\nstat::peak_rss_mb:              46\n";
        assert_eq!(executed_inputs(log), Some("512"));
        assert_eq!(executed_inputs("==1== ERROR: libFuzzer: deadly signal\n"), None);
    }
}
