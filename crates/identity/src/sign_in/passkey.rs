//! Signing in with a passkey.

use tokio::time::Instant;

use super::outcome::{SignInResult, SignInSuccess};
use super::{Changed, SignIn, TRIES, observed};
use crate::account::{PasskeyProof, RefusedPasskey, UserId};
use crate::claims::AuthenticationMethod;
use crate::error::Error;
use crate::event::{EventKind, FailureReason};
use crate::passkey::{PasskeyAnswer, PasskeyRefusal, VerifiedAssertion};

impl SignIn {
    /// Signs in with a passkey (.NET's `SignInManager.PasskeySignInAsync`): what a browser answered to
    /// [`PasskeyRequestOptions`](crate::passkey::PasskeyRequestOptions), and the state that waited for it. Who it is, the passkey
    /// says.
    ///
    /// The order is .NET's: the answer, confirmation, lockout. So nobody learns anything about an account without its passkey. There
    /// is no second factor to ask for. Nothing is counted, since no passkey can be guessed, and the count of failures stays as it is.
    /// The log says why an answer was refused; the result does not.
    ///
    /// Where [`single_use`](crate::options::PasskeyOptions::single_use) says so, a challenge signs in once, on all instances.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails, [`Error::Busy`] if the passkey or the account keeps changing.
    pub async fn passkey(&self, answer: PasskeyAnswer<'_>) -> Result<SignInResult, Error> {
        let start = Instant::now();
        let result = self.settled_passkey(answer).await?;
        observed::passkey(&result, start.elapsed());
        Ok(result)
    }

    async fn settled_passkey(&self, answer: PasskeyAnswer<'_>) -> Result<SignInResult, Error> {
        let proof = match PasskeyProof::read(&self.accounts, answer) {
            Ok(proof) => proof,
            Err(refusal) => return self.refuse_passkey(None, &refusal).await,
        };
        let mut is_redeemed = false;
        for _ in 0..TRIES {
            if let Ok(result) = self.try_passkey(&proof, &mut is_redeemed).await? {
                return Ok(result);
            }
        }
        Err(Error::Busy)
    }

    async fn try_passkey(
        &self,
        proof: &PasskeyProof<'_>,
        is_redeemed: &mut bool,
    ) -> Result<Result<SignInResult, Changed>, Error> {
        let proved = match proof.verify().await? {
            Ok(proved) => proved,
            Err(RefusedPasskey { owner, refusal }) => return Ok(Ok(self.refuse_passkey(owner, &refusal).await?)),
        };
        let Some(user) = self.accounts.find_by_id(proof.user()).await? else {
            // Deleted meanwhile.
            return Ok(Ok(self.fail_passkey(None, FailureReason::NoSuchAccount).await?));
        };
        if let Some(reason) = self.pre_sign_in_check(&user) {
            return Ok(Ok(self.fail_passkey(Some(user.id), reason).await?));
        }
        if !proof.redeem(is_redeemed).await? {
            let refusal = PasskeyRefusal::ReusedChallenge;
            return Ok(Ok(self.refuse_passkey(Some(user.id), &refusal).await?));
        }
        let method = self.passkey_method(proved.verified);
        let event = self.accounts.event(EventKind::SignedIn(method), &user.id);
        if !proof.mark_used(&user, &proved, &event).await? {
            return Ok(Err(Changed));
        }
        let principal = self.accounts.principal(&user, Some(method)).await?;
        event.log();
        Ok(Ok(SignInResult::Succeeded(Box::new(SignInSuccess {
            user,
            principal,
            method,
            credential: Some(proved.passkey.credential_id),
        }))))
    }

    fn passkey_method(&self, verified: VerifiedAssertion) -> AuthenticationMethod {
        let counts = self.accounts.options().passkeys.count_as_two_factors;
        AuthenticationMethod::Passkey {
            is_two_factors: counts && verified.is_user_verified,
        }
    }

    async fn refuse_passkey(&self, user: Option<UserId>, refusal: &PasskeyRefusal) -> Result<SignInResult, Error> {
        tracing::info!(user = user.as_ref().map(tracing::field::display), %refusal, "passkey refused");
        self.fail_passkey(user, refusal.into()).await
    }

    async fn fail_passkey(&self, user: Option<UserId>, reason: FailureReason) -> Result<SignInResult, Error> {
        let kind = EventKind::sign_in_failed(reason);
        self.accounts.passkey_failed(user, kind).await?;
        Ok(reason.into())
    }
}
