//! What an observer is told of the passwords that a thread hashes together.

use std::time::{Duration, Instant};

use super::queue::Job;
use crate::observer::{self, Observation};

/// A batch that a thread has taken.
pub(super) struct Observed {
    taken: Instant,
    /// How long each request had waited; empty if nobody wants to know.
    waits: Vec<Duration>,
}

impl Observed {
    pub(super) fn begin(batch: &[Job]) -> Self {
        let taken = Instant::now();
        let waits = match observer::is_observed() {
            true => batch.iter().map(|job| taken.duration_since(job.queued)).collect(),
            false => Vec::new(),
        };
        Self { taken, waits }
    }

    /// The batch is answered.
    pub(super) fn end(self) {
        let took = self.taken.elapsed();
        for waited in self.waits {
            observer::tell(&Observation::PasswordHashed { waited, took });
        }
    }
}
