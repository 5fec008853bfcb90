//! Signing users in.

mod outcome;
mod refusal_time;
mod remembered_machine;
mod second_factor;

use std::fmt;
use std::sync::Arc;

use tokio::time::Instant;

use refusal_time::RefusalTime;

pub use outcome::{SignInOutcome, SignInResult, SignInSuccess};
pub use remembered_machine::RememberedMachine;
pub use second_factor::SecondFactor;

use crate::account::{Accounts, User, UserId};
use crate::claims::{AuthenticationMethod, ClaimsPrincipal};
use crate::error::Error;
use crate::event::{Event, EventKind, FailureReason};
use crate::password::PasswordVerification;
#[cfg(doc)]
use crate::store::AccountStore;
use crate::store::{Attempt, AttemptOutcome};
use crate::ticket::Ticket;

/// Signs users in (.NET's `SignInManager`). Cheap to clone.
#[derive(Debug, Clone)]
pub struct SignIn {
    accounts: Accounts,
    refusal_time: Arc<RefusalTime>,
}

/// What somebody shows to sign in.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The account's user name; with the Identity API, its address.
    pub user_name: &'a str,
    /// The password.
    pub password: &'a str,
    /// What else they show.
    pub second_factor: SecondFactor<'a>,
    /// The opened, unexpired ticket of the cookie `Identity.TwoFactorRememberMe`, if there is one.
    pub remembered_machine: Option<&'a Ticket>,
}

/// How often an attempt is made anew because the account's credentials changed meanwhile.
const TRIES: u32 = 5;

/// The account's credentials changed while they were looked at: what came of that is worth nothing.
struct Changed;

/// What the store said to an attempt.
enum Settled {
    /// It is what it came to.
    Accepted,
    /// It comes to this, whatever it was.
    Refused(SignInResult),
    /// As [`Changed`].
    Changed,
}

impl SignIn {
    /// Signs in to these accounts.
    pub fn new(accounts: Accounts) -> Self {
        Self {
            accounts,
            refusal_time: Arc::default(),
        }
    }

    /// Whether the account may sign in at all: whether what must be confirmed is.
    pub fn can_sign_in(&self, user: &User) -> bool {
        let required = &self.accounts.options().sign_in;
        // A confirmed account is one with a confirmed address: .NET's `DefaultUserConfirmation`.
        let email_required = required.require_confirmed_email || required.require_confirmed_account;
        (user.email_confirmed || !email_required)
            && (user.phone_number_confirmed || !required.require_confirmed_phone_number)
    }

    /// Signs in with a password and, where the account asks for it, a second factor (what `POST /login` does).
    ///
    /// The order is .NET's: what must be confirmed, the lockout, the password, the second factor. Wrong passwords and
    /// wrong authenticator codes count as failures, wrong recovery codes do not; failures are forgotten only when
    /// everything asked for was right. An account that does not exist, or that may not sign in, takes as long as one with
    /// a wrong password. A name or password that is longer than any account's may be fails before any account is looked
    /// at: nothing is hashed or counted then, whoever it is for.
    ///
    /// Nobody is told what came of a password or a code before the store has [settled](AccountStore::settle_attempt) the
    /// attempt: of any number of guesses at once, no more are answered than would have been in turn.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails, [`Error::Busy`] if too many passwords wait to be hashed or the account's
    /// credentials keep changing meanwhile.
    pub async fn password(&self, credentials: Credentials<'_>) -> Result<SignInOutcome, Error> {
        if self.is_too_long(&credentials) {
            Event::new(
                EventKind::sign_in_failed(FailureReason::TooLong),
                None,
                self.accounts.now(),
            )
            .log();
            return Ok(SignInResult::Failed.into());
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
            self.fail_unseen(None, FailureReason::NoSuchAccount, password).await?;
            return Ok(Ok(SignInResult::Failed.into()));
        };
        if let Some(reason) = self.pre_sign_in_check(&user) {
            self.fail_unseen(Some(user.id), reason, password).await?;
            return Ok(Ok(SignInResult::from(reason).into()));
        }
        let verification = self.accounts.verify_password(Some(&user), password).await?;
        let (attempt, came_to) = match verification {
            PasswordVerification::Failed => (Attempt::Failed, EventKind::sign_in_failed(FailureReason::WrongPassword)),
            _ if user.two_factor_enabled => (Attempt::Incomplete, EventKind::PasswordAccepted),
            _ => (Attempt::Succeeded, EventKind::SignedIn(AuthenticationMethod::Password)),
        };
        match self.settle(&user, attempt, came_to).await? {
            Settled::Accepted => {}
            Settled::Refused(outcome) => return Ok(Ok(outcome.into())),
            Settled::Changed => return Ok(Err(Changed)),
        }
        let needs_rehash = verification == PasswordVerification::SuccessRehashNeeded;
        if needs_rehash && !self.accounts.rehash(&mut user, password).await? {
            return Ok(Err(Changed));
        }
        if !user.two_factor_enabled {
            return Ok(Ok(self.signed_in(user, AuthenticationMethod::Password).await?.into()));
        }
        match self.asked_second_factor(&user).await? {
            Some(asked) => self.second_factor(user, asked, credentials).await,
            None => {
                let outcome = self.succeed(user, AuthenticationMethod::Password).await?;
                Ok(outcome.map(SignInOutcome::from))
            }
        }
    }

