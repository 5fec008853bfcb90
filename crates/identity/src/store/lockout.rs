//! Lockout: how a sign-in attempt is settled, in one step of the store that counts it, locks the account if it was one
//! failure too many, and decides whether its result may be revealed.

use time::OffsetDateTime;
use time::macros::datetime;

use crate::account::{SecurityStamp, User};
use crate::options::LockoutOptions;
use crate::secret::Redemption;

/// .NET's `DateTimeOffset.MaxValue`.
pub(crate) const FOR_EVER: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999_9 UTC);
/// Less than a second before that, so that whoever restores an account can tell an operator's lock from its closing.
pub(crate) const CLOSED: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

/// The result of an attempt, before it is revealed to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt<'a> {
    /// Wrong: a failure is counted, which may lock the account.
    Failed,
    /// Right so far, with more to come: the failure count stays as it is.
    Incomplete,
    /// Right: the failure count is reset.
    Succeeded,
    /// Right, unless this secret was redeemed before: then it is [`Failed`](Self::Failed). The secret is redeemed in the same
    /// transaction, and only if the attempt may be settled: not while the account is locked.
    Redeeming(&'a Redemption),
    /// Refused without a check. Nothing changes, but it costs the store as much as [`Failed`](Self::Failed), so that
    /// the response time does not tell them apart.
    NotCounted,
}

impl Attempt<'_> {
    /// What [`Redeeming`](Self::Redeeming) is once it is known whether the secret could be redeemed.
    pub fn after_redeeming(is_redeemed: bool) -> Self {
        match is_redeemed {
            true => Self::Succeeded,
            false => Self::Failed,
        }
    }
}

/// The store's answer to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The result stands. A success has reset the failure count.
    Accepted,
    /// The failure was counted; this is the number of failures in a row.
    Counted(i32),
    /// That failure was one too many: the account is locked until then, and the count is zero again.
    LockedOut(OffsetDateTime),
    /// The account was already locked. The attempt was not counted, and whether it was right must not be revealed.
    Refused,
    /// The account's security stamp is no longer the one that the attempt was checked against, or the account is gone.
    /// Nothing was counted.
    Conflict,
}

/// What became of a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedeemOutcome {
    /// It is used up, and the failure count is reset.
    Redeemed,
    /// It is not one of the account's codes, or was used before. Not counted as a failure: .NET considers recovery
    /// codes too long to guess.
    Wrong,
    /// The account is locked; the code can still be used later.
    Refused,
    /// As [`AttemptOutcome::Conflict`].
    Conflict,
}

/// The part of an account that decides an attempt. Stores read it while they hold the lock on the account's row, and
/// keep the lock until [`change`](Settlement::change) is written, so that attempts are settled one after another on all
/// instances, right ones in the same queue as wrong ones.
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

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// The answer.
    pub outcome: AttemptOutcome,
    /// What must be written before the answer is given.
    pub change: AttemptChange,
}

/// What an attempt changes about its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptChange {
    /// Nothing.
    None,
    /// Set the failure count to this.
    Count(i32),
    /// Lock the account until then and reset the count.
    LockOut(OffsetDateTime),
}

impl AttemptState {
    /// Whether the account is locked at this instant; as [`User::is_locked_out`].
    pub fn is_locked_out(&self, now: OffsetDateTime) -> bool {
        self.lockout_enabled && self.lockout_end.is_some_and(|end| end >= now)
    }

    /// Whether an operator has locked the account, as [`Accounts::lock`](crate::Accounts::lock) does, or its owner has
    /// [closed](crate::Accounts::request_deletion) it, and not some failures have locked it.
    pub fn is_locked_for_ever(&self) -> bool {
        self.lockout_enabled && self.lockout_end >= Some(CLOSED)
    }

    /// Whether an attempt would be settled at all, so that the secret of [`Attempt::Redeeming`] is redeemed with it.
    pub fn may_redeem(&self, expected: Option<&SecurityStamp>, now: OffsetDateTime) -> bool {
        !self.is_locked_out(now) && self.security_stamp.as_ref() == expected
    }

    /// Settles an attempt that was checked against the account with the stamp `expected`. A store redeems the secret of
    /// [`Attempt::Redeeming`] first, and settles [what came of it](Attempt::after_redeeming): one that nobody redeemed has failed.
    ///
    /// As in .NET, failures are counted even if they cannot lock the account, and set an end of lockout that is
    /// ignored.
    pub fn settle(
        &self,
        expected: Option<&SecurityStamp>,
        attempt: Attempt<'_>,
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
            Attempt::Failed | Attempt::Redeeming(_) => self.fail(now, options),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{AuthenticatorStep, Secret};

    #[test]
    fn a_secret_that_nobody_redeemed_lets_nobody_in() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let redemption = Redemption::of_issued(&Secret::<AuthenticatorStep>::from_text("x"), now);
        let state = AttemptState {
            security_stamp: None,
            lockout_end: None,
            lockout_enabled: true,
            access_failed_count: 0,
        };
        let settlement = state.settle(None, Attempt::Redeeming(&redemption), now, &LockoutOptions::default());
        assert_eq!(settlement.outcome, AttemptOutcome::Counted(1));
        assert_eq!(settlement.change, AttemptChange::Count(1));
    }
}
