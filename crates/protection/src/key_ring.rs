use std::{fmt, sync::Arc};

use arc_swap::ArcSwapOption;
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    Algorithm, Clock, KeyProblem, KeyRepository, KeyRepositoryError, Random, StoredElement,
    default_key::{self, REFRESH_PERIOD},
    key::{Key, KeyLife, KeySecret},
    key_xml::{self, Revocation},
    ring_contents::RingContents,
};

/// How a ring makes its keys.
#[derive(Debug, Clone)]
pub struct KeyRingOptions {
    /// How long a new key lives; .NET's default is 90 days.
    pub new_key_lifetime: Duration,
    /// Whether keys are made when the default key is missing or ends soon.
    pub auto_generate_keys: bool,
    /// How new keys encrypt; keys that exist keep their own algorithm.
    pub algorithm: Algorithm,
}

impl Default for KeyRingOptions {
    fn default() -> Self {
        Self {
            new_key_lifetime: Duration::days(90),
            auto_generate_keys: true,
            algorithm: Algorithm::default(),
        }
    }
}

/// The keys, which of them protects, and when the next one is made (.NET's `KeyRingProvider` and `XmlKeyManager`).
///
/// What the repository holds is read at the first use, and again after a day at most, when the default key ends, and
/// at once when a payload names a key that is not known yet.
pub struct KeyRing {
    repository: Arc<dyn KeyRepository>,
    options: KeyRingOptions,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    current: ArcSwapOption<Snapshot>,
    /// Held while the repository is read, so that only one reads it.
    refresh: Mutex<LastForcedRefresh>,
}

/// A key of the ring, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its id, which every payload names.
    pub id: Uuid,
    /// When it was made.
    pub creation_date: OffsetDateTime,
    /// When it starts to protect.
    pub activation_date: OffsetDateTime,
    /// When it ends to protect; it goes on to unprotect.
    pub expiration_date: OffsetDateTime,
    /// Revoked keys neither protect nor unprotect.
    pub is_revoked: bool,
    /// Whether this is the key that protects now.
    pub is_default: bool,
    /// Why it cannot be used, if so.
    pub problem: Option<KeyProblem>,
}

