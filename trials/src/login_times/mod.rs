//! `cargo trials login-times`: whether the time of a refused login tells anything. Thousands of logins with every reason to be
//! refused and every form of stored hash, one after another in a shuffled order, and what two statistical tests say of
//! each beside an account that does not exist. Not for CI: times are noisy there.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::Args;
use data_encoding::{BASE64, HEXUPPER};
use wicketgate_test_servers::Home;
use xtask::{
    report::{Outcome, Report},
    server::{Program, home},
    tools::{cargo, run, target_folder},
};

use crate::{
    client::{Client, PASSWORD},
    samples::Samples,
};

/// The accounts, with the stored hash of each; `ROUNDS` stands for a tenth of what new hashes have. What their passwords
/// are does not matter.
const ACCOUNTS: [(&str, &str); 6] = [
    ("wrong-password", ""),
    ("version-2", "00"),
    ("version-3-sha256-tenth", "0100000001ROUNDS00000010"),
    ("version-3-sha512-tenth", "0100000002ROUNDS00000010"),
    ("locked", ""),
    ("unconfirmed", ""),
];
const UNKNOWN: &str = "unknown";

/// What the command line asks for.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// How many to send for each reason
    #[arg(long, default_value_t = 1_000)]
    logins: usize,
    /// What new hashes have; stored ones have a tenth of it
    #[arg(long, default_value_t = 100_000)]
    rounds: u32,
    /// Where the accounts are, in place of a SQLite database of their own
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Measure a build without optimisation
    #[arg(long)]
    debug: bool,
}

/// Builds the sample server, and times its refusals.
pub(crate) fn login_times(workspace: &Path, choice: &Choice) -> Report {
    let mut report = Report::start();
    report.step("build", || {
        let mut build = cargo(["build", "--locked", "-p", "spa-backend"]);
        if !choice.debug {
            build.arg("--release");
        }
        run(&mut build)
    });
    report.step("measure", || match measure(workspace, choice) {
        Ok(table) => {
            eprintln!("{table}");
            Outcome::Passed
        }
        Err(why) => Outcome::Failed(why),
    });
    report
}

fn measure(workspace: &Path, choice: &Choice) -> Result<String, String> {
    let profile = if choice.debug { "debug" } else { "release" };
    let program = program(target_folder(workspace).join(profile).join("spa-backend"), choice);
    let home = home()?;
    let server = program.start(&home)?;
    let client = Client::new(server.url());
    prepare_accounts(&client, |words| administer(&program, &home, words), choice)?;
    Ok(table(&logins(&client, choice.logins)?))
}

fn program(path: PathBuf, choice: &Choice) -> Program {
    let program = Program::wicketgate(path)
        .set("PASSWORD_HASHER__ITERATION_COUNT", choice.rounds.to_string())
        .set("SIGN_IN__REQUIRE_CONFIRMED_EMAIL", "true")
        .set("LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS", i32::MAX.to_string())
        .set("RATE_LIMITS__ENABLED", "false")
        .set("LOG", "error");
    match &choice.database {
        Some(url) => program.set("DATABASE__URL", url),
        None => program,
    }
}

/// Runs `users WORDS…`.
fn administer(program: &Program, home: &Home, words: &[&str]) -> Result<(), String> {
    match program.command(home).arg("users").args(words).status() {
        Ok(status) if status.success() => Ok(()),
        outcome => Err(format!("users {words:?}: {outcome:?}")),
    }
}

fn prepare_accounts(
    client: &Client,
    administer: impl Fn(&[&str]) -> Result<(), String>,
    choice: &Choice,
) -> Result<(), String> {
    for (name, hash) in ACCOUNTS {
        let address = address(name);
        if client.post_credentials("/register", &address, PASSWORD)?.status != 200 {
            return Err(format!("{name} was not registered"));
        }
        if name != "unconfirmed" {
            administer(&["confirm-email", &address])?;
        }
        if name == "locked" {
            administer(&["lock", &address])?;
        }
        if !hash.is_empty() {
            administer(&["set-hash", &address, &stored(hash, choice.rounds / 10)?])?;
        }
    }
    Ok(())
}

fn logins(client: &Client, logins: usize) -> Result<BTreeMap<&'static str, Samples>, String> {
    let names: Vec<&str> = ACCOUNTS.iter().map(|(name, _)| *name).chain([UNKNOWN]).collect();
    let mut times: BTreeMap<&str, Samples> = BTreeMap::new();
    let mut shuffled = 1_u64;
    // The first ones warm everything up.
    let warm_up = logins / 10;
    for round in 0..warm_up + logins {
        let mut order = names.clone();
        while !order.is_empty() {
            shuffled = shuffled
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let place = usize::try_from(shuffled >> 33).unwrap_or(0) % order.len();
            let name = order.swap_remove(place);
            let begin = Instant::now();
            let status = client.post_credentials("/login", &address(name), "wrong")?.status;
            let taken = begin.elapsed();
            if status != 401 {
                return Err(format!("{name} was answered {status}"));
            }
            if round >= warm_up {
                times.entry(name).or_default().add(taken);
            }
        }
    }
    Ok(times)
}

fn address(name: &str) -> String {
    format!("{name}@example.test")
}

/// A hash from its beginning in hexadecimal digits, and bytes that no password leads to.
fn stored(head: &str, rounds: u32) -> Result<String, String> {
    let head = head.replace("ROUNDS", &format!("{rounds:08X}"));
    let head = HEXUPPER.decode(head.as_bytes()).map_err(|error| error.to_string())?;
    Ok(BASE64.encode(&[&head[..], &[7; 48]].concat()))
}

fn table(times: &BTreeMap<&str, Samples>) -> String {
    let mut table = "| login | logins | mean ms | median ms | deviation ms | Welch's t | Kolmogorov-Smirnov D | its bound at 0.001 |\n\
                     |---|---:|---:|---:|---:|---:|---:|---:|\n"
        .to_owned();
    let Some(unknown) = times.get(UNKNOWN) else {
        return table;
    };
    for (name, samples) in times {
        table += &format!(
            "| {name} | {} | {:.3} | {:.3} | {:.3} | {:.2} | {:.4} | {:.4} |\n",
            samples.len(),
            samples.mean(),
            samples.median(),
            samples.deviation(),
            samples.welch_t(unknown),
            samples.kolmogorov_smirnov(unknown),
            samples.bound_at_a_thousandth(unknown),
        );
    }
    table
}
