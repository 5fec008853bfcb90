//! `cargo trials timing`: whether times tell secrets. As dudect does (Reparaz, Balasch and Verbauwhede, 2017), two kinds of input are
//! measured in an order that chance decides, and Welch's t says whether their times differ: what differs from a secret at its
//! beginning beside what differs at its end, and in the strict profile an unknown address beside a known one. Beside each stands a
//! control, whose times do differ by a little: where that is not found, nothing would be. Not for CI: times are noisy there.

mod addresses;
mod comparisons;
mod verdict;

use std::path::Path;

use clap::Args;
use xtask::report::{Outcome, Report};

use self::verdict::Measured;
use crate::measured_server::{self, WhichServer};

/// What the command line asks for.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// How often each secret is compared
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    comparisons: usize,
    /// How many requests are sent to each endpoint
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    requests: usize,
    /// Rounds of new password hashes: few, so that little noise comes from hashing
    #[arg(long, default_value_t = 10_000)]
    rounds: u32,
    #[command(flatten)]
    server: WhichServer,
}

/// Measures comparisons in a process of their own, and requests to a server.
pub(crate) fn timing(workspace: &Path, choice: &Choice) -> Report {
    let mut report = Report::start();
    report.step("comparisons", || judged(comparisons::measure(workspace, choice)));
    report.step("build", || measured_server::build(workspace, &choice.server));
    report.step("addresses", || judged(addresses::measure(workspace, choice)));
    report
}

fn judged(measured: Result<Vec<Measured>, String>) -> Outcome {
    match measured {
        Ok(measured) => {
            eprintln!("{}", verdict::table(&measured));
            verdict::outcome(&measured)
        }
        Err(why) => Outcome::Failed(why),
    }
}
