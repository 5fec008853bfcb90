//! Sessions in memory, which the end of the process loses.

use std::cmp::Reverse;
use std::collections::HashMap;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::accounts::MemoryAccounts;
use super::state::Account;
use crate::account::UserId;
use crate::event::Event;
use crate::session::{
    GoesOn, RefreshState, RefreshStep, Rotation, SeenDevice, Session, SessionId, SessionsAfterChange, SignInMethod,
};
use crate::store::{AttemptState, EndSessions, Presented, SessionStore, StoreError};

/// All sessions, those that have ended too.
#[derive(Default)]
pub(super) struct MemorySessions {
    sessions: HashMap<SessionId, Kept>,
}

struct Kept {
    session: Session,
    has_ended: bool,
    refresh: RefreshState,
}

impl MemorySessions {
    /// What a change of an account does to its sessions.
    pub(super) fn after_change(&mut self, user: &UserId, event: &Event) {
        match event.sessions() {
            None => {}
            Some(SessionsAfterChange::Removed) => self.sessions.retain(|_, kept| kept.session.user != *user),
            Some(SessionsAfterChange::GoOn { old, new }) => {
                for session in self.live(user).filter(|session| session.security_stamp == *old) {
                    session.security_stamp = Some(new.clone());
                }
            }
            Some(SessionsAfterChange::EndOf { credential }) => {
                self.end(user, EndSessions::OfCredential(credential));
            }
            Some(SessionsAfterChange::End { but }) => {
                if let Some(GoesOn { session: id, old, new }) = but
                    && let Some(session) = self.live(user).find(|session| session.id == *id)
                    && session.security_stamp == *old
                {
                    session.security_stamp = Some(new.clone());
                }
                self.end(user, EndSessions::AllBut(but.as_ref().map(|but| &but.session)));
            }
        }
    }

    fn live(&mut self, user: &UserId) -> impl Iterator<Item = &mut Session> {
        let live = self.sessions.values_mut().filter(|kept| !kept.has_ended);
        live.map(|kept| &mut kept.session)
            .filter(move |session| session.user == *user)
    }

    fn end(&mut self, user: &UserId, which: EndSessions<'_>) -> u64 {
        let mut ended = 0;
        for kept in self.sessions.values_mut() {
            let session = &kept.session;
            if !kept.has_ended && session.user == *user && which.contains(session) {
                kept.has_ended = true;
                ended += 1;
            }
        }
        ended
    }
}

/// In which order sessions of an account make room for new ones.
fn order_of_removal(kept: &Kept) -> (bool, OffsetDateTime, &SessionId) {
    (!kept.has_ended, kept.session.last_seen, &kept.session.id)
}

fn has_stamp_of(session: &Session, account: &Account) -> bool {
    session.security_stamp == account.user.security_stamp
}

#[async_trait]
impl SessionStore for MemoryAccounts {
    async fn add(&self, session: &Session, most: usize) -> Result<bool, StoreError> {
        let mut state = self.state();
        let account = state.accounts.get(&session.user);
        let may_be_added = account.is_some_and(|account| {
            has_stamp_of(session, account) && !AttemptState::from(&account.user).is_locked_for_ever()
        });
        if !may_be_added {
            return Ok(false);
        }
        let kept = Kept {
            session: session.clone(),
            has_ended: false,
            refresh: RefreshState::FIRST,
        };
        let sessions = &mut state.sessions.sessions;
        sessions.insert(session.id.clone(), kept);
        let mut own: Vec<&Kept> = sessions
            .values()
            .filter(|kept| kept.session.user == session.user)
            .collect();
        own.sort_by(|a, b| order_of_removal(a).cmp(&order_of_removal(b)));
        let beyond = own.len().saturating_sub(most);
        let beyond: Vec<SessionId> = own[..beyond].iter().map(|kept| kept.session.id.clone()).collect();
        for id in &beyond {
            sessions.remove(id);
        }
        Ok(true)
    }

