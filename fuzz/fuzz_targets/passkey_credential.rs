//! A browser's answer (JSON with client data in it) to a registration and to a sign-in: it is refused in words, or its id is one. And
//! the same bytes as what an authenticator wrote into a right answer: it is accepted just if they say so.
#![no_main]

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use wicketgate_fuzz::{goldens, memory, seeds};
use wicketgate_identity::options::{PasskeyOptions, UserVerificationRequirement};
use wicketgate_identity::passkey::{
    Assertion, Attestation, CredentialId, PasskeyAssertionState, PasskeyRefusal, PasskeyRequest, UserPasskey,
};

const ATTESTATION_STATE: &str = r#"{"challenge":"AAAA","userEntity":{"id":"1","name":"ada","displayName":"ada"}}"#;
const REQUEST: PasskeyRequest<'static> = PasskeyRequest {
    host: "id.example.test",
    origin: Some("https://id.example.test"),
};
/// SHA-256 of the host.
const HOST_HASH: &str = "2fa31702a097aa519a5bdeb509c308986cd7d258b8da729ceed6c31cf6661f2a";
/// A P-256 key of the W3C's test vectors, whose private part is not here.
const KEY: &str = "a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61\
                   225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220";
const ID: [u8; 4] = [1, 2, 3, 4];

/// Flags of authenticator data.
const PRESENT: u8 = 1 << 0;
const VERIFIED: u8 = 1 << 2;
const ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const HAS_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

fn key() -> Vec<u8> {
    HEXLOWER.decode(KEY.as_bytes()).expect("hexadecimal")
}

/// A passkey with this id.
fn passkey(credential_id: CredentialId, is_backup_eligible: bool) -> UserPasskey {
    UserPasskey {
        credential_id,
        public_key: key(),
        name: None,
        created_at: goldens::WRITTEN,
        sign_count: 0,
        transports: None,
        is_user_verified: true,
        is_backup_eligible,
        is_backed_up: false,
        attestation_object: Vec::new(),
        client_data_json: Vec::new(),
    }
}

/// A finger on the authenticator is enough.
fn options() -> PasskeyOptions {
    PasskeyOptions {
        user_verification_requirement: Some(UserVerificationRequirement::Preferred),
        ..PasskeyOptions::default()
    }
}

fn assertion_state() -> String {
    let state = PasskeyAssertionState {
        challenge: vec![0; 3],
        user_id: None,
    };
    state.to_json()
}

/// What is said of it is one short line, whatever is in it.
fn assert_is_short(refusal: &PasskeyRefusal) {
    let said = refusal.to_string();
    assert!(said.len() < 8 * 1024, "{said}");
    assert!(
        !said.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')),
        "{said:?}"
    );
}

fn client_data(kind: &str) -> String {
    let data = json!({ "type": kind, "challenge": "AAAA", "origin": REQUEST.origin });
    BASE64URL_NOPAD.encode(data.to_string().as_bytes())
}

fn answer(response: serde_json::Value) -> String {
    let id = BASE64URL_NOPAD.encode(&ID);
    let answer = json!({ "id": id, "type": "public-key", "clientExtensionResults": {}, "response": response });
    answer.to_string()
}

/// The host's hash, the flags, the counter, and what is behind them.
fn authenticator_data(flags: u8, counter: [u8; 4], behind: &[&[u8]]) -> Vec<u8> {
    let hash = HEXLOWER.decode(HOST_HASH.as_bytes()).expect("hexadecimal");
    [&hash[..], &[flags], &counter, &behind.concat()].concat()
}

/// Whether the flags say what every answer must say.
fn is_accepted(flags: u8) -> bool {
    flags & PRESENT != 0 && (flags & BACKED_UP == 0 || flags & ELIGIBLE != 0)
}

