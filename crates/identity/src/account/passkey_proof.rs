//! What the answer of a passkey proves, at a sign-in and within a session.

use tokio::time::Instant;

use super::accounts::Accounts;
use super::writing::observe;
use crate::account::{User, UserId};
use crate::error::Error;
use crate::event::{Event, EventKind};
use crate::passkey::{Assertion, PasskeyAnswer, PasskeyRefusal, PasskeyRequest, UserPasskey, VerifiedAssertion};
use crate::store::PasskeyUse;

/// The answer of a passkey, read and not verified yet.
pub(crate) struct PasskeyProof<'a> {
    accounts: &'a Accounts,
    assertion: Assertion,
    user: UserId,
    request: PasskeyRequest<'a>,
}

/// A passkey that proved who its user is.
pub(crate) struct ProvedPasskey {
    /// As it was until now.
    pub(crate) passkey: UserPasskey,
    /// What it is like after that.
    pub(crate) verified: VerifiedAssertion,
}

/// An answer that proves nothing.
pub(crate) struct RefusedPasskey {
    /// Whose passkey it is, if there is one.
    pub(crate) owner: Option<UserId>,
    /// Why.
    pub(crate) refusal: PasskeyRefusal,
}

impl<'a> PasskeyProof<'a> {
    /// Reads an answer.
    ///
    /// # Errors
    /// The first reason to refuse it.
    pub(crate) fn read(accounts: &'a Accounts, answer: PasskeyAnswer<'a>) -> Result<Self, PasskeyRefusal> {
        let assertion = Assertion::read(answer.credential_json, answer.state_json)?;
        // As .NET reads an id: a Guid or a number has several spellings.
        let user = accounts.read_id(assertion.user_id().as_str());
        Ok(Self {
            accounts,
            user: user.ok_or(PasskeyRefusal::CredentialDoesNotBelongToUser)?,
            assertion,
            request: answer.request,
        })
    }

    /// Who it says that it is from.
    pub(crate) fn user(&self) -> &UserId {
        &self.user
    }

    /// Verifies it with the passkey as it is now.
    pub(crate) async fn verify(&self) -> Result<Result<ProvedPasskey, RefusedPasskey>, Error> {
        let passkey = match self.accounts.stores().passkeys() {
            Some(store) => store.find(&self.user, self.assertion.credential_id()).await?,
            None => None,
        };
        let options = &self.accounts.options().passkeys;
        let verdict = self.assertion.verify(passkey.as_ref(), options, self.request);
        Ok(match (verdict, passkey) {
            (Ok(verified), Some(passkey)) => Ok(ProvedPasskey { passkey, verified }),
            (Ok(_), None) => Err(RefusedPasskey {
                owner: None,
                refusal: PasskeyRefusal::CredentialDoesNotBelongToUser,
            }),
            // Who has such a passkey may be named in the event.
            (Err(refusal), found) => Err(RefusedPasskey {
                owner: found.map(|_| self.user.clone()),
                refusal,
            }),
        })
    }

    /// Uses up the challenge, where each may be answered once, unless an earlier try did; `false` if somebody else did.
    pub(crate) async fn redeem(&self, is_redeemed: &mut bool) -> Result<bool, Error> {
        if !*is_redeemed {
            *is_redeemed = self.accounts.redeem_challenge(self.assertion.challenge()).await?;
        }
        Ok(*is_redeemed)
    }

    /// Writes the passkey's new counter, and the event; `false` if the passkey was used or removed meanwhile, or its user's account was
    /// locked or has changed.
    pub(crate) async fn mark_used(&self, user: &User, proved: &ProvedPasskey, event: &Event) -> Result<bool, Error> {
        let Some(store) = self.accounts.stores().passkeys() else {
            return Ok(false);
        };
        let used = PasskeyUse {
            user: &user.id,
            id: &proved.passkey.credential_id,
            expected_sign_count: proved.passkey.sign_count,
            expected_stamp: user.security_stamp.as_ref(),
            now: event.at,
            verified: proved.verified,
        };
        let start = Instant::now();
        let is_used = store.mark_used(used, event).await?;
        observe(event, is_used, start);
        Ok(is_used)
    }
}

impl Accounts {
    /// The event of a passkey that did not do. No failure is counted: nobody guesses signatures. So the account's row is left alone,
    /// and the event is written only where it tells somebody of an account: strangers have nothing written.
    pub(crate) async fn passkey_failed(&self, user: Option<UserId>, kind: EventKind) -> Result<(), Error> {
        let event = Event::new(kind, user, self.now());
        if let (Some(log), Some(_)) = (self.stores().events(), &event.user) {
            log.add(&event).await?;
        }
        event.log();
        Ok(())
    }
}
