//! Whom a passkey is for, and what the authenticator has to have done.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::authenticator_data::AuthenticatorData;
use super::refusal::PasskeyRefusal;
use crate::options::{PasskeyOptions, UserVerificationRequirement};

/// What a ceremony needs to know of the request.
#[derive(Debug, Clone, Copy)]
pub struct PasskeyRequest<'a> {
    /// The header `Host`, or what a trusted proxy says in its place.
    pub host: &'a str,
    /// The header `Origin`. Without it, answers of browsers are refused, as in .NET.
    pub origin: Option<&'a str>,
}

/// Whether nobody has to have touched the authenticator, because a password manager made the passkey by itself
/// (`mediation: "conditional"`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mediation {
    Conditional,
    Usual,
}

pub(super) fn check_authenticator_data(
    data: &AuthenticatorData<'_>,
    mediation: Mediation,
    options: &PasskeyOptions,
    request: PasskeyRequest<'_>,
) -> Result<(), PasskeyRefusal> {
    let expected = Sha256::digest(options.domain(request.host));
    if !bool::from(data.relying_party_id_hash.ct_eq(&expected)) {
        return Err(PasskeyRefusal::InvalidRelyingPartyIdHash);
    }
    if mediation == Mediation::Usual {
        if !data.is_user_present() {
            return Err(PasskeyRefusal::UserNotPresent);
        }
        let required = Some(UserVerificationRequirement::Required);
        if options.user_verification_requirement == required && !data.is_user_verified() {
            return Err(PasskeyRefusal::UserNotVerified);
        }
    }
    if data.is_backed_up() && !data.is_backup_eligible() {
        return Err(PasskeyRefusal::NotBackupEligibleYetBackedUp);
    }
    Ok(())
}
