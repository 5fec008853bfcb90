//! The shortest sequence that still fails, as far as leaving steps out leads to one.

use libtest_mimic::Failed;

use crate::step::{Password, Step};

/// Nobody waits for more tries than these.
const MOST_RUNS: usize = 400;

/// A sequence that fails, and how.
pub(crate) struct Shortest {
    pub(crate) steps: Vec<Step>,
    pub(crate) what: String,
}

/// Leaves out as much as can be: halves first, then less and less, and single steps in the end. `run` says which step fails, and how.
pub(crate) async fn shorten(
    failing: &[Step],
    mut run: impl AsyncFnMut(&[Step]) -> Result<(), (usize, String)>,
) -> Shortest {
    let mut shortest = Shortest {
        steps: failing.to_vec(),
        what: "it does not fail again".to_owned(),
    };
    // The first try leaves out nothing, to know how it fails.
    let (mut left_out, mut size) = (0, 0);
    for _ in 0..MOST_RUNS {
        let mut tried = shortest.steps.clone();
        let end = (left_out + size).min(tried.len());
        tried.drain(left_out..end);
        match run(&tried).await {
            Err((index, what)) => {
                tried.truncate(index + 1);
                shortest = Shortest { steps: tried, what };
            }
            Ok(()) => left_out += size,
        }
        if shortest.steps.len() <= 1 {
            break;
        }
        if size == 0 {
            size = shortest.steps.len() / 2;
        } else if left_out >= shortest.steps.len() {
            if size == 1 {
                break;
            }
            (left_out, size) = (0, size / 2);
        }
    }
    shortest
}

/// Whatever is not needed is left out, and where nothing can be, nothing is tried twice.
pub(crate) async fn sequences_are_shortened() -> Result<(), Failed> {
    let wait = Step::Wait(1);
    let (first, last) = (Step::Resend(0), Step::Register(0, Password::First));
    for (failing, expected, most) in [
        (vec![last], vec![last], 1),
        (vec![last, wait, wait], vec![last], 1),
        (vec![wait, wait, first, wait, wait, wait, last], vec![first, last], 20),
    ] {
        let mut runs = 0;
        let shortest = shorten(&failing, async |steps: &[Step]| {
            runs += 1;
            let mut wanted = expected.iter().peekable();
            for (index, step) in steps.iter().enumerate() {
                wanted.next_if_eq(&step);
                if wanted.peek().is_none() {
                    return Err((index, "the last one fails".to_owned()));
                }
            }
            Ok(())
        });
        let shortest = shortest.await;
        if shortest.steps != expected || shortest.what != "the last one fails" || runs > most {
            return Err(format!("{failing:?}: {:?} after {runs} runs", shortest.steps).into());
        }
    }
    Ok(())
}
