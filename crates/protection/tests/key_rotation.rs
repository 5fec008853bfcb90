//! A ring over time, among instances, and with a repository that fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
};

use async_trait::async_trait;
use tempfile::TempDir;
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;
use wicketgate_protection::{
    Clock, DataProtection, EphemeralKeyRepository, FolderKeyRepository, KeyRepository, KeyRepositoryError, KeyRing,
    KeyRingOptions, ManualClock, ProtectError, Protector, SeededRandom, StoredElement, UnprotectError,
};

const START: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

#[tokio::test]
async fn the_first_key_activates_at_once_and_lives_ninety_days() {
    let instance = World::default().instance(1);
    assert_eq!(instance.ring.keys().await.unwrap(), [], "listing makes no key");
    instance.protector.protect(b"").await.unwrap();
    let [key] = &instance.ring.keys().await.unwrap()[..] else {
        panic!("one key")
    };
    assert_eq!(
        (key.creation_date, key.activation_date, key.expiration_date),
        (START, START, START + Duration::days(90))
    );
    assert!(key.is_default && !key.is_revoked && key.problem.is_none());
}

#[tokio::test]
async fn a_successor_is_made_in_time_and_protects_when_its_predecessor_ends() {
    let world = World::default();
    let instance = world.instance(1);
    let first = key_id(&instance.protector.protect(b"").await.unwrap());

    world.clock.set(START + Duration::days(87));
    instance.protector.protect(b"").await.unwrap();
    assert_eq!(instance.ring.keys().await.unwrap().len(), 1, "three days are left");

    world.clock.advance(Duration::days(1));
    assert_eq!(key_id(&instance.protector.protect(b"").await.unwrap()), first);
    let keys = instance.ring.keys().await.unwrap();
    assert_eq!(keys.len(), 2);
    let successor = keys.iter().find(|key| key.id != first).unwrap();
    assert!(!successor.is_default);
    assert_eq!(
        (
            successor.creation_date,
            successor.activation_date,
            successor.expiration_date
        ),
        (
            START + Duration::days(88),
            START + Duration::days(90),
            START + Duration::days(88 + 90)
        )
    );

    world.clock.set(START + Duration::days(90) - Duration::minutes(6));
    let last = instance.protector.protect(b"the last").await.unwrap();
    assert_eq!(key_id(&last), first);
    world.clock.set(START + Duration::days(90));
    assert_eq!(key_id(&instance.protector.protect(b"").await.unwrap()), successor.id);
    assert_eq!(instance.ring.keys().await.unwrap().len(), 2);
    assert_eq!(
        &**instance.protector.unprotect(&last).await.unwrap(),
        b"the last",
        "an expired key unprotects"
    );
}

#[tokio::test]
async fn a_ring_left_alone_until_its_key_has_ended_makes_one_that_activates_at_once() {
    let world = World::default();
    let instance = world.instance(1);
    let first = key_id(&instance.protector.protect(b"").await.unwrap());
    world.clock.set(START + Duration::days(400));
    let second = key_id(&instance.protector.protect(b"").await.unwrap());
    assert_ne!(first, second);
    assert_eq!(
        instance.ring.keys().await.unwrap()[1].activation_date,
        START + Duration::days(400)
    );
}

#[tokio::test]
async fn the_ring_is_read_again_within_a_day_and_not_all_the_time() {
    for seed in 0..8 {
        let world = World::default();
        let instance = world.instance(seed);
        instance.protector.protect(b"").await.unwrap();
        let reads = world.repository.reads();
        // .NET waits for 80 to 100 percent of a day.
        world.clock.set(START + Duration::hours(24) * 0.8 - Duration::SECOND);
        instance.protector.protect(b"").await.unwrap();
        assert_eq!(world.repository.reads(), reads);
        world.clock.set(START + Duration::hours(24));
        instance.protector.protect(b"").await.unwrap();
        assert_eq!(world.repository.reads(), reads + 1);
    }
}

#[tokio::test]
async fn a_key_that_another_instance_made_is_found_at_once() {
    let world = World::default();
    let (one, other) = (world.instance(1), world.instance(2));
    one.protector.protect(b"").await.unwrap();
    other.protector.protect(b"").await.unwrap();

    one.ring.revoke_all(START + Duration::SECOND, None).await.unwrap();
    world.clock.advance(Duration::seconds(2));
    let payload = one.protector.protect(b"new").await.unwrap();
    assert_eq!(&**other.protector.unprotect(&payload).await.unwrap(), b"new");
}

