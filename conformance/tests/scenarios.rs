//! Every recorded scenario, on every store, as a test of its own: `memory::lockout/wrong-password`; in memory also as ASP.NET
//! Core 11 answers, `memory::aspnetcore-11::lockout/wrong-password`.
//! There is no list of expected differences: one difference is a failure.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use libtest_mimic::{Arguments, Failed, Trial};
use wicketgate_conformance::{Scenario, ScenarioError, Store, as_in_aspnetcore_11, replay};

/// How many scenarios were recorded. An empty or half-copied folder must not pass.
const RECORDED: usize = 158;

/// How many differences of a scenario are printed.
const SHOWN: usize = 5;

fn main() -> Result<ExitCode, ScenarioError> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = Scenario::files(&folder)?;
    let mut trials = Vec::new();
    let versions: Vec<_> = Store::available().flat_map(versions_on).collect();
    for file in &files {
        for &(store, version) in &versions {
            let path = file.clone();
            let replayed = move || run(&path, store, version);
            trials.push(Trial::test(name(store, version, &folder, file), replayed));
        }
    }
    let names: BTreeSet<String> = trials.iter().map(|trial| trial.name().to_owned()).collect();
    trials.push(Trial::test(
        "every_recorded_scenario_is_replayed_on_every_store",
        move || every_file_is_among(&names, &versions, &folder, &files),
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

/// Whose answers are expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    /// Those that were recorded.
    AspNetCore10,
    AspNetCore11,
}

/// What `cargo xtask conform --dotnet 11` sets, to have every store answer as 11.
const DOTNET: &str = "WICKETGATE_TEST_DOTNET";

/// What differs in 11 depends on no store.
fn versions_on(store: Store) -> Vec<(Store, Version)> {
    let is_11_alone = env::var_os(DOTNET).is_some_and(|version| version == "11");
    let versions: &[Version] = match store {
        _ if is_11_alone => &[Version::AspNetCore11],
        Store::Memory => &[Version::AspNetCore10, Version::AspNetCore11],
        _ => &[Version::AspNetCore10],
    };
    versions.iter().map(|&version| (store, version)).collect()
}

fn run(file: &Path, store: Store, version: Version) -> Result<(), Failed> {
    let recorded = Scenario::read(file)?;
    let scenario = match version {
        Version::AspNetCore10 => recorded,
        Version::AspNetCore11 => as_in_aspnetcore_11(recorded),
    };
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

fn every_file_is_among(
    names: &BTreeSet<String>,
    versions: &[(Store, Version)],
    folder: &Path,
    files: &[PathBuf],
) -> Result<(), Failed> {
    if files.len() < RECORDED {
        return Err(format!("{} scenarios, but {RECORDED} were recorded", files.len()).into());
    }
    for &(store, version) in versions {
        let missing = files
            .iter()
            .map(|file| name(store, version, folder, file))
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

fn name(store: Store, version: Version, folder: &Path, file: &Path) -> String {
    let name = file.strip_prefix(folder).unwrap_or(file).with_extension("");
    let version = match version {
        Version::AspNetCore10 => "",
        Version::AspNetCore11 => "aspnetcore-11::",
    };
    format!("{store}::{version}{}", name.display())
}
