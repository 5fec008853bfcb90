//! `cargo trials login-times`: whether the time of a refused login tells anything. Thousands of logins with every reason to be
//! refused and every form of stored hash, one after another in a shuffled order, and what two statistical tests say of
//! each beside an account that does not exist. Not for CI: times are noisy there.

use std::{collections::BTreeMap, path::Path, time::Instant};

use clap::Args;
use data_encoding::{BASE64, HEXUPPER};
use xtask::report::{Outcome, Report};

use crate::{
    client::PASSWORD,
    measured_server::{self, MeasuredServer},
    samples::Samples,
    shuffle::Shuffle,
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
    #[command(flatten)]
    server: measured_server::WhichServer,
}

/// Builds the sample server, and times its refusals.
pub(crate) fn login_times(workspace: &Path, choice: &Choice) -> Report {
    let mut report = Report::start();
    report.step("build", || measured_server::build(workspace, &choice.server));
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
    let setting = ("SIGN_IN__REQUIRE_CONFIRMED_EMAIL", "true");
    let server = MeasuredServer::start(workspace, &choice.server, choice.rounds, setting)?;
    prepare_accounts(&server, choice.rounds / 10)?;
    Ok(table(&logins(&server, choice.logins)?))
}

fn prepare_accounts(server: &MeasuredServer, rounds: u32) -> Result<(), String> {
    for (name, hash) in ACCOUNTS {
        let address = server.register(name, PASSWORD)?;
        if name != "unconfirmed" {
            server.administer(&["confirm-email", &address])?;
        }
        if name == "locked" {
            server.administer(&["lock", &address])?;
        }
        if !hash.is_empty() {
            server.administer(&["set-hash", &address, &stored(hash, rounds)?])?;
        }
    }
    Ok(())
}

fn logins(server: &MeasuredServer, logins: usize) -> Result<BTreeMap<&'static str, Samples>, String> {
    let names: Vec<&str> = ACCOUNTS.iter().map(|(name, _)| *name).chain([UNKNOWN]).collect();
    let mut times: BTreeMap<&str, Samples> = BTreeMap::new();
    let mut shuffle = Shuffle::new();
    // The first ones warm everything up.
    let warm_up = logins / 10;
    for round in 0..warm_up + logins {
        let mut order = names.clone();
        while !order.is_empty() {
            let name = order.swap_remove(shuffle.below(order.len()));
            let address = server.address(name);
            let begin = Instant::now();
            let status = server.client.post_credentials("/login", &address, "wrong")?.status;
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