impl KeyRing {
    /// A ring over `repository`. Nothing is read before the first use.
    pub fn new(
        repository: Arc<dyn KeyRepository>,
        options: KeyRingOptions,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            repository,
            options,
            clock,
            random,
            current: ArcSwapOption::empty(),
            refresh: Mutex::new(LastForcedRefresh(None)),
        }
    }

    /// Reads the ring, and makes the first key where there is none, so that a bad repository shows at the start.
    ///
    /// # Errors
    /// When the repository can be neither read nor, where a key is needed, written.
    pub async fn load(&self) -> Result<(), KeyRepositoryError> {
        self.current().await.map(drop)
    }

    /// All keys as the repository has them now, the youngest last. Makes none.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub async fn keys(&self) -> Result<Vec<KeyInfo>, KeyRepositoryError> {
        let contents = RingContents::read(&*self.repository).await?;
        let default = default_key::choose(self.clock.now(), contents.keys()).preferred;
        let mut keys: Vec<_> = contents
            .keys()
            .iter()
            .map(|key| KeyInfo {
                id: key.id,
                creation_date: key.life.creation_date,
                activation_date: key.life.activation_date,
                expiration_date: key.life.expiration_date,
                is_revoked: key.is_revoked,
                is_default: default.as_ref().is_some_and(|default| default.id == key.id),
                problem: key.secret.as_ref().err().cloned(),
            })
            .collect();
        keys.sort_by_key(|key| (key.activation_date, key.creation_date, key.id));
        Ok(keys)
    }

    /// Makes a key that protects from `activation` to `expiration`, and gives its id.
    ///
    /// # Errors
    /// When the repository cannot be written.
    pub async fn create_key(
        &self,
        activation: OffsetDateTime,
        expiration: OffsetDateTime,
    ) -> Result<Uuid, KeyRepositoryError> {
        let id = self.store_new_key(activation, expiration).await?;
        self.forget().await;
        Ok(id)
    }

    /// Revokes one key: what it protected is lost, here at once and in other instances at their next reading.
    ///
    /// # Errors
    /// When the repository cannot be written.
    pub async fn revoke_key(&self, id: Uuid, reason: Option<&str>) -> Result<(), KeyRepositoryError> {
        self.revoke(Revocation::One(id), reason).await
    }

    /// Revokes all keys that were created before an instant.
    ///
    /// # Errors
    /// When the repository cannot be written.
    pub async fn revoke_all(&self, before: OffsetDateTime, reason: Option<&str>) -> Result<(), KeyRepositoryError> {
        self.revoke(Revocation::AllCreatedBefore(before), reason).await
    }

    /// The ring as it is known, read again first where its time is over.
    pub(crate) async fn current(&self) -> Result<Arc<Snapshot>, KeyRepositoryError> {
        let now = self.clock.now();
        let known = self.current.load_full();
        if let Some(snapshot) = &known
            && now < snapshot.refresh_at
        {
            return Ok(Arc::clone(snapshot));
        }
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
        match (self.read(now).await, newest) {
            (Ok(snapshot), _) => Ok(self.publish(snapshot)),
            (Err(error), Some(old)) => {
                tracing::warn!(%error, "the key ring could not be read again: the keys known so far stay in use");
                Ok(self.publish(old.until(now + RETRY_PERIOD)))
            }
            (Err(error), None) => Err(error),
        }
    }

    /// The ring after another look, for a payload whose key `known` does not have.
    ///
    /// Another instance may have made that key a moment ago. But any client can make up key ids, so there is one such
    /// look within [`FORCED_REFRESH_INTERVAL`], and it makes no keys.
    pub(crate) async fn look_again(&self, known: &Arc<Snapshot>) -> Result<Arc<Snapshot>, KeyRepositoryError> {
        let mut last = self.refresh.lock().await;
        let now = self.clock.now();
        let newest = self.current.load_full().unwrap_or_else(|| Arc::clone(known));
        let is_too_soon = last
            .0
            .is_some_and(|last| (Duration::ZERO..FORCED_REFRESH_INTERVAL).contains(&(now - last)));
        if is_too_soon || !Arc::ptr_eq(&newest, known) {
            return Ok(newest);
        }
        last.0 = Some(now);
        let contents = match RingContents::read(&*self.repository).await {
            Ok(contents) => contents,
            Err(error) => {
                tracing::warn!(%error, "the key ring could not be read for a key that is not known");
                return Ok(newest);
            }
        };
        let choice = default_key::choose(now, contents.keys());
        Ok(self.publish(Snapshot {
            contents,
            default: choice.preferred.or(choice.fallback),
            refresh_at: newest.refresh_at,
        }))
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn random(&self) -> &dyn Random {
        &*self.random
    }

    fn publish(&self, snapshot: Snapshot) -> Arc<Snapshot> {
        let snapshot = Arc::new(snapshot);
        self.current.store(Some(Arc::clone(&snapshot)));
        snapshot
    }

    /// What the repository holds, with a new key where one is needed.
    async fn read(&self, now: OffsetDateTime) -> Result<Snapshot, KeyRepositoryError> {
        let contents = RingContents::read(&*self.repository).await?;
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
        match self
            .store_new_key(activation, now + self.options.new_key_lifetime)
            .await
        {
            Ok(id) => {
                let contents = RingContents::read(&*self.repository).await?;
                let choice = default_key::choose(now, contents.keys());
                let default = choice
                    .preferred
                    .or(choice.fallback)
                    .or_else(|| contents.key(id).cloned());
                Ok(self.snapshot(contents, default, now))
            }
            // A ring that can be read but not written serves on with what it has.
            Err(error) if default.is_some() => {
                tracing::error!(%error, "a new key could not be kept");
                Ok(self.snapshot(contents, default, now).until(now + RETRY_PERIOD))
            }
            Err(error) => {
                // What was known before is proven outdated: keys may have been revoked since.
                self.current.store(None);
                Err(error)
            }
        }
    }

    fn snapshot(&self, contents: RingContents, default: Option<Arc<Key>>, now: OffsetDateTime) -> Snapshot {
        let mut refresh_at = now + self.refresh_period();
        if let Some(default) = &default
            && !default.is_expired(now)
        {
            refresh_at = refresh_at.min(default.life.expiration_date);
        }
        Snapshot {
            contents,
            default,
            refresh_at,
        }
    }

    /// Up to a fifth less than a day, so that many instances do not all read at the same time.
    fn refresh_period(&self) -> Duration {
        let mut bytes = [0; 4];
        self.random.fill(&mut bytes);
        let chance = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
        REFRESH_PERIOD * (1.0 - chance / 5.0)
    }

    async fn store_new_key(
        &self,
        activation: OffsetDateTime,
        expiration: OffsetDateTime,
    ) -> Result<Uuid, KeyRepositoryError> {
        let mut id = [0; 16];
        self.random.fill(&mut id);
        let id = uuid::Builder::from_random_bytes(id).into_uuid();
        let secret = KeySecret::generate(self.options.algorithm, self.random());
        let life = KeyLife {
            creation_date: self.clock.now(),
            activation_date: activation,
            expiration_date: expiration,
        };
        tracing::info!(key = %id, %activation, %expiration, "making a key");
        self.repository
            .store(StoredElement {
                name: key_xml::key_name(id),
                xml: key_xml::write_key(id, life, &secret),
            })
            .await?;
        Ok(id)
    }

    async fn revoke(&self, revocation: Revocation, reason: Option<&str>) -> Result<(), KeyRepositoryError> {
        tracing::warn!(?revocation, reason, "revoking");
        self.repository
            .store(StoredElement {
                name: key_xml::revocation_name(revocation),
                xml: Zeroizing::new(key_xml::write_revocation(revocation, self.clock.now(), reason)),
            })
            .await?;
        self.forget().await;
        Ok(())
    }

    /// The next use reads again.
    async fn forget(&self) {
        let _one_reads = self.refresh.lock().await;
        self.current.store(None);
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("repository", &self.repository)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// The ring as it was when it was read.
#[derive(Debug)]
pub(crate) struct Snapshot {
    contents: RingContents,
    /// The key that protects; none only where making keys is switched off.
    pub(crate) default: Option<Arc<Key>>,
    refresh_at: OffsetDateTime,
}

impl Snapshot {
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
        }
    }
}

/// When an unknown key id last led to a reading.
#[derive(Debug)]
struct LastForcedRefresh(Option<OffsetDateTime>);

/// How long a failed reading is not repeated, while there is an older one; .NET's two minutes.
const RETRY_PERIOD: Duration = Duration::minutes(2);

/// The least time between two readings for unknown key ids. .NET reads for every one of them, but only in the first
/// two minutes of a process.
const FORCED_REFRESH_INTERVAL: Duration = Duration::seconds(2);