#[tokio::test]
async fn made_up_key_ids_cannot_hammer_the_repository() {
    let world = World::default();
    let instance = world.instance(1);
    let payload = instance.protector.protect(b"").await.unwrap();
    let (reads, writes) = (world.repository.reads(), world.repository.writes());
    for made_up in 0..100 {
        let mut payload = payload.clone();
        payload[4] = payload[4].wrapping_add(1 + made_up);
        assert!(matches!(
            instance.protector.unprotect(&payload).await,
            Err(UnprotectError::Invalid)
        ));
    }
    assert_eq!(world.repository.reads(), reads + 1);
    world.clock.advance(Duration::seconds(2));
    let mut payload = payload.clone();
    payload[5] ^= 1;
    instance.protector.unprotect(&payload).await.unwrap_err();
    assert_eq!(world.repository.reads(), reads + 2);
    assert_eq!(world.repository.writes(), writes);
}

#[tokio::test]
async fn a_made_up_key_id_makes_no_key_even_where_the_ring_wants_one() {
    let world = World::default();
    let instance = world.instance(1);
    let payload = instance.protector.protect(b"").await.unwrap();
    instance.ring.revoke_key(key_id(&payload), None).await.unwrap();
    instance.protector.protect(b"").await.unwrap();
    let writes = world.repository.writes();
    for _ in 0..10 {
        world.clock.advance(Duration::seconds(10));
        let mut payload = payload.clone();
        payload[4] ^= 1;
        instance.protector.unprotect(&payload).await.unwrap_err();
    }
    assert_eq!(world.repository.writes(), writes);
}

#[tokio::test]
async fn a_look_for_a_made_up_key_id_does_not_put_off_the_next_reading() {
    let world = World::default();
    let instance = world.instance(1);
    let mut payload = instance.protector.protect(b"").await.unwrap();
    payload[4] ^= 1;
    world.clock.advance(Duration::hours(19));
    instance.protector.unprotect(&payload).await.unwrap_err();
    let reads = world.repository.reads();
    world.clock.advance(Duration::hours(5));
    instance.protector.protect(b"").await.unwrap();
    assert_eq!(world.repository.reads(), reads + 1);
}

#[tokio::test]
async fn a_look_that_finds_all_keys_revoked_is_followed_by_a_new_key() {
    let world = World::default();
    let (instance, other) = (world.instance(1), world.instance(2));
    let mut payload = instance.protector.protect(b"").await.unwrap();
    other.ring.revoke_all(START + Duration::SECOND, None).await.unwrap();
    payload[4] ^= 1;
    instance.protector.unprotect(&payload).await.unwrap_err();
    world.clock.advance(Duration::SECOND);
    instance.protector.protect(b"").await.unwrap();
}

#[tokio::test]
async fn a_revoked_key_is_replaced_and_what_it_protected_is_lost() {
    let world = World::default();
    let (instance, other) = (world.instance(1), world.instance(2));
    let payload = instance.protector.protect(b"").await.unwrap();
    other.protector.unprotect(&payload).await.unwrap();
    let revoked = key_id(&payload);
    instance.ring.revoke_key(revoked, Some("leaked")).await.unwrap();

    assert!(matches!(
        instance.protector.unprotect(&payload).await,
        Err(UnprotectError::Invalid)
    ));
    assert_ne!(key_id(&instance.protector.protect(b"").await.unwrap()), revoked);
    let keys = instance.ring.keys().await.unwrap();
    assert_eq!(
        keys.iter()
            .filter(|key| key.is_revoked)
            .map(|key| key.id)
            .collect::<Vec<_>>(),
        [revoked]
    );

    world.clock.advance(Duration::days(1));
    assert!(
        matches!(other.protector.unprotect(&payload).await, Err(UnprotectError::Invalid)),
        "after its next reading"
    );
}

#[tokio::test]
async fn a_reload_heeds_at_once_what_another_process_revoked() {
    let world = World::default();
    let (instance, other) = (world.instance(1), world.instance(2));
    let payload = instance.protector.protect(b"").await.unwrap();
    other.ring.revoke_key(key_id(&payload), None).await.unwrap();
    instance.protector.unprotect(&payload).await.unwrap();
    instance.ring.reload().await.unwrap();
    assert!(matches!(
        instance.protector.unprotect(&payload).await,
        Err(UnprotectError::Invalid)
    ));
}

#[tokio::test]
async fn a_reload_that_fails_keeps_what_was_known() {
    let world = World::default();
    let instance = world.instance(1);
    let payload = instance.protector.protect(b"").await.unwrap();
    world.repository.fail_reading(true);
    instance.ring.reload().await.unwrap();
    instance.protector.unprotect(&payload).await.unwrap();
}

#[tokio::test]
async fn a_key_may_live_for_ever() {
    let world = World::default();
    let options = KeyRingOptions {
        new_key_lifetime: Duration::MAX,
        ..KeyRingOptions::default()
    };
    let instance = world.instance_with(options, 1);
    let payload = instance.protector.protect(b"").await.unwrap();
    world.clock.set(datetime!(9999-12-31 00:00 UTC));
    assert_eq!(
        key_id(&instance.protector.protect(b"").await.unwrap()),
        key_id(&payload)
    );
}

