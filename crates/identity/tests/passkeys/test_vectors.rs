//! The test vectors of Web Authentication Level 3, section 16.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::Deserialize;
use serde_json::json;
use wicketgate_identity::UserId;
use wicketgate_identity::options::{PasskeyOptions, UserVerificationRequirement};
use wicketgate_identity::passkey::{
    Assertion, Attestation, CoseAlgorithm, PasskeyAssertionState, PasskeyAttestationState, PasskeyRefusal,
    PasskeyRequest, PasskeyUserEntity, UserPasskey, VerifiedAssertion,
};

use crate::golden::WRITTEN;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    relying_party_id: String,
    origin: String,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    registration: Registration,
    authentication: Authentication,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registration {
    challenge: String,
    #[serde(rename = "credential_id")]
    credential_id: String,
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    attestation_object: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authentication {
    challenge: String,
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    authenticator_data: String,
    signature: String,
}

fn bytes(text: &str) -> Vec<u8> {
    HEXLOWER.decode(text.as_bytes()).unwrap()
}

fn base64url(text: &str) -> String {
    BASE64URL_NOPAD.encode(&bytes(text))
}

fn options() -> PasskeyOptions {
    let mut algorithms = CoseAlgorithm::DOTNET.to_vec();
    algorithms.push(CoseAlgorithm::EdDsa);
    PasskeyOptions {
        user_verification_requirement: Some(UserVerificationRequirement::Preferred),
        algorithms,
        ..PasskeyOptions::default()
    }
}

impl Vector {
    fn register(&self, options: &PasskeyOptions, request: PasskeyRequest<'_>) -> Result<UserPasskey, PasskeyRefusal> {
        let answer = json!({
            "id": base64url(&self.registration.credential_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64url(&self.registration.client_data_json),
                "attestationObject": base64url(&self.registration.attestation_object),
            },
        });
        let state = PasskeyAttestationState {
            challenge: bytes(&self.registration.challenge),
            user_entity: PasskeyUserEntity {
                id: UserId::from_stored("1"),
                name: String::new(),
                display_name: String::new(),
            },
            is_conditionally_mediated: false,
        };
        Attestation::verify(&answer.to_string(), &state.to_json(), options, request, WRITTEN)
            .map(|attestation| attestation.passkey)
    }

    fn sign_in(
        &self,
        passkey: &UserPasskey,
        signature: &[u8],
        request: PasskeyRequest<'_>,
    ) -> Result<VerifiedAssertion, PasskeyRefusal> {
        let answer = json!({
            "id": base64url(&self.registration.credential_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64url(&self.authentication.client_data_json),
                "authenticatorData": base64url(&self.authentication.authenticator_data),
                "signature": BASE64URL_NOPAD.encode(signature),
            },
        });
        let state = PasskeyAssertionState {
            challenge: bytes(&self.authentication.challenge),
            user_id: Some(UserId::from_stored("1")),
        };
        Assertion::read(&answer.to_string(), &state.to_json())?.verify(Some(passkey), &options(), request)
    }
}

#[test]
fn the_test_vectors_of_the_w3c_are_accepted() {
    let vectors: Vectors = serde_json::from_str(include_str!("w3c-test-vectors.json")).unwrap();
    let request = PasskeyRequest {
        host: &vectors.relying_party_id,
        origin: Some(&vectors.origin),
    };
    let mut accepted = 0;
    for vector in &vectors.vectors {
        let registered = vector.register(&options(), request);
        let name = vector.name.as_str();
        if name.contains("crossOrigin") || name.contains("topOrigin") {
            // They come from another page's frame, which .NET does not accept.
            assert_eq!(
                registered,
                Err(PasskeyRefusal::InvalidOrigin(vectors.origin.clone())),
                "{name}"
            );
            continue;
        }
        if name.contains("Ed448") {
            assert_eq!(registered, Err(PasskeyRefusal::InvalidCredentialPublicKey), "{name}");
            continue;
        }
        let passkey = registered.unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let signature = bytes(&vector.authentication.signature);
        vector
            .sign_in(&passkey, &signature, request)
            .unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        accepted += 1;

        for byte in [0, signature.len() / 2, signature.len() - 1] {
            let mut wrong = signature.clone();
            wrong[byte] ^= 1;
            let refusal = vector.sign_in(&passkey, &wrong, request).unwrap_err();
            assert_eq!(refusal, PasskeyRefusal::InvalidAssertionSignature, "{name}");
        }
    }
    assert_eq!(accepted, 12);
}

#[test]
fn ed25519_is_refused_as_in_dotnet_unless_it_is_allowed() {
    let vectors: Vectors = serde_json::from_str(include_str!("w3c-test-vectors.json")).unwrap();
    let request = PasskeyRequest {
        host: &vectors.relying_party_id,
        origin: Some(&vectors.origin),
    };
    let vector = vectors
        .vectors
        .iter()
        .find(|vector| vector.name.contains("Ed25519"))
        .unwrap();
    let options = PasskeyOptions {
        algorithms: CoseAlgorithm::DOTNET.to_vec(),
        ..options()
    };
    assert_eq!(
        vector.register(&options, request),
        Err(PasskeyRefusal::InvalidCredentialPublicKey)
    );
}
