//! What two sets of times come to.

use xtask::report::Outcome;

use crate::samples::Samples;

/// Beyond this, times differ (dudect's bound).
const BOUND: f64 = 4.5;
/// What takes longer than so many hundredths of all is left out in a second look: it was interrupted.
const UNINTERRUPTED: usize = 90;
/// The times of two kinds of input.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) what: String,
    pub(super) kinds: [Samples; 2],
    /// Those of two kinds that differ, measured in turn with the others.
    pub(super) control: [Samples; 2],
}

/// Welch's t of all times, and of those that were not interrupted.
fn t([first, second]: &[Samples; 2]) -> [f64; 2] {
    let bound = first.percentile_of_both(second, UNINTERRUPTED);
    [first.welch_t(second), first.up_to(bound).welch_t(&second.up_to(bound))]
}

impl Measured {
    /// What could not be computed is not known to be alike.
    fn differs(&self) -> bool {
        t(&self.kinds).iter().any(|t| !t.is_finite() || t.abs() > BOUND)
    }

    fn has_a_control_that_differs(&self) -> bool {
        t(&self.control).iter().any(|t| t.is_finite() && t.abs() > BOUND)
    }
}

pub(super) fn outcome(measured: &[Measured]) -> Outcome {
    let names = |is_wrong: fn(&Measured) -> bool| {
        let wrong = measured.iter().filter(|measured| is_wrong(measured));
        wrong
            .map(|measured| measured.what.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let differing = names(Measured::differs);
    let noisy = names(|measured| !measured.has_a_control_that_differs());
    match (differing.is_empty(), noisy.is_empty()) {
        (true, true) => Outcome::Passed,
        (false, true) => Outcome::Failed(format!("times differ: {differing}")),
        (true, false) => Outcome::Failed(format!("too noisy here, the control was not found to differ: {noisy}")),
        (false, false) => Outcome::Failed(format!(
            "times differ: {differing}; too noisy here, the control was not found to differ: {noisy}"
        )),
    }
}

pub(super) fn table(measured: &[Measured]) -> String {
    let mut table = "| what | measured | median µs | median µs | Welch's t | without interruptions |\n\
                     |---|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for measured in measured {
        for (name, kinds) in [("", &measured.kinds), ("control of ", &measured.control)] {
            let [first, second] = kinds;
            let [all, uninterrupted] = t(kinds);
            table += &format!(
                "| {name}{} | {} | {:.2} | {:.2} | {all:.2} | {uninterrupted:.2} |\n",
                measured.what,
                first.len() + second.len(),
                first.median() * 1_000.0,
                second.median() * 1_000.0,
            );
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const TIMES: u64 = 1_000;

    fn samples(times: u64, of: impl Fn(u64) -> u64) -> Samples {
        let mut samples = Samples::default();
        for number in 0..times {
            samples.add(Duration::from_nanos(of(number)));
        }
        samples
    }

    fn first(number: u64) -> u64 {
        1_000 + number % 37
    }

    fn alike(number: u64) -> u64 {
        1_000 + (number + 5) % 37
    }

    fn later(number: u64) -> u64 {
        1_010 + number % 37
    }

    fn measured(second: impl Fn(u64) -> u64, control: impl Fn(u64) -> u64, times: u64) -> Measured {
        Measured {
            what: "secret".to_owned(),
            kinds: [samples(times, first), samples(times, second)],
            control: [samples(times, first), samples(times, control)],
        }
    }

    #[test]
    fn times_that_differ_fail_and_a_control_that_does_not_fails_too() {
        assert_eq!(outcome(&[measured(alike, later, TIMES)]), Outcome::Passed);
        for wrong in [measured(later, later, TIMES), measured(alike, alike, TIMES)] {
            assert!(matches!(
                outcome(&[measured(alike, later, TIMES), wrong]),
                Outcome::Failed(_)
            ));
        }
    }

    #[test]
    fn too_few_times_fail() {
        for times in [0, 1] {
            let few = measured(alike, later, times);
            assert!(few.differs() && !few.has_a_control_that_differs(), "{times}");
        }
    }

    #[test]
    fn a_difference_that_interruptions_hide_is_found() {
        let later = |number| 1_020 + number % 37 + if number % 97 == 0 { 5_000_000 } else { 0 };
        let hidden = measured(later, later, TIMES);
        assert!(t(&hidden.kinds)[0].abs() < BOUND, "{:?}", t(&hidden.kinds));
        assert!(hidden.differs() && hidden.has_a_control_that_differs());
    }
}
