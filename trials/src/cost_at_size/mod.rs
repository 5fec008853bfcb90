//! `cargo trials cost-at-size`: what a login costs the database, and what `/manage/info` takes, with few and with ten million
//! accounts in PostgreSQL; written into `docs/DATABASES.md`. Not for CI: it takes gigabytes and many minutes.

mod database;
mod page;
mod plans;

use std::{
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use clap::{Args, value_parser};
use xtask::{
    report::{Outcome, Report},
    server::{Program, home},
    tools::{cargo, run, target_folder},
};

use self::{database::Database, plans::Plans};
use crate::client::{Client, PASSWORD};

/// How many logins and requests are measured at each size, after half as many that are not.
const SAMPLES: usize = 2_000;
/// How many log in at once to get the tokens of the requests.
const CLIENTS: usize = 16;

/// What the command line asks for.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// The largest number of accounts
    #[arg(long, default_value_t = 10_000_000, value_parser = value_parser!(u64).range(10_001..))]
    accounts: u64,
    /// Measure a build without optimisation
    #[arg(long)]
    debug: bool,
}

impl Choice {
    /// What was compiled how, which is also its folder in cargo's target folder.
    fn build(&self) -> &'static str {
        if self.debug { "debug" } else { "release" }
    }
}

/// What is written down.
struct Figures {
    build: &'static str,
    database: String,
    sizes: Vec<Size>,
    plans: Plans,
}

/// With so many accounts. Times in µs, the median and that which 99 % are under.
struct Size {
    accounts: u64,
    /// In bytes.
    disk: u64,
    login: [f64; 2],
    unknown: [f64; 2],
    info: [f64; 2],
}

/// Builds what is measured, measures it, and writes the page.
pub(crate) fn cost_at_size(workspace: &Path, choice: Choice) -> Report {
    let mut report = Report::start();
    report.step("build", || {
        let mut build = cargo(["build", "--locked", "-p", "wicketgate-sql", "-p", "spa-backend"]);
        build.args(["--bin", "spa-backend", "--example", "login_at_size"]);
        if !choice.debug {
            build.arg("--release");
        }
        run(&mut build)
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
    let target = target_folder(workspace);
    let target = target.join(choice.build());
    let logins = target.join("examples/login_at_size");
    let database = Database::start()?;
    let program = Program::wicketgate(target.join("spa-backend"))
        .set("DATABASE__URL", database.url())
        .set("RATE_LIMITS__ENABLED", "false")
        // Thousands log in for their tokens, and no login over HTTP is measured. Such a hash is as long as any.
        .set("PASSWORD_HASHER__ITERATION_COUNT", "1000")
        .set("LOG", "warn");
    let home = home()?;
    let server = program.start(&home)?;
    let client = Client::new(server.url());
    let first = client.post_credentials("/register", &address(1), PASSWORD)?;
    if first.status != 200 {
        return Err(format!("/register: {} {}", first.status, first.body));
    }
    let mut sizes = Vec::new();
    for accounts in [10, 10_000, choice.accounts] {
        let begin = Instant::now();
        database.fill(accounts)?;
        eprintln!("{accounts} accounts after {} s", begin.elapsed().as_secs());
        let tokens = tokens(&client, accounts)?;
        let [login, unknown] = login(&logins, &database, accounts)?;
        sizes.push(Size {
            accounts,
            disk: database.size()?,
            login,
            unknown,
            info: info(&client, &tokens)?,
        });
    }
    drop(server);
    Ok(Figures {
        build: choice.build(),
        database: database.version(),
        plans: plans::check(&database, &program)?,
        sizes,
    })
}

/// A login's part of the database, of accounts that are there and of those that are not.
fn login(program: &Path, database: &Database, accounts: u64) -> Result<[[f64; 2]; 2], String> {
    let mut command = Command::new(program);
    command.args([database.url(), accounts.to_string(), SAMPLES.to_string()]);
    let output = command.output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let figures = |label: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(label));
        let mut numbers = line.unwrap_or_default().split_whitespace().map(str::parse::<f64>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(median)), Some(Ok(p99))) => Ok([median, p99]),
            _ => Err(format!(
                "{}: {text}{}",
                program.display(),
                String::from_utf8_lossy(&output.stderr)
            )),
        }
    };
    Ok([figures("known ")?, figures("unknown ")?])
}

/// Those of accounts that lie evenly among all.
fn tokens(client: &Client, accounts: u64) -> Result<Vec<String>, String> {
    let wanted = (SAMPLES + SAMPLES / 2) as u64;
    let number = |index: u64| 1 + index * accounts / wanted.min(accounts);
    let addresses: Vec<String> = (0..wanted.min(accounts)).map(|index| address(number(index))).collect();
    let parts = thread::scope(|scope| {
        let parts = addresses.chunks(addresses.len().div_ceil(CLIENTS));
        let threads: Vec<_> = parts
            .map(|part| scope.spawn(|| part.iter().map(|address| client.log_in(address)).collect()))
            .collect();
        let ends = threads.into_iter().map(|part| part.join());
        ends.map(|end| end.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Result<Vec<Vec<String>>, String>>()
    });
    Ok(parts?.concat())
}

/// `GET /manage/info`, one request after the other on one connection.
fn info(client: &Client, tokens: &[String]) -> Result<[f64; 2], String> {
    let mut times = Vec::new();
    for token in tokens.iter().cycle().take(SAMPLES + SAMPLES / 2) {
        let begin = Instant::now();
        let answer = client.get("/manage/info", token)?;
        times.push(begin.elapsed());
        if answer.status != 200 {
            return Err(format!("/manage/info: {} {}", answer.status, answer.body));
        }
    }
    Ok(percentiles(times.split_off(SAMPLES / 2)))
}

fn percentiles(mut times: Vec<Duration>) -> [f64; 2] {
    times.sort_unstable();
    [50, 99].map(|percent| {
        let time = times.get(times.len() * percent / 100);
        time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
    })
}

fn address(number: u64) -> String {
    format!("user{number}@example.test")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_nine_percent_of_the_times_are_under_the_second_figure() {
        let times = (1..=1000).rev().map(Duration::from_micros).collect();
        assert_eq!(percentiles(times).map(f64::round), [501.0, 991.0]);
    }
}
