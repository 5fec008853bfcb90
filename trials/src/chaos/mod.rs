//! `cargo trials chaos`: instances and nodes of a database cluster fail under load, and nothing that was acknowledged is
//! lost.

mod clients;
mod cluster;
mod events;
mod families;
mod galera;
mod guesses;
mod hang_ups;
mod instances;
mod last_check;
mod ledger;
mod mail_sink;
mod postgresql;
mod refresh;
mod schedule;
mod second_factor;
mod sqlite;
mod verdict;

use std::{
    path::Path,
    thread::{self, sleep},
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};
use wicketgate_test_servers::{Error, HaProxy};
use xtask::{
    report::{Outcome, Report},
    tools::build_sample,
};

use crate::client::PASSWORD;
use clients::Clients;
use cluster::{Cluster, Fault};
use galera::GaleraCluster;
use instances::Instances;
use ledger::Ledger;
use mail_sink::MailSink;
use postgresql::PostgreSqlCluster;
use schedule::schedule;
use sqlite::SqliteFile;
use verdict::{Incident, Verdict};

/// Without faults, before the first one: so that a failure afterwards is the fault's.
const WARM_UP: Duration = Duration::from_secs(3);

/// A fault is over for clients when none of them saw a failure for so long.
const QUIET: Duration = Duration::from_secs(3);

/// Nobody waits longer for a fault to be over; an outage this long has failed the test anyway.
const PATIENCE: Duration = Duration::from_secs(30);

/// A mail that a killed instance was sending is sent by another one once the lease is over.
const LONGEST_WAY_OF_A_MAIL: Duration = Duration::from_secs(300);

/// What the command line asks for.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// How long to go on at least
    #[arg(long, default_value_t = 0)]
    seconds: u64,
    /// How often an instance is killed
    #[arg(long, value_name = "N", default_value_t = 3)]
    instance_kills: usize,
    /// How often the database is killed: a node of a cluster; with SQLite, all instances at once
    #[arg(long, value_name = "N", default_value_t = 1)]
    database_kills: usize,
    /// Give the database defaults under which acknowledged writes would be lost or refused
    #[arg(long)]
    hostile_defaults: bool,
    /// Wait in the end until every account has got its mail, some minutes where a killed instance was sending it
    #[arg(long)]
    mails: bool,
    /// Use the sample server as it was last built
    #[arg(long)]
    no_build: bool,
    /// All if none is named
    #[arg(value_name = "DATABASE")]
    engines: Vec<Engine>,
}

/// The databases that can be tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// A file that three instances share
    Sqlite,
    /// PostgreSQL with a standby
    #[value(name = "postgres")]
    PostgreSql,
    /// MariaDB's cluster of three equal nodes
    Galera,
}

/// Has each fault happen once, and on until the chosen time is over.
pub(crate) fn chaos(workspace: &Path, choice: Choice) -> Report {
    let mut report = Report::start();
    if !choice.no_build {
        report.step("build", || build_sample(workspace));
    }
    let engines = match choice.engines.as_slice() {
        [] => Engine::value_variants(),
        named => named,
    };
    for &engine in engines {
        let name = match engine {
            Engine::Sqlite => "chaos sqlite",
            Engine::PostgreSql => "chaos postgres",
            Engine::Galera => "chaos galera",
        };
        report.step(name, || run(workspace, engine, &choice));
    }
    report
}

fn run(workspace: &Path, engine: Engine, choice: &Choice) -> Outcome {
    let verdict = match engine {
        Engine::Sqlite => SqliteFile::start().and_then(|file| trial(workspace, file, choice)),
        Engine::Galera => GaleraCluster::start().and_then(|cluster| trial(workspace, cluster, choice)),
        Engine::PostgreSql => PostgreSqlCluster::start().and_then(|cluster| trial(workspace, cluster, choice)),
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

fn trial(workspace: &Path, mut cluster: impl Cluster, choice: &Choice) -> Result<Verdict, Error> {
    if choice.hostile_defaults {
        cluster.set_hostile_defaults()?;
    }
    let mails = MailSink::start()?;
    let mut instances = Instances::start(workspace, cluster.database_urls(), mails.url())?;
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
    clients_hang_up(&mut cluster, &instances, &mails, &clients, &ledger)?;
    let head = events::head(&instances)?;
    let started = Instant::now();
    let incidents = thread::scope(|scope| {
        for client in 0..Clients::COUNT {
            let clients = &clients;
            scope.spawn(move || clients.work(client));
        }
        let incidents = incidents(&mut cluster, &mut instances, &ledger, choice);
        ledger.stop();
        incidents
    })?;
    let time = started.elapsed();
    let last_check = clients.check_all();
    let without_mail = match choice.mails {
        true => Some(mails.wait_for(last_check.existing, LONGEST_WAY_OF_A_MAIL)),
        false => None,
    };
    let events = events::check(&instances, &ledger.deeds(), &head)?;
    let mails = mails.mails();
    Ok(Verdict {
        time,
        incidents,
        lost: last_check.lost,
        without_mail,
        events,
        mails: mails.values().sum(),
        mails_sent_twice: mails.values().map(|mails| mails.saturating_sub(1)).sum(),
        unequal: cluster.differences()?,
        totals: ledger.totals(),
    })
}

/// While nothing fails, what clients began who hung up is done as a whole.
fn clients_hang_up(
    cluster: &mut impl Cluster,
    instances: &Instances,
    mails: &MailSink,
    clients: &Clients<'_>,
    ledger: &Ledger,
) -> Result<(), Error> {
    clients.has_registered(hang_ups::GUESSED);
    hang_ups::register(instances.addresses());
    hang_ups::guess(instances.addresses());
    let exists = |email: &str| clients.accepts(email, PASSWORD);
    let without_mail = hang_ups::without_mail(mails, exists);
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
    choice: &Choice,
) -> Result<Vec<Incident>, Error> {
    let scheduled = schedule(
        cluster.faults(),
        cluster.kill_of_database(),
        choice.instance_kills,
        choice.database_kills,
    );
    sleep(WARM_UP);
    let started = Instant::now();
    let mut incidents: Vec<Incident> = Vec::new();
    for &fault in scheduled.iter().chain(cluster.faults().iter().cycle()) {
        if incidents.len() >= scheduled.len() && started.elapsed() >= Duration::from_secs(choice.seconds) {
            break;
        }
        let round = incidents.iter().filter(|incident| incident.fault == fault).count();
        let incident = incident(cluster, instances, ledger, fault, round)?;
        eprintln!("{:>5} s  {incident}", started.elapsed().as_secs());
        incidents.push(incident);
    }
    Ok(incidents)
}

fn incident(
    cluster: &mut impl Cluster,
    instances: &mut Instances,
    ledger: &Ledger,
    fault: Fault,
    round: usize,
) -> Result<Incident, Error> {
    let begin = Instant::now();
    match fault {
        Fault::KillInstance => instances.kill(round),
        Fault::KillAllInstances => {
            instances.kill_all();
            // There is no other one that clients could go to.
            instances.start_all()?;
        }
        _ => cluster.cause(fault, round)?,
    }
    let outage = outage(ledger, begin);
    let begin = Instant::now();
    match fault {
        Fault::KillInstance => instances.restart(round)?,
        Fault::KillAllInstances => {}
        _ => cluster.mend(fault, round)?,
    }
    let outage_of_return = match fault {
        Fault::KillAllInstances => Duration::ZERO,
        _ => self::outage(ledger, begin),
    };
    Ok(Incident {
        fault,
        outage,
        outage_of_return,
    })
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
