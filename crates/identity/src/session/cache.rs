//! Sessions that were read a moment ago.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};

use super::{Session, SessionId};
use crate::account::UserId;

/// How many sessions are remembered. They take about 5 MB.
const MOST_SESSIONS: usize = 10_000;

/// Sessions that were good when they were read, for as long as the options allow. What this process ends is forgotten at once; what
/// another one ends, when its time is over.
#[derive(Debug)]
pub(super) struct SessionCache {
    keep: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sessions: HashMap<SessionId, (Session, OffsetDateTime)>,
    /// How often something was forgotten.
    edition: u64,
}

/// When a reading began: what it found is not remembered if something was forgotten since.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edition(u64);

impl SessionCache {
    pub(super) fn new(keep: Duration) -> Self {
        Self {
            keep,
            state: Mutex::default(),
        }
    }

    fn is_off(&self) -> bool {
        self.keep.is_zero()
    }

    pub(super) fn edition(&self) -> Edition {
        match self.is_off() {
            true => Edition(0),
            false => Edition(self.state().edition),
        }
    }

    pub(super) fn get(&self, id: &SessionId, user: &UserId, now: OffsetDateTime) -> Option<Session> {
        if self.is_off() {
            return None;
        }
        let state = self.state();
        let (session, read) = state.sessions.get(id)?;
        let is_new = *read <= now && now - *read < self.keep;
        (is_new && session.user == *user).then(|| session.clone())
    }

    pub(super) fn insert(&self, session: &Session, read: OffsetDateTime, edition: Edition) {
        if self.is_off() {
            return;
        }
        let mut state = self.state();
        if state.edition != edition.0 {
            return;
        }
        if state.sessions.len() >= MOST_SESSIONS {
            let keep = self.keep;
            state.sessions.retain(|_, (_, then)| read - *then < keep);
            if state.sessions.len() >= MOST_SESSIONS {
                state.sessions.clear();
            }
        }
        state.sessions.insert(session.id.clone(), (session.clone(), read));
    }

    pub(super) fn forget(&self, user: &UserId) {
        if self.is_off() {
            return;
        }
        let mut state = self.state();
        state.edition += 1;
        state.sessions.retain(|_, (session, _)| session.user != *user);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::session::SessionKind;

    const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

    fn session(number: usize, user: &str) -> Session {
        Session {
            id: SessionId::from_text(&format!("{number:022}")).unwrap(),
            user: UserId::from_stored(user),
            kind: SessionKind::Cookie,
            created: NOW,
            last_seen: NOW,
            authenticated: NOW,
            methods: Vec::new(),
            credential: None,
            client: None,
            user_agent: None,
            security_stamp: None,
        }
    }

    #[test]
    fn a_session_is_remembered_for_its_user_until_its_time_is_over() {
        let cache = SessionCache::new(Duration::seconds(5));
        let ada = session(1, "ada");
        cache.insert(&ada, NOW, cache.edition());
        let get = |user, at| cache.get(&ada.id, &UserId::from_stored(user), at);
        assert_eq!(get("ada", NOW + Duration::milliseconds(4_999)), Some(ada.clone()));
        assert_eq!(get("ada", NOW + Duration::seconds(5)), None);
        assert_eq!(get("bob", NOW), None);
        assert_eq!(get("ada", NOW - Duration::SECOND), None, "the clock was set back");
    }

    #[test]
    fn what_was_read_before_something_was_forgotten_is_not_remembered() {
        let cache = SessionCache::new(Duration::seconds(5));
        let ada = session(1, "ada");
        let before = cache.edition();
        cache.forget(&ada.user);
        cache.insert(&ada, NOW, before);
        assert_eq!(cache.get(&ada.id, &ada.user, NOW), None);
        cache.insert(&ada, NOW, cache.edition());
        cache.forget(&ada.user);
        assert_eq!(cache.get(&ada.id, &ada.user, NOW), None);
    }

    #[test]
    fn no_more_than_so_many_are_remembered() {
        let cache = SessionCache::new(Duration::seconds(5));
        for number in 0..=MOST_SESSIONS {
            cache.insert(&session(number, "ada"), NOW, cache.edition());
        }
        assert_eq!(cache.state().sessions.len(), 1);
    }
}
