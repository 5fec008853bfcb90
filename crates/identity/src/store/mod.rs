mod attempt;
pub mod conformance;
mod memory;

use std::fmt::Debug;

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::{LockoutOptions, NormalizedName, PasswordHash, RecoveryCodes, SecurityStamp, User, UserId};

pub use attempt::{Attempt, AttemptChange, AttemptOutcome, AttemptState, RedeemOutcome, Settlement};
pub use memory::MemoryStore;

/// The store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is away or too busy; the same call may work in a moment.
    #[error("the account store is not available: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It answered with something that cannot be right.
    #[error("the account store failed: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Whether an address may belong to one account only (`User:RequireUniqueEmail`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailUniqueness {
    /// Refuse a second account with the address, also when both come at the same time.
    Required,
    /// Addresses may repeat.
    NotRequired,
}

/// What became of a new account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateOutcome {
    /// It is there.
    Created,
    /// The name is taken; nothing was written.
    DuplicateUserName,
    /// The address is taken and had to be unique; nothing was written.
    DuplicateEmail,
}

/// What became of a conditional change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateOutcome {
    /// It is done.
    Updated,
    /// The account is no longer what the caller saw (its security stamp or hash moved on), or is gone; nothing was written.
    Conflict,
    /// The new name is taken; nothing was written.
    DuplicateUserName,
    /// The new address is taken and had to be unique; nothing was written.
    DuplicateEmail,
    /// A role has another name that the database cannot tell from this one (`Ádmin` from `Admin`), and it cannot keep both;
    /// nothing was written.
    DuplicateRoleName,
}

/// What a principal is made of beside the user's own row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserClaims {
    /// Type and value of each of the user's claims, in the order they were added.
    pub claims: Vec<(String, String)>,
    /// Each role's name with the types and values of the role's own claims, in whatever order the store has.
    pub roles: Vec<(String, Vec<(String, String)>)>,
}

