//! The shortest sequence that still fails, as far as leaving steps out leads to one.

use wicketgate_conformance::Application;

use crate::{rules::Profile, run::Run, step::Step};

/// Nobody waits for more tries than these.
const MOST_RUNS: u64 = 400;

/// A sequence that fails, and how.
pub(crate) struct Shortest {
    pub(crate) steps: Vec<Step>,
    pub(crate) what: String,
}

/// Leaves out as much as can be: halves first, then less and less, and single steps in the end.
pub(crate) async fn shorten(application: &Application, profile: Profile, failing: &[Step], runs: &mut u64) -> Shortest {
    let mut shortest = Shortest {
        steps: failing.to_vec(),
        what: "it does not fail again".to_owned(),
    };
    let last = *runs + MOST_RUNS;
    let mut left_out = 0;
    let mut size = failing.len();
    loop {
        let mut tried = shortest.steps.clone();
        let end = (left_out + size).min(tried.len());
        // The first try leaves out nothing, to know how it fails.
        if size < failing.len() {
            tried.drain(left_out..end);
        }
        *runs += 1;
        if *runs > last {
            return shortest;
        }
        match Run::new(application, profile, *runs).all(&tried).await {
            Err((index, what)) => {
                tried.truncate(index + 1);
                shortest = Shortest { steps: tried, what };
            }
            Ok(()) => left_out += size,
        }
        if left_out >= shortest.steps.len() || size == failing.len() {
            if size == 1 && left_out >= shortest.steps.len() {
                return shortest;
            }
            left_out = 0;
            size = (size / 2).max(1);
        }
    }
}
