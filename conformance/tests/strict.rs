//! What the strict profile answers (`conformance/strict`), on every store: `sqlite::passwords`. These exchanges are Wicketgate's
//! own, in the form of the recorded ones; ASP.NET Core has no such profile.

use std::{path::Path, process::ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use wicketgate_conformance::{Scenario, ScenarioError, Store, replay};

fn main() -> Result<ExitCode, ScenarioError> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("strict");
    let scenarios: Vec<Scenario> = Scenario::files(&folder)?
        .iter()
        .map(|file| Scenario::read(file))
        .collect::<Result<_, _>>()?;
    let mut trials = vec![Trial::test("every_scenario_chooses_the_profile", {
        let scenarios = scenarios.clone();
        move || every_scenario_chooses_the_profile(&scenarios)
    })];
    for store in Store::available() {
        trials.extend(scenarios.iter().cloned().map(|scenario| {
            let name = format!("{store}::{}", scenario.name);
            Trial::test(name, move || run(&scenario, store))
        }));
    }
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

fn every_scenario_chooses_the_profile(scenarios: &[Scenario]) -> Result<(), Failed> {
    if scenarios.is_empty() {
        return Err("there are no scenarios".into());
    }
    let is_other = |scenario: &&Scenario| {
        scenario
            .settings
            .get("profile")
            .is_none_or(|profile| profile != "strict")
    };
    match scenarios.iter().find(is_other) {
        Some(other) => Err(format!("{} does not set `profile` to `strict`", other.name).into()),
        None => Ok(()),
    }
}

fn run(scenario: &Scenario, store: Store) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let differences = runtime.block_on(replay(scenario, store))?;
    if differences.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = differences.iter().take(20).map(|each| format!("    {each}")).collect();
    Err(format!("{} ({}):\n{}", scenario.name, scenario.about, shown.join("\n")).into())
}