    async fn find(&self, id: &SessionId, user: &UserId) -> Result<Option<Session>, StoreError> {
        let state = self.state();
        let (Some(kept), Some(account)) = (state.sessions.sessions.get(id), state.accounts.get(user)) else {
            return Ok(None);
        };
        let is_good = !kept.has_ended && kept.session.user == *user && has_stamp_of(&kept.session, account);
        Ok(is_good.then(|| kept.session.clone()))
    }

    async fn list(&self, user: &UserId, limit: usize) -> Result<Vec<Session>, StoreError> {
        let mut state = self.state();
        let state = &mut *state;
        let Some(account) = state.accounts.get(user) else {
            return Ok(Vec::new());
        };
        let live = state
            .sessions
            .live(user)
            .filter(|session| has_stamp_of(session, account));
        let mut sessions: Vec<Session> = live.map(|session| session.clone()).collect();
        sessions.sort_by(|a, b| (b.last_seen, &b.id).cmp(&(a.last_seen, &a.id)));
        sessions.truncate(limit);
        Ok(sessions)
    }

    async fn end(&self, user: &UserId, which: EndSessions<'_>, _event: &Event) -> Result<u64, StoreError> {
        Ok(self.state().sessions.end(user, which))
    }

    async fn rotate(
        &self,
        id: &SessionId,
        user: &UserId,
        presented: Presented,
        event: &Event,
    ) -> Result<Rotation, StoreError> {
        let mut state = self.state();
        let kept = state.sessions.sessions.get_mut(id);
        let Some(kept) = kept.filter(|kept| !kept.has_ended && kept.session.user == *user) else {
            return Ok(Rotation::Ended);
        };
        let step = kept.refresh.step(presented.number, event.at, presented.grace);
        if step == RefreshStep::Reuse {
            kept.has_ended = true;
            return Ok(Rotation::Reused);
        }
        kept.refresh = kept.refresh.after(step, presented.number, event.at);
        Ok(Rotation::Successor(kept.refresh.leaf))
    }

    async fn devices(&self, user: &UserId, limit: usize) -> Result<Vec<SeenDevice>, StoreError> {
        let state = self.state();
        let kept = state.sessions.sessions.values().map(|kept| &kept.session);
        let mut sessions: Vec<_> = kept.filter(|session| session.user == *user).collect();
        sessions.sort_unstable_by_key(|session| Reverse(session.last_seen));
        let devices = sessions.into_iter().take(limit).map(|session| SeenDevice {
            user_agent: session.user_agent.clone(),
            client: session.client.clone(),
            began: session.created,
        });
        Ok(devices.collect())
    }

    async fn mark_seen(&self, id: &SessionId, at: OffsetDateTime) -> Result<(), StoreError> {
        if let Some(kept) = self.state().sessions.sessions.get_mut(id) {
            kept.session.last_seen = kept.session.last_seen.max(at);
        }
        Ok(())
    }

    async fn mark_authenticated(
        &self,
        id: &SessionId,
        user: &UserId,
        methods: &[SignInMethod],
        at: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let Some(session) = state.sessions.live(user).find(|session| session.id == *id) else {
            return Ok(false);
        };
        session.authenticated = at;
        session.methods = methods.to_vec();
        Ok(true)
    }

    async fn remove_unseen(&self, before: OffsetDateTime, limit: usize) -> Result<u64, StoreError> {
        let mut state = self.state();
        let sessions = &mut state.sessions.sessions;
        let unseen = sessions
            .values()
            .map(|kept| (kept.session.last_seen, kept.session.id.clone()));
        let mut unseen: Vec<_> = unseen.filter(|(last_seen, _)| *last_seen < before).collect();
        unseen.sort_unstable_by_key(|(last_seen, _)| *last_seen);
        unseen.truncate(limit);
        for (_, id) in &unseen {
            sessions.remove(id);
        }
        Ok(unseen.len() as u64)
    }
}
