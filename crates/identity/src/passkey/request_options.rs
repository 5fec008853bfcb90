//! What a browser needs to use a passkey.

use wicketgate_protection::Random;

use super::base64url;
use super::descriptor::to_descriptors;
use super::state::PasskeyAssertionState;
use super::user_passkey::UserPasskey;
use crate::account::UserId;
use crate::options::PasskeyOptions;
use crate::text::encode_json;

/// What a browser needs to use a passkey (.NET's `PasskeyRequestOptionsResult`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRequestOptions {
    /// For `PublicKeyCredential.parseRequestOptionsFromJSON()`.
    pub json: String,
    /// What the answer is verified with.
    pub state: PasskeyAssertionState,
}

impl PasskeyRequestOptions {
    /// Options with a new challenge, for a request to this host. Anybody may answer, with a passkey that the authenticator finds by
    /// itself.
    pub fn for_anybody(options: &PasskeyOptions, host: &str, random: &dyn Random) -> Self {
        Self::new(options, host, None, &[], random)
    }

    /// The same for a user whose passkeys these are. It tells whoever asks which passkeys the user has.
    pub fn for_user(
        options: &PasskeyOptions,
        host: &str,
        user_id: &UserId,
        passkeys: &[UserPasskey],
        random: &dyn Random,
    ) -> Self {
        Self::new(options, host, Some(user_id.clone()), passkeys, random)
    }

    fn new(
        options: &PasskeyOptions,
        host: &str,
        user_id: Option<UserId>,
        passkeys: &[UserPasskey],
        random: &dyn Random,
    ) -> Self {
        let state = PasskeyAssertionState {
            challenge: options.new_challenge(random),
            user_id,
        };
        let challenge = base64url::encode(&state.challenge);
        let timeout = options.timeout_milliseconds();
        let domain = encode_json(options.domain(host));
        let passkeys = to_descriptors(passkeys);
        let verification = options.user_verification_requirement;
        let verification = verification
            .map(|it| format!(r#""userVerification":"{}","#, it.name()))
            .unwrap_or_default();
        let json = format!(r#"{{"challenge":"{challenge}","timeout":{timeout},"rpId":"{domain}","#)
            + &format!(r#""allowCredentials":[{passkeys}],{verification}"hints":[]}}"#);
        Self { json, state }
    }
}
