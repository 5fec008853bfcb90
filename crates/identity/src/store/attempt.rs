//! How an attempt to sign in is settled: in one step of the store, which counts it and says whether it may count at all.

use time::OffsetDateTime;

use crate::account::{SecurityStamp, User};
use crate::options::LockoutOptions;

/// What an attempt came to that was looked at, before anybody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Wrong: a failure is counted, which may lock the account.
    Failed,
    /// Right so far, and more is asked for: nothing is counted and nothing forgotten.
    Incomplete,
    /// Right: the failures before it are forgotten.
    Succeeded,
    /// Refused before anything was looked at. Nothing changes, but it costs the store what [`Failed`](Self::Failed)
    /// costs, so that the time of the answer does not tell them apart.
    NotCounted,
}

/// What the store says to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// It is what it came to. A success has no failures before it any more.
    Accepted,
    /// The failure was counted; this many in a row now.
    Counted(i32),
    /// That failure was one too many: locked until then, and the count starts again at zero.
    LockedOut(OffsetDateTime),
    /// The account is locked already. Nobody may be told whether the attempt was right, and it was not counted.
    Refused,
    /// The account has another security stamp than the attempt was held against, or is gone; nothing was counted.
    Conflict,
}

/// What became of a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedeemOutcome {
    /// It is used up, and the failures before it are forgotten.
    Redeemed,
    /// It is none of the account's, or was used already. Not counted as a failure: .NET takes codes for too long to
    /// guess.
    Wrong,
    /// The account is locked; the code stays as it was.
    Refused,
    /// As [`AttemptOutcome::Conflict`].
    Conflict,
}

/// What decides about an attempt. Stores read it under the lock of the account's row, which they hold until
/// [`change`](Settlement::change) is written, so that attempts are settled one after another whichever instance they came
/// to, right ones in the same queue as wrong ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptState {
    /// The account's.
    pub security_stamp: Option<SecurityStamp>,
    /// The account's.
    pub lockout_end: Option<OffsetDateTime>,
    /// The account's.
    pub lockout_enabled: bool,
    /// The account's.
    pub access_failed_count: i32,
}

/// What an attempt leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// The answer.
    pub outcome: AttemptOutcome,
    /// What is to be written before the answer is given.
    pub change: AttemptChange,
}

/// What an attempt changes about its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptChange {
    /// Nothing.
    None,
    /// The count of failures becomes this.
    Count(i32),
    /// Locked until then; the count becomes zero.
    LockOut(OffsetDateTime),
}

impl AttemptState {
    /// Whether the account is locked at this instant; as [`User::is_locked_out`].
    pub fn is_locked_out(&self, now: OffsetDateTime) -> bool {
        self.lockout_enabled && self.lockout_end.is_some_and(|end| end >= now)
    }

    /// Settles an attempt that was held against an account with the stamp `expected`.
    ///
    /// As in .NET failures of an account that failures cannot lock are counted, and set the lockout's end, which whoever
    /// reads it ignores.
    pub fn settle(
        &self,
        expected: Option<&SecurityStamp>,
        attempt: Attempt,
        now: OffsetDateTime,
        options: &LockoutOptions,
    ) -> Settlement {
        let unchanged = |outcome| Settlement {
            outcome,
            change: AttemptChange::None,
        };
        if self.is_locked_out(now) {
            return unchanged(AttemptOutcome::Refused);
        }
        match attempt {
            Attempt::NotCounted => unchanged(AttemptOutcome::Accepted),
            _ if self.security_stamp.as_ref() != expected => unchanged(AttemptOutcome::Conflict),
            Attempt::Incomplete => unchanged(AttemptOutcome::Accepted),
            Attempt::Succeeded if self.access_failed_count == 0 => unchanged(AttemptOutcome::Accepted),
            Attempt::Succeeded => Settlement {
                outcome: AttemptOutcome::Accepted,
                change: AttemptChange::Count(0),
            },
            Attempt::Failed => self.fail(now, options),
        }
    }

    fn fail(&self, now: OffsetDateTime, options: &LockoutOptions) -> Settlement {
        let count = self.access_failed_count.saturating_add(1);
        if count < options.max_failed_access_attempts {
            return Settlement {
                outcome: AttemptOutcome::Counted(count),
                change: AttemptChange::Count(count),
            };
        }
        let end = now.saturating_add(options.default_lockout_time_span);
        Settlement {
            outcome: AttemptOutcome::LockedOut(end),
            change: AttemptChange::LockOut(end),
        }
    }
}

impl From<&User> for AttemptState {
    fn from(user: &User) -> Self {
        Self {
            security_stamp: user.security_stamp.clone(),
            lockout_end: user.lockout_end,
            lockout_enabled: user.lockout_enabled,
            access_failed_count: user.access_failed_count,
        }
    }
}
