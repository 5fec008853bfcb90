mod outcome;
mod remembered_machine;

use std::fmt;

use tracing::{info, warn};

pub use outcome::{AuthenticationMethod, SignInOutcome, SignInResult, SignedIn};
pub use remembered_machine::RememberedMachine;

use crate::{Accounts, ClaimsPrincipal, Error, FailureOutcome, Ticket, User};

/// Signs users in (.NET's `SignInManager`). Cheap to clone.
#[derive(Debug, Clone)]
pub struct SignIn {
    accounts: Accounts,
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

/// What is shown beside the password.
#[derive(Clone, Copy)]
pub enum SecondFactor<'a> {
    /// Nothing.
    None,
    /// A code of the authenticator.
    AuthenticatorCode(&'a str),
    /// One of the recovery codes, each of which works once.
    RecoveryCode(&'a str),
}

/// The account asks for more than the password.
struct AskedSecondFactor {
    /// Where it had to be read to know.
    authenticator_key: Option<String>,
}

impl SignIn {
    /// Signs in to these accounts.
    pub fn new(accounts: Accounts) -> Self {
        Self { accounts }
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
    /// everything asked for was right. An account that does not exist takes as long as one that does. A name or password
    /// that is longer than any account's may be fails before any account is looked at: nothing is hashed or counted then,
    /// whoever it is for.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails, [`Error::Busy`] if too many passwords wait to be hashed.
    pub async fn password(&self, credentials: Credentials<'_>) -> Result<SignInResult, Error> {
        if self.is_too_long(&credentials) {
            info!("sign-in failed: the name or the password is longer than any account's");
            return Ok(SignInOutcome::Failed.into());
        }
        let Some(mut user) = self.accounts.find_by_name(credentials.user_name).await? else {
            self.accounts.verify_password(None, credentials.password).await?;
            info!("sign-in failed: no such account");
            return Ok(SignInOutcome::Failed.into());
        };
        if let Some(refusal) = self.pre_sign_in_check(&user) {
            warn!(user = %user.id, outcome = %refusal, "sign-in refused");
            return Ok(refusal.into());
        }
        if !self.accounts.check_password(&mut user, credentials.password).await? {
            return Ok(self.fail(&user).await?.into());
        }
        match self.asked_second_factor(&user).await? {
            Some(asked) => self.second_factor(user, asked, credentials).await,
            None => Ok(self.succeed(user, AuthenticationMethod::Password).await?.into()),
        }
    }

    /// What a sign-in comes to that shows no password at all: who may not sign in is told so, as with a wrong password, and
    /// nothing is counted. .NET fails over it where there is an account that may sign in.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub async fn without_password(&self, user_name: &str) -> Result<SignInOutcome, Error> {
        let user = self.accounts.find_by_name(user_name).await?;
        let refusal = user.and_then(|user| self.pre_sign_in_check(&user));
        Ok(refusal.unwrap_or(SignInOutcome::Failed))
    }

    /// The account of a ticket, if the ticket still has its security stamp: for refresh tokens, and for cookies that
    /// were last checked longer ago than
    /// [`SecurityStampOptions::validation_interval`](crate::SecurityStampOptions::validation_interval). Neither lockout
    /// nor confirmation is asked for, as in .NET.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub async fn validate_security_stamp(&self, principal: &ClaimsPrincipal) -> Result<Option<User>, Error> {
        let user = self.accounts.find_by_principal(principal).await?;
        Ok(user.filter(|user| self.has_stamp_of(user, principal)))
    }

    async fn second_factor(
        &self,
        user: User,
        asked: AskedSecondFactor,
        credentials: Credentials<'_>,
    ) -> Result<SignInResult, Error> {
        let machine = self.remembered_machine(&user, credentials.remembered_machine).await?;
        if machine == RememberedMachine::Remembered {
            return Ok(SignInResult {
                outcome: self.succeed(user, AuthenticationMethod::Password).await?,
                second_factor_asked_of: None,
                remembered_machine: Some(machine),
            });
        }
        let asked_of = user.id.clone();
        let outcome = match credentials.second_factor {
            SecondFactor::None => SignInOutcome::RequiresTwoFactor,
            SecondFactor::AuthenticatorCode(code) => self.authenticator_code(user, asked, code).await?,
            SecondFactor::RecoveryCode(code) => self.recovery_code(user, code).await?,
        };
        Ok(SignInResult {
            outcome,
            second_factor_asked_of: Some(asked_of),
            remembered_machine: Some(machine),
        })
    }

    async fn authenticator_code(
        &self,
        user: User,
        asked: AskedSecondFactor,
        code: &str,
    ) -> Result<SignInOutcome, Error> {
        let is_valid = match asked.authenticator_key {
            Some(key) => self.accounts.is_authenticator_code(&key, code),
            None => self.accounts.verify_authenticator_code(&user, code).await?,
        };
        if is_valid {
            self.succeed(user, AuthenticationMethod::Authenticator).await
        } else {
            self.fail(&user).await
        }
    }

    /// A wrong one does not count as a failure: .NET takes them for too long to guess.
    async fn recovery_code(&self, user: User, code: &str) -> Result<SignInOutcome, Error> {
        if self.accounts.store().redeem_recovery_code(&user.id, code).await? {
            self.succeed(user, AuthenticationMethod::RecoveryCode).await
        } else {
            warn!(user = %user.id, "sign-in failed: wrong recovery code");
            Ok(SignInOutcome::Failed)
        }
    }

    fn is_too_long(&self, credentials: &Credentials<'_>) -> bool {
        !self.accounts.is_short_enough(credentials.user_name)
            || self.accounts.validate_password_size(credentials.password).is_err()
    }

    fn pre_sign_in_check(&self, user: &User) -> Option<SignInOutcome> {
        if !self.can_sign_in(user) {
            Some(SignInOutcome::NotAllowed)
        } else if user.is_locked_out(self.accounts.now()) {
            Some(SignInOutcome::LockedOut)
        } else {
            None
        }
    }

    /// .NET asks for a second factor only where the account has a way to give one; a confirmed address or telephone
    /// number counts as such, since codes could be sent there.
    async fn asked_second_factor(&self, user: &User) -> Result<Option<AskedSecondFactor>, Error> {
        let is_given = |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
        if !user.two_factor_enabled {
            return Ok(None);
        }
        if user.email_confirmed && is_given(user.email.as_deref())
            || user.phone_number_confirmed && is_given(user.phone_number.as_deref())
        {
            return Ok(Some(AskedSecondFactor {
                authenticator_key: None,
            }));
        }
        let authenticator_key = self.accounts.authenticator_key(user).await?;
        Ok(is_given(authenticator_key.as_deref()).then_some(AskedSecondFactor { authenticator_key }))
    }

    async fn succeed(&self, mut user: User, method: AuthenticationMethod) -> Result<SignInOutcome, Error> {
        // While failures cannot be counted, a right password is answered as a wrong one is: with the store's error.
        self.accounts.store().check_writable().await?;
        if user.access_failed_count != 0 {
            self.accounts.store().reset_failures(&user.id).await?;
            user.access_failed_count = 0;
        }
        let principal = self.accounts.principal(&user, Some(method)).await?;
        info!(user = %user.id, ?method, "signed in");
        Ok(SignInOutcome::Succeeded(Box::new(SignedIn {
            user,
            principal,
            method,
        })))
    }

    /// Counts the failure, which may lock the account.
    async fn fail(&self, user: &User) -> Result<SignInOutcome, Error> {
        let options = &self.accounts.options().lockout;
        let (attempts, lockout) = (options.max_failed_access_attempts, options.default_lockout_time_span);
        let now = self.accounts.now();
        let outcome = match self
            .accounts
            .store()
            .record_failure(&user.id, attempts, now, lockout)
            .await?
        {
            FailureOutcome::LockedOut(end) if user.lockout_enabled && end >= now => SignInOutcome::LockedOut,
            _ => SignInOutcome::Failed,
        };
        warn!(user = %user.id, %outcome, "sign-in failed");
        Ok(outcome)
    }
}

impl<'a> SecondFactor<'a> {
    /// What `POST /login` takes: the code before the recovery code, and an empty one for none.
    pub fn new(authenticator_code: Option<&'a str>, recovery_code: Option<&'a str>) -> Self {
        let given = |code: Option<&'a str>| code.filter(|code| !code.is_empty());
        match (given(authenticator_code), given(recovery_code)) {
            (Some(code), _) => Self::AuthenticatorCode(code),
            (None, Some(code)) => Self::RecoveryCode(code),
            (None, None) => Self::None,
        }
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

/// Nothing of what is secret.
impl fmt::Debug for SecondFactor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::AuthenticatorCode(_) => "AuthenticatorCode(…)",
            Self::RecoveryCode(_) => "RecoveryCode(…)",
        })
    }
}
