//! A model of accounts, sessions and second factors, compared with the application after every step of random sequences: on every
//! store, in both profiles. `cargo trials model` runs more and longer ones.
//!
//! A failure prints the seed and the shortest sequence found that fails. Such a sequence becomes a test of its own in
//! `regressions.rs`.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

mod accounts;
mod chance;
mod compare;
mod mailed;
mod operator;
mod regressions;
mod rules;
mod run;
mod sessions;
mod shorten;
mod signed_in;
mod signing_in;
mod step;
mod two_factor;

use std::{env, fmt::Write as _, process::ExitCode, str::FromStr};

use libtest_mimic::{Arguments, Failed, Trial};
use time::macros::datetime;
use wicketgate_conformance::{Application, Store};

use chance::Chance;
use rules::Profile;
use run::Run;
use step::{Step, sequence};

/// How many sequences, from which seed on, and how many steps each has.
const SEQUENCES: &str = "WICKETGATE_TEST_MODEL_SEQUENCES";
const SEED: &str = "WICKETGATE_TEST_MODEL_SEED";
const STEPS: &str = "WICKETGATE_TEST_MODEL_STEPS";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for store in Store::available() {
        for profile in Profile::ALL {
            let mut add = |name: &str, run: Box<dyn FnOnce() -> Result<(), Failed> + Send>| {
                trials.push(Trial::test(format!("{store}::{}::{name}", profile.name()), run));
            };
            add(
                "random_sequences_end_as_the_model_says",
                Box::new(move || block_on(random_sequences(store, profile))),
            );
            add(
                "sequences_that_once_failed_end_as_the_model_says",
                Box::new(move || block_on(known_sequences(store, profile))),
            );
        }
    }
    trials.push(Trial::test("sequences_that_fail_are_shortened", || {
        block_on(shorten::sequences_are_shortened())
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

async fn random_sequences(store: Store, profile: Profile) -> Result<(), Failed> {
    let sequences = match store {
        Store::Memory => 12,
        Store::Sqlite => 6,
        _ => 2,
    };
    let (sequences, first, length) = (number(SEQUENCES, sequences)?, number(SEED, 1)?, number(STEPS, 30)?);
    let application = start(store, profile).await?;
    let mut runs = 0;
    for seed in first..first + sequences {
        let steps = sequence(&mut Chance::new(seed), usize::try_from(length)?);
        runs += 1;
        if let Err((index, what)) = Run::new(&application, profile, runs).all(&steps).await {
            let again = async |steps: &[Step]| {
                runs += 1;
                Run::new(&application, profile, runs).all(steps).await
            };
            let shortest = shorten::shorten(&steps[..=index], again).await;
            return Err(told(store, profile, Some(seed), &shortest.steps, &shortest.what, &what));
        }
    }
    Ok(())
}

async fn known_sequences(store: Store, profile: Profile) -> Result<(), Failed> {
    let application = start(store, profile).await?;
    for (number, (name, steps)) in (1..).zip(regressions::SEQUENCES) {
        if let Err((index, what)) = Run::new(&application, profile, number).all(steps).await {
            return Err(told(store, profile, None, &steps[..=index], name, &what));
        }
    }
    Ok(())
}

async fn start(store: Store, profile: Profile) -> Result<Application, Failed> {
    let now = datetime!(2026-01-02 03:04:05 UTC);
    Ok(Application::start(store, &profile.settings(), now).await?)
}

fn told(store: Store, profile: Profile, seed: Option<u64>, steps: &[Step], what: &str, first: &str) -> Failed {
    let mut text = format!("{store}, {}", profile.name());
    if let Some(seed) = seed {
        let _ = write!(text, ", {SEED}={seed}");
    }
    let _ = write!(text, ":\n{what}\n(at first: {first})\n");
    for step in steps {
        let _ = writeln!(text, "    Step::{step:?},");
    }
    text.into()
}

fn number<T: FromStr>(variable: &str, default: T) -> Result<T, Failed> {
    match env::var_os(variable) {
        None => Ok(default),
        Some(given) => {
            let number = given.to_str().and_then(|text| text.parse().ok());
            number.ok_or_else(|| format!("{variable} is no number: {given:?}").into())
        }
    }
}

fn block_on(test: impl Future<Output = Result<(), Failed>>) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(test)
}
