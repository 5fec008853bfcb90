//! Deleting an account at its owner's wish: it is closed at once, and deleted for good when the time of grace is over.

use time::OffsetDateTime;
use tokio::time::Instant;

use super::accounts::{Accounts, answer_change};
use crate::account::{SecurityStamp, User, UserId};
use crate::error::{Error, IdentityResult};
use crate::event::{Event, EventKind};
use crate::observer::{self, Observation};
use crate::session::SessionsAfterChange;
use crate::store::{AttemptState, CLOSED, ChangeOutcome, DeletionOutcome, DeletionStore, StoreError};

/// That an account is to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deletion {
    /// When its owner asked for it.
    pub requested: OffsetDateTime,
    /// When it happens, or a little later.
    pub due: OffsetDateTime,
}

/// An account that is to be deleted by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDeletion {
    /// Whose it is.
    pub user: UserId,
    /// Since when.
    pub due: OffsetDateTime,
}

/// What an account gets while it waits to be deleted: nobody can sign in to it, here or with .NET.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// When it is to be deleted.
    pub deletion: Deletion,
    /// Its new security stamp.
    pub stamp: SecurityStamp,
}

/// What keeps people from signing in to an account, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lockout {
    /// [`User::lockout_enabled`].
    pub enabled: bool,
    /// [`User::lockout_end`].
    pub end: Option<OffsetDateTime>,
}

impl Closing {
    /// The lockout of an account that is closed. An operator's lock stays one.
    pub fn lockout(account: &AttemptState) -> Lockout {
        let end = match account.is_locked_for_ever() {
            true => account.lockout_end,
            false => Some(CLOSED),
        };
        Lockout { enabled: true, end }
    }
}

impl Deletion {
    /// The lockout of an account whose deletion is taken back. `was_enabled` is what [`User::lockout_enabled`] was before. An operator who
    /// locked it wants to keep it locked, and what anybody else has changed about a closed account is newer than `was_enabled`.
    pub fn lockout_afterwards(account: &AttemptState, was_enabled: bool) -> Lockout {
        let enabled = account.lockout_enabled;
        match account.lockout_end {
            Some(end) if end == CLOSED => Lockout {
                enabled: enabled && was_enabled,
                end: None,
            },
            end => Lockout { enabled, end },
        }
    }

    /// Whether an account that is due is still closed. Who unlocks it by whatever means, such as .NET's, wants to keep it.
    pub fn is_closed(account: &AttemptState) -> bool {
        account.is_locked_for_ever()
    }
}

impl Accounts {
    /// How many accounts [`delete_due`](Self::delete_due) tries to delete at most.
    pub const DELETED_AT_A_TIME: usize = 50;

    /// Closes the account, and has it deleted after [`deletion_grace`](crate::options::UserOptions::deletion_grace), which is the
    /// time that this returns. It is locked for ever, and its sessions and pending links end.
    ///
    /// # Errors
    /// The stores keep no deletions, or the store failed.
    pub async fn request_deletion(&self, user: &mut User) -> Result<IdentityResult<OffsetDateTime>, Error> {
        let requested = self.now();
        let due = requested.saturating_add(self.options().user.deletion_grace);
        let closing = Closing {
            deletion: Deletion { requested, due },
            stamp: self.new_security_stamp(),
        };
        let event = self.deletion_event(
            EventKind::DeletionRequested(due),
            &user.id,
            SessionsAfterChange::End { but: None },
        );
        let expected = user.security_stamp.as_ref();
        let outcome = self.deletions()?.request(&user.id, expected, &closing, &event).await?;
        if outcome == ChangeOutcome::Changed {
            self.changed(&event);
            let lockout = Closing::lockout(&AttemptState::from(&*user));
            user.lockout_enabled = lockout.enabled;
            user.lockout_end = lockout.end;
            user.security_stamp = Some(closing.stamp);
        }
        Ok(answer_change(outcome).map(|()| due))
    }

    /// Takes the request back: the account is as before, but for its security stamp, its failures and a lock that was to end, which are
    /// forgotten; `false` if it is not to be deleted. Who [locked](Self::lock) it since keeps it locked.
    ///
    /// # Errors
    /// The store failed.
    pub async fn cancel_deletion(&self, user: &mut User) -> Result<bool, Error> {
        let Some(deletions) = self.stores().deletions() else {
            return Ok(false);
        };
        let event = self.event(EventKind::DeletionCancelled, &user.id);
        if deletions.cancel(&user.id, &event).await? != ChangeOutcome::Changed {
            return Ok(false);
        }
        self.changed(&event);
        if let Some(restored) = self.store().find_by_id(&user.id).await? {
            *user = restored;
        }
        Ok(true)
    }

    /// When the account is to be deleted, if its owner asked for it.
    ///
    /// # Errors
    /// The store failed.
    pub async fn pending_deletion(&self, user: &User) -> Result<Option<Deletion>, Error> {
        match self.stores().deletions() {
            Some(deletions) => Ok(deletions.find(&user.id).await?),
            None => Ok(None),
        }
    }

    /// Deletes accounts whose time of grace is over, up to [`DELETED_AT_A_TIME`](Self::DELETED_AT_A_TIME), and tells how many were
    /// due. Those that cannot be deleted, because an application's own tables refer to them for example, do not hold up the others,
    /// however many they are: the next call with the same `behind` goes on behind the last one, and `None` is the beginning and the end.
    ///
    /// # Errors
    /// Those due cannot be listed, or one of them cannot be deleted.
    pub async fn delete_due(&self, behind: &mut Option<DueDeletion>) -> Result<usize, StoreError> {
        let Some(deletions) = self.stores().deletions() else {
            return Ok(0);
        };
        let now = self.now();
        let after = behind.take();
        let due = deletions.list_due(now, after.as_ref(), Self::DELETED_AT_A_TIME).await?;
        let mut failure = None;
        for DueDeletion { user: id, .. } in &due {
            let event = self.deletion_event(EventKind::Deleted, id, SessionsAfterChange::Removed);
            let start = Instant::now();
            match deletions.delete(id, now, &event).await {
                Ok(DeletionOutcome::Deleted) => {
                    let took = start.elapsed();
                    observer::tell(&Observation::UserDeleted { succeeded: true, took });
                    self.changed(&event);
                }
                Ok(DeletionOutcome::Kept) => {
                    tracing::warn!(user = %id, "not deleted, because somebody unlocked the account after its owner asked for that");
                }
                // Another instance was first, or it was taken back.
                Ok(DeletionOutcome::NotDue) => {}
                Err(error) => {
                    tracing::debug!(user = %id, %error, "an account cannot be deleted");
                    failure = Some(error);
                }
            }
        }
        let count = due.len();
        if count >= Self::DELETED_AT_A_TIME {
            *behind = due.into_iter().next_back();
        }
        failure.map_or(Ok(count), Err)
    }

    /// Also where sessions are off: another instance may have begun some, or this one before.
    fn deletion_event(&self, kind: EventKind, user: &UserId, sessions: SessionsAfterChange) -> Event {
        let has_sessions = self.stores().sessions().is_some();
        self.event(kind, user).with_sessions(has_sessions.then_some(sessions))
    }

    fn deletions(&self) -> Result<&dyn DeletionStore, StoreError> {
        let missing = || StoreError::Failed("the stores keep no deletions".into());
        self.stores().deletions().ok_or_else(missing)
    }
}
