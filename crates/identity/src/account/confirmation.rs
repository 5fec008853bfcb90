//! Proving again, within a session, who the user is.

use std::fmt;

use time::{Duration, OffsetDateTime};

use super::accounts::Accounts;
use super::passkey_proof::{PasskeyProof, RefusedPasskey};
use crate::account::{User, UserId};
use crate::error::Error;
use crate::event::{EventKind, FailureReason};
use crate::passkey::{PasskeyAnswer, PasskeyRefusal};
use crate::password::PasswordVerification;
use crate::session::{Session, SignInMethod};
use crate::store::{Attempt, AttemptOutcome, RedeemOutcome};

/// How often it is tried again because the account's credentials changed in the meantime.
const TRIES: usize = 5;

/// What a signed-in user proves again who they are by.
#[derive(Clone, Copy)]
pub enum Confirmation<'a> {
    /// The password, if no second factor is asked for.
    Password(&'a str),
    /// A code of the authenticator, if the second factor is on.
    AuthenticatorCode(&'a str),
    /// A recovery code, if the second factor is on; each works once.
    RecoveryCode(&'a str),
    /// The answer of a passkey of the user to
    /// [`passkey_request_options`](Accounts::passkey_request_options), whether or not the second factor is on.
    Passkey(PasskeyAnswer<'a>),
}

/// Leaves out everything secret.
impl fmt::Debug for Confirmation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password(…)",
            Self::AuthenticatorCode(_) => "AuthenticatorCode(…)",
            Self::RecoveryCode(_) => "RecoveryCode(…)",
            Self::Passkey(_) => "Passkey(…)",
        })
    }
}

/// Whether a signed-in user has proved again who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// They have, at this time; the session is fresh.
    Yes(OffsetDateTime),
    /// The password or the code is wrong, or the passkey's answer is refused.
    No,
    /// The account is locked.
    LockedOut,
    /// The second factor is on, so that a password is not enough; it was not looked at.
    RequiresTwoFactor,
    /// The session has ended, or the account is gone.
    Ended,
}

/// What became of one try.
enum Tried {
    Right(SignInMethod, OffsetDateTime),
    Refused(Confirmed),
    /// The account changed while it was checked.
    Changed,
}

impl Accounts {
    /// Checks what the user of a session gives, and renews the session's authentication time if it is right. It counts as a sign-in
    /// with the same would: a wrong password or authenticator code may lock the account, and while the account is locked, nothing is
    /// right.
    ///
    /// While the second factor is on, a password is not enough: whoever has a browser's cookies often has its passwords, too.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords are waiting to be hashed or the account's credentials keep changing,
    /// [`Error::Store`] if the store fails.
    pub async fn confirm(&self, session: &Session, confirmation: Confirmation<'_>) -> Result<Confirmed, Error> {
        let mut is_redeemed = false;
        for _ in 0..TRIES {
            let Some(user) = self.find_by_id(&session.user).await? else {
                return Ok(Confirmed::Ended);
            };
            let asks_second_factor = self.asked_second_factor(&user).await?.is_some();
            let tried = match confirmation {
                Confirmation::Password(_) if asks_second_factor => return Ok(Confirmed::RequiresTwoFactor),
                Confirmation::Password(password) => self.try_password(&user, password).await?,
                Confirmation::AuthenticatorCode(code) => self.try_authenticator_code(&user, code).await?,
                Confirmation::RecoveryCode(code) => self.try_recovery_code(&user, code).await?,
                Confirmation::Passkey(answer) => self.try_passkey(&user, answer, &mut is_redeemed).await?,
            };
            match tried {
                Tried::Right(method, at) => return self.mark_confirmed(session, method, at).await,
                Tried::Refused(confirmed) => return Ok(confirmed),
                Tried::Changed => {}
            }
        }
        Err(Error::Busy)
    }

