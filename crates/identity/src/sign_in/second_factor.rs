//! The second factor of a sign-in.

use tokio::time::Instant;

use super::credentials::{Credentials, SecondFactor};
use super::outcome::{RememberedMachine, SignInOutcome, SignInResult};
use super::{Changed, Settled, SignIn, observed};
use crate::account::{Accounts, User};
use crate::claims::AuthenticationMethod;
use crate::error::Error;
use crate::event::{EventKind, FailureReason};
use crate::store::{Attempt, RedeemOutcome};

/// The account requires more than the password.
pub(crate) struct AskedSecondFactor {
    /// The authenticator key as it is stored, if it had to be read to find out.
    authenticator_key: Option<String>,
}

impl Accounts {
    /// .NET requires a second factor only if the account can provide one. A confirmed address or telephone number
    /// counts, since codes could be sent there.
    pub(crate) async fn asked_second_factor(&self, user: &User) -> Result<Option<AskedSecondFactor>, Error> {
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
        let authenticator_key = self.stored_authenticator_key(user).await?;
        Ok(is_given(authenticator_key.as_deref()).then_some(AskedSecondFactor { authenticator_key }))
    }
}

impl SignIn {
    /// The result of a sign-in whose password was right.
    pub(super) async fn second_factor(
        &self,
        user: User,
        asked: AskedSecondFactor,
        credentials: Credentials<'_>,
    ) -> Result<Result<SignInOutcome, Changed>, Error> {
        let machine = self.remembered_machine(&user, credentials.remembered_machine).await?;
        if machine == RememberedMachine::Remembered {
            let name = credentials.user_name;
            let result = self
                .succeed(user, name, Attempt::Succeeded, AuthenticationMethod::Password)
                .await?;
            return Ok(result.map(|result| SignInOutcome {
                result,
                second_factor_asked_of: None,
                remembered_machine: Some(machine),
            }));
        }
        let asked_of = user.id.clone();
        let start = Instant::now();
        let result = match credentials.second_factor {
            SecondFactor::None => Ok(SignInResult::RequiresTwoFactor),
            SecondFactor::AuthenticatorCode(code) => {
                self.authenticator_code(user, asked, credentials.user_name, code)
                    .await?
            }
            SecondFactor::RecoveryCode(code) => self.recovery_code(user, credentials.user_name, code).await?,
        };
        if let Ok(result) = &result {
            observed::second_factor(credentials.second_factor, result, start.elapsed());
        }
        Ok(result.map(|result| SignInOutcome {
            result,
            second_factor_asked_of: Some(asked_of),
            remembered_machine: Some(machine),
        }))
    }

    async fn authenticator_code(
        &self,
        user: User,
        asked: AskedSecondFactor,
        typed_name: &str,
        code: &str,
    ) -> Result<Result<SignInResult, Changed>, Error> {
        let accepted = match asked.authenticator_key {
            Some(key) => self.accounts.accept_code_of(&user, &key, code).await?,
            None => self.accounts.accept_authenticator_code(&user, code).await?,
        };
        if let Some(code) = accepted {
            return self
                .succeed(user, typed_name, code.attempt(), AuthenticationMethod::Authenticator)
                .await;
        }
        let wrong = EventKind::sign_in_failed(FailureReason::WrongAuthenticatorCode);
        Ok(match self.settle(&user, typed_name, Attempt::Failed, wrong).await? {
            Settled::Refused(outcome) => Ok(outcome),
            Settled::Accepted(_) => Ok(SignInResult::Failed),
            Settled::Changed => Err(Changed),
        })
    }

    /// A wrong one is not counted as a failure: .NET considers recovery codes too long to guess.
    async fn recovery_code(
        &self,
        user: User,
        typed_name: &str,
        code: &str,
    ) -> Result<Result<SignInResult, Changed>, Error> {
        let method = AuthenticationMethod::RecoveryCode;
        let event = self
            .accounts
            .event(EventKind::SignedIn(method), &user.id)
            .with_typed_name(typed_name);
        let expected = user.security_stamp.as_ref();
        let store = self.accounts.store();
        let outcome = store
            .redeem_recovery_code(&user.id, expected, code, event.at, &event)
            .await?;
        if outcome == RedeemOutcome::Redeemed {
            return Ok(Ok(self.signed_in(user, method, &event).await?));
        }
        let Some(event) = event.redeemed(outcome) else {
            return Ok(Err(Changed));
        };
        event.log();
        Ok(Ok(SignInResult::refused(&event)))
    }
}
