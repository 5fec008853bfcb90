//! What two sets of times come to.

use xtask::report::Outcome;

use crate::samples::Samples;

/// Beyond this, times differ (dudect's bound).
const BOUND: f64 = 4.5;
/// What takes longer than so many hundredths of all is left out in a second look: it was interrupted.
const UNINTERRUPTED: usize = 90;
/// The name of what has to be found to differ.
pub(super) const CONTROL: &str = "control";

/// The times of two kinds of input.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) what: String,
    pub(super) kinds: [Samples; 2],
}

impl Measured {
    /// Welch's t of all times, and of those that were not interrupted.
    fn t(&self) -> [f64; 2] {
        let [first, second] = &self.kinds;
        let bound = first.percentile_of_both(second, UNINTERRUPTED);
        [first.welch_t(second), first.up_to(bound).welch_t(&second.up_to(bound))]
    }

    fn differs(&self) -> bool {
        self.t().iter().any(|t| t.abs() > BOUND)
    }

    fn is_control(&self) -> bool {
        self.what.starts_with(CONTROL)
    }
}

pub(super) fn outcome(measured: &[Measured]) -> Outcome {
    let wrong: Vec<_> = measured
        .iter()
        .filter(|measured| measured.differs() != measured.is_control())
        .map(|measured| measured.what.as_str())
        .collect();
    match wrong[..] {
        [] => Outcome::Passed,
        // Nothing else means anything then.
        [first, ..] if first.starts_with(CONTROL) => Outcome::Failed("the control was not found to differ".to_owned()),
        _ => Outcome::Failed(format!("times differ: {}", wrong.join(", "))),
    }
}

pub(super) fn table(measured: &[Measured]) -> String {
    let mut table = "| what | measured | median µs | median µs | Welch's t | without interruptions |\n\
                     |---|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for measured in measured {
        let [first, second] = &measured.kinds;
        let [all, uninterrupted] = measured.t();
        table += &format!(
            "| {} | {} | {:.2} | {:.2} | {all:.2} | {uninterrupted:.2} |\n",
            measured.what,
            first.len() + second.len(),
            first.median() * 1_000.0,
            second.median() * 1_000.0,
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn measured(what: &str, second: impl Fn(u64) -> u64) -> Measured {
        let mut kinds = [Samples::default(), Samples::default()];
        for number in 0..1_000 {
            kinds[0].add(Duration::from_nanos(1_000 + number % 37));
            kinds[1].add(Duration::from_nanos(second(number)));
        }
        Measured {
            what: what.to_owned(),
            kinds,
        }
    }

    #[test]
    fn times_that_differ_fail_and_a_control_that_does_not_fails_too() {
        let alike = |number| 1_000 + (number + 5) % 37;
        let later = |number| 1_010 + number % 37;
        assert_eq!(outcome(&[measured("secret", alike)]), Outcome::Passed);
        assert_eq!(outcome(&[measured(CONTROL, later)]), Outcome::Passed);
        for wrong in [measured("secret", later), measured(CONTROL, alike)] {
            assert!(matches!(outcome(&[wrong]), Outcome::Failed(_)));
        }
    }

    #[test]
    fn a_difference_that_interruptions_hide_is_found() {
        let later = |number| 1_020 + number % 37 + if number % 97 == 0 { 5_000_000 } else { 0 };
        let hidden = measured("secret", later);
        assert!(hidden.t()[0].abs() < BOUND, "{:?}", hidden.t());
        assert!(hidden.differs());
    }
}
