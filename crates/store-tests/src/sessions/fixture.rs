//! Sessions for tests, and shorthands for the steps of their store.

use time::Duration;

use wicketgate_identity::account::{Change, Expected};
use wicketgate_identity::session::{Session, SessionId, SessionKind, SessionsAfterChange, SignInMethod};
use wicketgate_identity::store::{ChangeOutcome, SessionStore};
use wicketgate_identity::{Event, EventKind, StoreError, User, UserId};

use crate::Store;
use crate::fixture::{NOW, stamp};

pub(super) fn id(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

/// A session that was last used as many minutes after [`NOW`] as its number says.
pub(super) fn session(number: u8, user: &User) -> Session {
    let seen = NOW + Duration::minutes(number.into());
    Session {
        id: id(number),
        user: user.id.clone(),
        kind: SessionKind::Cookie,
        created: NOW,
        last_seen: seen,
        authenticated: NOW,
        methods: vec![SignInMethod::Password],
        credential: None,
        client: None,
        user_agent: None,
        security_stamp: user.security_stamp.clone(),
    }
}

pub(super) async fn add(
    sessions: &dyn SessionStore,
    user: &User,
    numbers: impl IntoIterator<Item = u8>,
) -> Result<(), StoreError> {
    for number in numbers {
        sessions.add(&session(number, user)).await?;
    }
    Ok(())
}

/// Which of the first ten sessions can be used.
pub(super) async fn good(sessions: &dyn SessionStore, user: &UserId) -> Result<Vec<u8>, StoreError> {
    let mut good = Vec::new();
    for number in 0..10 {
        if sessions.find(&id(number), user).await?.is_some() {
            good.push(number);
        }
    }
    Ok(good)
}

pub(super) fn event(kind: EventKind, user: &User) -> Event {
    Event::new(kind, Some(user.id.clone()), NOW)
}

/// A new stamp, and what that does to the sessions.
pub(super) async fn change(
    store: &Store,
    user: &User,
    new: &str,
    sessions: Option<SessionsAfterChange>,
) -> Result<(), StoreError> {
    let change = Change::SecurityStamp(stamp(new));
    let event = event(EventKind::PasswordChanged, user).with_sessions(sessions);
    let outcome = store.accounts().change(&user.id, Expected::Account, &change, &event);
    assert_eq!(outcome.await?, ChangeOutcome::Changed);
    Ok(())
}
