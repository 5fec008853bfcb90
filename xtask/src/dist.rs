//! `cargo xtask dist`: the server as one static binary, for machines that have nothing else.

use std::{fs, path::Path, process::Command};

use xtask::{
    report::{Outcome, Report},
    server::{Program, home},
    tools::{cargo, run, target_folder},
};

/// What the binary is linked with.
struct Linkage {
    target: String,
    /// Where the target alone does not make it static, and at an address of its own.
    rustflags: &'static str,
}

/// Builds for musl where its standard library is installed, and statically with glibc otherwise.
pub(crate) fn dist(workspace: &Path) -> Report {
    let mut report = Report::start();
    let linkage = match linkage() {
        Ok(linkage) => linkage,
        Err(why) => {
            report.step("target", || Outcome::Failed(why));
            return report;
        }
    };
    report.step("build", || {
        let mut build = cargo(["build", "--release", "--locked", "-p", "wicketgate", "--target"]);
        run(build.arg(&linkage.target).env("RUSTFLAGS", linkage.rustflags))
    });
    if !report.succeeded() {
        return report;
    }
    let target = target_folder(workspace);
    let binary = target.join(&linkage.target).join("release/wicketgate");
    report.step("static", || match fs::read(&binary) {
        Ok(bytes) if asks_for_loader(&bytes) => Outcome::Failed(format!("{} needs a loader", binary.display())),
        Ok(_) => Outcome::Passed,
        Err(error) => Outcome::Failed(format!("{}: {error}", binary.display())),
    });
    let mut started = None;
    report.step("start", || match start(&binary) {
        Ok(figures) => {
            started = Some(figures);
            Outcome::Passed
        }
        Err(why) => Outcome::Failed(why),
    });
    let size = fs::metadata(&binary).map_or(0, |metadata| metadata.len());
    report.note(format!(
        "{}: {:.2} MB, for {}",
        binary.display(),
        size as f64 / 1e6,
        linkage.target
    ));
    report.note(started.unwrap_or_default());
    report
}

fn linkage() -> Result<Linkage, String> {
    let version = rustc(&["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("rustc does not tell its host")?;
    let musl = host.replace("-gnu", "-musl");
    let library = rustc(&["--print", "target-libdir", "--target", &musl])?;
    Ok(if Path::new(library.trim()).is_dir() {
        Linkage {
            target: musl,
            rustflags: "-C relocation-model=static",
        }
    } else {
        Linkage {
            target: host.to_owned(),
            rustflags: "-C target-feature=+crt-static -C relocation-model=static",
        }
    })
}

/// On a database that is there, the second time: what it tells of itself.
fn start(binary: &Path) -> Result<String, String> {
    let home = home()?;
    let program = Program::wicketgate(binary.to_owned()).ready_at("/healthz");
    drop(program.start(&home)?);
    let server = program.start(&home)?;
    Ok(format!(
        "{:.1} ms from start to /healthz on an existing SQLite database, {:.1} MiB of memory then",
        server.started.as_secs_f64() * 1000.0,
        server.memory()?
    ))
}

/// Whether an ELF file of 64 bits names a program that loads libraries for it.
fn asks_for_loader(file: &[u8]) -> bool {
    const INTERP: &[u8] = &[3, 0, 0, 0];
    let number = |at: usize, length: usize| {
        let bytes = file.get(at..at + length).unwrap_or_default();
        bytes
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | usize::from(*byte))
    };
    let (headers, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    file.get(..5) != Some(b"\x7FELF\x02")
        || (0..count).any(|header| {
            file.get(headers + header * size..)
                .is_none_or(|rest| rest.starts_with(INTERP))
        })
}

fn rustc(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("rustc").args(arguments).output();
    let output = output.map_err(|error| format!("rustc: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_asks_for_a_loader_and_what_is_no_program_is_not_taken_for_a_static_one() {
        let this = fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(asks_for_loader(&this), cfg!(not(target_feature = "crt-static")));
        assert!(asks_for_loader(b"#!/bin/sh"));
    }
}
