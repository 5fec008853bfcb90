//! An authenticator in software, and what a browser makes of its answers.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    rsa,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
        RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
    },
};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};

/// The user touched it, and was recognized.
const PRESENT_AND_VERIFIED: u8 = 0x05;
const HAS_CREDENTIAL: u8 = 0x40;

/// A passkey.
pub(super) struct Authenticator {
    key: Key,
    id: Vec<u8>,
    user_handle: String,
    /// What it says next.
    pub(super) counter: u32,
    /// Whether it counts; those whose passkeys are on several devices do not.
    pub(super) counts: bool,
    pub(super) flags: u8,
}

enum Key {
    EllipticCurve(EcdsaKeyPair),
    Rsa(rsa::KeyPair, &'static dyn RsaEncoding),
}

impl Key {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::EllipticCurve(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

impl Authenticator {
    /// Makes a passkey as these options say, with this first byte of its id, and the browser's answer.
    pub(super) fn create(options: &Value, origin: &str, first: u8) -> (Self, String) {
        Self::create_with_id(options, origin, [vec![first], vec![0x5A; 15]].concat())
    }

    /// With this id, which an authenticator is free to choose.
    pub(super) fn create_with_id(options: &Value, origin: &str, id: Vec<u8>) -> (Self, String) {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let mut authenticator = Self {
            id,
            user_handle: text(options, "/user/id").to_owned(),
            counter: 0,
            counts: true,
            flags: PRESENT_AND_VERIFIED,
            key: Key::EllipticCurve(pair),
        };
        let data = authenticator.creation_data(text(options, "/rp/id"));
        let client_data = client_data("webauthn.create", options, origin);
        let object = [
            b"\xA3\x63fmt\x64none\x67attStmt\xA0\x68authData\x58".to_vec(),
            vec![u8::try_from(data.len()).unwrap()],
            data,
        ];
        let answer = json!({
            "id": authenticator.id(),
            "rawId": authenticator.id(),
            "type": "public-key",
            "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": encode(&client_data),
                "attestationObject": encode(&object.concat()),
                "transports": ["internal"],
            },
        });
        authenticator.counter = 1;
        (authenticator, answer.to_string())
    }

    /// The passkey of somebody in `passkey-people.json`.
    pub(super) fn of_person(person: &Value) -> Self {
        let key = BASE64.decode(text(person, "/privateKey").as_bytes()).unwrap();
        let curve = |algorithm: &'static EcdsaSigningAlgorithm| {
            Key::EllipticCurve(EcdsaKeyPair::from_pkcs8(algorithm, &key).unwrap())
        };
        let rsa = |encoding| Key::Rsa(rsa::KeyPair::from_pkcs8(&key).unwrap(), encoding);
        Self {
            key: match person["algorithm"].as_i64().unwrap() {
                -7 => curve(&ECDSA_P256_SHA256_ASN1_SIGNING),
                -35 => curve(&ECDSA_P384_SHA384_ASN1_SIGNING),
                -36 => curve(&ECDSA_P521_SHA512_ASN1_SIGNING),
                -257 => rsa(&RSA_PKCS1_SHA256),
                -258 => rsa(&RSA_PKCS1_SHA384),
                -259 => rsa(&RSA_PKCS1_SHA512),
                -37 => rsa(&RSA_PSS_SHA256),
                -38 => rsa(&RSA_PSS_SHA384),
                -39 => rsa(&RSA_PSS_SHA512),
                other => panic!("{other}"),
            },
            id: BASE64URL_NOPAD
                .decode(text(person, "/credentialId").as_bytes())
                .unwrap(),
            user_handle: encode(text(person, "/Id").as_bytes()),
            counter: u32::try_from(person["signCount"].as_u64().unwrap()).unwrap() + 1,
            counts: true,
            flags: u8::try_from(person["flags"].as_u64().unwrap()).unwrap(),
        }
    }

    /// Its id in base64url.
    pub(super) fn id(&self) -> String {
        encode(&self.id)
    }

    /// Signs as these options say; the browser's answer.
    pub(super) fn get(&mut self, options: &Value, origin: &str) -> String {
        let client_data = client_data("webauthn.get", options, origin);
        let data = self.data(text(options, "/rpId"), self.flags);
        let message = [&data[..], digest(&SHA256, &client_data).as_ref()].concat();
        self.counter += u32::from(self.counts);
        let answer = json!({
            "id": self.id(),
            "rawId": self.id(),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encode(&client_data),
                "authenticatorData": encode(&data),
                "signature": encode(&self.key.sign(&message)),
                "userHandle": self.user_handle,
            },
        });
        answer.to_string()
    }

    fn data(&self, relying_party: &str, flags: u8) -> Vec<u8> {
        let hash = digest(&SHA256, relying_party.as_bytes());
        [hash.as_ref(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// The same with the passkey's id and its public key, as COSE writes it.
    fn creation_data(&self, relying_party: &str) -> Vec<u8> {
        let Key::EllipticCurve(pair) = &self.key else {
            panic!("only those of P-256 are made");
        };
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let length = u16::try_from(self.id.len()).unwrap();
        [
            &self.data(relying_party, self.flags | HAS_CREDENTIAL)[..],
            &[0; 16],
            &length.to_be_bytes(),
            &self.id,
            b"\xA5\x01\x02\x03\x26\x20\x01\x21\x58\x20",
            x,
            b"\x22\x58\x20",
            y,
        ]
        .concat()
    }
}

fn client_data(kind: &str, options: &Value, origin: &str) -> Vec<u8> {
    let challenge = text(options, "/challenge");
    let data = json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false});
    data.to_string().into_bytes()
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap()
}

fn encode(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}
