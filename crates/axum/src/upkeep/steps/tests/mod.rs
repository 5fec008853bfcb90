//! Turns on a log of events that says what a test wants.

mod deletions;
mod fake;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use time::macros::datetime;
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};
use wicketgate_identity::{Event, EventKind, MemoryStore, User, UserId};
use wicketgate_protection::ManualClock;

use self::fake::Fake;
use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-28 12:00:00 UTC);

/// Counts lines of the log.
#[derive(Default)]
struct Lines(AtomicUsize);

impl Subscriber for &'static Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &tracing::Event<'_>) {
        self.0.fetch_add(1, Relaxed);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn steps(retention: Option<Duration>) -> (Steps, Arc<Fake>) {
    let fake = Arc::new(Fake::default());
    let clock = Arc::new(ManualClock::at(NOW));
    (steps_of(Arc::clone(&fake) as Arc<dyn Stores>, clock, retention), fake)
}

fn steps_of(stores: Arc<dyn Stores>, clock: Arc<ManualClock>, retention: Option<Duration>) -> Steps {
    Steps::new(stores, clock, retention, &SessionOptions::default())
}

#[tokio::test]
async fn a_turn_seals_what_waits_but_not_for_ever() {
    let (mut steps, fake) = steps(None);
    fake.unsealed.store(2 * EVENTS_PER_SEAL + 1, Relaxed);
    assert!(steps.turn().await);
    assert_eq!(fake.seals.load(Relaxed), 3);
    assert_eq!(fake.unsealed.load(Relaxed), 0);

    fake.unsealed.store(100 * EVENTS_PER_SEAL, Relaxed);
    assert!(steps.turn().await);
    assert_eq!(fake.seals.load(Relaxed), 3 + MOST_REPEATS);
    steps.last_turn().await;
    assert_eq!(fake.unsealed.load(Relaxed), 0);
}

#[tokio::test]
async fn what_is_not_urgent_is_done_in_every_tenth_turn() {
    let (mut steps, fake) = steps(Some(Duration::days(180)));
    for _ in 0..SLOW_TURN {
        steps.turn().await;
    }
    // Although there was always more.
    assert_eq!(fake.erasings.load(Relaxed), MOST_REPEATS);
    assert_eq!(*fake.pruned_before.lock().unwrap(), [NOW - Duration::days(180)]);
    steps.turn().await;
    assert_eq!(fake.erasings.load(Relaxed), 2 * MOST_REPEATS);
}

#[tokio::test]
async fn without_a_retention_or_with_one_beyond_all_time_nothing_is_removed() {
    for retention in [None, Some(Duration::MAX)] {
        let (mut steps, fake) = steps(retention);
        assert!(steps.turn().await);
        assert!(fake.pruned_before.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn events_that_cannot_be_removed_are_logged_once_and_delay_no_seal() {
    static LINES: Lines = Lines(AtomicUsize::new(0));
    let _guard = tracing::subscriber::set_default(&LINES);
    let (mut steps, fake) = steps(Some(Duration::days(180)));
    fake.is_tampered_with.store(true, Relaxed);
    for _ in 0..2 * SLOW_TURN {
        assert!(steps.turn().await);
    }
    assert_eq!(LINES.0.load(Relaxed), 1);
}

#[tokio::test]
async fn a_failure_is_logged_once_and_so_is_its_end() {
    static LINES: Lines = Lines(AtomicUsize::new(0));
    let _guard = tracing::subscriber::set_default(&LINES);
    let (mut steps, fake) = steps(None);
    fake.is_away.store(true, Relaxed);
    // In the first turn all steps that have something to ask fail: four.
    for _ in 0..2 * SLOW_TURN {
        assert!(!steps.turn().await);
    }
    assert_eq!(LINES.0.load(Relaxed), 4);
    fake.is_away.store(false, Relaxed);
    for _ in 0..2 * SLOW_TURN {
        assert!(steps.turn().await);
    }
    assert_eq!(LINES.0.load(Relaxed), 8);
}

#[tokio::test]
async fn one_time_secrets_are_removed_some_minutes_after_they_expire() {
    use wicketgate_identity::secret::{PasswordReset, Redemption, Secret};

    let stores = Arc::new(MemoryStore::new());
    let secrets = stores.secrets().unwrap();
    for number in 0..2 * SECRETS_AT_A_TIME + 1 {
        let secret = Secret::<PasswordReset>::from_text(number.to_string());
        secrets.issue(&secret.issued("ada", NOW)).await.unwrap();
    }
    let kept = Secret::<PasswordReset>::from_text("kept");
    secrets
        .issue(&kept.issued("ada", NOW + Duration::SECOND))
        .await
        .unwrap();
    let clock = Arc::new(ManualClock::at(NOW + SECRETS_KEPT));
    let mut steps = steps_of(stores.clone(), clock.clone(), None);
    assert!(steps.turn().await);
    assert_eq!(
        secrets.remove_expired(NOW + Duration::SECOND, 1_000).await.unwrap(),
        201
    );

    clock.advance(Duration::SECOND);
    let mut steps = steps_of(stores.clone(), clock, None);
    assert!(steps.turn().await);
    assert_eq!(secrets.remove_expired(NOW + Duration::MINUTE, 1_000).await.unwrap(), 1);
    assert_eq!(secrets.redeem(&Redemption::of_issued(&kept, NOW)).await.unwrap(), None);
}

/// Whether they have ended or not, and however short the absolute timeout is.
#[tokio::test]
async fn sessions_that_nobody_can_use_any_more_are_removed() {
    use wicketgate_identity::account::EmailUniqueness;
    use wicketgate_identity::session::{Session, SessionId, SessionKind};

    let stores = Arc::new(MemoryStore::new());
    let sessions = stores.sessions().unwrap();
    let lasts = Duration::hours(1);
    let options = SessionOptions {
        absolute_timeout: lasts,
        ..SessionOptions::default()
    };
    assert!(!options.enabled, "those of other instances are removed, too");
    let ada = User {
        id: UserId::from_stored("ada"),
        user_name: None,
        normalized_user_name: None,
        email: None,
        normalized_email: None,
        email_confirmed: false,
        password_hash: None,
        security_stamp: None,
        concurrency_stamp: None,
        phone_number: None,
        phone_number_confirmed: false,
        two_factor_enabled: false,
        lockout_end: None,
        lockout_enabled: true,
        access_failed_count: 0,
    };
    let event = Event::new(EventKind::Registered, Some(ada.id.clone()), NOW);
    let accounts = stores.accounts();
    let created = accounts.create(&ada, EmailUniqueness::NotRequired, None, &event);
    created.await.unwrap();
    for number in 0..=2 * SESSIONS_AT_A_TIME {
        let is_last = number == 2 * SESSIONS_AT_A_TIME;
        let at = if is_last { NOW + Duration::SECOND } else { NOW };
        let session = Session {
            id: SessionId::from_bytes((number as u128).to_be_bytes()),
            user: ada.id.clone(),
            kind: SessionKind::Cookie,
            created: at,
            last_seen: at,
            authenticated: at,
            methods: Vec::new(),
            credential: None,
            client: None,
            user_agent: None,
            security_stamp: None,
        };
        assert!(sessions.add(&session, 1_000).await.unwrap());
    }
    for (at, left) in [
        (NOW + lasts, 2 * SESSIONS_AT_A_TIME + 1),
        (NOW + lasts + Duration::SECOND, 1),
    ] {
        let clock = Arc::new(ManualClock::at(at));
        let mut steps = Steps::new(stores.clone(), clock, None, &options);
        assert!(steps.turn().await);
        assert_eq!(sessions.list(&ada.id, 1_000).await.unwrap().len(), left);
    }
}
