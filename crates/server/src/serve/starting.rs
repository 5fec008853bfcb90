//! The start: opens the accounts and the keys, and waits for their database where it is away.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};
use wicketgate_identity::Stores;
use wicketgate_protection::{Clock, KeyRing, Random};

use crate::{application::OpenStore, assembly, key_ring, opening_error::OpeningError, settings::Settings};

/// Between one attempt and the next.
const PAUSE: Duration = Duration::from_secs(1);
/// A reason that changes all the time fills no log.
const BETWEEN_COMPLAINTS: Duration = Duration::from_secs(30);

/// All that a server reads and writes.
pub(super) struct Opened {
    pub(super) store: Arc<dyn Stores>,
    pub(super) ring: Arc<KeyRing>,
}

impl Opened {
    /// Opens the store and reads the keys, which may be in the same database.
    pub(super) async fn now(
        settings: &Settings,
        own_store: Option<&OpenStore>,
        clock: &Arc<dyn Clock>,
        random: &Arc<dyn Random>,
    ) -> Result<Self, OpeningError> {
        let store = assembly::open_store(settings, own_store, random).await?;
        let ring = key_ring::key_ring(settings, Arc::clone(clock), Arc::clone(random)).await?;
        ring.load().await?;
        Ok(Self { store, ring })
    }

    /// The same as soon as it is possible. What else is found then, such as tables that no one can use, does not end a
    /// server that listens: an operator may mend it meanwhile.
    pub(super) async fn when_possible(
        mut settings: Settings,
        own_store: Option<&OpenStore>,
        away: OpeningError,
        clock: &Arc<dyn Clock>,
        random: &Arc<dyn Random>,
    ) -> Self {
        let mut complaint = Complaint::make(away.to_string(), away.is_passing());
        loop {
            sleep(PAUSE).await;
            // Perhaps the password in it was the wrong one.
            let (reason, is_passing) = match settings.read_database_url() {
                Ok(()) => match Self::now(&settings, own_store, clock, random).await {
                    Ok(opened) => {
                        tracing::info!(
                            keys = key_ring::describe(&settings, Some(&opened.ring)),
                            "the database is available: serving requests"
                        );
                        return opened;
                    }
                    Err(error) => (error.to_string(), error.is_passing()),
                },
                Err(error) => (error.to_string(), false),
            };
            if complaint.is_due(&reason, is_passing) {
                complaint = Complaint::make(reason, is_passing);
            }
        }
    }
}

/// What was logged last.
struct Complaint {
    reason: String,
    is_passing: bool,
    made: Instant,
}

impl Complaint {
    fn make(reason: String, is_passing: bool) -> Self {
        tracing::warn!(
            error = %reason,
            "the database is not available yet: requests get 503; retrying every second"
        );
        Self {
            reason,
            is_passing,
            made: Instant::now(),
        }
    }

    /// Whether something else is to be said by now.
    fn is_due(&self, reason: &str, is_passing: bool) -> bool {
        let is_due = self.is_passing != is_passing || self.made.elapsed() >= BETWEEN_COMPLAINTS;
        is_due && self.reason != reason
    }
}
