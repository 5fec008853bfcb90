//! What a browser needs to make a passkey.

use wicketgate_protection::Random;

use super::base64url;
use super::descriptor::to_descriptors;
use super::state::{PasskeyAttestationState, PasskeyUserEntity};
use super::user_passkey::UserPasskey;
use crate::options::{PasskeyOptions, ResidentKeyRequirement, UserVerificationRequirement};
use crate::text::encode_json;

/// What a browser needs to make a passkey (.NET's `PasskeyCreationOptionsResult`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyCreationOptions {
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON()`.
    pub json: String,
    /// What the answer is verified with.
    pub state: PasskeyAttestationState,
}

impl PasskeyCreationOptions {
    /// Options with a new challenge, for a request to this host. The browser is told not to make another passkey on an
    /// authenticator that has one of the `existing` ones, which should be all of the user's.
    pub fn new(
        options: &PasskeyOptions,
        host: &str,
        user_entity: PasskeyUserEntity,
        existing: &[UserPasskey],
        random: &dyn Random,
    ) -> Self {
        let state = PasskeyAttestationState {
            challenge: options.new_challenge(random),
            user_entity,
            is_conditionally_mediated: false,
        };
        Self::with_state(options, host, state, existing)
    }

    /// The same for a password manager that may make a passkey by itself after a sign-in with a password
    /// (`mediation: "conditional"`), as .NET 12 does it. Nobody touches the authenticator then.
    pub fn conditionally_mediated(
        options: &PasskeyOptions,
        host: &str,
        user_entity: PasskeyUserEntity,
        existing: &[UserPasskey],
        random: &dyn Random,
    ) -> Self {
        let state = PasskeyAttestationState {
            challenge: options.new_challenge(random),
            user_entity,
            is_conditionally_mediated: true,
        };
        Self::with_state(options, host, state, existing)
    }

    fn with_state(
        options: &PasskeyOptions,
        host: &str,
        state: PasskeyAttestationState,
        existing: &[UserPasskey],
    ) -> Self {
        let domain = encode_json(options.domain(host));
        let user_id = base64url::encode(state.user_entity.id.as_str().as_bytes());
        let [_, name, display_name] = state.user_entity.encoded();
        let challenge = base64url::encode(&state.challenge);
        let algorithms = options.algorithms.iter();
        let algorithms: Vec<_> = algorithms
            .map(|algorithm| format!(r#"{{"type":"public-key","alg":{}}}"#, algorithm.id()))
            .collect();
        let algorithms = algorithms.join(",");
        let timeout = options.timeout_milliseconds();
        let existing = to_descriptors(existing);
        let selection = authenticator_selection(options, state.is_conditionally_mediated);
        let attestation = options.attestation_conveyance_preference;
        let attestation = attestation
            .map(|it| format!(r#""attestation":"{}","#, it.name()))
            .unwrap_or_default();
        let json = format!(r#"{{"rp":{{"name":"{domain}","id":"{domain}"}},"#)
            + &format!(r#""user":{{"id":"{user_id}","name":"{name}","displayName":"{display_name}"}},"#)
            + &format!(r#""challenge":"{challenge}","pubKeyCredParams":[{algorithms}],"timeout":{timeout},"#)
            + &format!(r#""excludeCredentials":[{existing}],"authenticatorSelection":{{{selection}}},"#)
            + &format!(r#""hints":[],{attestation}"attestationFormats":[]}}"#);
        Self { json, state }
    }
}

fn authenticator_selection(options: &PasskeyOptions, is_conditionally_mediated: bool) -> String {
    let mut members = Vec::new();
    if let Some(attachment) = options.authenticator_attachment {
        members.push(format!(r#""authenticatorAttachment":"{}""#, attachment.name()));
    }
    if let Some(resident_key) = options.resident_key_requirement {
        members.push(format!(r#""residentKey":"{}""#, resident_key.name()));
    }
    let is_required = options.resident_key_requirement == Some(ResidentKeyRequirement::Required);
    members.push(format!(r#""requireResidentKey":{is_required}"#));
    let verification = match options.user_verification_requirement {
        // The browser would refuse.
        Some(UserVerificationRequirement::Required) if is_conditionally_mediated => {
            Some(UserVerificationRequirement::Preferred)
        }
        verification => verification,
    };
    if let Some(verification) = verification {
        members.push(format!(r#""userVerification":"{}""#, verification.name()));
    }
    members.join(",")
}
