//! Signing users in.

mod credentials;
mod observed;
mod outcome;
mod passkey;
mod refusal_time;
mod remembered_machine;
mod second_factor;

use std::sync::Arc;

use tokio::time::Instant;

pub use credentials::{Credentials, SecondFactor};
pub use outcome::{RememberedMachine, SignInOutcome, SignInResult, SignInSuccess};
pub use refusal_time::RefusalTime;

use crate::account::{Accounts, User, UserId};
use crate::claims::{AuthenticationMethod, ClaimsPrincipal};
use crate::error::Error;
use crate::event::{Event, EventKind, FailureReason};
use crate::password::PasswordVerification;
#[cfg(doc)]
use crate::store::AccountStore;
use crate::store::{Attempt, AttemptOutcome};

/// Signs users in (.NET's `SignInManager`). Cheap to clone.
#[derive(Debug, Clone)]
pub struct SignIn {
    accounts: Accounts,
    refusal_time: Arc<RefusalTime>,
}

/// How often an attempt is repeated because the account's credentials changed in the meantime.
const TRIES: u32 = 5;

/// The account's credentials changed while they were being checked, so the result is void.
struct Changed;

/// The store's verdict on an attempt.
enum Settled {
    /// The result stands; this is its event.
    Accepted(Event),
    /// This is the result instead.
    Refused(SignInResult),
    /// As [`Changed`].
    Changed,
}

impl SignIn {
    /// Signs in to `accounts`.
    pub fn new(accounts: Accounts) -> Self {
        Self {
            accounts,
            refusal_time: Arc::default(),
        }
    }

    /// Whether the account may sign in at all: whether everything that must be confirmed is confirmed.
    pub fn can_sign_in(&self, user: &User) -> bool {
        let required = &self.accounts.options().sign_in;
        // A confirmed account is one with a confirmed address: .NET's `DefaultUserConfirmation`.
        let email_required = required.require_confirmed_email || required.require_confirmed_account;
        (user.email_confirmed || !email_required)
            && (user.phone_number_confirmed || !required.require_confirmed_phone_number)
    }

    /// Signs in with a password and, where the account asks for it, a second factor (what `POST /login` does).
    ///
    /// The order is .NET's: confirmation, lockout, password, second factor. Wrong passwords and wrong authenticator
    /// codes count as failures, wrong recovery codes do not. The count is reset only by a complete sign-in. An account
    /// that does not exist or may not sign in takes as long as a wrong password. A name or password longer than any
    /// account can have fails at once: nothing is looked up, hashed or counted.
    ///
    /// No result of a password or code is revealed before the store has [settled](AccountStore::settle_attempt) the
    /// attempt: parallel guesses learn no more than guesses made one after another.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails, [`Error::Busy`] if too many passwords are waiting to be hashed or the
    /// account's credentials keep changing.
    pub async fn password(&self, credentials: Credentials<'_>) -> Result<SignInOutcome, Error> {
        let start = Instant::now();
        let outcome = self.settled_password(credentials).await?;
        observed::password(&outcome, start.elapsed());
        Ok(outcome)
    }

    async fn settled_password(&self, credentials: Credentials<'_>) -> Result<SignInOutcome, Error> {
        if self.is_too_long(&credentials) {
            return Ok(self.failed_unchecked(None, FailureReason::TooLong).into());
        }
        for _ in 0..TRIES {
            if let Ok(result) = self.try_password(credentials).await? {
                return Ok(result);
            }
        }
        Err(Error::Busy)
    }

    async fn try_password(&self, credentials: Credentials<'_>) -> Result<Result<SignInOutcome, Changed>, Error> {
        let Credentials {
            user_name, password, ..
        } = credentials;
        let Some(mut user) = self.accounts.find_by_name(user_name).await? else {
            self.fail_unseen(None, FailureReason::NoSuchAccount, credentials)
                .await?;
            return Ok(Ok(SignInResult::Failed.into()));
        };
        if let Some(reason) = self.pre_sign_in_check(&user) {
            self.fail_unseen(Some(user.id), reason, credentials).await?;
            return Ok(Ok(SignInResult::from(reason).into()));
        }
        let verification = self.accounts.verify_password(Some(&user), password).await?;
        let (attempt, came_to) = match verification {
            PasswordVerification::Failed => (Attempt::Failed, EventKind::sign_in_failed(FailureReason::WrongPassword)),
            PasswordVerification::Success if !user.two_factor_enabled => {
                (Attempt::Succeeded, EventKind::SignedIn(AuthenticationMethod::Password))
            }
            // A rehash can find that the password was changed, and then nobody has signed in.
            _ => (Attempt::Incomplete, EventKind::PasswordAccepted),
        };
        let event = match self.settle(&user, user_name, attempt, came_to).await? {
            Settled::Accepted(event) => event,
            Settled::Refused(outcome) => return Ok(Ok(outcome.into())),
            Settled::Changed => return Ok(Err(Changed)),
        };
        if attempt == Attempt::Succeeded {
            let result = self.signed_in(user, AuthenticationMethod::Password, &event).await?;
            return Ok(Ok(result.into()));
        }
        let needs_rehash = verification == PasswordVerification::SuccessRehashNeeded;
        if needs_rehash && !self.accounts.rehash(&mut user, password).await? {
            return Ok(Err(Changed));
        }
        match self.accounts.asked_second_factor(&user).await? {
            Some(asked) => self.second_factor(user, asked, credentials).await,
            None => {
                let outcome = self
                    .succeed(user, user_name, Attempt::Succeeded, AuthenticationMethod::Password)
                    .await?;
                Ok(outcome.map(SignInOutcome::from))
            }
        }
    }