/// An attestation object around the flags, the counter and the extensions, with a statement that nobody reads.
fn attest(flags: u8, counter: [u8; 4], statement: &[u8], extensions: &[u8]) {
    let attested = [&[0; 16][..], &[0, 4], &ID, &key()].concat();
    let attested: &[u8] = if flags & HAS_CREDENTIAL != 0 { &attested } else { b"" };
    let data = authenticator_data(flags, counter, &[attested, extensions]);
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).expect("a short text").to_be_bytes();
    let object = [
        b"\xa3\x63fmt\x64none\x67attStmt\xa1\x61x\x5a".as_slice(),
        &length(statement),
        statement,
        b"\x68authData\x5a",
        &length(&data),
        &data,
    ]
    .concat();
    let json = answer(json!({
        "clientDataJSON": client_data("webauthn.create"),
        "attestationObject": BASE64URL_NOPAD.encode(&object),
    }));
    let verdict = memory::bounded(json.len(), 16, || {
        Attestation::verify(&json, ATTESTATION_STATE, &options(), REQUEST, goldens::WRITTEN)
    });
    let may_be = is_accepted(flags) && flags & HAS_CREDENTIAL != 0;
    match verdict {
        Err(refusal) => {
            assert_is_short(&refusal);
            let has_rest = !extensions.is_empty() || flags & HAS_EXTENSIONS != 0;
            assert!(!may_be || has_rest, "{refusal}");
        }
        Ok(Attestation { passkey, user_entity }) => {
            assert!(may_be);
            assert_eq!(extensions.is_empty(), flags & HAS_EXTENSIONS == 0);
            assert_eq!((passkey.credential_id.as_bytes(), passkey.public_key), (&ID[..], key()));
            assert_eq!(passkey.sign_count, u32::from_be_bytes(counter));
            assert_eq!(passkey.is_user_verified, flags & VERIFIED != 0);
            assert_eq!(passkey.is_backup_eligible, flags & ELIGIBLE != 0);
            assert_eq!(passkey.is_backed_up, flags & BACKED_UP != 0);
            assert_eq!(passkey.attestation_object, object);
            assert_eq!(user_entity.id.as_str(), "1");
        }
    }
}

/// Nobody has the key, so that the signature is the last thing that can be wrong.
fn assert_signature_decides(flags: u8, counter: [u8; 4], signature: &[u8]) {
    let flags = flags & !(HAS_CREDENTIAL | HAS_EXTENSIONS);
    let json = answer(json!({
        "clientDataJSON": client_data("webauthn.get"),
        "authenticatorData": BASE64URL_NOPAD.encode(&authenticator_data(flags, counter, &[])),
        "signature": BASE64URL_NOPAD.encode(signature),
        "userHandle": BASE64URL_NOPAD.encode(b"1"),
    }));
    let verdict = memory::bounded(json.len(), 16, || {
        let assertion = Assertion::read(&json, &assertion_state()).expect("it is in order");
        let passkey = passkey(assertion.credential_id().clone(), flags & ELIGIBLE != 0);
        assertion.verify(Some(&passkey), &options(), REQUEST)
    });
    let refusal = verdict.expect_err("nobody has this key");
    assert_eq!(
        refusal == PasskeyRefusal::InvalidAssertionSignature,
        is_accepted(flags),
        "{refusal}"
    );
}

fuzz_target!(
    init: {
        let goldens = goldens::json("passkeys/passkeys.json");
        seeds::write(goldens::texts(&goldens["ceremonies"], "credentialJson"));
    },
    |bytes: &[u8]| {
        if let Some((&[flags, cut, a, b, c, d], rest)) = bytes.split_first_chunk()
            && rest.len() < 8 * 1024
        {
            let counter = [a, b, c, d];
            let (extensions, statement) = rest.split_at(rest.len().min(usize::from(cut)));
            attest(flags, counter, statement, extensions);
            assert_signature_decides(flags, counter, rest);
        }
        let Ok(json) = str::from_utf8(bytes) else {
            return;
        };
        let verdict = memory::bounded(json.len(), 16, || {
            Attestation::verify(json, ATTESTATION_STATE, &options(), REQUEST, goldens::WRITTEN)
        });
        // Nobody signs a registration.
        if let Err(refusal) = verdict {
            assert_is_short(&refusal);
        }
        match memory::bounded(json.len(), 16, || Assertion::read(json, &assertion_state())) {
            Err(refusal) => assert_is_short(&refusal),
            Ok(assertion) => {
                let id = assertion.credential_id();
                assert_eq!(CredentialId::from_base64url(&id.to_string()).as_ref(), Some(id));
                let passkey = passkey(id.clone(), true);
                let verdict =
                    memory::bounded(json.len(), 16, || assertion.verify(Some(&passkey), &options(), REQUEST));
                assert_is_short(&verdict.expect_err("nobody has this key"));
            }
        }
    }
);
