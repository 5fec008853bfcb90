//! When the ring is read, and when a key is made.

use std::sync::{Arc, atomic::Ordering};

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::KeyRing;
use crate::{
    KeyRepositoryError,
    default_key::{self, REFRESH_PERIOD},
    key::Key,
    ring_contents::RingContents,
};

/// The ring as it was when it was read.
#[derive(Debug)]
pub(crate) struct Snapshot {
    contents: RingContents,
    /// The key that protects; none only where making keys is switched off.
    pub(crate) default: Option<Arc<Key>>,
    refresh_at: OffsetDateTime,
    edition: RingEdition,
}

/// Which reading of its ring a process has in use: the next one may have revoked what opened under this one. Editions of
/// different rings do not compare.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RingEdition(u64);

impl Snapshot {
    /// Holds until `refresh_at`, or until the default key ends, unless that is an expired one for want of a better.
    fn new(
        contents: RingContents,
        default: Option<Arc<Key>>,
        now: OffsetDateTime,
        mut refresh_at: OffsetDateTime,
    ) -> Self {
        if let Some(default) = &default
            && !default.is_expired(now)
        {
            refresh_at = refresh_at.min(default.life.expiration_date);
        }
        Self {
            contents,
            default,
            refresh_at,
            edition: RingEdition::default(),
        }
    }

    /// Which reading this is.
    pub(crate) fn edition(&self) -> RingEdition {
        self.edition
    }

    /// All that was read.
    pub(super) fn contents(&self) -> &RingContents {
        &self.contents
    }

    /// The key with that id, revoked or not.
    pub(crate) fn key(&self, id: Uuid) -> Option<&Arc<Key>> {
        self.contents.key(id)
    }

    /// The same until another instant.
    fn until(&self, refresh_at: OffsetDateTime) -> Self {
        Self {
            contents: self.contents.clone(),
            default: self.default.clone(),
            refresh_at,
            edition: self.edition,
        }
    }
}

impl KeyRing {
    /// The ring as it is known, read again first where its time is over.
    pub(crate) async fn current(&self) -> Result<Arc<Snapshot>, KeyRepositoryError> {
        let now = self.clock.now();
        let known = self.current.load_full();
        if let Some(snapshot) = &known
            && now < snapshot.refresh_at
        {
            return Ok(Arc::clone(snapshot));
        }
        // In a box, as this is seldom due.
        Box::pin(self.read_again(known, now)).await
    }

    async fn read_again(
        &self,
        known: Option<Arc<Snapshot>>,
        now: OffsetDateTime,
    ) -> Result<Arc<Snapshot>, KeyRepositoryError> {
        let _one_reads = match (known, self.refresh.try_lock()) {
            (_, Ok(guard)) => guard,
            // Somebody is reading already: the old ring will do for that moment.
            (Some(snapshot), Err(_)) => return Ok(snapshot),
            (None, Err(_)) => self.refresh.lock().await,
        };
        let newest = self.current.load_full();
        if let Some(snapshot) = &newest
            && now < snapshot.refresh_at
        {
            return Ok(Arc::clone(snapshot));
        }
        let contents = match (self.read().await, newest) {
            (Ok(contents), _) => contents,
            (Err(error), Some(old)) => {
                tracing::warn!(%error, "the key ring could not be read again: the keys known so far stay in use");
                return Ok(self.publish(old.until(now.saturating_add(RETRY_PERIOD))));
            }
            (Err(error), None) => return Err(error),
        };
        match self.choose_default(contents, now).await {
            Ok(snapshot) => Ok(self.publish(snapshot)),
            Err(error) => {
                // What was known before is proven outdated: all its keys may have been revoked.
                self.current.store(None);
                Err(error)
            }
        }
    }

    /// The ring after another look, for a payload whose key `known` does not have.
    ///
    /// Another instance may have made that key a moment ago. But any client can make up key ids, so there is one such
    /// look within [`FORCED_REFRESH_INTERVAL`], and it makes no keys.
    pub(crate) async fn look_again(&self, known: &Arc<Snapshot>) -> Arc<Snapshot> {
        let mut last = self.refresh.lock().await;
        let now = self.clock.now();
        let newest = self.current.load_full().unwrap_or_else(|| Arc::clone(known));
        let is_too_soon = last
            .0
            .is_some_and(|last| (Duration::ZERO..FORCED_REFRESH_INTERVAL).contains(&(now - last)));
        if is_too_soon || !Arc::ptr_eq(&newest, known) {
            return newest;
        }
        last.0 = Some(now);
        let contents = match self.read().await {
            Ok(contents) => contents,
            Err(error) => {
                tracing::warn!(%error, "the key ring could not be read for a key that is not known");
                return newest;
            }
        };
        let choice = default_key::choose(now, contents.keys());
        let default = choice.preferred.or(choice.fallback);
        // Only a look: the next regular reading is not put off, and comes at once where a key has to be made.
        let refresh_at = if default.is_some() { newest.refresh_at } else { now };
        self.publish(Snapshot::new(contents, default, now, refresh_at))
    }

