//! `cargo xtask chaos`: instances and nodes of a database cluster fail under load, and nothing that was acknowledged is
//! lost.

mod client;
mod cluster;
mod galera;
mod guesses;
mod hang_ups;
mod instances;
mod ledger;
mod postgresql;
mod verdict;

use std::{
    ffi::OsString,
    path::Path,
    thread::{self, sleep},
    time::{Duration, Instant},
};

use wicketgate_test_servers::{Error, HaProxy};

use crate::report::{Outcome, Report};
use client::Clients;
use cluster::{Cluster, Fault};
use galera::GaleraCluster;
use instances::Instances;
use ledger::Ledger;
use postgresql::PostgreSqlCluster;
use verdict::{Incident, Verdict};

/// Without faults, before the first one: so that a failure afterwards is the fault's.
const WARM_UP: Duration = Duration::from_secs(3);

/// A fault is over for clients when none of them saw a failure for so long.
const QUIET: Duration = Duration::from_secs(3);

/// Nobody waits longer for a fault to be over; an outage this long has failed the test anyway.
const PATIENCE: Duration = Duration::from_secs(30);

/// The clusters that can be tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Galera,
    PostgreSql,
}

impl Engine {
    pub(crate) const ALL: [Self; 2] = [Self::PostgreSql, Self::Galera];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Galera => "galera",
            Self::PostgreSql => "postgres",
        }
    }
}

/// Which defaults the database has for sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defaults {
    Usual,
    /// Under which acknowledged writes would be lost or refused.
    Hostile,
}

/// Runs what the command line asks for: `[--seconds N] [--hostile-defaults] [galera | postgres]`.
pub(crate) fn chaos(workspace: &Path, arguments: Vec<OsString>) -> Report {
    let (seconds, defaults, engines) = match choice(arguments) {
        Ok(choice) => choice,
        Err(why) => return Report::of_arguments(why),
    };
    let mut report = Report::start();
    report.step("build", || crate::build_sample(workspace));
    for engine in engines {
        report.step(step_name(engine), || run(workspace, engine, defaults, seconds));
    }
    report
}

pub(crate) fn step_name(engine: Engine) -> String {
    format!("chaos {}", engine.name())
}