#[tokio::test]
async fn revoking_all_spares_what_is_made_in_the_same_instant_or_later() {
    let world = World::default();
    let instance = world.instance(1);
    let before = instance
        .ring
        .create_key(START, START + Duration::days(90))
        .await
        .unwrap();
    world.clock.advance(Duration::SECOND);
    let same_instant = instance
        .ring
        .create_key(START, START + Duration::days(90))
        .await
        .unwrap();
    instance.ring.revoke_all(world.clock.now(), None).await.unwrap();
    let keys = instance.ring.keys().await.unwrap();
    let is_revoked = |id| keys.iter().find(|key| key.id == id).unwrap().is_revoked;
    assert!(is_revoked(before) && !is_revoked(same_instant));
}

#[tokio::test]
async fn without_making_keys_an_empty_ring_cannot_protect_and_says_so() {
    let world = World::default();
    let options = KeyRingOptions {
        auto_generate_keys: false,
        ..KeyRingOptions::default()
    };
    let instance = world.instance_with(options, 1);
    assert!(matches!(
        instance.protector.protect(b"").await,
        Err(ProtectError::NoDefaultKey)
    ));
    assert_eq!(world.repository.writes(), 0);
}

#[tokio::test]
async fn a_repository_that_fails_at_first_is_an_error_and_later_none() {
    let world = World::default();
    let instance = world.instance(1);
    world.repository.fail_reading(true);
    assert!(matches!(
        instance.protector.protect(b"").await,
        Err(ProtectError::Repository(_))
    ));
    world.repository.fail_reading(false);
    let payload = instance.protector.protect(b"still").await.unwrap();

    world.repository.fail_reading(true);
    world.clock.advance(Duration::days(1));
    assert_eq!(&**instance.protector.unprotect(&payload).await.unwrap(), b"still");
    let reads = world.repository.reads();
    instance.protector.protect(b"").await.unwrap();
    assert_eq!(world.repository.reads(), reads, "not again at once");
    world.clock.advance(Duration::minutes(2));
    instance.protector.protect(b"").await.unwrap();
    assert_eq!(world.repository.reads(), reads + 1, "but after two minutes");
}

#[tokio::test]
async fn a_repository_that_cannot_be_written_serves_as_long_as_it_has_a_key() {
    let world = World::default();
    let instance = world.instance(1);
    let first = key_id(&instance.protector.protect(b"").await.unwrap());
    world.repository.fail_writing(true);
    world.clock.set(START + Duration::days(89));
    assert_eq!(key_id(&instance.protector.protect(b"").await.unwrap()), first);

    world.repository.fail_writing(false);
    world.clock.advance(Duration::minutes(2));
    instance.protector.protect(b"").await.unwrap();
    assert_eq!(
        instance.ring.keys().await.unwrap().len(),
        2,
        "the successor is made as soon as it can be"
    );
}

