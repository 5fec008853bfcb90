//! One turn: a few bounded steps, each of which another instance may take at the same time.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use wicketgate_identity::account::DueDeletion;
use wicketgate_identity::event::{EVENTS_PER_SEAL, EventHead};
use wicketgate_identity::options::SessionOptions;
use wicketgate_identity::{Accounts, EventLog, StoreError, Stores};
use wicketgate_protection::Clock;

/// How often a step is repeated in one turn, if there is more to do.
const MOST_REPEATS: usize = 10;
/// The last turn has nobody who waits for the next one.
const MOST_REPEATS_AT_THE_END: usize = 1_000;
/// What is not urgent is done every so many turns.
const SLOW_TURN: u64 = 10;
/// How many expired secrets are removed at a time.
const SECRETS_AT_A_TIME: usize = 100;
/// How long they are kept after that: the clock of another instance may be late, and there they can still be presented.
const SECRETS_KEPT: Duration = Duration::minutes(5);
/// How many old sessions are removed at a time.
const SESSIONS_AT_A_TIME: usize = 100;
/// How often the log names the head of the chain.
const BETWEEN_HEADS: Duration = Duration::hours(1);

/// The steps of the upkeep, and how they went.
#[derive(Debug)]
pub(super) struct Steps {
    stores: Arc<dyn Stores>,
    clock: Arc<dyn Clock>,
    retention: Option<Duration>,
    /// How long sessions stay that nobody uses.
    sessions_kept: Duration,
    /// Those that may have to be deleted.
    accounts: Option<Accounts>,
    /// The last one that was tried, if not all were.
    deleted_until: Option<DueDeletion>,
    turns: u64,
    /// In the order of [`Step::ALL`], so that each failure is logged once.
    is_failing: [bool; Step::ALL.len()],
    /// The head that the log named last, and when.
    named: Option<(Option<EventHead>, OffsetDateTime)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    SumUp,
    Seal,
    Erase,
    Prune,
    NameHead,
    RemoveSecrets,
    RemoveSessions,
    DeleteAccounts,
}

impl Steps {
    pub(super) fn new(
        stores: Arc<dyn Stores>,
        clock: Arc<dyn Clock>,
        retention: Option<Duration>,
        sessions: &SessionOptions,
    ) -> Self {
        Self {
            stores,
            clock,
            retention,
            sessions_kept: sessions.longest_unused(),
            accounts: None,
            deleted_until: None,
            turns: 0,
            is_failing: [false; Step::ALL.len()],
            named: None,
        }
    }

    /// The same, where some of these accounts may have to be deleted.
    pub(super) fn with_accounts(self, accounts: &Accounts) -> Self {
        Self {
            accounts: Some(accounts.clone()),
            ..self
        }
    }

    /// Whether what is due at every turn succeeded. What is not has turns enough between its tries.
    pub(super) async fn turn(&mut self) -> bool {
        let is_slow = self.turns.is_multiple_of(SLOW_TURN);
        self.turns += 1;
        let mut succeeded = true;
        for step in Step::ALL {
            if is_slow || !step.is_slow() {
                succeeded &= self.take(step, MOST_REPEATS).await || step.is_slow();
            }
        }
        succeeded
    }

    /// Seals everything, and names the head: whoever compares it finds out whether anything is missing at the next start.
    pub(super) async fn last_turn(&mut self) {
        self.named = None;
        for step in [Step::SumUp, Step::Seal, Step::NameHead] {
            self.take(step, MOST_REPEATS_AT_THE_END).await;
        }
    }

    /// Takes a step until there is no more to do. A failure is logged once, and so is its end.
    async fn take(&mut self, step: Step, most: usize) -> bool {
        let mut result = Ok(true);
        for _ in 0..most {
            result = self.once(step).await;
            if !matches!(result, Ok(true)) {
                break;
            }
        }
        let was_failing = &mut self.is_failing[step as usize];
        match (&result, *was_failing) {
            (Err(error), false) => tracing::warn!(%error, "{} failed; it is tried again", step.name()),
            (Ok(_), true) => tracing::info!("{} works again", step.name()),
            _ => {}
        }
        *was_failing = result.is_err();
        result.is_ok()
    }

