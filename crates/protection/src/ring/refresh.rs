//! When the ring is read, and when a key is made.
//!
//! Both happen in a task of their own. A client can hang up at any moment, and what its request has begun to read, others
//! wait for.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::{KeyRing, snapshot::Snapshot};
use crate::KeyRepositoryError;
use crate::key::Key;
use crate::ring::contents::RingContents;
use crate::ring::default_key::{self, REFRESH_PERIOD};

/// What is remembered from one reading to the next.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// What was read last.
    known: Option<Arc<RingContents>>,
    /// When an unknown key id last led to a reading.
    last_forced: Option<OffsetDateTime>,
}

impl KeyRing {
    /// The ring as it is known, read again first where its time is over.
    pub(crate) async fn current(self: &Arc<Self>) -> Result<Arc<Snapshot>, KeyRepositoryError> {
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
        self: &Arc<Self>,
        known: Option<Arc<Snapshot>>,
        now: OffsetDateTime,
    ) -> Result<Arc<Snapshot>, KeyRepositoryError> {
        let readings = match (known, Arc::clone(&self.readings).try_lock_owned()) {
            (_, Ok(guard)) => guard,
            // Somebody is reading already: the old ring will do for that moment.
            (Some(snapshot), Err(_)) => return Ok(snapshot),
            (None, Err(_)) => Arc::clone(&self.readings).lock_owned().await,
        };
        let newest = self.current.load_full();
        if let Some(snapshot) = &newest
            && now < snapshot.refresh_at
        {
            return Ok(Arc::clone(snapshot));
        }
        let ring = Arc::clone(self);
        let reading = tokio::spawn(async move { ring.read_and_choose(readings, newest, now).await });
        reading.await.unwrap_or_else(|stopped| Err(self.refusal(stopped)))
    }

