use std::{
    fmt,
    time::{Duration, Instant},
};

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// Why it could not be done here; that is no failure.
    Skipped(String),
    /// What went wrong.
    Failed(String),
}

/// The steps that were run, how they ended and how long they took.
#[derive(Debug)]
pub(crate) struct Report {
    started: Instant,
    steps: Vec<(String, Outcome, Duration)>,
    notes: Vec<String>,
}

impl Report {
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            steps: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Runs a step and notes its outcome.
    pub(crate) fn step(&mut self, name: impl Into<String>, action: impl FnOnce() -> Outcome) {
        let name = name.into();
        eprintln!("\n==> {name}");
        let started = Instant::now();
        let outcome = action();
        self.steps.push((name, outcome, started.elapsed()));
    }

    /// Has the summary say something that is neither success nor failure.
    pub(crate) fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn succeeded(&self) -> bool {
        self.steps
            .iter()
            .all(|(_, outcome, _)| !matches!(outcome, Outcome::Failed(_)))
    }

    #[expect(clippy::print_stdout, reason = "the summary is what the command is for")]
    pub(crate) fn print(&self) {
        println!("\n{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, outcome, time) in &self.steps {
            let seconds = time.as_secs();
            match outcome {
                Outcome::Passed => writeln!(f, "{name:20} passed  {seconds:4} s")?,
                Outcome::Skipped(why) => writeln!(f, "{name:20} skipped {seconds:4} s  {why}")?,
                Outcome::Failed(why) => writeln!(f, "{name:20} FAILED  {seconds:4} s  {why}")?,
            }
        }
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        let count = |wanted: fn(&Outcome) -> bool| self.steps.iter().filter(|(_, outcome, _)| wanted(outcome)).count();
        write!(
            f,
            "xtask: {} passed, {} failed, {} skipped in {} s",
            count(|outcome| matches!(outcome, Outcome::Passed)),
            count(|outcome| matches!(outcome, Outcome::Failed(_))),
            count(|outcome| matches!(outcome, Outcome::Skipped(_))),
            self.elapsed().as_secs()
        )
    }
}

#[cfg(test)]
mod tests {
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
        assert!(text.contains("two                  skipped    0 s  not here"), "{text}");
        assert!(text.contains("xtask: 1 passed, 1 failed, 1 skipped"), "{text}");
    }
}