    /// What a sign-in comes to that shows no password at all: who may not sign in is told so, as with a wrong password, and
    /// nothing is counted. .NET fails over it where there is an account that may sign in.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub async fn without_password(&self, user_name: &str) -> Result<SignInResult, Error> {
        let user = self.accounts.find_by_name(user_name).await?;
        let refusal = user.and_then(|user| self.pre_sign_in_check(&user));
        Ok(refusal.map_or(SignInResult::Failed, SignInResult::from))
    }

    /// The account of a ticket, if the ticket still has its security stamp: for refresh tokens, and for cookies that
    /// were last checked longer ago than
    /// [`SecurityStampOptions::validation_interval`](crate::options::SecurityStampOptions::validation_interval). Neither lockout
    /// nor confirmation is asked for, as in .NET.
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

    /// Signs in if the store agrees.
    async fn succeed(&self, user: User, method: AuthenticationMethod) -> Result<Result<SignInResult, Changed>, Error> {
        let settled = self.settle(&user, Attempt::Succeeded, EventKind::SignedIn(method));
        Ok(match settled.await? {
            Settled::Accepted => Ok(self.signed_in(user, method).await?),
            Settled::Refused(outcome) => Ok(outcome),
            Settled::Changed => Err(Changed),
        })
    }

    /// What comes of an attempt that the store agreed to.
    async fn signed_in(&self, mut user: User, method: AuthenticationMethod) -> Result<SignInResult, Error> {
        user.access_failed_count = 0;
        let principal = self.accounts.principal(&user, Some(method)).await?;
        self.accounts.event(EventKind::SignedIn(method), &user.id).log();
        Ok(SignInResult::Succeeded(Box::new(SignInSuccess {
            user,
            principal,
            method,
        })))
    }

    /// Lets the store count an attempt, and say whether anybody may be told what it came to.
    async fn settle(&self, user: &User, attempt: Attempt, came_to: EventKind) -> Result<Settled, Error> {
        let event = self.accounts.event(came_to, &user.id);
        let start = Instant::now();
        let outcome = self.accounts.settle_attempt(user, attempt, &event).await?;
        if let AttemptOutcome::Counted(_) | AttemptOutcome::LockedOut(_) = outcome {
            self.refusal_time.counted_since(start);
        }
        if !matches!(outcome, AttemptOutcome::Accepted | AttemptOutcome::Conflict) {
            self.refusal_time.wait_since(start).await;
        }
        if outcome == AttemptOutcome::Accepted {
            // While failures cannot be counted, a right guess is answered as a wrong one is: with the store's error.
            self.accounts.store().check_writable().await?;
            return Ok(Settled::Accepted);
        }
        let Some(event) = event.settled(outcome, user.lockout_enabled) else {
            return Ok(Settled::Changed);
        };
        event.log();
        Ok(Settled::Refused(SignInResult::refused(&event)))
    }

    /// Does the work of a wrong password, of which nothing comes: the time of an answer does not tell whether there is
    /// such an account, or whether its password was looked at.
    async fn fail_unseen(&self, user: Option<UserId>, reason: FailureReason, password: &str) -> Result<(), Error> {
        self.accounts.verify_password(None, password).await?;
        let start = Instant::now();
        let (now, options) = (self.accounts.now(), &self.accounts.options().lockout);
        let event = Event::new(EventKind::sign_in_failed(reason), user, now);
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

/// Nothing of what is secret.
impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("second_factor", &self.second_factor)
            .finish_non_exhaustive()
    }
}
