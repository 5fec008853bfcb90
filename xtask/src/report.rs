//! What a command did: its steps, how each ended and how long it took.

use std::{
    fmt,
    num::NonZeroUsize,
    process::ExitCode,
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// The exit code of a command that could not be done here, which is no failure.
pub const SKIPPED: u8 = 77;

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done, and found nothing wrong.
    Passed,
    /// Why it could not be done here; that is no failure.
    Skipped(String),
    /// What went wrong.
    Failed(String),
}

/// The steps that were run, how they ended and how long they took.
#[derive(Debug)]
pub struct Report {
    started: Instant,
    steps: Vec<(String, Outcome, Duration)>,
    notes: Vec<String>,
}

impl Report {
    /// An empty one.
    #[must_use]
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
            steps: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Runs a step and notes its outcome.
    pub fn step(&mut self, name: impl Into<String>, action: impl FnOnce() -> Outcome) {
        let name = name.into();
        eprintln!("\n==> {name}");
        let started = Instant::now();
        let outcome = action();
        let time = started.elapsed();
        // At once, so that the log of a run that was cut off tells where its time went.
        eprintln!("==> {name}: {:.1} min", minutes(time));
        self.steps.push((name, outcome, time));
    }

    /// Runs steps that do not touch each other, at most so many at a time, and notes their outcomes in order.
    pub fn steps_together(
        &mut self,
        names: Vec<String>,
        at_most: NonZeroUsize,
        action: impl Fn(&str) -> Outcome + Sync,
    ) {
        let waiting = Mutex::new(names.iter().enumerate());
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || {
            let mut done = Vec::new();
            while let Some((place, name)) = next() {
                eprintln!("\n==> {name}");
                let started = Instant::now();
                let outcome = action(name);
                done.push((place, (name.clone(), outcome, started.elapsed())));
            }
            done
        };
        let mut done = thread::scope(|scope| {
            let workers: Vec<_> = (0..at_most.get()).map(|_| scope.spawn(work)).collect();
            let ends = workers.into_iter().map(|worker| worker.join());
            ends.flat_map(|end| end.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect::<Vec<_>>()
        });
        done.sort_by_key(|(place, _)| *place);
        self.steps.extend(done.into_iter().map(|(_, step)| step));
    }

    /// Has the summary say something that is neither success nor failure.
    pub fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Whether no step failed.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.steps
            .iter()
            .all(|(_, outcome, _)| !matches!(outcome, Outcome::Failed(_)))
    }

    /// The exit code of the command: [`SKIPPED`] only if nothing but skipped steps is left.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.outcome() {
            Outcome::Passed => 0,
            Outcome::Failed(_) => 1,
            Outcome::Skipped(_) => SKIPPED,
        })
    }

    /// All steps as one: failed if one of them failed, and else skipped if one was.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let reasons = |of: fn(&Outcome) -> Option<&String>| {
            let reasons = self
                .steps
                .iter()
                .filter_map(|(name, outcome, _)| Some(format!("{name}: {}", of(outcome)?)));
            Some(reasons.collect::<Vec<_>>().join("; ")).filter(|reasons| !reasons.is_empty())
        };
        let failed = reasons(|outcome| match outcome {
            Outcome::Failed(why) => Some(why),
            _ => None,
        });
        let skipped = reasons(|outcome| match outcome {
            Outcome::Skipped(why) => Some(why),
            _ => None,
        });
        match (failed, skipped) {
            (Some(why), _) => Outcome::Failed(why),
            (None, Some(why)) => Outcome::Skipped(why),
            (None, None) => Outcome::Passed,
        }
    }

    /// Writes the summary to standard output.
    #[expect(clippy::print_stdout, reason = "the summary is what the command is for")]
    pub fn print(&self) {
        println!("\n{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, outcome, time) in &self.steps {
            let minutes = minutes(*time);
            match outcome {
                Outcome::Passed => writeln!(f, "{name:22} passed  {minutes:5.1} min")?,
                Outcome::Skipped(why) => writeln!(f, "{name:22} skipped {minutes:5.1} min  {why}")?,
                Outcome::Failed(why) => writeln!(f, "{name:22} FAILED  {minutes:5.1} min  {why}")?,
            }
        }
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        let count = |wanted: fn(&Outcome) -> bool| self.steps.iter().filter(|(_, outcome, _)| wanted(outcome)).count();
        writeln!(f, "{:22}         {:5.1} min", "in all", minutes(self.elapsed()))?;
        write!(
            f,
            "xtask: {} passed, {} failed, {} skipped",
            count(|outcome| matches!(outcome, Outcome::Passed)),
            count(|outcome| matches!(outcome, Outcome::Failed(_))),
            count(|outcome| matches!(outcome, Outcome::Skipped(_)))
        )
    }
}

fn minutes(time: Duration) -> f64 {
    time.as_secs_f64() / 60.0
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering::SeqCst},
    };

    use super::*;

    #[test]
    fn a_failed_step_fails_the_whole_and_a_skipped_one_does_not() {
        let mut report = Report::start();
        report.step("one", || Outcome::Passed);
        report.step("two", || Outcome::Skipped("not here".to_owned()));
        assert!(report.succeeded());
        report.step("three", || Outcome::Failed("exit 1".to_owned()));
        assert!(!report.succeeded());
        let text = report.to_string();
        assert!(
            text.contains("two                    skipped   0.0 min  not here"),
            "{text}"
        );
        assert!(text.ends_with("\nxtask: 1 passed, 1 failed, 1 skipped"), "{text}");
    }

    #[test]
    fn the_summary_gives_the_minutes_of_each_step() {
        let mut report = Report::start();
        report
            .steps
            .push(("one".to_owned(), Outcome::Passed, Duration::from_secs(90)));
        let text = report.to_string();
        assert!(text.contains("one                    passed    1.5 min\n"), "{text}");
        assert!(text.contains("in all                           0.0 min\n"), "{text}");
    }

    #[test]
    fn many_steps_as_one_say_which_of_them_failed() {
        let mut report = Report::start();
        assert_eq!(report.outcome(), Outcome::Passed);
        report.step("one", || Outcome::Passed);
        report.step("two", || Outcome::Skipped("not here".to_owned()));
        assert_eq!(report.outcome(), Outcome::Skipped("two: not here".to_owned()));
        report.step("three", || Outcome::Failed("exit 1".to_owned()));
        report.step("four", || Outcome::Failed("exit 2".to_owned()));
        assert_eq!(
            report.outcome(),
            Outcome::Failed("three: exit 1; four: exit 2".to_owned())
        );
    }

    #[test]
    fn steps_that_run_together_are_noted_in_order_and_never_more_than_allowed() {
        let running = AtomicUsize::new(0);
        let two = NonZeroUsize::new(2).unwrap();
        // Each ends only when another runs beside it, so that they must run two at a time.
        let pair = Barrier::new(2);
        let mut report = Report::start();
        let names = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        report.steps_together(names, two, |name| {
            assert!(running.fetch_add(1, SeqCst) < 2);
            pair.wait();
            running.fetch_sub(1, SeqCst);
            Outcome::Skipped(name.to_owned())
        });
        assert_eq!(report.outcome(), Outcome::Skipped("a: a; b: b; c: c; d: d".to_owned()));
    }
}
