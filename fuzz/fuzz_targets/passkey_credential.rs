//! A browser's answer (JSON with client data in it) to a registration and to a sign-in: it is refused in words, or its id is one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{goldens, memory, seeds};
use wicketgate_identity::options::PasskeyOptions;
use wicketgate_identity::passkey::{
    Assertion, Attestation, CredentialId, PasskeyAssertionState, PasskeyRefusal, PasskeyRequest, UserPasskey,
};

const ATTESTATION_STATE: &str = r#"{"challenge":"AAAA","userEntity":{"id":"1","name":"ada","displayName":"ada"}}"#;
const REQUEST: PasskeyRequest<'static> = PasskeyRequest {
    host: "id.example.test",
    origin: Some("https://id.example.test"),
};

/// A passkey with this id, whose key signed nothing.
fn passkey(credential_id: CredentialId) -> UserPasskey {
    UserPasskey {
        credential_id,
        public_key: Vec::new(),
        name: None,
        created_at: goldens::WRITTEN,
        sign_count: 0,
        transports: None,
        is_user_verified: true,
        is_backup_eligible: false,
        is_backed_up: false,
        attestation_object: Vec::new(),
        client_data_json: Vec::new(),
    }
}

/// What is said of it is short, whatever is in it.
fn assert_is_short(refusal: &PasskeyRefusal) {
    assert!(refusal.to_string().len() < 8 * 1024, "{refusal}");
}

fuzz_target!(
    init: {
        let goldens = goldens::json("passkeys/passkeys.json");
        seeds::write(goldens::texts(&goldens["ceremonies"], "credentialJson"));
    },
    |bytes: &[u8]| {
        let Ok(json) = str::from_utf8(bytes) else {
            return;
        };
        let options = PasskeyOptions::default();
        let verdict = memory::bounded(json.len(), 16, || {
            Attestation::verify(json, ATTESTATION_STATE, &options, REQUEST, goldens::WRITTEN)
        });
        // Nobody signs a registration.
        if let Err(refusal) = verdict {
            assert_is_short(&refusal);
        }

        let state = PasskeyAssertionState { challenge: vec![0; 3], user_id: None };
        match memory::bounded(json.len(), 16, || Assertion::read(json, &state.to_json())) {
            Err(refusal) => assert_is_short(&refusal),
            Ok(assertion) => {
                let id = assertion.credential_id();
                assert_eq!(CredentialId::from_base64url(&id.to_string()).as_ref(), Some(id));
                let passkey = passkey(id.clone());
                let verdict =
                    memory::bounded(json.len(), 16, || assertion.verify(Some(&passkey), &options, REQUEST));
                assert_is_short(&verdict.expect_err("nobody has this key"));
            }
        }
    }
);
