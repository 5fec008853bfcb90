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
    /// All end, but for the one that made the change.
    End {
        /// That one.
        but: Option<GoesOn>,
    },
    /// Those that this credential began end, and no others.
    EndOf {
        /// [`Session::credential`](super::Session::credential).
        credential: String,
    },
    /// All are gone, with the account.
    Removed,
}

/// A session that goes on after the change that it made: it gets the new stamp, if it has the old one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoesOn {
    /// Its id.
    pub session: SessionId,
    /// The account's stamp before.
    pub old: Option<SecurityStamp>,
    /// And after.
    pub new: SecurityStamp,
}

impl SessionsAfterChange {
    /// What follows from a change of an account that has the stamp `old`, by a session or by somebody else; `None` if its sessions
    /// stay as they are.
    pub(crate) fn of(
        kind: &EventKind,
        change: &Change,
        old: Option<&SecurityStamp>,
        by: Option<&SessionId>,
    ) -> Option<Self> {
        let new = change.security_stamp();
        match (kind, new) {
            // It is still the same password, in another form.
            (EventKind::PasswordRehashed, Some(new)) => Some(Self::go_on(old, new)),
            // By an operator. Failures lock an account in another step: a stranger's guesses end nobody's session.
            (EventKind::Locked(_), None) => Some(Self::End { but: None }),
            // Whoever follows the link to the new address need not be the owner of the old one.
            (EventKind::EmailChanged | EventKind::SignedOutEverywhere, Some(_)) => Some(Self::End { but: None }),
            (_, Some(new)) => Some(Self::End {
                but: by.map(|session| GoesOn {
                    session: session.clone(),
                    old: old.cloned(),
                    new: new.clone(),
                }),
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
