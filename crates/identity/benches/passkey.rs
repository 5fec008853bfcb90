//! What it costs to verify a sign-in with a passkey, beside the hash of a password.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be set up has failed")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use data_encoding::HEXUPPER;
use serde_json::Value;
use tokio::runtime::Builder;
use wicketgate_identity::options::{Options, PasskeyOptions};
use wicketgate_identity::passkey::{Assertion, CredentialId, PasskeyRequest, UserPasskey};
use wicketgate_identity::password::PasswordHasher;
use wicketgate_protection::SystemRandom;

const GOLDENS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../conformance/goldens/passkeys/passkeys.json"
);

/// A recorded sign-in: answer, state, and the passkey that it was verified with.
struct SignIn {
    answer: String,
    state: String,
    passkey: UserPasskey,
}

impl SignIn {
    fn recorded(about: &str) -> Self {
        let goldens: Value = serde_json::from_str(&std::fs::read_to_string(GOLDENS).unwrap()).unwrap();
        let ceremonies = goldens["ceremonies"].as_array().unwrap();
        let ceremony = ceremonies.iter().find(|ceremony| ceremony["about"] == about).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let row: Value = serde_json::from_str(&text(&ceremony["rowBefore"])).unwrap();
        let answer = text(&ceremony["credentialJson"]);
        let id = text(&serde_json::from_str::<Value>(&answer).unwrap()["id"]);
        let passkey = UserPasskey {
            credential_id: CredentialId::from_base64url(&id).unwrap(),
            public_key: HEXUPPER.decode(text(&row["PublicKey"]).as_bytes()).unwrap(),
            name: None,
            created_at: time::OffsetDateTime::UNIX_EPOCH,
            sign_count: 0,
            transports: None,
            is_user_verified: true,
            is_backup_eligible: row["IsBackupEligible"].as_bool().unwrap(),
            is_backed_up: false,
            attestation_object: Vec::new(),
            client_data_json: Vec::new(),
        };
        let state = text(&ceremony["state"]["items"]["PasskeyState"]);
        Self { answer, state, passkey }
    }

    fn verify(&self, options: &PasskeyOptions) {
        let request = PasskeyRequest {
            host: "id.example.test",
            origin: Some("https://id.example.test"),
        };
        let assertion = Assertion::read(black_box(&self.answer), &self.state).unwrap();
        assertion.verify(Some(&self.passkey), options, request).unwrap();
    }
}

fn passkeys(criterion: &mut Criterion) {
    let options = PasskeyOptions::default();
    for algorithm in ["ES256", "ES384", "ES512", "RS256", "PS512"] {
        let sign_in = SignIn::recorded(&format!("{algorithm}: discovered"));
        criterion.bench_function(&format!("passkey {algorithm}"), |bencher| {
            bencher.iter(|| sign_in.verify(&options));
        });
    }
    let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let hasher = PasswordHasher::new(Options::default().password_hasher, Arc::new(SystemRandom));
    criterion.bench_function("password PBKDF2", |bencher| {
        bencher.iter(|| runtime.block_on(hasher.hash(black_box("Passw0rd!"))).unwrap());
    });
}

criterion_group!(benches, passkeys);
criterion_main!(benches);
