//! `cargo xtask fuzz`: hostile bytes for every decoder, from the goldens on.
//!
//! What `cargo fuzz` does, on a stable toolchain: flags ask for LLVM's coverage pass, and libFuzzer comes with the crate
//! libfuzzer-sys. Everything is kept in `target/fuzz`; what libFuzzer found worth keeping is where the next run begins.

use std::{
    ffi::OsString,
    fs, io,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use wicketgate_test_servers::provide;

use crate::{
    report::{Outcome, Report},
    tools::{cargo, run},
};

/// For each target, if the command line does not say it.
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
pub(crate) fn fuzz(workspace: &Path, arguments: Vec<OsString>) -> Report {
    let choice = match Choice::of(workspace, arguments) {
        Ok(choice) => choice,
        Err(why) => return Report::of_arguments(why),
    };
    let mut report = Report::start();
    report.step("build", || build(workspace));
    if report.outcome() == Outcome::Passed {
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        report.steps_together(choice.targets, cores, |target| {
            run_target(workspace, target, choice.seconds)
        });
    }
    report
}

/// Every target for its minute, as one step among others.
pub(crate) fn test(workspace: &Path) -> Outcome {
    let report = fuzz(workspace, Vec::new());
    eprintln!("\n{report}");
    report.outcome()
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Choice {
    seconds: u32,
    targets: Vec<String>,
}

impl Choice {
    fn of(workspace: &Path, arguments: Vec<OsString>) -> Result<Self, String> {
        let known = targets(workspace).map_err(|error| format!("fuzz/fuzz_targets: {error}"))?;
        Self::among(known, arguments)
    }

    fn among(known: Vec<String>, arguments: Vec<OsString>) -> Result<Self, String> {
        let (mut seconds, mut targets) = (SECONDS, Vec::new());
        let mut arguments = arguments
            .into_iter()
            .map(|argument| argument.to_string_lossy().into_owned());
        while let Some(argument) = arguments.next() {
            if argument == "--seconds" {
                let number = arguments.next().and_then(|number| number.parse().ok());
                seconds = number
                    .filter(|&number| number > 0)
                    .ok_or("--seconds takes a number from 1")?;
            } else if known.contains(&argument) {
                targets.push(argument);
            } else {
                return Err(format!("{argument} is none of the targets {}", known.join(", ")));
            }
        }
        if targets.is_empty() {
            targets = known;
        }
        Ok(Self { seconds, targets })
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

/// libFuzzer is C++, which nothing else here needs.
fn build(workspace: &Path) -> Outcome {
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
        ended => {
            eprintln!("{target}: {} inputs", executed_inputs(&log).unwrap_or("no number of"));
            ended
        }
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

    fn choice(arguments: &[&str]) -> Result<Choice, String> {
        let known = vec!["query".to_owned(), "ticket".to_owned()];
        Choice::among(known, arguments.iter().map(OsString::from).collect())
    }

    #[test]
    fn all_targets_run_for_a_minute_unless_the_command_line_says_otherwise() {
        let all = choice(&[]).unwrap();
        assert_eq!(
            (all.seconds, all.targets),
            (60, vec!["query".to_owned(), "ticket".to_owned()])
        );
        let one = choice(&["ticket", "--seconds", "5"]).unwrap();
        assert_eq!((one.seconds, one.targets), (5, vec!["ticket".to_owned()]));
    }

    #[test]
    fn the_number_of_inputs_is_read_from_the_statistics() {
        let log =
            "Done 512 runs in 2 second(s)\nstat::number_of_executed_units: 512\nstat::peak_rss_mb:              46\n";
        assert_eq!(executed_inputs(log), Some("512"));
        assert_eq!(executed_inputs("==1== ERROR: libFuzzer: deadly signal\n"), None);
    }

    #[test]
    fn what_is_neither_target_nor_time_is_refused() {
        for arguments in [
            &["tickets"][..],
            &["--seconds"],
            &["--seconds", "0"],
            &["--seconds", "x"],
        ] {
            assert!(choice(arguments).is_err(), "{arguments:?}");
        }
    }
}
