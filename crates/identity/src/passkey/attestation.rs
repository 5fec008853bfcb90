//! Registrations.

use time::OffsetDateTime;

use super::MAX_STATEMENT_LENGTH;
use super::algorithm::CoseAlgorithm;
use super::attestation_object::AttestationObject;
use super::authenticator_data::{AttestedCredentialData, AuthenticatorData};
use super::client_data::ClientData;
use super::credential::{AttestationResponse, PublicKeyCredential};
use super::operation::PasskeyOperation;
use super::refusal::PasskeyRefusal;
use super::relying_party::{Mediation, PasskeyRequest, check_authenticator_data};
use super::state::{PasskeyAttestationState, PasskeyUserEntity};
use super::user_passkey::UserPasskey;
use crate::options::PasskeyOptions;

/// A new passkey, and whose it is to be (.NET's `PasskeyAttestationResult`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// The passkey, without a name.
    pub passkey: UserPasskey,
    /// Whose options the browser was given. The caller must compare the id with the user who is signed in.
    pub user_entity: PasskeyUserEntity,
}

impl Attestation {
    /// Verifies the answer to [`PasskeyCreationOptions`](super::PasskeyCreationOptions), as .NET's
    /// `PasskeyHandler.PerformAttestationAsync` does. Who made the authenticator is not verified. Whether somebody has the passkey
    /// already is left to the store, which adds it only if nobody has:
    /// [`PasskeyRefusal::CredentialAlreadyRegistered`] is .NET's last refusal.
    ///
    /// # Errors
    /// The first reason to refuse it, in .NET's order.
    pub fn verify(
        credential_json: &str,
        state_json: &str,
        options: &PasskeyOptions,
        request: PasskeyRequest<'_>,
        now: OffsetDateTime,
    ) -> Result<Self, PasskeyRefusal> {
        let credential = PublicKeyCredential::<AttestationResponse>::read(credential_json)?;
        let state = PasskeyAttestationState::from_json(state_json)?;
        credential.check_type()?;
        let response = credential.response;
        for kept in [&response.attestation_object, &response.client_data_json] {
            if kept.len() > MAX_STATEMENT_LENGTH {
                return Err(PasskeyRefusal::AttestationTooLong(kept.len()));
            }
        }
        let operation = PasskeyOperation::Attestation;
        ClientData::check(
            &response.client_data_json,
            operation,
            &state.challenge,
            options,
            request,
        )?;
        let object = AttestationObject::read(&response.attestation_object)?;
        let data = AuthenticatorData::read(object.authenticator_data)?;
        let mediation = if state.is_conditionally_mediated {
            Mediation::Conditional
        } else {
            Mediation::Usual
        };
        check_authenticator_data(&data, mediation, options, request)?;
        let attested = data.attested_credential.as_ref();
        let attested = attested.ok_or(PasskeyRefusal::MissingAttestedCredentialData)?;
        check_algorithm(attested, options)?;
        if credential.id != attested.id.as_bytes() {
            return Err(PasskeyRefusal::CredentialIdMismatch);
        }
        let passkey = UserPasskey {
            credential_id: attested.id.clone(),
            public_key: attested.public_key_bytes.to_vec(),
            name: None,
            created_at: in_ticks(now),
            sign_count: data.sign_count,
            transports: response.transports.into_known()?,
            is_user_verified: data.is_user_verified(),
            is_backup_eligible: data.is_backup_eligible(),
            is_backed_up: data.is_backed_up(),
            client_data_json: response.client_data_json,
            attestation_object: response.attestation_object.clone(),
        };
        let user_entity = state.user_entity;
        Ok(Self { passkey, user_entity })
    }
}

/// .NET cannot read an Ed25519 key, and says so, unless it is allowed here.
fn check_algorithm(attested: &AttestedCredentialData<'_>, options: &PasskeyOptions) -> Result<(), PasskeyRefusal> {
    let is_ed25519 = attested.public_key.is_ed25519();
    match attested.public_key.algorithm() {
        Some(algorithm)
            if is_ed25519 == (algorithm == CoseAlgorithm::EdDsa) && options.algorithms.contains(&algorithm) =>
        {
            Ok(())
        }
        _ if is_ed25519 => Err(PasskeyRefusal::InvalidCredentialPublicKey),
        _ => Err(PasskeyRefusal::UnsupportedCredentialPublicKeyAlgorithm),
    }
}

/// .NET counts time in ticks of 100 nanoseconds.
fn in_ticks(instant: OffsetDateTime) -> OffsetDateTime {
    let nanosecond = instant.nanosecond() / 100 * 100;
    instant.replace_nanosecond(nanosecond).unwrap_or(instant)
}
