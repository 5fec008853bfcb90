//! What a deleted account leaves in events.

use wicketgate_identity::event::EVENTS_PER_SEAL;
use wicketgate_identity::{Accounts, EventLog, StoreError, UserId};

/// Others may write events all the time.
const MOST_SEALS: usize = 1_000;

/// Erases it at once, where a server would within seconds. Only events under a seal are erased, so all are put under one
/// first. The account is gone in any case: what failed is left to the next server.
pub(in crate::commands) async fn erase(accounts: &Accounts, user: &UserId) {
    if let Some(events) = accounts.stores().events()
        && let Err(error) = erase_from(events, user).await
    {
        tracing::warn!(%error, "the account is deleted, but not erased from events: a server that runs does that");
    }
}

async fn erase_from(events: &dyn EventLog, user: &UserId) -> Result<(), StoreError> {
    for _ in 0..MOST_SEALS {
        if events.seal().await? < EVENTS_PER_SEAL {
            break;
        }
    }
    while events.erase(user).await? > 0 {}
    Ok(())
}
