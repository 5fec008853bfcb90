//! Where accounts are kept.

use std::fmt::Debug;

use async_trait::async_trait;
use time::OffsetDateTime;

#[cfg(doc)]
use super::AttemptState;
use super::{Attempt, AttemptOutcome, ChangeOutcome, CreateOutcome, RedeemOutcome, StoreError, UserClaims};
use crate::account::{Change, EmailUniqueness, Expected, NormalizedName, SecurityStamp, User, UserId};
use crate::event::Event;
use crate::options::LockoutOptions;
use crate::second_factor::RecoveryCodes;

/// Where accounts are kept. Every method is one atomic step in the database, so that races between requests and between
/// instances are settled there. Every write to an account gives its row a new concurrency stamp.
///
/// A security stamp named `expected` makes a write conditional: it happens only while the account still has that stamp
/// (`None`: has none). Every write to an account that is gone answers that it is not as expected, too.
///
/// Every method that may change something takes the [`Event`] that says what happens. A store that keeps events writes it in
/// the same transaction, if it happens; others leave it alone.
///
/// Instants are kept at least to the microsecond, and .NET's `DateTimeOffset.MaxValue` exactly.
///
/// The crate `wicketgate-store-tests` tests all of this on a store of your own.
#[async_trait]
pub trait AccountStore: Debug + Send + Sync + 'static {
    /// How long a name or an address may be, normalized or not, in UTF-16 code units as .NET counts; `None` where any
    /// length can be kept. Callers write nothing that is longer: databases refuse it, or keep a part of it.
    fn longest_name(&self) -> Option<usize> {
        None
    }

    /// Adds an account, unless its normalized name (or address, if it must be unique) is taken.
    async fn create(&self, user: &User, email: EmailUniqueness, event: &Event) -> Result<CreateOutcome, StoreError>;
    /// Removes an account and everything that belongs to it; `false` if there was none.
    async fn delete(&self, id: &UserId, event: &Event) -> Result<bool, StoreError>;

    /// The account with this id.
    async fn find_by_id(&self, id: &UserId) -> Result<Option<User>, StoreError>;
    /// The account with this name.
    async fn find_by_normalized_name(&self, name: &NormalizedName) -> Result<Option<User>, StoreError>;
    /// The account with this address; where several share it, any one of them.
    async fn find_by_normalized_email(&self, email: &NormalizedName) -> Result<Option<User>, StoreError>;
    /// Up to `limit` accounts after `after`, in an order of their normalized names that stays the same from page to page:
    /// that of the store's index. Accounts without a name are left out.
    async fn list(&self, after: Option<&NormalizedName>, limit: usize) -> Result<Vec<User>, StoreError>;
    /// The user's claims and roles; nothing for an account that is gone.
    async fn find_claims(&self, id: &UserId) -> Result<UserClaims, StoreError>;

    /// Changes an account if it is still as `expected`, and otherwise answers [`ChangeOutcome::Conflict`].
    async fn change(
        &self,
        id: &UserId,
        expected: Expected<'_>,
        change: &Change,
        event: &Event,
    ) -> Result<ChangeOutcome, StoreError>;

    /// Settles an attempt that was held against the account with the stamp `expected`, as [`AttemptState::settle`] says.
    ///
    /// Attempts at one account are settled one after another, whatever came of them and whichever instance they came to:
    /// a right one waits for the wrong ones before it. So no more of them are told anything than would have been told in
    /// turn.
    ///
    /// `event` says what the attempt came to by itself; [`Event::settled`] says what happened after all.
    async fn settle_attempt(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        attempt: Attempt,
        now: OffsetDateTime,
        options: &LockoutOptions,
        event: &Event,
    ) -> Result<AttemptOutcome, StoreError>;
    /// The authenticator's shared key in base32, if there is one.
    async fn authenticator_key(&self, id: &UserId) -> Result<Option<String>, StoreError>;
    /// The recovery codes that are left.
    async fn recovery_codes(&self, id: &UserId) -> Result<RecoveryCodes, StoreError>;
    /// Uses up one recovery code of an account that has the stamp `expected` and is not locked at `now`, and forgets its
    /// failures; [`RedeemOutcome::Redeemed`] for exactly one of any number of parallel calls with the same code. `event` is
    /// the sign-in; [`Event::redeemed`] says what happened after all.
    async fn redeem_recovery_code(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        code: &str,
        now: OffsetDateTime,
        event: &Event,
    ) -> Result<RedeemOutcome, StoreError>;
    /// Sets the authenticator's shared key, with a new stamp, unless there is one already, and returns the one that there
    /// is then; an empty one is none. `None` where the account is gone. All of any number of parallel calls get the same.
    async fn ensure_authenticator_key(
        &self,
        id: &UserId,
        key: &str,
        stamp: &SecurityStamp,
        event: &Event,
    ) -> Result<Option<String>, StoreError>;

    /// A cheap question to the database, for readiness probes: whether it answers and, as far as
    /// [`check_writable`](Self::check_writable) knows, takes writes.
    async fn ping(&self) -> Result<(), StoreError>;
    /// Fails while writes fail. It costs nothing unless something has failed since the last write that is known to have
    /// succeeded, and then asks the database.
    ///
    /// Asked before a sign-in succeeds that writes nothing itself: whoever guesses while failures cannot be counted must
    /// not learn which guess was right.
    async fn check_writable(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