    async fn read_and_choose(
        &self,
        mut readings: OwnedMutexGuard<Readings>,
        newest: Option<Arc<Snapshot>>,
        now: OffsetDateTime,
    ) -> Result<Arc<Snapshot>, KeyRepositoryError> {
        let contents = match (self.read(&mut readings).await, newest) {
            (Ok(contents), _) => contents,
            (Err(error), Some(old)) => {
                tracing::error!(%error, "the key ring could not be read again: the keys known so far stay in use");
                return Ok(self.publish(old.until(now.saturating_add(RETRY_PERIOD))));
            }
            (Err(error), None) => return Err(error),
        };
        self.report_losses(&contents);
        match self.choose_default(&mut readings, contents, now).await {
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
    pub(crate) async fn look_again(self: &Arc<Self>, known: &Arc<Snapshot>) -> Arc<Snapshot> {
        let mut readings = Arc::clone(&self.readings).lock_owned().await;
        let now = self.clock.now();
        let newest = self.current.load_full().unwrap_or_else(|| Arc::clone(known));
        let is_too_soon = readings
            .last_forced
            .is_some_and(|last| (Duration::ZERO..FORCED_REFRESH_INTERVAL).contains(&(now - last)));
        if is_too_soon || !Arc::ptr_eq(&newest, known) {
            return newest;
        }
        readings.last_forced = Some(now);
        let (ring, known) = (Arc::clone(self), Arc::clone(&newest));
        let looking = tokio::spawn(async move { ring.look_now(readings, known, now).await });
        looking.await.unwrap_or(newest)
    }

    async fn look_now(
        &self,
        mut readings: OwnedMutexGuard<Readings>,
        newest: Arc<Snapshot>,
        now: OffsetDateTime,
    ) -> Arc<Snapshot> {
        let contents = match self.read(&mut readings).await {
            Ok(contents) if Arc::ptr_eq(&contents, newest.contents()) => return newest,
            Ok(contents) => contents,
            Err(error) => {
                tracing::error!(%error, "the key ring could not be read for a key that is not known: the keys known so far stay in use");
                return newest;
            }
        };
        self.report_losses(&contents);
        let choice = contents.default_key(now);
        let default = choice.preferred.or(choice.fallback);
        // Only a look: the next regular reading is not put off, and comes at once where a key has to be made.
        let refresh_at = match (&default, contents.losses()) {
            (None, _) => now,
            (Some(_), []) => newest.refresh_at,
            // What was lost may be back soon.
            (Some(_), _) => newest.refresh_at.min(now.saturating_add(RETRY_PERIOD)),
        };
        self.publish(Snapshot::new(contents, default, now, refresh_at))
    }

    /// The next use reads again, and does not make do with what was known should that fail.
    pub(super) async fn forget(&self) {
        let _one_reads = self.readings.lock().await;
        self.current.store(None);
    }

    /// The next use reads again.
    pub(super) fn expire(&self) {
        if let Some(known) = self.current.load_full() {
            self.publish(known.until(self.clock.now()));
        }
    }

    /// What the repository has, and what it had before and has lost.
    async fn read(&self, readings: &mut Readings) -> Result<Arc<RingContents>, KeyRepositoryError> {
        let known = readings.known.clone();
        let had_losses = known.as_ref().is_some_and(|known| !known.losses().is_empty());
        let contents = RingContents::read(&*self.repository, &self.options.encryption, known).await?;
        if had_losses && contents.losses().is_empty() {
            tracing::info!(place = %self.repository.place(), "the key ring has all again that it had lost");
        }
        readings.known = Some(Arc::clone(&contents));
        Ok(contents)
    }

    /// What the repository has, without regard to what it had before.
    pub(super) async fn read_anew(&self) -> Result<Arc<RingContents>, KeyRepositoryError> {
        RingContents::read(&*self.repository, &self.options.encryption, None).await
    }

    fn report_losses(&self, contents: &RingContents) {
        if !contents.losses().is_empty() {
            let (place, losses) = (self.repository.place(), contents.losses().join("; "));
            tracing::error!(%place, %losses, "the key ring has lost what was read from it: that stays in use");
        }
    }

    fn publish(&self, snapshot: Snapshot) -> Arc<Snapshot> {
        let snapshot = Arc::new(snapshot);
        self.current.store(Some(Arc::clone(&snapshot)));
        snapshot
    }

    /// The key that protects; makes a new one where that is needed.
    async fn choose_default(
        &self,
        readings: &mut Readings,
        mut contents: Arc<RingContents>,
        now: OffsetDateTime,
    ) -> Result<Snapshot, KeyRepositoryError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let choice = contents.default_key(now);
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
            let is_allowed = self.require_certainty(&contents);
            // Where no key may be made, even an expired one protects.
            let default = match is_allowed {
                Ok(()) => default,
                Err(_) => default.or_else(|| contents.newest_usable().cloned()),
            };
            let made = match is_allowed {
                Ok(()) => self.store_new_key(&contents, activation, now).await,
                Err(refusal) => Err(refusal),
            };
            match made {
                Ok(Some(id)) => {
                    let contents = self.read(readings).await?;
                    return Ok(self.snapshot_with_new_key(contents, id, now));
                }
                // Another instance was faster: perhaps with the very key that is needed here.
                Ok(None) if attempts < ATTEMPTS => contents = self.read(readings).await?,
                Ok(None) => return Err(self.refusal("it changes whenever a new key is to be kept")),
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

    /// No key is made as long as one waits for its passphrase, or where the repository may not be what it should be.
    fn require_certainty(&self, contents: &RingContents) -> Result<(), KeyRepositoryError> {
        self.require_passphrases(contents)?;
        contents.is_in_doubt().map_or(Ok(()), |doubt| Err(self.refusal(doubt)))
    }

    /// Makes a key, and gives its id, unless the repository has more than `contents` by now.
    async fn store_new_key(
        &self,
        contents: &RingContents,
        activation: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<Option<Uuid>, KeyRepositoryError> {
        let expiration = now.saturating_add(self.options.new_key_lifetime);
        let (id, element) = self.new_key(activation, expiration).await?;
        let is_kept = self
            .repository
            .store_if_unchanged(element, contents.element_count())
            .await?;
        Ok(is_kept.then_some(id))
    }

    /// The new key protects only where no other does: it has not reached all instances yet.
    fn snapshot_with_new_key(&self, contents: Arc<RingContents>, new_key: Uuid, now: OffsetDateTime) -> Snapshot {
        let choice = contents.default_key(now);
        let default = choice.preferred.or(choice.fallback);
        let default = default.or_else(|| contents.key(new_key).cloned());
        self.snapshot(contents, default, now)
    }

    /// A ring that has lost something is read again soon.
    fn snapshot(&self, contents: Arc<RingContents>, default: Option<Arc<Key>>, now: OffsetDateTime) -> Snapshot {
        let period = match contents.losses() {
            [] => self.refresh_period(),
            _ => RETRY_PERIOD,
        };
        Snapshot::new(contents, default, now, now.saturating_add(period))
    }

    /// Up to a fifth less than a day, so that many instances do not all read at the same time.
    fn refresh_period(&self) -> Duration {
        let mut bytes = [0; 4];
        self.random.fill(&mut bytes);
        let chance = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
        REFRESH_PERIOD * (1.0 - chance / 5.0)
    }
}

/// How long a failed reading is not repeated, while there is an older one; .NET's two minutes.
const RETRY_PERIOD: Duration = Duration::minutes(2);

/// How often a key that is needed is tried to be kept. One more instance than that would have to write in between, each
/// something else than the key that is needed; so this ends what a repository does that counts in two ways.
const ATTEMPTS: u32 = 10;

/// The least time between two readings for unknown key ids. .NET reads for every one of them, but only in the first
/// two minutes of a process.
const FORCED_REFRESH_INTERVAL: Duration = Duration::seconds(2);