    /// Whether there may be more to do.
    async fn once(&mut self, step: Step) -> Result<bool, StoreError> {
        let stores = Arc::clone(&self.stores);
        match (step, stores.events()) {
            (Step::RemoveSecrets, _) => self.remove_secrets(&*stores).await,
            (Step::RemoveSessions, _) => self.remove_sessions(&*stores).await,
            (Step::DeleteAccounts, _) => self.delete_accounts().await,
            (Step::SumUp, Some(events)) => Ok(events.sum_up().await? > 0),
            (Step::Seal, Some(events)) => Ok(events.seal().await? >= EVENTS_PER_SEAL),
            (Step::Erase, Some(events)) => Ok(events.erase_deleted().await? > 0),
            (Step::Prune, Some(events)) => self.prune(events).await,
            (Step::NameHead, Some(events)) => self.name_head(events).await.map(|()| false),
            (Step::SumUp | Step::Seal | Step::Erase | Step::Prune | Step::NameHead, None) => Ok(false),
        }
    }

    async fn prune(&self, events: &dyn EventLog) -> Result<bool, StoreError> {
        let now = self.clock.now();
        match self.retention.and_then(|retention| now.checked_sub(retention)) {
            Some(oldest) => Ok(events.prune(oldest).await? > 0),
            None => Ok(false),
        }
    }

    /// Those that nobody can use any more.
    async fn remove_sessions(&self, stores: &dyn Stores) -> Result<bool, StoreError> {
        let before = self.clock.now().checked_sub(self.sessions_kept);
        match (stores.sessions(), before) {
            (Some(sessions), Some(before)) => {
                let removed = sessions.remove_unseen(before, SESSIONS_AT_A_TIME).await?;
                Ok(removed >= SESSIONS_AT_A_TIME as u64)
            }
            _ => Ok(false),
        }
    }

    /// Those whose owners asked for it. The others do not wait for one that cannot be deleted, neither in this turn nor in the next one.
    async fn delete_accounts(&mut self) -> Result<bool, StoreError> {
        let Some(accounts) = &self.accounts else {
            return Ok(false);
        };
        let mut failure = None;
        for _ in 0..MOST_REPEATS {
            failure = accounts.delete_due(&mut self.deleted_until).await.err().or(failure);
            if self.deleted_until.is_none() {
                break;
            }
        }
        failure.map_or(Ok(false), Err)
    }

    async fn remove_secrets(&self, stores: &dyn Stores) -> Result<bool, StoreError> {
        let before = self.clock.now().checked_sub(SECRETS_KEPT);
        match (stores.secrets(), before) {
            (Some(secrets), Some(before)) => {
                let removed = secrets.remove_expired(before, SECRETS_AT_A_TIME).await?;
                Ok(removed >= SECRETS_AT_A_TIME as u64)
            }
            _ => Ok(false),
        }
    }

    /// A head in a log that is kept elsewhere shows later whether the newest events were cut off.
    async fn name_head(&mut self, events: &dyn EventLog) -> Result<(), StoreError> {
        let now = self.clock.now();
        if let Some((_, when)) = &self.named
            && now - *when < BETWEEN_HEADS
        {
            return Ok(());
        }
        let head = events.head().await?;
        let is_new = self.named.as_ref().is_none_or(|(named, _)| *named != head);
        if let (Some(head), true) = (&head, is_new) {
            tracing::info!(%head, "events are sealed");
        }
        self.named = Some((head, now));
        Ok(())
    }
}

impl Step {
    const ALL: [Self; 8] = [
        Self::SumUp,
        Self::Seal,
        Self::Erase,
        Self::Prune,
        Self::NameHead,
        Self::RemoveSecrets,
        Self::RemoveSessions,
        Self::DeleteAccounts,
    ];

    fn is_slow(self) -> bool {
        !matches!(self, Self::SumUp | Self::Seal)
    }

    fn name(self) -> &'static str {
        match self {
            Self::SumUp => "summing up failed sign-ins to unknown accounts",
            Self::Seal => "sealing events",
            Self::Erase => "erasing deleted accounts from events",
            Self::Prune => "removing old events",
            Self::NameHead => "reading the newest seal",
            Self::RemoveSecrets => "removing expired one-time secrets",
            Self::RemoveSessions => "removing old sessions",
            Self::DeleteAccounts => "deleting accounts whose owners asked for it",
        }
    }
}

#[cfg(test)]
mod tests;