    /// The user of a session has given a right code for something else, such as turning the second factor on.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub async fn confirmed_by_code(&self, session: &Session) -> Result<Confirmed, Error> {
        self.mark_confirmed(session, SignInMethod::Authenticator, self.now())
            .await
    }

    /// Whether the user of a session has proved within this time who they are: by more than a password, while the second factor is
    /// on, even where the browser was let off it.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub async fn is_fresh(&self, session: &Session, within: Duration) -> Result<bool, Error> {
        if !self
            .sessions()
            .is_some_and(|sessions| sessions.is_fresh(session, within))
        {
            return Ok(false);
        }
        if session.methods.iter().any(|method| method.is_second_factor()) {
            return Ok(true);
        }
        Ok(match self.find_by_id(&session.user).await? {
            Some(user) => self.asked_second_factor(&user).await?.is_none(),
            None => false,
        })
    }

    /// By what the user can [`confirm`](Self::confirm).
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub async fn confirmation_methods(&self, user: &UserId) -> Result<Vec<SignInMethod>, Error> {
        let Some(user) = self.find_by_id(user).await? else {
            return Ok(Vec::new());
        };
        let password = user.password_hash.as_ref().map(|_| SignInMethod::Password);
        let mut methods = match self.asked_second_factor(&user).await? {
            Some(_) => vec![SignInMethod::Authenticator, SignInMethod::RecoveryCode],
            None => password.into_iter().collect(),
        };
        if self.has_passkeys() && !self.passkeys(&user.id).await?.is_empty() {
            methods.push(SignInMethod::Passkey);
        }
        Ok(methods)
    }

    async fn try_password(&self, user: &User, password: &str) -> Result<Tried, Error> {
        let attempt = match self.verify_password(Some(user), password).await? {
            PasswordVerification::Failed => Attempt::Failed,
            PasswordVerification::Success | PasswordVerification::SuccessRehashNeeded => Attempt::Succeeded,
        };
        self.settle_confirmation(user, SignInMethod::Password, attempt, FailureReason::WrongPassword)
            .await
    }

    async fn try_authenticator_code(&self, user: &User, code: &str) -> Result<Tried, Error> {
        let code = match user.two_factor_enabled {
            true => self.accept_authenticator_code(user, code).await?,
            false => None,
        };
        let attempt = code.as_ref().map_or(Attempt::Failed, |code| code.attempt());
        let wrong = FailureReason::WrongAuthenticatorCode;
        self.settle_confirmation(user, SignInMethod::Authenticator, attempt, wrong)
            .await
    }

    /// A wrong one is not counted, as at a sign-in.
    async fn try_recovery_code(&self, user: &User, code: &str) -> Result<Tried, Error> {
        let method = SignInMethod::RecoveryCode;
        let event = self.event(EventKind::Confirmed(method), &user.id);
        let outcome = match user.two_factor_enabled {
            true => {
                let expected = user.security_stamp.as_ref();
                let store = self.store();
                store
                    .redeem_recovery_code(&user.id, expected, code, event.at, &event)
                    .await?
            }
            false => RedeemOutcome::Wrong,
        };
        let Some(settled) = event.redeemed(outcome) else {
            return Ok(Tried::Changed);
        };
        settled.log();
        Ok(match outcome {
            RedeemOutcome::Redeemed => Tried::Right(method, settled.at),
            RedeemOutcome::Refused => Tried::Refused(Confirmed::LockedOut),
            RedeemOutcome::Wrong | RedeemOutcome::Conflict => Tried::Refused(Confirmed::No),
        })
    }

    /// A refused answer is not counted, as at a sign-in.
    async fn try_passkey(
        &self,
        user: &User,
        answer: PasskeyAnswer<'_>,
        is_redeemed: &mut bool,
    ) -> Result<Tried, Error> {
        let proof = match PasskeyProof::read(self, answer) {
            Ok(proof) if *proof.user() == user.id => proof,
            Ok(_) => {
                let refusal = PasskeyRefusal::CredentialDoesNotBelongToUser;
                return self.refuse_passkey(user, &refusal).await;
            }
            Err(refusal) => return self.refuse_passkey(user, &refusal).await,
        };
        let proved = match proof.verify().await? {
            Ok(proved) => proved,
            Err(RefusedPasskey { refusal, .. }) => return self.refuse_passkey(user, &refusal).await,
        };
        if user.is_locked_out(self.now()) {
            let kind = EventKind::confirmation_failed(FailureReason::LockedOut);
            self.passkey_failed(Some(user.id.clone()), kind).await?;
            return Ok(Tried::Refused(Confirmed::LockedOut));
        }
        if !proof.redeem(is_redeemed).await? {
            return self.refuse_passkey(user, &PasskeyRefusal::ReusedChallenge).await;
        }
        let method = SignInMethod::Passkey;
        let event = self.event(EventKind::Confirmed(method), &user.id);
        if !proof.mark_used(user, &proved, &event).await? {
            return Ok(Tried::Changed);
        }
        event.log();
        Ok(Tried::Right(method, event.at))
    }

    async fn refuse_passkey(&self, user: &User, refusal: &PasskeyRefusal) -> Result<Tried, Error> {
        tracing::info!(user = %user.id, %refusal, "passkey refused");
        let kind = EventKind::confirmation_failed(refusal.into());
        self.passkey_failed(Some(user.id.clone()), kind).await?;
        Ok(Tried::Refused(Confirmed::No))
    }

    async fn settle_confirmation(
        &self,
        user: &User,
        method: SignInMethod,
        attempt: Attempt<'_>,
        wrong: FailureReason,
    ) -> Result<Tried, Error> {
        let is_right = attempt != Attempt::Failed;
        let kind = match is_right {
            true => EventKind::Confirmed(method),
            false => EventKind::confirmation_failed(wrong),
        };
        let event = self.event(kind, &user.id);
        let outcome = self.settle_attempt(user, attempt, &event).await?;
        let Some(settled) = event.settled(outcome, user.lockout_enabled) else {
            return Ok(Tried::Changed);
        };
        settled.log();
        Ok(match outcome {
            AttemptOutcome::Accepted if is_right => Tried::Right(method, settled.at),
            AttemptOutcome::LockedOut(_) | AttemptOutcome::Refused => Tried::Refused(Confirmed::LockedOut),
            AttemptOutcome::Accepted | AttemptOutcome::Counted(_) | AttemptOutcome::Conflict => {
                Tried::Refused(Confirmed::No)
            }
        })
    }

    async fn mark_confirmed(
        &self,
        session: &Session,
        method: SignInMethod,
        at: OffsetDateTime,
    ) -> Result<Confirmed, Error> {
        let Some(sessions) = self.sessions() else {
            return Ok(Confirmed::Ended);
        };
        Ok(match sessions.mark_authenticated(session, method, at).await? {
            true => Confirmed::Yes(at),
            false => Confirmed::Ended,
        })
    }
}
