//! Signing in with a passkey.

use super::SignIn;
use super::outcome::SignInResult;
use crate::account::UserId;
use crate::claims::AuthenticationMethod;
use crate::error::Error;
use crate::event::{Event, EventKind, FailureReason};
use crate::passkey::{Assertion, PasskeyRefusal, PasskeyRequest, UserPasskey, VerifiedAssertion};
use crate::store::Attempt;

impl SignIn {
    /// Signs in with a passkey (.NET's `SignInManager.PasskeySignInAsync`): what a browser answered to
    /// [`PasskeyRequestOptions`](crate::passkey::PasskeyRequestOptions), and the state that waited for it. The caller makes sure that
    /// a state is used once.
    ///
    /// The order is .NET's: the answer, confirmation, lockout. There is no second factor to ask for. Nothing is counted, since no
    /// passkey can be guessed, and the count of failures stays as it is.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub async fn passkey(
        &self,
        credential_json: &str,
        state_json: &str,
        request: PasskeyRequest<'_>,
    ) -> Result<SignInResult, Error> {
        let assertion = match Assertion::read(credential_json, state_json) {
            Ok(assertion) => assertion,
            Err(refusal) => return self.refuse_passkey(None, &refusal).await,
        };
        let (passkey, verified) = match self.verify_passkey(&assertion, request).await? {
            Ok(verified) => verified,
            Err((user, refusal)) => return self.refuse_passkey(user, &refusal).await,
        };
        let Some(user) = self.accounts.find_by_id(assertion.user_id()).await? else {
            return self.fail_passkey(None, FailureReason::NoSuchAccount).await;
        };
        if let Some(reason) = self.pre_sign_in_check(&user) {
            return self.fail_passkey(Some(user.id), reason).await;
        }
        let method = AuthenticationMethod::Passkey;
        let event = self.accounts.event(EventKind::SignedIn(method), &user.id);
        let (id, seen) = (&passkey.credential_id, passkey.sign_count);
        let is_first = match self.accounts.stores().passkeys() {
            Some(store) => store.mark_used(&user.id, id, seen, verified, &event).await?,
            None => false,
        };
        if !is_first {
            return self.fail_passkey(Some(user.id), FailureReason::ChangedMeanwhile).await;
        }
        self.signed_in(user, method, &event).await
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

    /// Keeps the event where the store keeps events, and counts nothing.
    async fn fail_passkey(&self, user: Option<UserId>, reason: FailureReason) -> Result<SignInResult, Error> {
        let (now, options) = (self.accounts.now(), &self.accounts.options().lockout);
        let event = Event::new(EventKind::sign_in_failed(reason), user, now);
        let nobody = UserId::from_stored("");
        let id = event.user.as_ref().unwrap_or(&nobody);
        let store = self.accounts.store();
        store
            .settle_attempt(id, None, Attempt::NotCounted, now, options, &event)
            .await?;
        event.log();
        Ok(reason.into())
    }
}
