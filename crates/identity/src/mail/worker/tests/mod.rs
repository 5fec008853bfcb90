//! Mails are sent, once, whatever happens to their senders.

mod flood;
mod recipients;
mod slow_queue;

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Mutex as StdMutex;
use std::sync::atomic::AtomicUsize;

use async_trait::async_trait;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::task::yield_now;
use wicketgate_protection::{Clock, DataProtection, ManualClock, Random, SeededRandom};

use super::*;
use crate::account::UserId;
use crate::mail::{EmailError, EmailMessage, EmailText};
use crate::store::{MemoryStore, Stores};

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// A mail server that several instances share.
#[derive(Debug, Default)]
struct Server {
    sent: StdMutex<Vec<String>>,
    /// Of all mails, sent or not.
    attempts: AtomicUsize,
    is_away: AtomicBool,
}

#[async_trait]
impl EmailSender for Server {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        self.attempts.fetch_add(1, Ordering::SeqCst);
        match message.to.split('@').next() {
            Some("stall") => pending().await,
            Some("panic") => panic!("as a test wants it"),
            Some("nobody") => return Err(EmailError::permanent("no such address")),
            _ => {}
        }
        yield_now().await;
        if self.is_away.load(Ordering::SeqCst) {
            return Err(EmailError("no connection".into()));
        }
        self.sent.lock().unwrap().push(message.to);
        Ok(())
    }
}

impl Server {
    fn sent(&self) -> Vec<String> {
        let mut sent = self.sent.lock().unwrap().clone();
        sent.sort();
        sent
    }

    fn attempts(&self) -> usize {
        self.attempts.load(Ordering::SeqCst)
    }
}

/// Instances over one store, whose mails are as good as in a database as long as the test runs.
struct World {
    clock: Arc<ManualClock>,
    random: Arc<dyn Random>,
    keys: DataProtection,
    stores: Arc<dyn Stores>,
    server: Arc<Server>,
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(1));
        Self {
            keys: DataProtection::ephemeral(clock.clone(), random.clone()),
            clock,
            random,
            stores: Arc::new(MemoryStore::new()),
            server: Arc::default(),
        }
    }

    /// As an instance has them, whose clock is ahead by so much.
    fn mails(&self, ahead: Duration) -> Mails {
        let clock = Ahead(self.clock.clone(), ahead);
        Mails::new(self.stores.clone(), &self.keys, Arc::new(clock), self.random.clone())
    }

    fn worker(&self, mails: &Mails) -> MailWorker {
        let options = MailWorkerOptions {
            connections: 8,
            ..MailWorkerOptions::default()
        };
        let longest = StdDuration::from_millis(1);
        MailWorker::start_with(mails.clone(), self.server.clone(), options, longest)
    }

    async fn waiting(&self) -> u64 {
        self.stores.mails().unwrap().counts().await.unwrap().waiting
    }
}

#[derive(Debug)]
struct Ahead(Arc<ManualClock>, Duration);

impl Clock for Ahead {
    fn now(&self) -> OffsetDateTime {
        self.0.now() + self.1
    }
}

fn message(to: &str) -> EmailMessage {
    EmailMessage {
        user: UserId::from_stored("7"),
        to: to.to_owned(),
        text: EmailText::PasswordResetCode("code".to_owned()),
    }
}

async fn add(mails: &Mails, recipients: &[&str]) {
    for recipient in recipients {
        mails.add(&message(recipient)).await.unwrap();
    }
}

#[tokio::test]
async fn mails_are_sent_once_and_are_gone_then() {
    let world = World::new();
    let mails = world.mails(Duration::ZERO);
    add(&mails, &["a@x", "a@x", "b@y"]).await;
    let worker = world.worker(&mails);
    worker.finish().await;
    assert_eq!(world.server.sent(), ["a@x", "a@x", "b@y"]);
    assert_eq!(world.waiting().await, 0);
}

#[tokio::test]
async fn instances_whose_clocks_differ_send_each_mail_once() {
    let world = World::new();
    let instances = [-20, 0, 20].map(|seconds| world.mails(Duration::seconds(seconds)));
    let workers = instances.each_ref().map(|mails| world.worker(mails));
    let mut expected = BTreeMap::new();
    for number in 0..300 {
        let to = format!("u{number}@d{}", number % 7);
        add(&instances[number % 3], &[to.as_str()]).await;
        expected.insert(to, 1);
    }
    // The clock that is behind sees the mails of the one that is ahead later.
    world.clock.advance(Duration::seconds(40));
    while world.waiting().await > 0 {
        for worker in &workers {
            worker.finish().await;
        }
    }
    let mut counted = BTreeMap::new();
    for to in world.server.sent() {
        *counted.entry(to).or_default() += 1;
    }
    assert_eq!(counted, expected);
}

