//! Stores sessions.

use std::fmt::Debug;

use async_trait::async_trait;
use time::{Duration, OffsetDateTime};

use super::StoreError;
use crate::account::UserId;
use crate::event::Event;
use crate::session::{Rotation, SeenDevice, Session, SessionId, SignInMethod};

/// Stores sessions, beside the accounts that they belong to. Every method is one atomic step.
///
/// Stores that have sessions also do with them what an account's change does
/// ([`Event::sessions`](crate::Event::sessions)), in the transaction of the change.
#[async_trait]
pub trait SessionStore: Debug + Send + Sync + 'static {
    /// Adds a session, and tells whether it did: not if the account is gone, has another security stamp, or is
    /// [locked for ever](crate::store::AttemptState::is_locked_for_ever), which an operator may have done since the sign-in was
    /// checked. In the same transaction, sessions of the account beyond `most` are removed: first those that have ended, then
    /// those that were used longest ago.
    async fn add(&self, session: &Session, most: usize) -> Result<bool, StoreError>;
    /// The session with this id, if it has not ended and is this user's, and the account has the session's security stamp. One
    /// indexed read.
    async fn find(&self, id: &SessionId, user: &UserId) -> Result<Option<Session>, StoreError>;
    /// The sessions that [`find`](Self::find) would find, up to `limit`, those that were used last first.
    async fn list(&self, user: &UserId, limit: usize) -> Result<Vec<Session>, StoreError>;
    /// Ends sessions of a user that have not ended, and tells how many there were. The event says why; it is kept if there were
    /// any, as [`Event::ending_sessions`] gives it.
    async fn end(&self, user: &UserId, which: EndSessions<'_>, event: &Event) -> Result<u64, StoreError>;
    /// The refresh token with the number that `presented` has was presented for a session of the user: does with it what
    /// [`RefreshState::step`](crate::session::RefreshState::step) says. Of any number of parallel calls all are answered as if they
    /// came one after another. If the token was used before, the session ends, and the event is kept.
    async fn rotate(
        &self,
        id: &SessionId,
        user: &UserId,
        presented: Presented,
        event: &Event,
    ) -> Result<Rotation, StoreError>;
    /// The devices of up to `limit` sessions of a user that were used last, those that have ended too.
    async fn devices(&self, user: &UserId, limit: usize) -> Result<Vec<SeenDevice>, StoreError>;
    /// The session was used at this time, if none later is known.
    async fn mark_seen(&self, id: &SessionId, at: OffsetDateTime) -> Result<(), StoreError>;
    /// The user of a session that has not ended proved again at this time who they are; `false` if there is no such session.
    async fn mark_authenticated(
        &self,
        id: &SessionId,
        user: &UserId,
        methods: &[SignInMethod],
        at: OffsetDateTime,
    ) -> Result<bool, StoreError>;
    /// Removes up to `limit` sessions that were last used before this time, ended or not, and tells how many there were.
    async fn remove_unseen(&self, before: OffsetDateTime, limit: usize) -> Result<u64, StoreError>;
}

/// A refresh token that was presented at the time of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presented {
    /// Its number.
    pub number: i64,
    /// How long a used one gives the same successor again.
    pub grace: Duration,
}

/// Which sessions of a user end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndSessions<'a> {
    /// This one.
    One(&'a SessionId),
    /// All, or all others.
    AllBut(Option<&'a SessionId>),
    /// Those that this credential began.
    OfCredential(&'a str),
}

impl EndSessions<'_> {
    /// Whether this session is one of them.
    pub fn contains(&self, session: &Session) -> bool {
        match self {
            Self::One(one) => **one == session.id,
            Self::AllBut(kept) => *kept != Some(&session.id),
            Self::OfCredential(credential) => session.credential.as_deref() == Some(*credential),
        }
    }
}
