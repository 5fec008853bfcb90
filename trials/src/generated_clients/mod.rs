//! `cargo trials generated-clients`: clients that are generated from the server's OpenAPI description, run against it.

mod generator;
mod journey;

use std::path::Path;

use clap::{Args, ValueEnum};
use wicketgate_test_servers::{Error, provide};
use xtask::{
    report::{Outcome, Report},
    tools::build_sample,
};

use self::{generator::Generator, journey::Journey};

/// What the command line asks for.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// Use the sample server as it was last built
    #[arg(long)]
    no_build: bool,
    /// All of them if none is named
    #[arg(value_name = "GENERATOR")]
    generators: Vec<Generator>,
}

/// Generates, compiles and runs the clients that are named, or all.
pub(crate) fn generated_clients(workspace: &Path, choice: Choice) -> Report {
    let mut report = Report::start();
    if !choice.no_build {
        report.step("build", || build_sample(workspace));
    }
    let generators = match choice.generators.as_slice() {
        [] => Generator::value_variants(),
        named => named,
    };
    for &generator in generators {
        report.step(generator.name(), || test(workspace, generator));
    }
    report
}

fn test(workspace: &Path, generator: Generator) -> Outcome {
    for (program, package) in generator.programs() {
        if let Err(missing @ Error::Missing { .. }) = provide(program, package) {
            return Outcome::Skipped(missing.to_string());
        }
    }
    Journey::start(workspace, generator)
        .and_then(|journey| journey.travel())
        .map_or_else(Outcome::Failed, |()| Outcome::Passed)
}
