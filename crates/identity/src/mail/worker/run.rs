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
            self.progress.is_idle = self.attempts.is_empty() && self.turns.nobody_waits();
            shared.progress.send_replace(self.progress);
            if is_stopping && self.is_done().await {
                return;
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
        let shared = Arc::clone(&self.shared);
        let (queue, now) = (shared.mails.queue(), shared.mails.now());
        let mut after: Option<WaitingMail> = None;
        let mut decoys = Vec::new();
        loop {
            let page = match queue.due(now, after.as_ref(), PAGE).await {
                Ok(page) => page,
                Err(error) => return self.complain(&error, "mails that wait cannot be read"),
            };
            let is_last = page.len() < PAGE;
            after = page.last().cloned();
            for mail in page {
                match mail.is_decoy() {
                    true => decoys.push(mail.id),
                    false => self.turns.add(mail),
                }
            }
            if is_last || self.turns.is_full() {
                break;
            }
        }
        for decoys in decoys.chunks(DECOYS) {
            if let Err(error) = queue.remove(decoys).await {
                return self.complain(&error, "decoys cannot be removed");
            }
        }
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

    fn complain(&mut self, error: &crate::StoreError, what: &'static str) {
        if self.complained.is_none_or(|at| at.elapsed() >= BETWEEN_COMPLAINTS) {
            self.complained = Some(Instant::now());
            tracing::warn!(%error, "{what}");
        }
    }
}
