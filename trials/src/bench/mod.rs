//! `cargo trials bench`: what requests cost the sample application, beside bare axum, on this machine; written into
//! `docs/PERFORMANCE.md`. Not for CI: times vary from run to run.

mod account;
mod load;
mod page;
mod process;
mod request;
mod round;
mod ruler;

use std::{fs, path::Path};

use clap::{Args, value_parser};
use wicketgate_test_servers::provide;
use xtask::{
    report::{Outcome, Report},
    server::Program,
    tools::{cargo, run, target_folder},
};

use self::{load::Measured, request::Request, round::Round};

/// A rate limit in requests per minute, which no measurement reaches.
const NEVER_REACHED: &str = "10000000";
/// After how many requests a soak notes how much memory the server has.
const SOAK_STEP: u64 = 100_000;

/// What the command line asks for.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    #[arg(long, default_value_t = 3, value_parser = value_parser!(u64).range(1..))]
    rounds: u64,
    /// For each kind of request
    #[arg(long, default_value_t = 6, value_parser = value_parser!(u64).range(1..))]
    seconds: u64,
    /// How many requests to send after the rounds, to see whether memory grows; 0 for none
    #[arg(long, default_value_t = 1_000_000)]
    soak: u64,
}

/// What is written down: the median of each figure over all rounds. Times in ms unless said otherwise.
struct Figures {
    rounds: u64,
    seconds: u64,
    has_avx512: bool,
    ruler: f64,
    /// In µs.
    cryptography: f64,
    start_on_nothing: f64,
    start_on_existing: f64,
    /// In MiB, as all memory.
    idle: f64,
    after_load: f64,
    /// In MB.
    binary: f64,
    requests: Vec<(Request, Measured)>,
    soak: Vec<(u64, f64)>,
}

/// Builds what is measured, measures it, and writes the page.
pub(crate) fn bench(workspace: &Path, choice: Choice) -> Report {
    let mut report = Report::start();
    report.step("build", || {
        run(&mut cargo([
            "build",
            "--release",
            "--locked",
            "-p",
            "spa-backend",
            "-p",
            "bare-axum",
        ]))
    });
    report.step("cryptography", || {
        let bench = [
            "bench",
            "--locked",
            "-p",
            "wicketgate-protection",
            "--bench",
            "protect",
            "--",
            "unprotect",
        ];
        run(&mut cargo(bench))
    });
    report.step("measure", || {
        match measure(workspace, &choice).and_then(|figures| page::write(workspace, &figures)) {
            Ok(()) => Outcome::Passed,
            Err(why) => Outcome::Failed(why),
        }
    });
    report
}

fn measure(workspace: &Path, choice: &Choice) -> Result<Figures, String> {
    for program in ["wrk", "openssl"] {
        provide(program, program).map_err(|error| error.to_string())?;
    }
    let target = target_folder(workspace);
    let sample_path = target.join("release/spa-backend");
    let sample = Program::wicketgate(sample_path.clone())
        .set("LOCKOUT__ALLOWED_FOR_NEW_USERS", "false")
        // Everything comes from one client, and mostly to one account. What counting costs is measured with the rest.
        .set("RATE_LIMITS__LOGIN__PER_ACCOUNT", NEVER_REACHED)
        .set("RATE_LIMITS__LOGIN__PER_CLIENT", NEVER_REACHED)
        .set("RATE_LIMITS__REFRESH__PER_ACCOUNT", NEVER_REACHED)
        .set("RATE_LIMITS__REFRESH__PER_CLIENT", NEVER_REACHED)
        .set("RATE_LIMITS__REGISTER__PER_CLIENT", NEVER_REACHED)
        .set("LOG", "warn")
        .ready_at("/probe/public");
    let bare = Program::with_port(target.join("release/bare-axum"), "/probe/hello");
    let cryptography = cryptography(&target)?;
    let mut rounds = Vec::new();
    for number in 1..=choice.rounds {
        eprintln!("round {number} of {}:", choice.rounds);
        rounds.push(round::measure(&sample, &bare, choice.seconds)?);
    }
    let soak = match choice.soak {
        0 => Vec::new(),
        requests => round::soak(&sample, requests, SOAK_STEP)?,
    };
    let figure = |of: fn(&Round) -> f64| median(rounds.iter().map(of));
    let size = fs::metadata(&sample_path).map_err(|error| error.to_string())?.len();
    Ok(Figures {
        rounds: choice.rounds,
        seconds: choice.seconds,
        has_avx512: fs::read_to_string("/proc/cpuinfo").is_ok_and(|text| text.contains("avx512f")),
        ruler: figure(|round| round.ruler),
        cryptography,
        start_on_nothing: figure(|round| round.start_on_nothing.as_secs_f64() * 1000.0),
        start_on_existing: figure(|round| round.start_on_existing.as_secs_f64() * 1000.0),
        idle: figure(|round| round.idle),
        after_load: figure(|round| round.after_load),
        binary: size as f64 / 1e6,
        requests: requests(&rounds),
        soak,
    })
}

impl Figures {
    fn of(&self, request: Request) -> Measured {
        let found = self.requests.iter().find(|(other, _)| *other == request);
        found.map_or(NOTHING, |(_, measured)| *measured)
    }
}

const NOTHING: Measured = Measured {
    per_second: f64::NAN,
    processor_time: f64::NAN,
    median: f64::NAN,
    p99: f64::NAN,
};

/// The median of each figure of each request.
fn requests(rounds: &[Round]) -> Vec<(Request, Measured)> {
    let Some(first) = rounds.first() else {
        return Vec::new();
    };
    let of = |request: Request| {
        let all = rounds.iter().flat_map(|round| &round.requests);
        let all: Vec<Measured> = all
            .filter(|(other, _)| *other == request)
            .map(|(_, measured)| *measured)
            .collect();
        let figure = |of: fn(&Measured) -> f64| median(all.iter().map(of));
        Measured {
            per_second: figure(|measured| measured.per_second),
            processor_time: figure(|measured| measured.processor_time),
            median: figure(|measured| measured.median),
            p99: figure(|measured| measured.p99),
        }
    };
    first
        .requests
        .iter()
        .map(|&(request, _)| (request, of(request)))
        .collect()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => values[length / 2],
        length => f64::midpoint(values[length / 2 - 1], values[length / 2]),
    }
}

/// What criterion found for opening one payload, in µs: the quickest of its samples, since whatever else the machine does
/// must not make the bound wider.
fn cryptography(target: &Path) -> Result<f64, String> {
    let path = target.join("criterion/unprotect/new/sample.json");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let sample: serde_json::Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let numbers = |name: &str| {
        let numbers = sample[name].as_array().into_iter().flatten();
        numbers.filter_map(serde_json::Value::as_f64).collect::<Vec<_>>()
    };
    let each = numbers("times").into_iter().zip(numbers("iters"));
    let quickest = each.map(|(time, iterations)| time / iterations).reduce(f64::min);
    Ok(quickest.ok_or("criterion took no samples")? / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_in_the_middle() {
        assert!((median([3.0, 1.0, 2.0].into_iter()) - 2.0).abs() < f64::EPSILON);
        assert!((median([4.0, 1.0].into_iter()) - 2.5).abs() < f64::EPSILON);
    }
}
