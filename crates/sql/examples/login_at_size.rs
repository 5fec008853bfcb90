//! How long a login's part of the database takes: `login_at_size URL ACCOUNTS SAMPLES`, where the accounts are
//! `user1@example.test` and so on. `cargo trials cost-at-size` fills databases and runs this.

use std::{env, error::Error, sync::Arc, time::Instant};

use wicketgate_identity::Stores;
use wicketgate_identity::account::NormalizedName;
use wicketgate_identity::options::StoreOptions;
use wicketgate_protection::{Random, SystemRandom};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "the figures are what the program is for")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let [_, url, accounts, samples] = arguments.as_slice() else {
        return Err("login_at_size URL ACCOUNTS SAMPLES".into());
    };
    let (accounts, samples): (u64, usize) = (accounts.parse()?, samples.parse()?);
    let store = wicketgate_sql::connect(url, &StoreOptions::default(), Arc::new(SystemRandom)).await?;
    for (label, domain) in [("known", "EXAMPLE.TEST"), ("unknown", "NOWHERE.TEST")] {
        // As many again come first, and are not measured.
        let mut times = Vec::new();
        for _ in 0..2 * samples {
            let name = NormalizedName::from_stored(format!("USER{}@{domain}", any_of(accounts)));
            let begin = Instant::now();
            let found = login(&*store, &name).await?;
            times.push(begin.elapsed());
            if found != (label == "known") {
                return Err(format!("{}: found = {found}", name.as_str()).into());
            }
        }
        let mut measured = times.split_off(samples);
        measured.sort_unstable();
        let percentile = |percent: usize| {
            let at = measured.get((samples * percent / 100).min(samples.saturating_sub(1)));
            at.map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
        };
        println!("{label} {:.1} {:.1}", percentile(50), percentile(99));
    }
    Ok(())
}

/// What the database is asked if the password is right and there were no failures; whether there is such an account.
async fn login(store: &dyn Stores, name: &NormalizedName) -> Result<bool, Box<dyn Error>> {
    let Some(user) = store.accounts().find_by_normalized_name(name).await? else {
        return Ok(false);
    };
    store.accounts().find_claims(&user.id).await?;
    Ok(true)
}

/// A number from 1 to `most`.
fn any_of(most: u64) -> u64 {
    let mut number = [0; 8];
    SystemRandom.fill(&mut number);
    u64::from_be_bytes(number) % most + 1
}
