//! Secrets beside what differs from them: `crates/identity/benches/secret_comparisons.rs` measures, and its lines are read here.

use std::{collections::BTreeMap, path::Path, process::Stdio, time::Duration};

use xtask::tools::cargo;

use super::{Choice, verdict::Measured};
use crate::samples::Samples;

pub(super) fn measure(workspace: &Path, choice: &Choice) -> Result<Vec<Measured>, String> {
    let mut bench = cargo([
        "bench",
        "--locked",
        "-p",
        "wicketgate-identity",
        "--bench",
        "secret_comparisons",
    ]);
    if choice.server.debug {
        bench.args(["--profile", "dev"]);
    }
    bench.args(["--", "--samples", &choice.comparisons.to_string()]);
    let output = bench.current_dir(workspace).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo bench: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo bench: {}", output.status));
    }
    read(&String::from_utf8_lossy(&output.stdout))
}

/// What was compared, which of two inputs it was, those of the control being 2 and 3, and nanoseconds, in each line.
fn read(lines: &str) -> Result<Vec<Measured>, String> {
    let mut times: BTreeMap<&str, [Samples; 4]> = BTreeMap::new();
    for line in lines.lines() {
        let invalid = || format!("not a measurement: {line}");
        let mut parts = line.split('\t');
        let (Some(what), Some(kind), Some(taken), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(invalid());
        };
        let kind: usize = kind.parse().map_err(|_| invalid())?;
        let taken = taken.parse().map_err(|_| invalid())?;
        let samples = times.entry(what).or_default().get_mut(kind).ok_or_else(invalid)?;
        samples.add(Duration::from_nanos(taken));
    }
    if times.is_empty() {
        return Err("nothing was measured".to_owned());
    }
    let measured = times.into_iter().map(|(what, [first, last, early, late])| Measured {
        what: what.to_owned(),
        kinds: [first, last],
        control: [early, late],
    });
    Ok(measured.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_are_read_by_what_they_are_of() {
        let measured = read("b\t0\t1000\na\t1\t2000\na\t1\t4000\na\t3\t5000\n").unwrap();
        let counts: Vec<_> = measured
            .iter()
            .map(|measured| {
                let [first, last] = &measured.kinds;
                let [early, late] = &measured.control;
                (measured.what.as_str(), [first, last, early, late].map(Samples::len))
            })
            .collect();
        assert_eq!(counts, [("a", [0, 2, 0, 1]), ("b", [1, 0, 0, 0])]);
        for lines in ["", "a\t0\n", "a\t0\tx\n", "a\t4\t1\n", "Running benches\n"] {
            assert!(read(lines).is_err(), "{lines:?}");
        }
    }
}