/// Where accounts are kept. Every method is one atomic step in the database, so that races between requests and between
/// instances are settled there. Every write to an account gives its row a new concurrency stamp.
///
/// A security stamp named `expected` makes a write conditional: it happens only while the account still has that stamp
/// (`None`: has none), and answers [`UpdateOutcome::Conflict`] otherwise. Every write to an account that is gone answers that too.
///
/// Instants are kept at least to the microsecond, and .NET's `DateTimeOffset.MaxValue` exactly.
///
/// Whoever writes another store runs the [conformance suite](crate::store_conformance) on it.
#[async_trait]
pub trait UserStore: Debug + Send + Sync + 'static {
    /// How long a name or an address may be, normalized or not, in UTF-16 code units as .NET counts; `None` where any
    /// length can be kept. Callers write nothing that is longer: databases refuse it, or keep a part of it.
    fn longest_name(&self) -> Option<usize> {
        None
    }

    /// Adds an account, unless its normalized name (or address, if it must be unique) is taken.
    async fn create(&self, user: &User, email: EmailUniqueness) -> Result<CreateOutcome, StoreError>;
    /// Removes an account and everything that belongs to it; `false` if there was none.
    async fn delete(&self, id: &UserId) -> Result<bool, StoreError>;

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

    /// Settles an attempt that was held against the account with the stamp `expected`, as [`AttemptState::settle`] says.
    ///
    /// Attempts at one account are settled one after another, whatever came of them and whichever instance they came to:
    /// a right one waits for the wrong ones before it. So no more of them are told anything than would have been told in
    /// turn.
    async fn settle_attempt(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        attempt: Attempt,
        now: OffsetDateTime,
        options: &LockoutOptions,
    ) -> Result<AttemptOutcome, StoreError>;
    /// Sets or removes the lockout's end, whatever `lockout_enabled` says.
    async fn set_lockout_end(&self, id: &UserId, end: Option<OffsetDateTime>) -> Result<UpdateOutcome, StoreError>;
    /// Whether failures can lock the account.
    async fn set_lockout_enabled(&self, id: &UserId, enabled: bool) -> Result<UpdateOutcome, StoreError>;

    /// Writes a better hash of the same password, with a new stamp (as .NET does), if the hash is still `old`.
    async fn rehash_password(
        &self,
        id: &UserId,
        old: &PasswordHash,
        new: &PasswordHash,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError>;
    /// Sets another password (`None` removes it) and stamp, if the stamp is still `expected`.
    async fn replace_password(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        hash: Option<&PasswordHash>,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError>;
    /// Gives the account a new stamp, which ends its sessions.
    async fn replace_security_stamp(&self, id: &UserId, stamp: &SecurityStamp) -> Result<UpdateOutcome, StoreError>;

    /// Marks the address as confirmed, if the stamp is still `expected`.
    async fn confirm_email(&self, id: &UserId, expected: Option<&SecurityStamp>) -> Result<UpdateOutcome, StoreError>;
    /// Sets and confirms another address with a new stamp, and the user name with it if `user_name` is given, if the
    /// stamp is still `expected`.
    async fn change_email(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        change: &EmailChange,
        stamp: &SecurityStamp,
        email: EmailUniqueness,
    ) -> Result<UpdateOutcome, StoreError>;
    /// Sets another user name and stamp.
    async fn set_user_name(
        &self,
        id: &UserId,
        name: &str,
        normalized: &NormalizedName,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError>;
    /// Marks the telephone number as confirmed or not.
    async fn set_phone_number_confirmed(&self, id: &UserId, confirmed: bool) -> Result<UpdateOutcome, StoreError>;

    /// Switches the second factor on or off, with a new stamp, if the stamp is still `expected`.
    async fn set_two_factor_enabled(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        enabled: bool,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError>;
    /// The authenticator's shared key in base32, if there is one.
    async fn authenticator_key(&self, id: &UserId) -> Result<Option<String>, StoreError>;
    /// Sets the authenticator's shared key, with a new stamp, if the stamp is still `expected`.
    async fn replace_authenticator_key(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        key: &str,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError>;
    /// The recovery codes that are left.
    async fn recovery_codes(&self, id: &UserId) -> Result<RecoveryCodes, StoreError>;
    /// Replaces all recovery codes, if they are still those that the caller saw: codes that somebody is shown must not
    /// be replaced by a request that began before they were.
    async fn replace_recovery_codes(
        &self,
        id: &UserId,
        seen: &RecoveryCodes,
        codes: &RecoveryCodes,
    ) -> Result<UpdateOutcome, StoreError>;
    /// Uses up one recovery code of an account that has the stamp `expected` and is not locked at `now`, and forgets its
    /// failures; [`RedeemOutcome::Redeemed`] for exactly one of any number of parallel calls with the same code.
    async fn redeem_recovery_code(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        code: &str,
        now: OffsetDateTime,
    ) -> Result<RedeemOutcome, StoreError>;
    /// Sets the authenticator's shared key, with a new stamp, unless there is one already, and returns the one that there
    /// is then; an empty one is none. `None` where the account is gone. All of any number of parallel calls get the same.
    async fn ensure_authenticator_key(
        &self,
        id: &UserId,
        key: &str,
        stamp: &SecurityStamp,
    ) -> Result<Option<String>, StoreError>;

    /// Puts the user into a role, which is made if it does not exist; `Updated` also if the user already was in it. A
    /// role that exists keeps its name as it was first written. A role is the one with this normalized name to the last
    /// byte, whatever the database takes for equal: [`UpdateOutcome::DuplicateRoleName`] where it cannot keep both.
    async fn add_role(&self, id: &UserId, name: &str, normalized: &NormalizedName)
    -> Result<UpdateOutcome, StoreError>;
    /// Takes the user out of a role; `Updated` also if the user was not in it. The role stays.
    async fn remove_role(&self, id: &UserId, normalized: &NormalizedName) -> Result<UpdateOutcome, StoreError>;
    /// Adds a claim, also if the user has the same one already.
    async fn add_claim(&self, id: &UserId, claim_type: &str, value: &str) -> Result<UpdateOutcome, StoreError>;
    /// Removes every claim with this type and value.
    async fn remove_claim(&self, id: &UserId, claim_type: &str, value: &str) -> Result<UpdateOutcome, StoreError>;

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

/// Another address for an account, and the user name that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailChange {
    /// The address as it was given.
    pub email: String,
    /// As it is looked up.
    pub normalized_email: NormalizedName,
    /// The user name changes too: as given, and as it is looked up.
    pub user_name: Option<(String, NormalizedName)>,
}
