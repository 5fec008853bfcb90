//! The start: opens the accounts and the keys, and waits for their database where it is away.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};
use wicketgate_identity::AccountStore;
use wicketgate_protection::{Clock, KeyRing, Random};

use super::OpenStore;
use crate::{assembly, commands::CommandError, key_ring::key_ring, settings::Settings};

/// Between one attempt and the next.
const PAUSE: Duration = Duration::from_secs(1);
/// A reason that changes all the time fills no log.
const BETWEEN_COMPLAINTS: Duration = Duration::from_secs(30);

/// All that a server reads and writes.
pub(super) struct Opened {
    pub(super) store: Arc<dyn AccountStore>,
    pub(super) ring: Arc<KeyRing>,
}

impl Opened {
    /// Opens the store and reads the keys, which may be in the same database.
    pub(super) async fn now(
        settings: &Settings,
        own_store: Option<&OpenStore>,
        clock: &Arc<dyn Clock>,
        random: &Arc<dyn Random>,
    ) -> Result<Self, CommandError> {
        let store = assembly::open_store(settings, own_store, random).await?;
        let ring = key_ring(settings, Arc::clone(clock), Arc::clone(random)).await?;
        ring.load().await?;
        Ok(Self { store, ring })
    }

    /// The same as soon as it is possible. What else is found then, such as tables that no one can use, does not end a
    /// server that listens: an operator may mend it meanwhile.
    pub(super) async fn when_possible(
        mut settings: Settings,
        own_store: Option<&OpenStore>,
        away: CommandError,
        clock: &Arc<dyn Clock>,
        random: &Arc<dyn Random>,
    ) -> Self {
        let mut complaint = complain(&away);
        loop {
            sleep(PAUSE).await;
            // Perhaps the password in it was the wrong one.
            let opened = match settings.read_database_url() {
                Ok(()) => Self::now(&settings, own_store, clock, random).await,
                Err(error) => Err(error.into()),
            };
            match opened {
                Ok(opened) => {
                    tracing::info!("the database is there, and requests are served");
                    return opened;
                }
                Err(error) if complaint.is_another(&error) => complaint = complain(&error),
                Err(_) => {}
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

fn complain(error: &CommandError) -> Complaint {
    tracing::warn!(
        %error,
        "the database cannot be used yet: every request is answered with 503, and it is tried again every second"
    );
    Complaint {
        reason: error.to_string(),
        is_passing: error.is_passing(),
        made: Instant::now(),
    }
}

impl Complaint {
    fn is_another(&self, error: &CommandError) -> bool {
        let is_due = self.is_passing != error.is_passing() || self.made.elapsed() >= BETWEEN_COMPLAINTS;
        is_due && self.reason != error.to_string()
    }
}