    /// The result of a sign-in without any password. Accounts that may not sign in get the same refusal as with a wrong
    /// password, and nothing is counted. Where the account may sign in, .NET fails with an exception.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub async fn without_password(&self, user_name: &str) -> Result<SignInResult, Error> {
        let Some(user) = self.accounts.find_by_name(user_name).await? else {
            return Ok(self.failed_unchecked(None, FailureReason::NoSuchAccount));
        };
        let reason = self.pre_sign_in_check(&user).unwrap_or(FailureReason::NoPassword);
        Ok(self.failed_unchecked(Some(user.id), reason))
    }

    /// The account of a ticket, if the ticket still has the account's security stamp: for refresh tokens, and for
    /// cookies last checked longer ago than
    /// [`SecurityStampOptions::validation_interval`](crate::options::SecurityStampOptions::validation_interval). As in
    /// .NET, neither lockout nor confirmation is checked.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub async fn validate_security_stamp(&self, principal: &ClaimsPrincipal) -> Result<Option<User>, Error> {
        let user = self.accounts.find_by_principal(principal).await?;
        Ok(user.filter(|user| self.has_stamp_of(user, principal)))
    }

    fn is_too_long(&self, credentials: &Credentials<'_>) -> bool {
        !self.accounts.is_short_enough(credentials.user_name)
            || self.accounts.validate_password_size(credentials.password).is_err()
    }

    fn pre_sign_in_check(&self, user: &User) -> Option<FailureReason> {
        if !self.can_sign_in(user) {
            Some(FailureReason::NotAllowed)
        } else if user.is_locked_out(self.accounts.now()) {
            Some(FailureReason::LockedOut)
        } else {
            None
        }
    }

    /// The result of an attempt that no store is asked about, and that takes no longer than it must.
    fn failed_unchecked(&self, user: Option<UserId>, reason: FailureReason) -> SignInResult {
        Event::new(EventKind::sign_in_failed(reason), user, self.accounts.now()).log();
        reason.into()
    }

    /// Signs in if the store accepts it.
    async fn succeed(
        &self,
        user: User,
        typed_name: &str,
        attempt: Attempt<'_>,
        method: AuthenticationMethod,
    ) -> Result<Result<SignInResult, Changed>, Error> {
        let settled = self.settle(&user, typed_name, attempt, EventKind::SignedIn(method));
        Ok(match settled.await? {
            Settled::Accepted(event) => Ok(self.signed_in(user, method, &event).await?),
            Settled::Refused(outcome) => Ok(outcome),
            Settled::Changed => Err(Changed),
        })
    }

    /// The result of an attempt that the store accepted.
    async fn signed_in(
        &self,
        mut user: User,
        method: AuthenticationMethod,
        event: &Event,
    ) -> Result<SignInResult, Error> {
        user.access_failed_count = 0;
        let principal = self.accounts.principal(&user, Some(method)).await?;
        event.log();
        Ok(SignInResult::Succeeded(Box::new(SignInSuccess {
            user,
            principal,
            method,
            credential: None,
        })))
    }

    /// Has the store settle an attempt, which decides whether its result may be revealed.
    async fn settle(
        &self,
        user: &User,
        typed_name: &str,
        attempt: Attempt<'_>,
        came_to: EventKind,
    ) -> Result<Settled, Error> {
        let event = self.accounts.event(came_to, &user.id).with_typed_name(typed_name);
        let start = Instant::now();
        let outcome = self.accounts.settle_attempt(user, attempt, &event).await?;
        if let AttemptOutcome::Counted(_) | AttemptOutcome::LockedOut(_) = outcome {
            self.refusal_time.counted_since(start);
        }
        if !matches!(outcome, AttemptOutcome::Accepted | AttemptOutcome::Conflict) {
            self.refusal_time.wait_since(start).await;
        }
        if outcome == AttemptOutcome::Accepted {
            // While failures cannot be counted, a right guess must be answered like a wrong one: with the store's
            // error.
            self.accounts.store().check_writable().await?;
            return Ok(Settled::Accepted(event));
        }
        let Some(event) = event.settled(outcome, user.lockout_enabled) else {
            return Ok(Settled::Changed);
        };
        event.log();
        Ok(Settled::Refused(SignInResult::refused(&event)))
    }

    /// Refuses with the work of a wrong password, so that the response time does not reveal whether the account exists
    /// or its password was checked.
    async fn fail_unseen(
        &self,
        user: Option<UserId>,
        reason: FailureReason,
        credentials: Credentials<'_>,
    ) -> Result<(), Error> {
        self.accounts.verify_password(None, credentials.password).await?;
        let start = Instant::now();
        let (now, options) = (self.accounts.now(), &self.accounts.options().lockout);
        let event = Event::new(EventKind::sign_in_failed(reason), user, now).with_typed_name(credentials.user_name);
        let nobody = UserId::from_stored("");
        let id = event.user.as_ref().unwrap_or(&nobody);
        let store = self.accounts.store();
        store
            .settle_attempt(id, None, Attempt::NotCounted, now, options, &event)
            .await?;
        self.refusal_time.wait_since(start).await;
        event.log();
        Ok(())
    }
}
