//! Beginning, checking and ending sessions.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use wicketgate_protection::{Clock, Random};

use super::cache::SessionCache;
use super::reads::SessionReads;
use super::seen::LastSeen;
use super::{Proof, Rotation, SeenDevice, Session, SessionId, SessionKind, SignInMethod};
use crate::account::{SecurityStamp, UserId};
use crate::claims::ClaimsPrincipal;
use crate::error::Error;
use crate::event::{Event, EventKind};
use crate::observer::{self, Observation};
use crate::options::{ClaimsIdentityOptions, Options, SessionOptions};
use crate::request::RequestContext;
use crate::store::{EndSessions, Presented, SessionStore, StoreError, Stores};
use crate::ticket::Ticket;

/// How many sessions an account can have.
const MOST_SESSIONS: usize = 100;

/// How many events of an account tell whether it was used before.
const NEWEST_EVENTS: usize = 100;

/// Begins, checks and ends sessions; [`Accounts::sessions`](crate::Accounts::sessions) has it where sessions are on.
#[derive(Debug)]
pub struct Sessions {
    stores: Arc<dyn Stores>,
    options: SessionOptions,
    claims: ClaimsIdentityOptions,
    cache: SessionCache,
    seen: LastSeen,
    reads: SessionReads,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// What a request tells about the device that it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// What it calls itself, in short.
    pub user_agent: Option<String>,
}

impl Sessions {
    /// `None` if sessions are off, or the stores keep none.
    pub(crate) fn new(
        stores: &Arc<dyn Stores>,
        options: &Options,
        clock: &Arc<dyn Clock>,
        random: &Arc<dyn Random>,
    ) -> Option<Self> {
        if !options.sessions.enabled {
            return None;
        }
        stores.sessions()?;
        Some(Self {
            stores: Arc::clone(stores),
            options: options.sessions.clone(),
            claims: options.claims_identity.clone(),
            cache: SessionCache::new(
                options
                    .sessions
                    .cache
                    .clamp(Duration::ZERO, SessionOptions::LONGEST_CACHE),
            ),
            seen: LastSeen::new(Arc::clone(stores)),
            reads: SessionReads::new(Arc::clone(stores)),
            clock: Arc::clone(clock),
            random: Arc::clone(random),
        })
    }

    /// Begins a session of the user whom a ticket will be about, from the client of the
    /// [current request](crate::request::RequestContext). If the account has a hundred, the one that was used longest ago ends.
    ///
    /// `None` if the account was locked by an operator, deleted, or got another security stamp since the sign-in was checked, which
    /// has failed by that.
    ///
    /// # Errors
    /// The store failed.
    pub async fn begin(
        &self,
        principal: &ClaimsPrincipal,
        kind: SessionKind,
        proof: Proof,
        device: Device,
    ) -> Result<Option<Session>, Error> {
        let now = self.clock.now();
        let stamp = principal.find_first_value(&self.claims.security_stamp_claim_type);
        let client = RequestContext::current().and_then(|request| request.client);
        let session = Session {
            id: SessionId::generate(&*self.random),
            user: UserId::from_stored(principal.user_id(&self.claims).unwrap_or_default()),
            kind,
            created: now,
            last_seen: now,
            authenticated: proof.at.unwrap_or(now),
            methods: proof.methods,
            credential: proof.credential,
            client: client.map(|client| client.shortened().to_string()),
            user_agent: device.user_agent,
            security_stamp: stamp.map(SecurityStamp::from_stored),
        };
        if !self.store()?.add(&session, MOST_SESSIONS).await? {
            tracing::info!(user = %session.user, "the account has changed while somebody signed in, which has failed");
            return Ok(None);
        }
        // Another session may have made room for it.
        self.forget(&session.user);
        observer::tell(&Observation::SessionBegun(kind));
        Ok(Some(session))
    }

    /// Whether a sign-in that succeeded just now, and whose session has yet to begin, is one with a device that was not used for the
    /// account lately: another browser, or from another network. The first sign-in to an account is none, unless others have already
    /// tried so often to sign in to it that their failures hide whether it is the first.
    ///
    /// # Errors
    /// The store failed.
    pub async fn is_new_device(&self, user: &UserId, device: &Device) -> Result<bool, Error> {
        let seen = self.store()?.devices(user, MOST_SESSIONS).await?;
        if !seen.is_empty() {
            return Ok(SeenDevice::is_news(&SeenDevice::of(device, self.clock.now()), &seen));
        }
        // What was used longer ago is forgotten.
        let Some(events) = self.stores.events() else {
            return Ok(false);
        };
        let newest = events.newest_of(user, NEWEST_EVENTS).await?;
        let sign_ins = newest.iter().filter(|event| event.kind == "signed_in").count();
        // One is that of this sign-in.
        Ok(sign_ins > 1 || newest.len() >= NEWEST_EVENTS)
    }