#[tokio::test]
async fn mails_of_an_instance_that_died_are_sent_by_another_once_their_lease_has_ended() {
    let world = World::new();
    let mails = world.mails(Duration::ZERO);
    add(&mails, &["stall@x"]).await;
    let options = MailWorkerOptions::default();
    let dead = MailWorker::start(mails, world.server.clone(), options);
    while world.server.attempts() == 0 {
        yield_now().await;
    }
    drop(dead);
    let other = world.worker(&world.mails(Duration::seconds(5)));
    other.finish().await;
    assert_eq!(world.server.attempts(), 1, "the lease goes on");
    world.clock.advance(Duration::minutes(3));
    other.finish().await;
    assert_eq!(world.server.attempts(), 2);
}

#[tokio::test]
async fn a_mail_server_that_is_away_for_an_hour_gets_every_mail_once_it_is_back() {
    let world = World::new();
    let mails = world.mails(Duration::ZERO);
    let worker = world.worker(&mails);
    world.server.is_away.store(true, Ordering::SeqCst);
    add(&mails, &["a@x", "b@x", "c@y"]).await;
    for _ in 0..60 {
        worker.finish().await;
        world.clock.advance(Duration::MINUTE);
    }
    assert_eq!(world.waiting().await, 3);
    let attempts = world.server.attempts();
    assert!((21..=30).contains(&attempts), "pauses grow: {attempts}");

    world.server.is_away.store(false, Ordering::SeqCst);
    add(&mails, &["new@z"]).await;
    worker.finish().await;
    assert!(world.server.sent().contains(&"new@z".to_owned()), "at once");
    world.clock.advance(Duration::minutes(30));
    worker.finish().await;
    assert_eq!(world.server.sent(), ["a@x", "b@x", "c@y", "new@z"]);
    assert_eq!(world.waiting().await, 0);
}

#[tokio::test]
async fn a_mail_is_given_up_after_a_day_or_at_once_if_nothing_would_help() {
    let world = World::new();
    let mails = world.mails(Duration::ZERO);
    let worker = world.worker(&mails);
    world.server.is_away.store(true, Ordering::SeqCst);
    add(&mails, &["nobody@x", "a@x"]).await;
    worker.finish().await;
    assert_eq!(world.waiting().await, 1);
    for half_hour in 0..50 {
        world.clock.advance(Duration::minutes(30));
        worker.finish().await;
        assert_eq!(world.waiting().await, u64::from(half_hour < 47), "{half_hour}");
    }
}

#[tokio::test]
async fn a_sender_that_panics_or_never_returns_holds_up_nobody_for_long() {
    let world = World::new();
    let mails = world.mails(Duration::ZERO);
    let worker = world.worker(&mails);
    add(&mails, &["panic@x", "stall@y", "a@x", "b@y"]).await;
    worker.finish().await;
    assert_eq!(world.server.sent(), ["a@x", "b@y"]);
    // Both are tried again.
    assert_eq!(world.waiting().await, 2);
    world.clock.advance(Duration::SECOND);
    worker.finish().await;
    assert_eq!(world.server.attempts(), 6);
}

#[tokio::test]
async fn mails_open_although_their_key_was_revoked() {
    let world = World::new();
    let mails = world.mails(Duration::ZERO);
    add(&mails, &["a@x"]).await;
    let key = world.keys.ring().keys().await.unwrap()[0].id;
    world.keys.ring().revoke_key(key, None).await.unwrap();
    assert_eq!(mails.count_protected_with(key).await.unwrap(), 1);
    world.clock.advance(Duration::SECOND);
    add(&mails, &["b@x"]).await;
    let step = mails.reprotect(None, 1).await.unwrap();
    assert_eq!((step.changed, step.unreadable, step.next.is_some()), (1, 0, true));
    let step = mails.reprotect(step.next, 1).await.unwrap();
    assert_eq!((step.changed, step.next.is_some()), (0, true));
    assert_eq!(mails.reprotect(step.next, 1).await.unwrap().next, None);
    assert_eq!(mails.count_protected_with(key).await.unwrap(), 0);
    let worker = world.worker(&mails);
    worker.finish().await;
    assert_eq!(world.server.sent(), ["a@x", "b@x"]);
}

#[tokio::test]
async fn a_worker_that_stops_leaves_what_it_cannot_send_to_others_at_once() {
    let world = World::new();
    let mails = world.mails(Duration::ZERO);
    let options = MailWorkerOptions::default();
    let worker = MailWorker::start(mails.clone(), world.server.clone(), options);
    add(&mails, &["stall@x"]).await;
    while world.server.attempts() == 0 {
        yield_now().await;
    }
    let queue = world.stores.mails().unwrap();
    assert!(queue.due(mails.now(), None, 1).await.unwrap().is_empty());
    worker.stop(Instant::now()).await;
    assert_eq!(queue.due(mails.now(), None, 1).await.unwrap().len(), 1);
}