/// Each fault once, and on until `seconds` are over. The sample server must be built.
pub(crate) fn run(workspace: &Path, engine: Engine, defaults: Defaults, seconds: u64) -> Outcome {
    let verdict = match engine {
        Engine::Galera => GaleraCluster::start().and_then(|cluster| trial(workspace, cluster, defaults, seconds)),
        Engine::PostgreSql => {
            PostgreSqlCluster::start().and_then(|cluster| trial(workspace, cluster, defaults, seconds))
        }
    };
    match verdict {
        Ok(verdict) => {
            eprintln!("{verdict}");
            verdict.outcome()
        }
        Err(missing @ Error::Missing { .. }) => Outcome::Skipped(missing.to_string()),
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

fn trial(workspace: &Path, mut cluster: impl Cluster, defaults: Defaults, seconds: u64) -> Result<Verdict, Error> {
    if defaults == Defaults::Hostile {
        cluster.set_hostile_defaults()?;
    }
    let mut instances = Instances::start(workspace, cluster.database_urls())?;
    let balancer = HaProxy::start(instances.addresses())?;
    let ledger = Ledger::default();
    let answered = guesses::guess(instances.addresses());
    let counted = cluster.counted_failures(guesses::EMAIL)?;
    eprintln!("a hundred wrong passwords at once: {answered} answered, {counted} counted");
    // One that was not answered may be counted or not.
    if answered == 0 || counted < answered {
        ledger.wrong_answer(format!("{counted} of {answered} wrong passwords are counted"));
    }
    let clients = Clients::new(balancer.address(), &ledger);
    clients_hang_up(&mut cluster, &instances, &clients, &ledger)?;
    let started = Instant::now();
    let incidents = thread::scope(|scope| {
        for client in 0..Clients::COUNT {
            let clients = &clients;
            scope.spawn(move || clients.work(client));
        }
        let incidents = incidents(&mut cluster, &mut instances, &ledger, Duration::from_secs(seconds));
        ledger.stop();
        incidents
    })?;
    let time = started.elapsed();
    let lost = clients.lost();
    Ok(Verdict {
        time,
        incidents,
        lost,
        unequal: cluster.differences()?,
        totals: ledger.totals(),
    })
}

/// While nothing fails, what clients began who hung up is done as a whole.
fn clients_hang_up(
    cluster: &mut impl Cluster,
    instances: &Instances,
    clients: &Clients<'_>,
    ledger: &Ledger,
) -> Result<(), Error> {
    clients.has_registered(hang_ups::GUESSED);
    hang_ups::register(instances.addresses());
    hang_ups::guess(instances.addresses());
    let exists = |email: &str| clients.accepts(email, client::password());
    let without_mail = hang_ups::without_mail(&instances.mails(), exists);
    for email in &without_mail {
        ledger.wrong_answer(format!("{email} was registered without a mail"));
    }
    let counted = cluster.counted_failures(hang_ups::GUESSED)?;
    let guesses = hang_ups::GUESSES;
    eprintln!(
        "clients who hung up: {counted} of {guesses} wrong passwords counted, {} mails missing",
        without_mail.len()
    );
    if counted > guesses {
        ledger.wrong_answer(format!("{counted} wrong passwords are counted of {guesses}"));
    }
    Ok(())
}

fn incidents(
    cluster: &mut impl Cluster,
    instances: &mut Instances,
    ledger: &Ledger,
    length: Duration,
) -> Result<Vec<Incident>, Error> {
    sleep(WARM_UP);
    let started = Instant::now();
    let mut incidents = Vec::new();
    for round in 0.. {
        for &fault in cluster.faults() {
            if round > 0 && started.elapsed() >= length {
                return Ok(incidents);
            }
            let begin = Instant::now();
            match fault {
                Fault::KillInstance => instances.kill(round),
                _ => cluster.cause(fault, round)?,
            }
            let outage = outage(ledger, begin);
            let begin = Instant::now();
            match fault {
                Fault::KillInstance => instances.restart(round)?,
                _ => cluster.mend(fault, round)?,
            }
            let outage_of_return = self::outage(ledger, begin);
            let incident = Incident {
                fault,
                outage,
                outage_of_return,
            };
            eprintln!("{:>5} s  {incident}", started.elapsed().as_secs());
            incidents.push(incident);
        }
    }
    Ok(incidents)
}

/// How long after `begin` clients saw failures. Returns once they see none.
fn outage(ledger: &Ledger, begin: Instant) -> Duration {
    loop {
        let last = ledger.last_failure_since(begin);
        let quiet_since = last.unwrap_or(begin);
        // A client that still waits for an answer may yet see a failure.
        if (quiet_since.elapsed() >= QUIET && !ledger.somebody_waits(QUIET / 2)) || begin.elapsed() >= PATIENCE {
            return last.map_or(Duration::ZERO, |last| last - begin);
        }
        sleep(Duration::from_millis(100));
    }
}

fn choice(arguments: Vec<OsString>) -> Result<(u64, Defaults, Vec<Engine>), String> {
    let (mut seconds, mut defaults, mut engines) = (0, Defaults::Usual, Vec::new());
    let mut arguments = arguments.iter().map(|argument| argument.to_string_lossy());
    while let Some(argument) = arguments.next() {
        if argument == "--seconds" {
            let number = arguments.next().and_then(|number| number.parse().ok());
            seconds = number.ok_or("--seconds takes a number")?;
        } else if argument == "--hostile-defaults" {
            defaults = Defaults::Hostile;
        } else if let Some(engine) = Engine::ALL.into_iter().find(|engine| engine.name() == argument) {
            engines.push(engine);
        } else {
            return Err(format!("{argument} is neither galera nor postgres"));
        }
    }
    if engines.is_empty() {
        engines = Engine::ALL.to_vec();
    }
    Ok((seconds, defaults, engines))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(words: &[&str]) -> Result<(u64, Defaults, Vec<Engine>), String> {
        choice(words.iter().map(OsString::from).collect())
    }

    #[test]
    fn both_clusters_fail_once_unless_the_command_line_says_otherwise() {
        assert_eq!(chosen(&[]).unwrap(), (0, Defaults::Usual, Engine::ALL.to_vec()));
        let galera = chosen(&["galera", "--hostile-defaults", "--seconds", "600"]).unwrap();
        assert_eq!(galera, (600, Defaults::Hostile, vec![Engine::Galera]));
        for words in [&["oracle"][..], &["--seconds"], &["--seconds", "x"]] {
            assert!(chosen(words).is_err(), "{words:?}");
        }
    }
}
