//! The worker's loop: looks for mails that are due, leases those that can be sent now, and starts an attempt for each.

use std::collections::HashMap;
use std::iter;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration as StdDuration;

use time::Duration;
use tokio::task::{self, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::attempt::Attempt;
use super::turns::Turns;
use super::{MailWorkerOptions, Progress, Shared};
use crate::mail::{EmailSender, WaitingMail};
use crate::store::StoreError;

/// How long nobody else sends a mail. An attempt takes a minute at most, and starts half a minute after the lease at the
/// latest; the rest is for clocks that differ.
const LEASE: Duration = Duration::minutes(3);
/// A lease that took longer is left to run out.
const SLOWEST_LEASE: StdDuration = StdDuration::from_secs(30);
/// How often it is looked for mails that others left.
const BETWEEN_LOOKS: StdDuration = StdDuration::from_secs(1);
/// A database that is away fills no log.
const BETWEEN_COMPLAINTS: StdDuration = StdDuration::from_secs(60);
/// How many mails are read at a time.
const PAGE: usize = 500;
/// How many pages one look reads, before mails are sent again. The next look goes on from there.
const MOST_PAGES: usize = 10;
/// How many decoys are removed at a time, while others wait to write.
const DECOYS: usize = 100;

/// What the worker's task has.
pub(super) struct Run {
    shared: Arc<Shared>,
    sender: Arc<dyn EmailSender>,
    retry_for: Duration,
    turns: Turns,
    attempts: JoinSet<()>,
    /// What each attempt is about.
    mails: HashMap<task::Id, WaitingMail>,
    /// Where the next look goes on; `None` if the last one came to the end.
    seen_up_to: Option<WaitingMail>,
    /// There was no room for a mail since looking began at the first one.
    has_passed_over: bool,
    progress: Progress,
    complained: Option<Instant>,
}

impl Run {
    pub(super) fn new(shared: Arc<Shared>, sender: Arc<dyn EmailSender>, options: MailWorkerOptions) -> Self {
        Self {
            shared,
            sender,
            retry_for: options.retry_for,
            turns: Turns::new(options.connections),
            attempts: JoinSet::new(),
            mails: HashMap::new(),
            seen_up_to: None,
            has_passed_over: false,
            progress: Progress::default(),
            complained: None,
        }
    }

    pub(super) async fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        let mut next_look = Instant::now();
        loop {
            let is_stopping = shared.is_stopping.load(Ordering::Acquire);
            if is_stopping || next_look <= Instant::now() {
                self.look().await;
                next_look = Instant::now() + BETWEEN_LOOKS;
            }
            self.start().await;
            self.progress.is_idle = self.attempts.is_empty() && self.turns.nobody_waits() && self.has_seen_all();
            shared.progress.send_replace(self.progress);
            if is_stopping && self.is_done().await {
                return;
            }
            if self.turns.nobody_waits() && !self.has_seen_all() {
                next_look = Instant::now();
            }
            tokio::select! {
                () = shared.mails.added().notified(), if self.turns.nobody_waits() => next_look = Instant::now(),
                () = sleep_until(next_look) => {}
                () = shared.stop.notified() => {}
                Some(ended) = self.attempts.join_next_with_id() => self.end(ended),
            }
        }
    }

    /// What others sent meanwhile, or is not due yet, is not there.
    async fn look(&mut self) {
        self.progress.looks += 1;
        self.progress.is_idle = false;
        // Before anything is read: who waits for a mail waits for a look that begins after it was added.
        self.shared.progress.send_replace(self.progress);
        if let Err((error, what)) = self.read().await {
            self.complain(&error, what);
            // There is nothing to go on from at once.
            self.seen_up_to = None;
            self.has_passed_over = false;
        }
    }

    async fn read(&mut self) -> Result<(), (StoreError, &'static str)> {
        let shared = Arc::clone(&self.shared);
        let (queue, now) = (shared.mails.queue(), shared.mails.now());
        for _ in 0..MOST_PAGES {
            let page = queue.due(now, self.seen_up_to.as_ref(), PAGE).await;
            let page = page.map_err(|error| (error, "mails that wait cannot be read"))?;
            if self.seen_up_to.is_none() {
                self.has_passed_over = false;
            }
            self.seen_up_to = page.last().filter(|_| page.len() == PAGE).cloned();
            let (decoys, mails): (Vec<_>, Vec<_>) = page.into_iter().partition(WaitingMail::is_decoy);
            for mail in mails {
                self.has_passed_over |= !self.turns.add(mail);
            }
            let decoys: Vec<_> = decoys.iter().map(|decoy| decoy.id).collect();
            for decoys in decoys.chunks(DECOYS) {
                let removed = queue.remove(decoys).await;
                removed.map_err(|error| (error, "decoys cannot be removed"))?;
            }
            if self.seen_up_to.is_none() || self.turns.is_full() {
                break;
            }
        }
        Ok(())
    }

    /// Whether every mail that was due is in `turns`.
    fn has_seen_all(&self) -> bool {
        self.seen_up_to.is_none() && !self.has_passed_over
    }

    /// Starts attempts for all mails whose turn it is.
    async fn start(&mut self) {
        let shared = Arc::clone(&self.shared);
        loop {
            let seen: Vec<WaitingMail> = iter::from_fn(|| self.turns.next()).collect();
            if seen.is_empty() {
                return;
            }
            let asked = Instant::now();
            let until = shared.mails.now() + LEASE;
            let leased = shared.mails.queue().lease(&seen, shared.lease, until).await;
            let mut leased = match leased {
                Ok(leased) if asked.elapsed() <= SLOWEST_LEASE => leased,
                Ok(_) => Vec::new(),
                Err(error) => {
                    seen.iter().for_each(|mail| self.turns.done(mail));
                    return self.complain(&error, "mails that wait cannot be leased");
                }
            };
            for waiting in seen {
                let index = leased.iter().position(|leased| leased.id == waiting.id);
                let Some(index) = index else {
                    // Another instance has it.
                    self.turns.done(&waiting);
                    continue;
                };
                let attempt = Attempt {
                    shared: Arc::clone(&shared),
                    sender: Arc::clone(&self.sender),
                    retry_for: self.retry_for,
                    waiting: waiting.clone(),
                    leased: leased.swap_remove(index),
                };
                let task = self.attempts.spawn(attempt.make());
                self.mails.insert(task.id(), waiting);
            }
        }
    }

    fn end(&mut self, ended: Result<(task::Id, ()), task::JoinError>) {
        let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
        if let Some(mail) = self.mails.remove(&id) {
            self.turns.done(&mail);
        }
    }

    /// Whether a worker that is stopping has nothing left to do.
    async fn is_done(&mut self) -> bool {
        let shared = Arc::clone(&self.shared);
        let queue = shared.mails.queue();
        if queue.is_durable() {
            while let Some(ended) = self.attempts.join_next_with_id().await {
                self.end(ended);
            }
            return true;
        }
        queue.counts().await.is_ok_and(|counts| counts.waiting == 0)
    }

    fn complain(&mut self, error: &StoreError, what: &'static str) {
        if self.complained.is_none_or(|at| at.elapsed() >= BETWEEN_COMPLAINTS) {
            self.complained = Some(Instant::now());
            tracing::warn!(%error, "{what}");
        }
    }
}