    /// The session that a ticket names, if it is that user's, has not ended, and the account still has the session's security stamp:
    /// one indexed read, unless the options allow to remember it.
    ///
    /// # Errors
    /// The store failed.
    pub async fn check(&self, ticket: &Ticket) -> Result<Option<Session>, Error> {
        let (Some(id), Some(user)) = (ticket.properties.session(), ticket.principal.user_id(&self.claims)) else {
            return Ok(None);
        };
        let (user, now) = (UserId::from_stored(user), self.clock.now());
        let remembered = self.cache.get(&id, &user, now);
        let session = match remembered.filter(|session| !session.is_older_than(ticket)) {
            Some(session) => Some(session).filter(|session| !self.is_over(session, now)),
            None => self.read(&id, &user, now).await?,
        };
        Ok(session.map(|session| session.proved_by(ticket)))
    }

    /// The user's sessions, those that were used last first.
    ///
    /// # Errors
    /// The store failed.
    pub async fn list(&self, user: &UserId) -> Result<Vec<Session>, Error> {
        let now = self.clock.now();
        let mut sessions = self.store()?.list(user, MOST_SESSIONS).await?;
        sessions.retain(|session| !self.is_over(session, now));
        Ok(sessions)
    }

    /// Whether the session's user has proved who they are within this time, by whatever.
    pub(crate) fn is_fresh(&self, session: &Session, within: Duration) -> bool {
        // The clock of the instance where they did may be ahead.
        !session.methods.is_empty() && (self.clock.now() - session.authenticated).abs() <= within
    }

    /// The user of the session has proved again who they are; `false` if it has ended meanwhile.
    pub(crate) async fn mark_authenticated(
        &self,
        session: &Session,
        method: SignInMethod,
        at: OffsetDateTime,
    ) -> Result<bool, Error> {
        let mut methods = session.methods.clone();
        if !methods.contains(&method) {
            methods.push(method);
        }
        let store = self.store()?;
        let is_there = store
            .mark_authenticated(&session.id, &session.user, &methods, at)
            .await?;
        self.forget(&session.user);
        Ok(is_there)
    }

    /// Ends one session of a user; `false` if there is no such session.
    ///
    /// # Errors
    /// The store failed.
    pub async fn end(&self, user: &UserId, id: &SessionId, why: EventKind) -> Result<bool, Error> {
        Ok(self.end_some(user, EndSessions::One(id), why).await? > 0)
    }

    /// Ends all sessions of a user, but for this one, and tells how many there were.
    ///
    /// # Errors
    /// The store failed.
    pub async fn end_others(&self, user: &UserId, kept: Option<&SessionId>) -> Result<u64, Error> {
        let why = EventKind::OtherSessionsEnded { count: 0 };
        self.end_some(user, EndSessions::AllBut(kept), why).await
    }

    /// What to give for the refresh token of this number, which the ticket of a good session names. If it was used before, that has
    /// ended the session.
    ///
    /// # Errors
    /// The store failed.
    pub async fn rotate(&self, user: &UserId, id: &SessionId, number: i64) -> Result<Rotation, Error> {
        if !self.options.rotate_refresh_tokens {
            // As it is, so that it is right if they are rotated one day.
            return Ok(Rotation::Successor(number));
        }
        let presented = Presented {
            number,
            grace: self
                .options
                .refresh_grace
                .clamp(Duration::ZERO, SessionOptions::LONGEST_GRACE),
        };
        let event = Event::new(EventKind::RefreshTokenReused, Some(user.clone()), self.clock.now());
        let rotation = self.store()?.rotate(id, user, presented, &event).await?;
        if rotation == Rotation::Reused {
            self.forget(user);
            event.log();
        }
        Ok(rotation)
    }

    /// Waits until it is written when sessions were last used. For tests.
    pub async fn finish_writes(&self) {
        self.seen.finish().await;
    }

    /// The account has changed: what is remembered of its sessions may no longer be so.
    pub(crate) fn forget(&self, user: &UserId) {
        self.cache.forget(user);
    }

    async fn end_some(&self, user: &UserId, which: EndSessions<'_>, why: EventKind) -> Result<u64, Error> {
        let event = Event::new(why, Some(user.clone()), self.clock.now());
        let ended = self.store()?.end(user, which, &event).await?;
        self.forget(user);
        if ended > 0 {
            event.ending_sessions(ended).log();
        }
        Ok(ended)
    }

    /// As the store has it. What the cache has may be older than what was noted since.
    async fn read(&self, id: &SessionId, user: &UserId, now: OffsetDateTime) -> Result<Option<Session>, Error> {
        let edition = self.cache.edition();
        let session = self.reads.find(id, user).await?;
        let session = session.filter(|session| !self.is_over(session, now));
        if let Some(session) = &session {
            self.cache.insert(session, now, edition);
            self.seen.note(session, now);
        }
        Ok(session)
    }

    fn is_over(&self, session: &Session, now: OffsetDateTime) -> bool {
        now - session.created >= self.options.absolute_timeout || now - session.last_seen >= self.options.idle_timeout
    }

    fn store(&self) -> Result<&dyn SessionStore, StoreError> {
        sessions_of(&*self.stores)
    }
}

/// Where they are kept.
pub(super) fn sessions_of(stores: &dyn Stores) -> Result<&dyn SessionStore, StoreError> {
    let missing = || StoreError::Failed("the stores keep no sessions".into());
    stores.sessions().ok_or_else(missing)
}
