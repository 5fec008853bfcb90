//! Accounts that are to be deleted. Stores that keep no deletions pass every check here.

mod deleting;
mod restoring;

use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use wicketgate_identity::account::{Closing, Deletion};
use wicketgate_identity::session::SessionsAfterChange;
use wicketgate_identity::store::{ChangeOutcome, DeletionOutcome, DeletionStore};
use wicketgate_identity::{Event, EventKind, StoreError, User, UserId};

pub use self::deleting::*;
pub use self::restoring::*;
use crate::Store;
use crate::fixture::{NOW, stamp};

const FOR_EVER: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999_9 UTC);
const CLOSED: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);
const GRACE: Duration = Duration::DAY;
const DUE: OffsetDateTime = NOW.saturating_add(GRACE);

fn event(kind: EventKind, id: &UserId, sessions: Option<SessionsAfterChange>) -> Event {
    Event::new(kind, Some(id.clone()), NOW).with_sessions(sessions)
}

/// Asks for it as [`Accounts`](wicketgate_identity::Accounts) does.
async fn request(store: &Store, user: &User, due: OffsetDateTime) -> Result<ChangeOutcome, StoreError> {
    let Some(deletions) = store.deletions() else {
        return Ok(ChangeOutcome::Conflict);
    };
    let closing = Closing {
        deletion: Deletion { requested: NOW, due },
        stamp: stamp("closed"),
    };
    let end = store.sessions().map(|_| SessionsAfterChange::End { but: None });
    let event = event(EventKind::DeletionRequested(due), &user.id, end);
    let expected = user.security_stamp.as_ref();
    deletions.request(&user.id, expected, &closing, &event).await
}

async fn delete(
    deletions: &dyn DeletionStore,
    id: &UserId,
    now: OffsetDateTime,
) -> Result<DeletionOutcome, StoreError> {
    let event = event(EventKind::Deleted, id, Some(SessionsAfterChange::Removed));
    deletions.delete(id, now, &event).await
}

async fn cancel(deletions: &dyn DeletionStore, id: &UserId) -> Result<ChangeOutcome, StoreError> {
    deletions
        .cancel(id, &event(EventKind::DeletionCancelled, id, None))
        .await
}
