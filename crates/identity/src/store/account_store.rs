//! Stores accounts.

use std::fmt::Debug;

use async_trait::async_trait;
use time::OffsetDateTime;
use wicketgate_protection::Random;

#[cfg(doc)]
use super::AttemptState;
use super::{
    Attempt, AttemptOutcome, ChangeOutcome, CreateOutcome, NewAccountMail, RedeemOutcome, StoreError, UserClaims,
};
use crate::account::{Change, EmailUniqueness, Expected, NormalizedName, SecurityStamp, User, UserId};
use crate::event::Event;
use crate::options::LockoutOptions;
use crate::second_factor::RecoveryCodes;

/// Stores accounts. Every method is one atomic step in the database, so races between requests and between instances
/// are decided there. Every write to an account gives it a new concurrency stamp.
///
/// A write with an `expected` security stamp happens only if the account still has that stamp (`None`: no stamp). A
/// write to an account that no longer exists is a conflict, too.
///
/// Every method that may change something takes the [`Event`] that describes the change. A store that keeps events
/// writes it in the same transaction; other stores ignore it.
///
/// Timestamps keep at least microsecond precision, and .NET's `DateTimeOffset.MaxValue` exactly.
///
/// The crate `wicketgate-store-tests` checks all of this for a store of your own.
#[async_trait]
pub trait AccountStore: Debug + Send + Sync + 'static {
    /// Maximum length of a name or address, normalized or not, in UTF-16 code units as .NET counts; `None` for no
    /// limit. Callers write nothing longer: databases would refuse or truncate it.
    fn longest_name(&self) -> Option<usize> {
        None
    }

    /// The id of an account that is to be created at this time.
    fn new_id(&self, _now: OffsetDateTime, random: &dyn Random) -> UserId {
        UserId::generate(random)
    }

    /// The id that a text from outside names, such as that of a link: .NET reads a Guid or a number in several spellings, and all
    /// of them are one account's. `None` if it can be no account's. Everything else here compares ids as they are written.
    fn read_id(&self, text: &str) -> Option<UserId> {
        Some(UserId::from_stored(text))
    }

    /// Adds an account, unless its normalized name is taken, or its address if that must be unique.
    ///
    /// It gets the id that `user` has, unless the store numbers its accounts by itself. The event and the mail that are written
    /// with it are about the id that it has in the end.
    ///
    /// Where [`Stores`](super::Stores) have a [`MailQueue`](super::MailQueue), `mail` is added to it in the same
    /// transaction: there is an account with its mail, or neither. It is always `None` for other stores.
    async fn create(
        &self,
        user: &User,
        email: EmailUniqueness,
        mail: Option<&dyn NewAccountMail>,
        event: &Event,
    ) -> Result<CreateOutcome, StoreError>;
    /// Deletes an account and everything that belongs to it; `false` if there was none.
    async fn delete(&self, id: &UserId, event: &Event) -> Result<bool, StoreError>;

    /// The account with this id.
    async fn find_by_id(&self, id: &UserId) -> Result<Option<User>, StoreError>;
    /// The account with this name.
    async fn find_by_normalized_name(&self, name: &NormalizedName) -> Result<Option<User>, StoreError>;
    /// The account with this address, or any one of them if several share it.
    async fn find_by_normalized_email(&self, email: &NormalizedName) -> Result<Option<User>, StoreError>;
    /// Up to `limit` accounts after `after`, ordered by normalized name as the store's index sorts them. Accounts
    /// without a name are left out.
    async fn list(&self, after: Option<&NormalizedName>, limit: usize) -> Result<Vec<User>, StoreError>;
    /// The user's claims and roles; empty if the account does not exist.
    async fn find_claims(&self, id: &UserId) -> Result<UserClaims, StoreError>;

    /// Changes an account if it is still as `expected`; otherwise the answer is [`ChangeOutcome::Conflict`], or
    /// [`ChangeOutcome::AlreadyRedeemed`] if it is, and only the secret of [`Expected::Redeeming`] cannot be redeemed.
    async fn change(
        &self,
        id: &UserId,
        expected: Expected<'_>,
        change: &Change,
        event: &Event,
    ) -> Result<ChangeOutcome, StoreError>;

    /// Settles an attempt that was checked against the account with the stamp `expected`, by the rules of
    /// [`AttemptState::settle`].
    ///
    /// Attempts at one account are settled one after another, whatever their result and whichever instance received
    /// them: a right one waits for the wrong ones before it. So parallel attempts learn no more than attempts made in
    /// turn.
    ///
    /// `event` describes the attempt by itself; [`Event::settled`] gives the event to keep.
    async fn settle_attempt(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        attempt: Attempt<'_>,
        now: OffsetDateTime,
        options: &LockoutOptions,
        event: &Event,
    ) -> Result<AttemptOutcome, StoreError>;
    /// The authenticator's shared key as it was written, if there is one: in base32, or encrypted.
    async fn authenticator_key(&self, id: &UserId) -> Result<Option<String>, StoreError>;
    /// The remaining recovery codes.
    async fn recovery_codes(&self, id: &UserId) -> Result<RecoveryCodes, StoreError>;
    /// Uses up one recovery code of an account that has the stamp `expected` and is not locked at `now`, and resets its
    /// failure count. Exactly one of any number of parallel calls with the same code gets [`RedeemOutcome::Redeemed`].
    /// `event` describes the sign-in; [`Event::redeemed`] gives the event to keep.
    async fn redeem_recovery_code(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        code: &str,
        now: OffsetDateTime,
        event: &Event,
    ) -> Result<RedeemOutcome, StoreError>;
    /// Sets the authenticator's shared key and a new stamp, unless there is a key already, and returns the key that is
    /// stored afterwards. An empty key counts as none. `None` if there is no key and the account has another stamp than
    /// `expected`, or does not exist. Any number of parallel calls get the same key.
    async fn ensure_authenticator_key(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        key: &str,
        stamp: &SecurityStamp,
        event: &Event,
    ) -> Result<Option<String>, StoreError>;

    /// Up to `limit` accounts that have an authenticator key, and their keys as they were written, ordered by id as the store
    /// sorts ids: those after `after`.
    async fn authenticator_keys(
        &self,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Vec<(UserId, String)>, StoreError>;
    /// Writes the same authenticator key in another form, if the account still has it as `old`; whether it had. The
    /// account's stamps stay.
    async fn replace_authenticator_key(&self, id: &UserId, old: &str, new: &str) -> Result<bool, StoreError>;

    /// A cheap query for readiness probes: whether the database answers and, as far as
    /// [`check_writable`](Self::check_writable) knows, accepts writes.
    async fn ping(&self) -> Result<(), StoreError>;
    /// Fails while writes fail. It queries the database only if something has failed since the last write that is known
    /// to have succeeded, and costs nothing otherwise.
    ///
    /// Called before a sign-in succeeds that writes nothing itself: while failures cannot be counted, an attacker must
    /// not learn which guess was right.
    async fn check_writable(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
