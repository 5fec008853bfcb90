//! Answers that no recording has: of an authenticator that nobody touched, and too long ones.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde_json::json;
use sha2::{Digest, Sha256};
use wicketgate_identity::UserId;
use wicketgate_identity::options::{PasskeyOptions, UserVerificationRequirement};
use wicketgate_identity::passkey::{
    Attestation, MAX_STATEMENT_LENGTH, PasskeyAttestationState, PasskeyCreationOptions, PasskeyRefusal, PasskeyRequest,
    PasskeyUserEntity,
};
use wicketgate_protection::SeededRandom;

use crate::golden::WRITTEN;

const REQUEST: PasskeyRequest<'static> = PasskeyRequest {
    host: "id.example.test",
    origin: Some("https://id.example.test"),
};
const ID: [u8; 4] = [1, 2, 3, 4];
/// A P-256 key of the W3C's test vectors.
const KEY: &str = "a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61\
                   225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220";

/// Flags of authenticator data: there is a new passkey, and it is backed up.
const ATTESTED: u8 = 0x40;
const BACKED_UP: u8 = 0x10;

fn state(is_conditionally_mediated: bool) -> PasskeyAttestationState {
    PasskeyAttestationState {
        challenge: vec![7; 32],
        user_entity: PasskeyUserEntity {
            id: UserId::from_stored("1"),
            name: "ada".to_owned(),
            display_name: "ada".to_owned(),
        },
        is_conditionally_mediated,
    }
}

/// An attestation object whose statement has so many bytes.
fn attestation_object(flags: u8, statement: usize) -> Vec<u8> {
    let key = HEXLOWER.decode(KEY.as_bytes()).unwrap();
    let hash = Sha256::digest(REQUEST.host);
    let data = [&hash[..], &[flags], &[0; 4], &[0; 16], &[0, 4], &ID, &key].concat();
    let length = u8::try_from(data.len()).unwrap();
    let statement_length = u16::try_from(statement).unwrap().to_be_bytes();
    [
        b"\xa3\x63fmt\x64none\x67attStmt\xa1\x61x\x59".as_slice(),
        &statement_length,
        &vec![0; statement],
        b"\x68authData\x58",
        &[length],
        &data,
    ]
    .concat()
}

/// The client data, with so many bytes in a member that nobody reads.
fn client_data(more: usize) -> Vec<u8> {
    let challenge = BASE64URL_NOPAD.encode(&state(false).challenge);
    let origin = REQUEST.origin;
    let client_data =
        json!({ "type": "webauthn.create", "challenge": challenge, "origin": origin, "z": "z".repeat(more) });
    client_data.to_string().into_bytes()
}

fn verify(object: &[u8], client_data: &[u8], state: &PasskeyAttestationState) -> Result<Attestation, PasskeyRefusal> {
    let answer = json!({
        "id": BASE64URL_NOPAD.encode(&ID),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": BASE64URL_NOPAD.encode(client_data),
            "attestationObject": BASE64URL_NOPAD.encode(object),
        },
    });
    let options = PasskeyOptions::default();
    Attestation::verify(&answer.to_string(), &state.to_json(), &options, REQUEST, WRITTEN)
}

#[test]
fn nobody_has_to_touch_an_authenticator_under_conditional_mediation_alone() {
    let object = attestation_object(ATTESTED, 0);
    let made = verify(&object, &client_data(0), &state(true)).unwrap();
    assert_eq!(made.passkey.credential_id.as_bytes(), ID);
    assert!(!made.passkey.is_user_verified);
    let usual = verify(&object, &client_data(0), &state(false));
    assert_eq!(usual, Err(PasskeyRefusal::UserNotPresent));
}

#[test]
fn a_passkey_that_is_backed_up_and_cannot_be_is_refused_under_any_mediation() {
    let present_and_verified = 0x01 | 0x04;
    for (flags, is_conditionally_mediated) in [
        (ATTESTED | BACKED_UP, true),
        (ATTESTED | BACKED_UP | present_and_verified, true),
        (ATTESTED | BACKED_UP | present_and_verified, false),
    ] {
        let object = attestation_object(flags, 0);
        let refused = verify(&object, &client_data(0), &state(is_conditionally_mediated));
        assert_eq!(refused, Err(PasskeyRefusal::NotBackupEligibleYetBackedUp), "{flags:#x}");
    }
}

/// As .NET 12 does it: a browser refuses conditional mediation where verification is required.
#[test]
fn options_for_conditional_mediation_prefer_verification() {
    let random = SeededRandom::new(1);
    for (asked, conditional) in [
        (Some(UserVerificationRequirement::Required), Some("preferred")),
        (Some(UserVerificationRequirement::Preferred), Some("preferred")),
        (Some(UserVerificationRequirement::Discouraged), Some("discouraged")),
        (None, None),
    ] {
        let options = PasskeyOptions {
            user_verification_requirement: asked,
            ..PasskeyOptions::default()
        };
        let entity = || state(true).user_entity;
        let verification = |made: &PasskeyCreationOptions| {
            let json: serde_json::Value = serde_json::from_str(&made.json).unwrap();
            let verification = json["authenticatorSelection"].get("userVerification").cloned();
            verification.map(|it| it.as_str().unwrap().to_owned())
        };
        let made = PasskeyCreationOptions::conditionally_mediated(&options, REQUEST.host, entity(), &[], &random);
        assert_eq!(verification(&made).as_deref(), conditional);
        assert!(made.state.is_conditionally_mediated);
        let made = PasskeyCreationOptions::new(&options, REQUEST.host, entity(), &[], &random);
        assert_eq!(
            verification(&made).as_deref(),
            asked.map(UserVerificationRequirement::name)
        );
        assert!(!made.state.is_conditionally_mediated);
    }
}

#[test]
fn what_is_kept_with_a_passkey_is_refused_if_it_is_too_long() {
    let state = state(true);
    let (head, data) = (attestation_object(ATTESTED, 0).len(), client_data(0).len());
    let longest = MAX_STATEMENT_LENGTH - head;
    let object = attestation_object(ATTESTED, longest);
    let data_of_the_longest = client_data(MAX_STATEMENT_LENGTH - data);
    assert_eq!((object.len(), data_of_the_longest.len()), (16_384, 16_384));
    let made = verify(&object, &data_of_the_longest, &state).unwrap();
    assert_eq!(made.passkey.attestation_object, object);
    let too_long = Err(PasskeyRefusal::AttestationTooLong(16_385));
    let longer = attestation_object(ATTESTED, longest + 1);
    assert_eq!(verify(&longer, &client_data(0), &state), too_long);
    let longer = client_data(MAX_STATEMENT_LENGTH - data + 1);
    assert_eq!(verify(&attestation_object(ATTESTED, 0), &longer, &state), too_long);
}
