//! `cargo xtask login-times`: whether the time of a refused login tells anything. Thousands of logins with every reason to be
//! refused and every form of stored hash, one after another in a shuffled order, and what two statistical tests say of
//! each beside an account that does not exist. Not for CI: times are noisy there.

mod samples;
mod server;

use std::{collections::BTreeMap, ffi::OsString, path::Path, time::Instant};

use data_encoding::{BASE64, HEXUPPER};

use self::{samples::Samples, server::Server};
use crate::{
    report::{Outcome, Report},
    tools::{cargo, run, target_folder},
};

const PASSWORD: &str = "Passw0rd!";

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
struct Choice {
    logins: usize,
    rounds: u32,
    database: Option<String>,
    release: bool,
}

/// Runs `[--debug] [--logins 1000] [--rounds 100000] [--database URL]`.
pub(crate) fn login_times(workspace: &Path, arguments: Vec<OsString>) -> Report {
    let choice = match choice(arguments) {
        Ok(choice) => choice,
        Err(why) => return Report::of_arguments(why),
    };
    let mut report = Report::start();
    report.step("build", || {
        let mut build = cargo(["build", "--locked", "-p", "spa-backend"]);
        if choice.release {
            build.arg("--release");
        }
        run(&mut build)
    });
    report.step("measure", || match measure(workspace, &choice) {
        Ok(table) => {
            eprintln!("{table}");
            Outcome::Passed
        }
        Err(why) => Outcome::Failed(why),
    });
    report
}

fn choice(arguments: Vec<OsString>) -> Result<Choice, String> {
    let mut choice = Choice {
        logins: 1_000,
        rounds: 100_000,
        database: None,
        release: true,
    };
    let mut words = arguments.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} wants a value"));
        match &*word {
            "--debug" => choice.release = false,
            "--logins" => choice.logins = value()?.parse().map_err(|_| "--logins wants a number")?,
            "--rounds" => choice.rounds = value()?.parse().map_err(|_| "--rounds wants a number")?,
            "--database" => choice.database = Some(value()?.into_owned()),
            _ => return Err(format!("{word} is not known here")),
        }
    }
    Ok(choice)
}

fn measure(workspace: &Path, choice: &Choice) -> Result<String, String> {
    let profile = if choice.release { "release" } else { "debug" };
    let program = target_folder(workspace).join(profile).join("spa-backend");
    let server = Server::start(program, choice)?;
    prepare_accounts(&server, choice)?;
    Ok(table(&logins(&server, choice.logins)?))
}

fn prepare_accounts(server: &Server, choice: &Choice) -> Result<(), String> {
    for (name, hash) in ACCOUNTS {
        let address = address(name);
        if server.post("/register", &address, PASSWORD)? != 200 {
            return Err(format!("{name} was not registered"));
        }
        if name != "unconfirmed" {
            server.users(&["confirm-email", &address])?;
        }
        if name == "locked" {
            server.users(&["lock", &address])?;
        }
        if !hash.is_empty() {
            server.users(&["set-hash", &address, &stored(hash, choice.rounds / 10)?])?;
        }
    }
    Ok(())
}

fn logins(server: &Server, logins: usize) -> Result<BTreeMap<&'static str, Samples>, String> {
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
            let status = server.post("/login", &address(name), "wrong")?;
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