#[tokio::test]
async fn all_keys_revoked_and_none_can_be_made_refuses_what_was_known() {
    let world = World::default();
    let (instance, other) = (world.instance(1), world.instance(2));
    let payload = instance.protector.protect(b"").await.unwrap();
    other.ring.revoke_all(START + Duration::SECOND, None).await.unwrap();
    world.repository.fail_writing(true);
    world.clock.advance(Duration::days(1));
    assert!(instance.protector.unprotect(&payload).await.is_err());
    assert!(matches!(
        instance.protector.protect(b"").await,
        Err(ProtectError::Repository(_))
    ));
    world.repository.fail_reading(true);
    assert!(instance.protector.unprotect(&payload).await.is_err(), "nor later");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_at_the_first_start_make_one_key() {
    let world = World::default();
    let instance = world.instance(1);
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let protector = instance.protector.clone();
            tokio::spawn(async move { key_id(&protector.protect(b"").await.unwrap()) })
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        ids.push(task.await.unwrap());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(world.repository.writes(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_that_start_together_on_one_repository_make_one_key() {
    let world = World::default();
    for (round, days) in [0, 88, 176].into_iter().enumerate() {
        let time = START + Duration::days(days);
        world.clock.set(time);
        let writes = world.repository.writes();
        let starts = (0..10).map(|number| {
            // Of the same seed would come the same key again.
            let instance = world.instance(10 * round as u64 + number);
            tokio::spawn(async move { key_id(&instance.protector.protect(b"").await.unwrap()) })
        });
        let mut ids = Vec::new();
        for start in starts.collect::<Vec<_>>() {
            ids.push(start.await.unwrap());
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "all protect with one key at {time}");
        assert_eq!(
            world.repository.writes(),
            writes + 1,
            "the first key, its successor, and the next"
        );
    }
}

#[tokio::test]
async fn who_finds_the_ring_changed_while_making_a_key_decides_anew() {
    let elsewhere = World::default();
    let their_key = key_id(&elsewhere.instance(1).protector.protect(b"").await.unwrap());
    let [their_element] = &elsewhere.repository.all_elements().await.unwrap()[..] else {
        panic!("one key")
    };
    let no_key = StoredElement {
        name: "other".to_owned(),
        xml: "<other />".to_owned().into(),
    };
    for (arriving, is_a_key) in [(their_element.clone(), true), (no_key, false)] {
        let world = World::default();
        world.repository.arriving.lock().unwrap().push(arriving);
        let protected = world.instance(2).protector.protect(b"").await.unwrap();
        assert_eq!(key_id(&protected) == their_key, is_a_key);
        assert_eq!(world.repository.writes(), usize::from(!is_a_key));
    }
}

#[tokio::test]
async fn a_repository_that_is_never_the_same_is_an_error_and_no_endless_loop() {
    let world = World::default();
    let change = StoredElement {
        name: "other".to_owned(),
        xml: "<other />".to_owned().into(),
    };
    world.repository.arriving.lock().unwrap().extend(vec![change; 1000]);
    assert!(matches!(
        world.instance(1).protector.protect(b"").await,
        Err(ProtectError::Repository(_))
    ));
    assert_eq!(world.repository.writes(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_that_start_at_once_in_one_folder_make_one_key() {
    for round in 0..10 {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let starts: Vec<_> = (0..4)
            .map(|instance| {
                let repository = Arc::new(FolderKeyRepository::new(folder.path().join("keys")));
                let instance = Instance::new(repository, KeyRingOptions::default(), &clock, round * 4 + instance);
                tokio::spawn(async move {
                    let payload = instance.protector.protect(b"hello").await.unwrap();
                    (instance, payload)
                })
            })
            .collect();
        let mut started = Vec::new();
        for start in starts {
            started.push(start.await.unwrap());
        }
        for (reader, _) in &started {
            assert_eq!(reader.ring.keys().await.unwrap().len(), 1);
            for (_, payload) in &started {
                assert_eq!(&**reader.protector.unprotect(payload).await.unwrap(), b"hello");
            }
        }
    }
}

#[tokio::test]
async fn a_time_limited_payload_opens_until_its_end_and_not_after() {
    let world = World::default();
    let limited = world.instance(1).protector.time_limited();
    let payload = limited.protect(b"soon over", Duration::hours(1)).await.unwrap();
    world.clock.set(START + Duration::hours(1));
    let (plaintext, end) = limited.unprotect(&payload).await.unwrap();
    assert_eq!((&**plaintext, end), (&b"soon over"[..], START + Duration::hours(1)));
    world.clock.advance(Duration::nanoseconds(100));
    assert!(matches!(
        limited.unprotect(&payload).await,
        Err(UnprotectError::Expired)
    ));
    assert!(
        world.instance(1).protector.unprotect(&payload).await.is_err(),
        "its purpose is its own"
    );
}

/// Instances over one repository, under one clock.
struct World {
    clock: Arc<ManualClock>,
    repository: Arc<WatchedRepository>,
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
    fn instance(&self, seed: u64) -> Instance {
        self.instance_with(KeyRingOptions::default(), seed)
    }

    fn instance_with(&self, options: KeyRingOptions, seed: u64) -> Instance {
        Instance::new(
            Arc::clone(&self.repository) as Arc<dyn KeyRepository>,
            options,
            &self.clock,
            seed,
        )
    }
}

struct Instance {
    ring: Arc<KeyRing>,
    protector: Protector,
}

impl Instance {
    fn new(repository: Arc<dyn KeyRepository>, options: KeyRingOptions, clock: &Arc<ManualClock>, seed: u64) -> Self {
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
struct WatchedRepository {
    inner: EphemeralKeyRepository,
    reads: AtomicUsize,
    writes: AtomicUsize,
    reading_fails: AtomicBool,
    writing_fails: AtomicBool,
    /// Each is there when somebody is about to write, who cannot have read it.
    arriving: Mutex<Vec<StoredElement>>,
}

impl WatchedRepository {
    fn reads(&self) -> usize {
        self.reads.load(SeqCst)
    }

    fn writes(&self) -> usize {
        self.writes.load(SeqCst)
    }

    fn fail_reading(&self, fails: bool) {
        self.reading_fails.store(fails, SeqCst);
    }

    fn fail_writing(&self, fails: bool) {
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
fn key_id(payload: &[u8]) -> Uuid {
    Uuid::from_bytes_le(payload[4..20].try_into().unwrap())
}
