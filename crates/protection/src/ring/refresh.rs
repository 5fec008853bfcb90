//! When the ring is read, and when a key is created.
//!
//! Both happen in a task of their own: a client can disconnect at any moment, but other requests may be waiting for the
//! same reading.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use time::{Duration, OffsetDateTime};
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::KeyRing;
use crate::KeyRepositoryError;
use crate::key::Key;
use crate::ring::contents::RingContents;
use crate::ring::default_key::{self, REFRESH_PERIOD};
use crate::ring::readings::Readings;
use crate::ring::snapshot::Snapshot;

impl KeyRing {
    /// The known ring, read again first if it is outdated.
    pub(crate) async fn current(self: &Arc<Self>) -> Result<Arc<Snapshot>, KeyRepositoryError> {
        let now = self.clock.now();
        let known = self.current.load_full();
        if let Some(snapshot) = &known
            && now < snapshot.refresh_at
        {
            return Ok(Arc::clone(snapshot));
        }
        // Boxed, as this is rarely needed.
        Box::pin(self.read_again(known, now)).await
    }

    async fn read_again(
        self: &Arc<Self>,
        known: Option<Arc<Snapshot>>,
        now: OffsetDateTime,
    ) -> Result<Arc<Snapshot>, KeyRepositoryError> {
        let readings = match (known, Arc::clone(&self.readings).try_lock_owned()) {
            (_, Ok(guard)) => guard,
            // Another task is already reading; until then the old ring will do.
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
                // The old ring is known to be outdated: all its keys may have been revoked.
                self.current.store(None);
                Err(error)
            }
        }
    }

    /// The ring after another reading, for a payload whose key `known` does not have.
    ///
    /// Another instance may have created that key a moment ago. But any client can invent key ids, so this happens at
    /// most once within [`FORCED_REFRESH_INTERVAL`], and creates no keys.
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
        // This does not postpone the next regular reading, which happens at once if a key must be created.
        let refresh_at = match (&default, contents.losses()) {
            (None, _) => now,
            (Some(_), []) => newest.refresh_at,
            // Lost keys may be back soon.
            (Some(_), _) => newest.refresh_at.min(now.saturating_add(RETRY_PERIOD)),
        };
        self.publish(Snapshot::new(contents, default, now, refresh_at))
    }

    /// Makes the next use read again, and fail if that fails.
    pub(super) async fn forget(&self) {
        let _one_reads = self.readings.lock().await;
        self.current.store(None);
    }

    /// Makes the next use read again.
    pub(super) fn expire(&self) {
        if let Some(known) = self.current.load_full() {
            self.publish(known.until(self.clock.now()));
        }
    }

    /// The repository's contents, including what it has lost.
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

    /// The repository's contents, without what it has lost.
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

    /// The key that protects; creates a new one if needed.
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
            // If no key may be created, even an expired one protects.
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
                // Another instance was faster, possibly with the very key that is needed here.
                Ok(None) if attempts < ATTEMPTS => contents = self.read(readings).await?,
                Ok(None) => return Err(self.refusal("it changes whenever a new key is to be kept")),
                // A ring that can be read but not written continues with the keys it has.
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

    /// No key is created while one needs another passphrase, or while the repository may be the wrong one.
    pub(super) fn require_certainty(&self, contents: &RingContents) -> Result<(), KeyRepositoryError> {
        self.require_passphrases(contents)?;
        contents.is_in_doubt().map_or(Ok(()), |doubt| Err(self.refusal(doubt)))
    }

    /// Creates a key and returns its id, unless the repository has more than `contents` by now.
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
        self.made.fetch_add(usize::from(is_kept), Ordering::Relaxed);
        let unusable = contents.unusable_keys();
        if is_kept && !unusable.is_empty() {
            tracing::warn!(new_key = %id, "a new key was made beside keys that cannot be used: the sessions, tokens and \
                links that these protected no longer work ({})", unusable.join("; "));
        }
        Ok(is_kept.then_some(id))
    }

    /// The new key protects only if no other does, since it has not reached all instances yet.
    fn snapshot_with_new_key(&self, contents: Arc<RingContents>, new_key: Uuid, now: OffsetDateTime) -> Snapshot {
        let choice = contents.default_key(now);
        let default = choice.preferred.or(choice.fallback);
        let default = default.or_else(|| contents.key(new_key).cloned());
        self.snapshot(contents, default, now)
    }

    /// A ring that has lost keys is read again soon.
    fn snapshot(&self, contents: Arc<RingContents>, default: Option<Arc<Key>>, now: OffsetDateTime) -> Snapshot {
        let period = match contents.losses() {
            [] => self.refresh_period(),
            _ => RETRY_PERIOD,
        };
        Snapshot::new(contents, default, now, now.saturating_add(period))
    }

    /// Up to a fifth less than a day, so that instances do not all read at the same time.
    fn refresh_period(&self) -> Duration {
        let mut bytes = [0; 4];
        self.random.fill(&mut bytes);
        let chance = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
        REFRESH_PERIOD * (1.0 - chance / 5.0)
    }
}

/// How long to wait after a failed reading while an older one is in use: .NET's two minutes.
const RETRY_PERIOD: Duration = Duration::minutes(2);

/// How often storing a needed key is attempted. It fails only if another instance writes in between, each time
/// something other than the needed key; so this limit only matters for a repository that miscounts its elements.
const ATTEMPTS: u32 = 10;

/// Minimum time between two readings for unknown key ids. .NET reads for each of them, but only in the first two
/// minutes of a process.
const FORCED_REFRESH_INTERVAL: Duration = Duration::seconds(2);
