//! `cargo xtask cost-at-size`: what a login costs the database, and what `/manage/info` takes, with few and with ten million
//! accounts in PostgreSQL; written into `docs/DATABASES.md`. Not for CI: it takes gigabytes and many minutes.

mod database;
mod instance;
mod page;
mod plans;

use std::{
    ffi::OsString,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use self::{
    database::Database,
    instance::{Instance, PASSWORD},
    plans::Plans,
};
use crate::{
    report::{Outcome, Report},
    tools::{cargo, run, target_folder},
};

/// How many logins and requests are measured at each size, after half as many that are not.
const SAMPLES: usize = 2_000;
/// How many log in at once to get the tokens of the requests.
const CLIENTS: usize = 16;

/// What the command line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Choice {
    accounts: u64,
    build: Build,
}

/// How what is measured was compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Build {
    Release,
    Debug,
}

impl Build {
    /// Its folder in cargo's target folder.
    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Debug => "debug",
        }
    }
}

/// What is written down.
struct Figures {
    build: Build,
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

/// Runs `[--debug] [--accounts 10000000]`.
pub(crate) fn cost_at_size(workspace: &Path, arguments: Vec<OsString>) -> Report {
    let choice = match choice(arguments) {
        Ok(choice) => choice,
        Err(why) => return Report::of_arguments(why),
    };
    let mut report = Report::start();
    report.step("build", || {
        let mut build = cargo(["build", "--locked", "-p", "wicketgate-sql", "-p", "spa-backend"]);
        build.args(["--bin", "spa-backend", "--example", "login_at_size"]);
        if choice.build == Build::Release {
            build.arg("--release");
        }
        run(&mut build)
    });
    report.step("measure", || {
        match measure(workspace, choice).and_then(|figures| page::write(workspace, &figures)) {
            Ok(()) => Outcome::Passed,
            Err(why) => Outcome::Failed(why),
        }
    });
    report
}

fn measure(workspace: &Path, choice: Choice) -> Result<Figures, String> {
    let target = target_folder(workspace);
    let target = target.join(choice.build.name());
    let program = target.join("spa-backend");
    let logins = target.join("examples/login_at_size");
    let database = Database::start()?;
    let instance = Instance::start(&program, &database.url())?;
    let first = instance.post("/register", &json!({"email": address(1), "password": PASSWORD}))?;
    if first.status != 200 {
        return Err(format!("/register: {} {}", first.status, first.body));
    }
    let mut sizes = Vec::new();
    for accounts in [10, 10_000, choice.accounts] {
        let begin = Instant::now();
        database.fill(accounts)?;
        eprintln!("{accounts} accounts after {} s", begin.elapsed().as_secs());
        let tokens = tokens(&instance, accounts)?;
        let [login, unknown] = login(&logins, &database, accounts)?;
        sizes.push(Size {
            accounts,
            disk: database.size()?,
            login,
            unknown,
            info: info(&instance, &tokens)?,
        });
    }
    drop(instance);
    Ok(Figures {
        build: choice.build,
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
fn tokens(instance: &Instance, accounts: u64) -> Result<Vec<String>, String> {
    let wanted = (SAMPLES + SAMPLES / 2) as u64;
    let number = |index: u64| 1 + index * accounts / wanted.min(accounts);
    let addresses: Vec<String> = (0..wanted.min(accounts)).map(|index| address(number(index))).collect();
    let parts = thread::scope(|scope| {
        let parts = addresses.chunks(addresses.len().div_ceil(CLIENTS));
        let clients: Vec<_> = parts
            .map(|part| scope.spawn(|| part.iter().map(|address| instance.log_in(address)).collect()))
            .collect();
        let ends = clients.into_iter().map(|client| client.join());
        ends.map(|end| end.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Result<Vec<Vec<String>>, String>>()
    });
    Ok(parts?.concat())
}

/// `GET /manage/info`, one request after the other on one connection.
fn info(instance: &Instance, tokens: &[String]) -> Result<[f64; 2], String> {
    let mut times = Vec::new();
    for token in tokens.iter().cycle().take(SAMPLES + SAMPLES / 2) {
        let begin = Instant::now();
        let answer = instance.get("/manage/info", token)?;
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

fn choice(arguments: Vec<OsString>) -> Result<Choice, String> {
    let mut choice = Choice {
        accounts: 10_000_000,
        build: Build::Release,
    };
    let mut arguments = arguments.iter().map(|argument| argument.to_string_lossy());
    while let Some(argument) = arguments.next() {
        match argument.as_ref() {
            "--debug" => choice.build = Build::Debug,
            "--accounts" => {
                let number = arguments.next().and_then(|number| number.parse().ok());
                let number = number.filter(|&accounts| accounts > 10_000);
                choice.accounts = number.ok_or("--accounts takes a number above 10000")?;
            }
            _ => return Err(format!("{argument} is none of --accounts and --debug")),
        }
    }
    Ok(choice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_chooses_the_largest_size_and_the_build() {
        let choose = |words: &[&str]| choice(words.iter().map(OsString::from).collect());
        let default = choose(&[]).unwrap();
        assert_eq!((default.accounts, default.build), (10_000_000, Build::Release));
        let other = choose(&["--debug", "--accounts", "20000"]).unwrap();
        assert_eq!((other.accounts, other.build), (20_000, Build::Debug));
        for words in [&["--accounts"][..], &["--accounts", "10"], &["20000"]] {
            assert!(choose(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn ninety_nine_percent_of_the_times_are_under_the_second_figure() {
        let times = (1..=1000).rev().map(Duration::from_micros).collect();
        assert_eq!(percentiles(times).map(f64::round), [501.0, 991.0]);
    }
}
