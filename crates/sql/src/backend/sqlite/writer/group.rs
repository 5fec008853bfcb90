//! Steps that are committed together.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::backend::sqlite::limits::COMMIT_LIMIT;
use crate::database_error::{DatabaseError, Kind};

/// How many steps there are in one transaction.
const MOST_STEPS: usize = 64;
/// For how long steps may join it.
const LONGEST: Duration = Duration::from_millis(5);

/// What became of a group.
pub(super) type Outcome = Result<(), Failure>;

/// Why nothing was written, for all who hear of it.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    kind: Kind,
    reason: String,
}

impl Failure {
    pub(super) fn new(kind: Kind, reason: &DatabaseError) -> Self {
        let reason = reason.to_string();
        Self { kind, reason }
    }

    pub(super) fn into_error(self) -> DatabaseError {
        (self.kind)(self.reason.into())
    }
}

/// An open transaction, with the steps in it that are done.
#[derive(Debug)]
pub(super) struct Group {
    begun: Instant,
    /// Whether they wrote or not.
    number_of_steps: usize,
    /// Those that wrote.
    steps: Vec<oneshot::Sender<Outcome>>,
}

impl Group {
    pub(super) fn new() -> Self {
        Self {
            begun: Instant::now(),
            number_of_steps: 0,
            steps: Vec::new(),
        }
    }

    pub(super) fn count_step(&mut self) {
        self.number_of_steps += 1;
    }

    /// A step is done, and waits for the `COMMIT`.
    pub(super) fn join(&mut self) -> oneshot::Receiver<Outcome> {
        let (sender, outcome) = oneshot::channel();
        self.steps.push(sender);
        outcome
    }

    pub(super) fn number_of_writes(&self) -> usize {
        self.steps.len()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.number_of_steps >= MOST_STEPS || self.begun.elapsed() > LONGEST
    }

    pub(super) fn into_steps(self) -> Vec<oneshot::Sender<Outcome>> {
        self.steps
    }
}

/// Waits for what becomes of a group.
pub(super) async fn outcome(outcome: oneshot::Receiver<Outcome>) -> Result<(), DatabaseError> {
    match timeout(COMMIT_LIMIT, outcome).await {
        Ok(Ok(outcome)) => outcome.map_err(Failure::into_error),
        Ok(Err(_)) => Err(DatabaseError::Unavailable("the connection was closed".into())),
        Err(_) => Err(DatabaseError::Unavailable(
            "the disk does not answer; whether the changes are written is not known".into(),
        )),
    }
}
