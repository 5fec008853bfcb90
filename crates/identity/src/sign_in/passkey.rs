//! Signing in with a passkey.

use tokio::time::Instant;

use super::outcome::SignInResult;
use super::{Changed, SignIn, TRIES, observed};
use crate::account::UserId;
use crate::claims::AuthenticationMethod;
use crate::error::Error;
use crate::event::{EventKind, FailureReason};
use crate::passkey::{Assertion, PasskeyRefusal, PasskeyRequest, UserPasskey, VerifiedAssertion};
use crate::store::PasskeyUse;

impl SignIn {
    /// Signs in with a passkey (.NET's `SignInManager.PasskeySignInAsync`): what a browser answered to
    /// [`PasskeyRequestOptions`](crate::passkey::PasskeyRequestOptions), and the state that waited for it. The caller makes sure that
    /// a state is used once.
    ///
    /// The order is .NET's: the answer, confirmation, lockout. There is no second factor to ask for. Nothing is counted, since no
    /// passkey can be guessed, and the count of failures stays as it is.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails, [`Error::Busy`] if the passkey or the account keeps changing.
    pub async fn passkey(
        &self,
        credential_json: &str,
        state_json: &str,
        request: PasskeyRequest<'_>,
    ) -> Result<SignInResult, Error> {
        let start = Instant::now();
        let result = self.settled_passkey(credential_json, state_json, request).await?;
        observed::passkey(&result, start.elapsed());
        Ok(result)
    }

    async fn settled_passkey(
        &self,
        credential_json: &str,
        state_json: &str,
        request: PasskeyRequest<'_>,
    ) -> Result<SignInResult, Error> {
        let assertion = match Assertion::read(credential_json, state_json) {
            Ok(assertion) => assertion,
            Err(refusal) => return self.refuse_passkey(None, &refusal).await,
        };
        for _ in 0..TRIES {
            if let Ok(result) = self.try_passkey(&assertion, request).await? {
                return Ok(result);
            }
        }
        Err(Error::Busy)
    }

    async fn try_passkey(
        &self,
        assertion: &Assertion,
        request: PasskeyRequest<'_>,
    ) -> Result<Result<SignInResult, Changed>, Error> {
        let (passkey, verified) = match self.verify_passkey(assertion, request).await? {
            Ok(verified) => verified,
            Err((user, refusal)) => return Ok(Ok(self.refuse_passkey(user, &refusal).await?)),
        };
        let Some(user) = self.accounts.find_by_id(assertion.user_id()).await? else {
            // Deleted meanwhile.
            return Ok(Ok(self.fail_passkey(None, FailureReason::NoSuchAccount).await?));
        };
        if let Some(reason) = self.pre_sign_in_check(&user) {
            return Ok(Ok(self.fail_passkey(Some(user.id), reason).await?));
        }
        let method = AuthenticationMethod::Passkey;
        let event = self.accounts.event(EventKind::SignedIn(method), &user.id);
        let used = PasskeyUse {
            user: &user.id,
            id: &passkey.credential_id,
            expected_sign_count: passkey.sign_count,
            expected_stamp: user.security_stamp.as_ref(),
            now: event.at,
            verified,
        };
        if !self.accounts.mark_passkey_used(used, &event).await? {
            return Ok(Err(Changed));
        }
        Ok(Ok(self.signed_in(user, method, &event).await?))
    }

    /// The passkey of the answer, and what it is like now; or who is refused and why.
    async fn verify_passkey(
        &self,
        assertion: &Assertion,
        request: PasskeyRequest<'_>,
    ) -> Result<Result<(UserPasskey, VerifiedAssertion), (Option<UserId>, PasskeyRefusal)>, Error> {
        let found = match self.accounts.stores().passkeys() {
            Some(store) => store.find(assertion.user_id(), assertion.credential_id()).await?,
            None => None,
        };
        let options = &self.accounts.options().passkeys;
        let verdict = assertion.verify(found.as_ref(), options, request);
        Ok(match (verdict, found) {
            (Ok(verified), Some(passkey)) => Ok((passkey, verified)),
            (Ok(_), None) => Err((None, PasskeyRefusal::CredentialDoesNotBelongToUser)),
            // Who has such a passkey may be named in the event.
            (Err(refusal), found) => Err((found.map(|_| assertion.user_id().clone()), refusal)),
        })
    }

    async fn refuse_passkey(&self, user: Option<UserId>, refusal: &PasskeyRefusal) -> Result<SignInResult, Error> {
        tracing::info!(user = user.as_ref().map(tracing::field::display), %refusal, "passkey refused");
        let reason = match refusal {
            PasskeyRefusal::SignCountLessThanOrEqualToStoredSignCount => FailureReason::PasskeyCounterWentBack,
            _ => FailureReason::WrongPasskey,
        };
        self.fail_passkey(user, reason).await
    }

    async fn fail_passkey(&self, user: Option<UserId>, reason: FailureReason) -> Result<SignInResult, Error> {
        let kind = EventKind::sign_in_failed(reason);
        self.accounts.passkey_failed(user, kind).await?;
        Ok(reason.into())
    }
}
