//! Three processes on one database, behind an nginx that hands every request to the next one: nobody can tell that they
//! are many. Scenarios are replayed through the balancer, and races are run over all three.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

mod at_once;
mod client;
mod deployment;
mod guesses;
mod limits;
mod races;
mod sessions;
mod single_use;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use libtest_mimic::{Arguments, Failed, Trial};
use tokio::sync::Semaphore;
use wicketgate_conformance::{Scenario, Store, replay_against};
use wicketgate_test_servers::{Nginx, provide};

use deployment::Deployment;

/// The scenarios in which instances could disagree: sessions, one-time codes and failure counts.
const GROUPS: [&str; 3] = ["flow", "2fa", "lockout"];

/// How many were recorded of these groups. An empty or half-copied folder must not pass.
const RECORDED: usize = 25;

/// How many deployments run at once; each has four processes.
const DEPLOYMENTS: u32 = 4;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let programs = Nginx::provide().and_then(|()| provide(deployment::FAKE_CLOCK, "faketime"));
    if let Err(missing) = programs {
        eprintln!("not run: {missing}");
        return ExitCode::SUCCESS;
    }
    let places = Arc::new(Semaphore::new(DEPLOYMENTS as usize));
    let mut trials = Vec::new();
    // Memory is one process' own. That no server is missing in CI is a test of the scenarios.
    for store in Store::available().filter(|&store| store != Store::Memory) {
        let mut add = |name: &str, run: Box<dyn FnOnce() -> Result<(), Failed> + Send>| {
            trials.push(Trial::test(format!("{store}::{name}"), run));
        };
        for file in scenarios() {
            let places = Arc::clone(&places);
            add(
                &name(&file),
                Box::new(move || block_on(&places, 1, replayed(&file, store))),
            );
        }
        let tests = sessions::TESTS.into_iter().chain(races::TESTS).chain(limits::TESTS);
        for (name, test) in tests.chain(single_use::TESTS) {
            let places = Arc::clone(&places);
            add(name, Box::new(move || block_on(&places, 1, test(store))));
        }
        // They hash so much that nothing beside them would be answered in time.
        for (name, test) in guesses::TESTS {
            let places = Arc::clone(&places);
            add(name, Box::new(move || block_on(&places, DEPLOYMENTS, test(store))));
        }
    }
    trials.push(Trial::test("all_scenarios_of_these_groups_are_among_the_tests", || {
        let found = scenarios().len();
        if found == RECORDED {
            Ok(())
        } else {
            Err(format!("{found} scenarios, but {RECORDED} were recorded").into())
        }
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

async fn replayed(file: &Path, store: Store) -> Result<(), Failed> {
    let scenario = Scenario::read(file)?;
    let deployment = Deployment::at(scenario.clock, store, &scenario.configuration()).await;
    let differences = replay_against(&deployment, &scenario).await?;
    if differences.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = differences
        .iter()
        .map(|difference| format!("    {difference}"))
        .collect();
    Err(format!("{}\n{}", scenario.name, lines.join("\n")).into())
}

fn block_on(places: &Semaphore, taken: u32, test: impl Future<Output = Result<(), Failed>>) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let _places = places.acquire_many(taken).await?;
        test.await
    })
}

fn scenarios() -> Vec<PathBuf> {
    GROUPS
        .iter()
        .flat_map(|group| Scenario::files(&folder().join(group)).unwrap())
        .collect()
}

fn name(file: &Path) -> String {
    file.strip_prefix(folder())
        .unwrap()
        .with_extension("")
        .display()
        .to_string()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}
