//! What a change of an account does to its sessions.

use super::SessionId;
use crate::account::{Change, SecurityStamp};
use crate::event::EventKind;

/// What a change of an account does to its sessions, in the same transaction. What ended them is the change's
/// [event](crate::Event).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionsAfterChange {
    /// All go on: those with the old stamp get the new one.
    GoOn {
        /// The account's stamp before.
        old: Option<SecurityStamp>,
        /// And after.
        new: SecurityStamp,
    },
    /// All end but the one that made the change. It gets the new stamp, if it has the old one.
    End {
        /// The session that made the change.
        by: Option<SessionId>,
        /// The account's stamp before.
        old: Option<SecurityStamp>,
        /// And after, if it is another one.
        new: Option<SecurityStamp>,
    },
    /// All are gone, with the account.
    Removed,
}

impl SessionsAfterChange {
    /// What follows from a change of an account with the stamp `old`, by a session or by somebody else. `None` if sessions do not
    /// care.
    pub(crate) fn of(
        kind: &EventKind,
        change: &Change,
        old: Option<&SecurityStamp>,
        by: Option<&SessionId>,
    ) -> Option<Self> {
        let new = change.security_stamp();
        match (kind, new) {
            // The password is the same.
            (EventKind::PasswordRehashed, Some(new)) => Some(Self::go_on(old, new)),
            // Failures lock an account by another step: a stranger's guesses end nobody's session.
            (EventKind::Locked(_), None) => Some(Self::End {
                by: None,
                old: None,
                new: None,
            }),
            // Whoever follows the link to the new address need not be the owner of the old one.
            (EventKind::EmailChanged | EventKind::SignedOutEverywhere, Some(_)) => Some(Self::End {
                by: None,
                old: None,
                new: None,
            }),
            (_, Some(new)) => Some(Self::End {
                by: by.cloned(),
                old: old.cloned(),
                new: Some(new.clone()),
            }),
            (_, None) => None,
        }
    }

    /// All go on with a new stamp.
    pub(crate) fn go_on(old: Option<&SecurityStamp>, new: &SecurityStamp) -> Self {
        Self::GoOn {
            old: old.cloned(),
            new: new.clone(),
        }
    }
}
