//! Every recorded scenario, on every store, as a test of its own: `memory::lockout/wrong-password`.
//! There is no list of expected differences: one difference is a failure.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use libtest_mimic::{Arguments, Failed, Trial};
use wicketgate_conformance::{Scenario, ScenarioError, Store, replay};

/// How many scenarios were recorded. An empty or half-copied folder must not pass.
const RECORDED: usize = 158;

/// How many differences of a scenario are printed.
const SHOWN: usize = 5;

fn main() -> Result<ExitCode, ScenarioError> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = Scenario::files(&folder)?;
    let mut trials = Vec::new();
    for file in &files {
        for store in Store::available() {
            let path = file.clone();
            trials.push(Trial::test(name(store, &folder, file), move || run(&path, store)));
        }
    }
    let names: BTreeSet<String> = trials.iter().map(|trial| trial.name().to_owned()).collect();
    trials.push(Trial::test(
        "every_recorded_scenario_is_replayed_on_every_store",
        move || every_file_is_among(&names, &folder, &files),
    ));
    let missing: Vec<Store> = Store::ALL.into_iter().filter(|store| !store.is_available()).collect();
    for store in &missing {
        eprintln!("{}", no_server(*store));
    }
    trials.push(Trial::test(
        "every_store_that_can_be_installed_is_tested_in_ci",
        move || none_is_missing(&missing),
    ));
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

fn run(file: &Path, store: Store) -> Result<(), Failed> {
    let scenario = Scenario::read(file)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let differences = runtime.block_on(replay(&scenario, store))?;
    if differences.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = differences
        .iter()
        .take(SHOWN)
        .map(|difference| format!("    {difference}"))
        .collect();
    let head = format!(
        "{} ({}): {} differences",
        scenario.name,
        scenario.about,
        differences.len()
    );
    Err(format!("{head}\n{}", shown.join("\n")).into())
}

fn every_file_is_among(names: &BTreeSet<String>, folder: &Path, files: &[PathBuf]) -> Result<(), Failed> {
    if files.len() < RECORDED {
        return Err(format!("{} scenarios, but {RECORDED} were recorded", files.len()).into());
    }
    for store in Store::available() {
        let missing = files
            .iter()
            .map(|file| name(store, folder, file))
            .find(|name| !names.contains(name));
        if let Some(name) = missing {
            return Err(format!("{name} is not among the tests").into());
        }
    }
    Ok(())
}

fn none_is_missing(missing: &[Store]) -> Result<(), Failed> {
    match missing.iter().find(|store| store.can_be_installed()) {
        Some(&store) if env::var_os("CI").is_some() => Err(no_server(store).into()),
        _ => Ok(()),
    }
}

fn no_server(store: Store) -> String {
    let variable = store.server_variable().unwrap_or_default();
    format!("{store} is NOT tested: {variable} names no server; see `cargo xtask databases`")
}

fn name(store: Store, folder: &Path, file: &Path) -> String {
    let name = file.strip_prefix(folder).unwrap_or(file).with_extension("");
    format!("{store}::{}", name.display())
}
