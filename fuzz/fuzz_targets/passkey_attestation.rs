//! What an authenticator says about a new passkey (CBOR, authenticator data, COSE key): what is accepted is kept as it came, and
//! the key can be read again.
#![no_main]

use std::sync::LazyLock;

use data_encoding::BASE64URL_NOPAD;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use wicketgate_fuzz::{goldens, memory, seeds};
use wicketgate_identity::UserId;
use wicketgate_identity::options::{PasskeyOptions, UserVerificationRequirement};
use wicketgate_identity::passkey::{
    Attestation, CoseAlgorithm, CredentialId, CredentialPublicKey, MAX_CREDENTIAL_JSON_LENGTH, PasskeyAttestationState,
    PasskeyRefusal, PasskeyRequest, PasskeyUserEntity,
};

struct World {
    options: PasskeyOptions,
    state: String,
    client_data: String,
}

const REQUEST: PasskeyRequest<'static> = PasskeyRequest {
    host: "id.example.test",
    origin: Some("https://id.example.test"),
};

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let mut options = PasskeyOptions {
        user_verification_requirement: Some(UserVerificationRequirement::Preferred),
        ..PasskeyOptions::default()
    };
    options.algorithms.push(CoseAlgorithm::EdDsa);
    let state = PasskeyAttestationState {
        challenge: vec![0; 32],
        user_entity: PasskeyUserEntity {
            id: UserId::from_stored("1"),
            name: "ada".to_owned(),
            display_name: "ada".to_owned(),
        },
        is_conditionally_mediated: true,
    };
    let challenge = BASE64URL_NOPAD.encode(&state.challenge);
    let client_data =
        format!(r#"{{"type":"webauthn.create","challenge":"{challenge}","origin":"https://id.example.test"}}"#);
    World {
        options,
        state: state.to_json(),
        client_data: BASE64URL_NOPAD.encode(client_data.as_bytes()),
    }
});

/// The attestation objects in the recorded answers.
fn recorded() -> Vec<Vec<u8>> {
    let goldens = goldens::json("passkeys/passkeys.json");
    let answers = goldens::texts(&goldens["ceremonies"], "credentialJson");
    let answers = answers.filter_map(|answer| serde_json::from_str::<Value>(answer).ok());
    let objects = answers.filter_map(|answer| Some(answer["response"]["attestationObject"].as_str()?.to_owned()));
    objects
        .filter_map(|object| BASE64URL_NOPAD.decode(object.as_bytes()).ok())
        .collect()
}

/// The id at its place in the authenticator data, wherever these are.
fn verify(object: &[u8], id: &str) -> Result<Attestation, PasskeyRefusal> {
    let World {
        options,
        state,
        client_data,
    } = &*WORLD;
    let object = BASE64URL_NOPAD.encode(object);
    let answer = format!(
        r#"{{"id":"{id}","type":"public-key","clientExtensionResults":{{}},"response":{{"clientDataJSON":"{client_data}","attestationObject":"{object}"}}}}"#
    );
    memory::bounded(answer.len(), 16, || {
        Attestation::verify(&answer, state, options, REQUEST, goldens::WRITTEN)
    })
}

fuzz_target!(
    init: seeds::write(recorded()),
    |object: &[u8]| {
        if object.len() * 4 / 3 > MAX_CREDENTIAL_JSON_LENGTH {
            return;
        }
        // A guess at which bytes are the id: those that follow the 55 bytes in front of it and the usual head of the object.
        let start = 30 + 55;
        let length = object.get(start - 1).copied().map_or(0, usize::from);
        let id = object.get(start..start + length).unwrap_or_default();
        if let Ok(attestation) = verify(object, &BASE64URL_NOPAD.encode(id)) {
            let passkey = attestation.passkey;
            assert_eq!(passkey.attestation_object, object);
            assert_eq!(CredentialId::from_base64url(&passkey.credential_id.to_string()), Some(passkey.credential_id));
            let key = CredentialPublicKey::decode(&passkey.public_key).expect("a key that was read");
            assert!(key.algorithm().is_some());
            assert!(object.windows(passkey.public_key.len()).any(|part| part == passkey.public_key));
        }
    }
);
