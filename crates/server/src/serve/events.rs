//! What the database needs in the background while the server runs, and of its events when it stops.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use wicketgate_axum::{Identity, Upkeep};

use crate::{application::ApplicationParts, settings::Settings};

/// How long a stop waits for the last seal.
const LONGEST_END: Duration = Duration::from_secs(5);

/// Starts the task that seals and removes events and removes what is old, and says if there are no events.
pub(super) fn start_upkeep(identity: &Identity, settings: &Settings, parts: &ApplicationParts) -> Option<Upkeep> {
    let upkeep = identity.start_upkeep(settings.events.retention());
    let could_keep = parts.store.is_none() && !settings.database.is_memory();
    if identity.accounts().stores().events().is_none() && could_keep {
        tracing::warn!(
            "no events are kept, because the database does not have Wicketgate's own tables: run `wicketgate migrate`"
        );
    }
    upkeep
}

/// Seals the events that the last requests wrote, but does not keep mail waiting for long: what is not sealed now, the next
/// start or another instance seals.
pub(super) async fn finish_upkeep(upkeep: Option<Upkeep>, until: Instant) {
    let until = until.min(Instant::now() + LONGEST_END);
    if let Some(upkeep) = upkeep
        && timeout_at(until, upkeep.finish()).await.is_err()
    {
        tracing::warn!("the newest events were not sealed: the database did not answer in time");
    }
}
