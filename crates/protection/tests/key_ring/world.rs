//! Instances over one repository, under one clock.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
};

use async_trait::async_trait;
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;
use wicketgate_protection::{
    Clock, DataProtection, EphemeralKeyRepository, KeyRepository, KeyRepositoryError, KeyRing, KeyRingOptions,
    ManualClock, Protector, SeededRandom, StoredElement,
};

pub(crate) const START: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// Instances over one repository, under one clock.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) repository: Arc<WatchedRepository>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            clock: Arc::new(ManualClock::at(START)),
            repository: Arc::default(),
        }
    }
}

impl World {
    pub(crate) fn instance(&self, seed: u64) -> Instance {
        self.instance_with(KeyRingOptions::default(), seed)
    }

    pub(crate) fn instance_with(&self, options: KeyRingOptions, seed: u64) -> Instance {
        Instance::new(
            Arc::clone(&self.repository) as Arc<dyn KeyRepository>,
            options,
            &self.clock,
            seed,
        )
    }
}

pub(crate) struct Instance {
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) protector: Protector,
}

impl Instance {
    pub(crate) fn new(
        repository: Arc<dyn KeyRepository>,
        options: KeyRingOptions,
        clock: &Arc<ManualClock>,
        seed: u64,
    ) -> Self {
        let clock = Arc::clone(clock) as Arc<dyn Clock>;
        let ring = Arc::new(KeyRing::new(
            repository,
            options,
            clock,
            Arc::new(SeededRandom::new(seed)),
        ));
        let protector = DataProtection::new(Arc::clone(&ring), None).protector(&["test"]);
        Self { ring, protector }
    }
}

/// Counts, fails when told, and gets elements from others at the worst time.
#[derive(Debug, Default)]
pub(crate) struct WatchedRepository {
    pub(crate) inner: EphemeralKeyRepository,
    reads: AtomicUsize,
    writes: AtomicUsize,
    reading_fails: AtomicBool,
    writing_fails: AtomicBool,
    /// Each is there when somebody is about to write, who cannot have read it.
    pub(crate) arriving: Mutex<Vec<StoredElement>>,
}

impl WatchedRepository {
    pub(crate) fn reads(&self) -> usize {
        self.reads.load(SeqCst)
    }

    pub(crate) fn writes(&self) -> usize {
        self.writes.load(SeqCst)
    }

    pub(crate) fn fail_reading(&self, fails: bool) {
        self.reading_fails.store(fails, SeqCst);
    }

    pub(crate) fn fail_writing(&self, fails: bool) {
        self.writing_fails.store(fails, SeqCst);
    }

    fn failure(&self, fails: &AtomicBool) -> Result<(), KeyRepositoryError> {
        if !fails.load(SeqCst) {
            return Ok(());
        }
        Err(KeyRepositoryError {
            place: self.place(),
            source: "out of order".into(),
        })
    }
}

#[async_trait]
impl KeyRepository for WatchedRepository {
    fn place(&self) -> String {
        "a test".to_owned()
    }

    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError> {
        self.reads.fetch_add(1, SeqCst);
        self.failure(&self.reading_fails)?;
        // Lets others in, as a real repository would.
        tokio::task::yield_now().await;
        self.inner.all_elements().await
    }

    async fn store(&self, element: StoredElement) -> Result<(), KeyRepositoryError> {
        self.failure(&self.writing_fails)?;
        self.writes.fetch_add(1, SeqCst);
        self.inner.store(element).await
    }

    async fn store_if_unchanged(&self, element: StoredElement, seen: usize) -> Result<bool, KeyRepositoryError> {
        self.failure(&self.writing_fails)?;
        let arriving = self.arriving.lock().unwrap().pop();
        if let Some(element) = arriving {
            self.inner.store(element).await?;
        }
        let is_kept = self.inner.store_if_unchanged(element, seen).await?;
        self.writes.fetch_add(usize::from(is_kept), SeqCst);
        Ok(is_kept)
    }
}

/// The key that a payload names.
pub(crate) fn key_id(payload: &[u8]) -> Uuid {
    Uuid::from_bytes_le(payload[4..20].try_into().unwrap())
}