    /// The next use reads again, and does not make do with what was known should that fail.
    pub(super) async fn forget(&self) {
        let _one_reads = self.refresh.lock().await;
        self.current.store(None);
    }

    /// The next use reads again.
    pub(super) fn expire(&self) {
        if let Some(known) = self.current.load_full() {
            self.publish(known.until(self.clock.now()));
        }
    }

    pub(super) async fn read(&self) -> Result<RingContents, KeyRepositoryError> {
        RingContents::read(&*self.repository, &self.options.encryption).await
    }

    fn publish(&self, mut snapshot: Snapshot) -> Arc<Snapshot> {
        snapshot.edition = RingEdition(self.editions.fetch_add(1, Ordering::Relaxed) + 1);
        let snapshot = Arc::new(snapshot);
        self.current.store(Some(Arc::clone(&snapshot)));
        snapshot
    }

    /// The key that protects; makes a new one where that is needed.
    async fn choose_default(
        &self,
        mut contents: RingContents,
        now: OffsetDateTime,
    ) -> Result<Snapshot, KeyRepositoryError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let choice = default_key::choose(now, contents.keys());
            let activation = match &choice.preferred {
                None => now,
                Some(default) if default_key::needs_successor(now, default, contents.keys()) => {
                    default.life.expiration_date
                }
                Some(_) => return Ok(self.snapshot(contents, choice.preferred, now)),
            };
            let default = choice.preferred.or(choice.fallback);
            if !self.options.auto_generate_keys {
                if let Some(key) = &default {
                    tracing::warn!(key = %key.id, expiration = %key.life.expiration_date,
                        "the key ring needs a new key, but making keys is switched off");
                }
                return Ok(self.snapshot(contents, default, now));
            }
            // No key is made as long as one waits for its passphrase. Of those that open, even an expired one protects then.
            let default = default.or_else(|| {
                contents.waiting_for_passphrase()?;
                contents.newest_usable().cloned()
            });
            match self.store_new_key(&contents, activation, now).await {
                Ok(Some(id)) => return Ok(self.snapshot_with_new_key(self.read().await?, id, now)),
                // Another instance was faster: perhaps with the very key that is needed here.
                Ok(None) if attempts < ATTEMPTS => contents = self.read().await?,
                Ok(None) => {
                    return Err(KeyRepositoryError {
                        place: self.repository.place(),
                        source: "it changes whenever a new key is to be kept".into(),
                    });
                }
                // A ring that can be read but not written serves on with what it has.
                Err(error) if default.is_some() => {
                    tracing::error!(%error, "a new key could not be kept");
                    return Ok(self
                        .snapshot(contents, default, now)
                        .until(now.saturating_add(RETRY_PERIOD)));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes a key, and gives its id, unless the repository has more than `contents` by now.
    async fn store_new_key(
        &self,
        contents: &RingContents,
        activation: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<Option<Uuid>, KeyRepositoryError> {
        let expiration = now.saturating_add(self.options.new_key_lifetime);
        let (id, element) = self.new_key(contents, activation, expiration).await?;
        let is_kept = self
            .repository
            .store_if_unchanged(element, contents.element_count())
            .await?;
        Ok(is_kept.then_some(id))
    }

    /// The new key protects only where no other does: it has not reached all instances yet.
    fn snapshot_with_new_key(&self, contents: RingContents, new_key: Uuid, now: OffsetDateTime) -> Snapshot {
        let choice = default_key::choose(now, contents.keys());
        let default = choice.preferred.or(choice.fallback);
        let default = default.or_else(|| contents.key(new_key).cloned());
        self.snapshot(contents, default, now)
    }

    fn snapshot(&self, contents: RingContents, default: Option<Arc<Key>>, now: OffsetDateTime) -> Snapshot {
        Snapshot::new(contents, default, now, now.saturating_add(self.refresh_period()))
    }

    /// Up to a fifth less than a day, so that many instances do not all read at the same time.
    fn refresh_period(&self) -> Duration {
        let mut bytes = [0; 4];
        self.random.fill(&mut bytes);
        let chance = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
        REFRESH_PERIOD * (1.0 - chance / 5.0)
    }
}

/// When an unknown key id last led to a reading.
#[derive(Debug, Default)]
pub(super) struct LastForcedRefresh(Option<OffsetDateTime>);

/// How long a failed reading is not repeated, while there is an older one; .NET's two minutes.
const RETRY_PERIOD: Duration = Duration::minutes(2);

/// How often a key that is needed is tried to be kept. One more instance than that would have to write in between, each
/// something else than the key that is needed; so this ends what a repository does that counts in two ways.
const ATTEMPTS: u32 = 10;

/// The least time between two readings for unknown key ids. .NET reads for every one of them, but only in the first
/// two minutes of a process.
const FORCED_REFRESH_INTERVAL: Duration = Duration::seconds(2);
