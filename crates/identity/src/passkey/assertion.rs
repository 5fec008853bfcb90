//! Sign-ins.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::authenticator_data::AuthenticatorData;
use super::client_data::ClientData;
use super::credential::{AssertionResponse, PublicKeyCredential};
use super::credential_id::CredentialId;
use super::operation::PasskeyOperation;
use super::public_key::CredentialPublicKey;
use super::refusal::{PasskeyRefusal, shown};
use super::relying_party::{Mediation, PasskeyRequest, check_authenticator_data};
use super::state::PasskeyAssertionState;
use super::user_passkey::UserPasskey;
use crate::account::UserId;
use crate::options::PasskeyOptions;

/// An answer to [`PasskeyRequestOptions`](super::PasskeyRequestOptions) that was read and not verified yet: it says which passkey
/// of which user it needs.
pub struct Assertion {
    credential: PublicKeyCredential<AssertionResponse>,
    credential_id: CredentialId,
    state: PasskeyAssertionState,
    user_id: UserId,
}

/// What the user's passkey is like after a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedAssertion {
    /// The authenticator's new counter.
    pub sign_count: u32,
    /// Whether the passkey is backed up now.
    pub is_backed_up: bool,
    /// Whether the authenticator made sure who its user is, by a PIN or biometrically.
    pub is_user_verified: bool,
}

impl Assertion {
    /// Reads an answer and the state that waited for it.
    ///
    /// # Errors
    /// The first reason to refuse it, in .NET's order.
    pub fn read(credential_json: &str, state_json: &str) -> Result<Self, PasskeyRefusal> {
        let credential = PublicKeyCredential::<AssertionResponse>::read(credential_json)?;
        let state = PasskeyAssertionState::from_json(state_json)?;
        credential.check_type()?;
        // Nobody has a passkey whose id is too long.
        let credential_id = CredentialId::new(credential.id.as_slice());
        let credential_id = credential_id.ok_or(PasskeyRefusal::CredentialDoesNotBelongToUser)?;
        let user_id = match (&state.user_id, &credential.response.user_handle) {
            (Some(user_id), _) => user_id.clone(),
            (None, Some(handle)) => UserId::from_stored(text(handle)),
            (None, None) => return Err(PasskeyRefusal::MissingUserHandle),
        };
        Ok(Self {
            credential,
            credential_id,
            state,
            user_id,
        })
    }

    /// Whose passkey is to be verified with: who was asked for it by name, or else who the answer says it is. This is not proved
    /// before [`verify`](Self::verify).
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// The passkey's id.
    pub fn credential_id(&self) -> &CredentialId {
        &self.credential_id
    }

    /// What it had to sign.
    pub(crate) fn challenge(&self) -> &[u8] {
        &self.state.challenge
    }

    /// Verifies the answer with the passkey that has this [id](Self::credential_id) and is this [user's](Self::user_id); `None` if
    /// there is none. (.NET's `PasskeyHandler.PerformAssertionAsync`.)
    ///
    /// The caller writes what it returns, and only if the counter is still the one that was verified with.
    ///
    /// # Errors
    /// The first reason to refuse it, in .NET's order.
    pub fn verify(
        &self,
        passkey: Option<&UserPasskey>,
        options: &PasskeyOptions,
        request: PasskeyRequest<'_>,
    ) -> Result<VerifiedAssertion, PasskeyRefusal> {
        let passkey = passkey.filter(|passkey| passkey.credential_id == self.credential_id);
        let passkey = passkey.ok_or(PasskeyRefusal::CredentialDoesNotBelongToUser)?;
        self.check_user_handle()?;
        let response = &self.credential.response;
        let data = AuthenticatorData::read(&response.authenticator_data)?;
        let operation = PasskeyOperation::Assertion;
        ClientData::check(
            &response.client_data_json,
            operation,
            &self.state.challenge,
            options,
            request,
        )?;
        check_authenticator_data(&data, Mediation::Usual, options, request)?;
        if passkey.is_backup_eligible != data.is_backup_eligible() {
            return Err(if passkey.is_backup_eligible {
                PasskeyRefusal::ExpectedBackupEligibleCredential
            } else {
                PasskeyRefusal::ExpectedBackupIneligibleCredential
            });
        }
        let client_data_hash = Sha256::digest(&response.client_data_json);
        let message = [&response.authenticator_data[..], &client_data_hash[..]].concat();
        CredentialPublicKey::decode(&passkey.public_key)?.verify(&message, &response.signature)?;
        let counts = data.sign_count != 0 || passkey.sign_count != 0;
        if counts && data.sign_count <= passkey.sign_count {
            return Err(PasskeyRefusal::SignCountLessThanOrEqualToStoredSignCount);
        }
        Ok(VerifiedAssertion {
            sign_count: data.sign_count,
            is_backed_up: data.is_backed_up(),
            is_user_verified: data.is_user_verified(),
        })
    }

    /// Who was asked by name may leave out who he is, but not be another.
    fn check_user_handle(&self) -> Result<(), PasskeyRefusal> {
        let (Some(asked), Some(handle)) = (&self.state.user_id, &self.credential.response.user_handle) else {
            return Ok(());
        };
        let answered = text(handle);
        if answered == asked.as_str() {
            return Ok(());
        }
        Err(PasskeyRefusal::UserHandleMismatch {
            asked: shown(asked.as_str()),
            answered: shown(&answered),
        })
    }
}

/// A user handle is the user's id in UTF-8.
fn text(handle: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(handle)
}

impl std::fmt::Debug for Assertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Assertion")
            .field("user_id", &self.user_id)
            .field("credential_id", &self.credential_id)
            .finish_non_exhaustive()
    }
}
