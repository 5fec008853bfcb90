//! What .NET protected opens here, and what is written here is what .NET would have written.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

use std::{
    collections::VecDeque,
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use time::macros::datetime;
use wicketgate_protection::{
    DataProtection, FolderKeyRepository, KeyRing, KeyRingOptions, ManualClock, Protector, Random, SeededRandom,
    UnprotectError,
};

#[tokio::test]
async fn every_payload_opens_to_its_plain_text() {
    let mut opened = 0;
    for ring in rings().into_iter().filter(|ring| !ring.is_revoked()) {
        let protection = ring.protection(SeededRandom::new(1));
        for payload in &ring.payloads {
            let about = format!("{} {:?} {}", ring.name, payload.purposes, payload.about);
            let plaintext = if payload.is_time_limited() {
                let protector = payload.protector(&protection);
                let limited = protector.unprotect_text(&payload.protected).await.expect(&about);
                limited[8..].to_vec()
            } else {
                payload
                    .protector(&protection)
                    .unprotect_text(&payload.protected)
                    .await
                    .expect(&about)
                    .to_vec()
            };
            assert_eq!(plaintext, payload.plaintext(), "{about}");
            opened += 1;
        }
    }
    assert_eq!(opened, 11 * 16);
}

#[tokio::test]
async fn every_damaged_payload_is_refused_with_the_same_error() {
    let mut refused = 0;
    for ring in rings() {
        let protection = ring.protection(SeededRandom::new(1));
        for bad in &ring.bad {
            let purposes: Vec<_> = bad.purposes.iter().map(String::as_str).collect();
            let error = protection
                .protector(&purposes)
                .unprotect_text(&bad.protected)
                .await
                .expect_err(&bad.about);
            assert!(
                matches!(error, UnprotectError::Invalid),
                "{} {}: {error:?}",
                ring.name,
                bad.about
            );
            refused += 1;
        }
    }
    assert_eq!(refused, 13 * 17);
}

#[tokio::test]
async fn a_revoked_key_refuses_to_unprotect() {
    let mut refused = 0;
    for ring in rings().into_iter().filter(Ring::is_revoked) {
        let protection = ring.protection(SeededRandom::new(1));
        for payload in &ring.payloads {
            let error = payload
                .protector(&protection)
                .unprotect_text(&payload.protected)
                .await
                .expect_err(&ring.name);
            assert!(matches!(error, UnprotectError::Invalid), "{} {error:?}", ring.name);
            refused += 1;
        }
    }
    assert_eq!(refused, 2 * 16);
}

#[tokio::test]
async fn another_application_or_other_purposes_do_not_open_a_payload() {
    for ring in rings() {
        let other = DataProtection::new(
            Arc::clone(ring.protection(SeededRandom::new(1)).ring()),
            Some("somebody"),
        );
        let none = DataProtection::new(Arc::clone(other.ring()), None);
        let own = ring.protection(SeededRandom::new(1));
        let payload = &ring.payloads[10];
        assert_eq!(payload.purposes, ["a", "b"]);
        for (about, protector) in [
            ("another application", other.protector(&["a", "b"])),
            ("no application", none.protector(&["a", "b"])),
            ("one purpose less", own.protector(&["a"])),
            ("one purpose more", own.protector(&["a", "b", ""])),
            ("another order", own.protector(&["b", "a"])),
            ("the same letters", own.protector(&["ab"])),
        ] {
            assert!(
                protector.unprotect_text(&payload.protected).await.is_err(),
                "{} {about}",
                ring.name
            );
        }
    }
}

#[tokio::test]
async fn protecting_with_the_recorded_randomness_gives_the_recorded_bytes() {
    let mut equal = 0;
    for ring in rings().into_iter().filter(|ring| !ring.is_revoked()) {
        for payload in &ring.payloads {
            let recorded = BASE64_URL_SAFE_NO_PAD.decode(&payload.protected).unwrap();
            let script = Arc::new(ScriptedRandom::default());
            let protection = ring.protection_with(Arc::clone(&script) as Arc<dyn Random>);
            let protector = payload.protector(&protection);
            let plaintext = protector.unprotect(&recorded).await.unwrap();
            // Behind the header are the key modifier and the IV or nonce: all that is random in a payload.
            script.next_bytes(&recorded[20..20 + 16 + 16]);
            assert_eq!(
                protector.protect_text(&plaintext).await.unwrap(),
                payload.protected,
                "{}",
                ring.name
            );
            equal += 1;
        }
    }
    assert_eq!(equal, 11 * 16);
}

#[tokio::test]
async fn time_limited_payloads_say_when_they_end() {
    for ring in rings().into_iter().filter(|ring| !ring.is_revoked()) {
        let payload = ring.payloads.iter().find(|payload| payload.is_time_limited()).unwrap();
        let limited = ring
            .protection(SeededRandom::new(1))
            .protector(&["limited"])
            .time_limited();
        let recorded = BASE64_URL_SAFE_NO_PAD.decode(&payload.protected).unwrap();
        let (plaintext, expiration) = limited.unprotect(&recorded).await.unwrap();
        assert_eq!(*plaintext, payload.plaintext());
        assert_eq!(expiration, datetime!(2026-01-02 04:04:05 UTC));
    }
}

#[derive(Deserialize)]
struct Goldens {
    rings: Vec<Ring>,
}

#[derive(Deserialize)]
struct Ring {
    name: String,
    application: String,
    payloads: Vec<Payload>,
    bad: Vec<BadPayload>,
}

#[derive(Deserialize)]
struct Payload {
    about: String,
    purposes: Vec<String>,
    plaintext: String,
    protected: String,
}

#[derive(Deserialize)]
struct BadPayload {
    about: String,
    purposes: Vec<String>,
    protected: String,
}

impl Ring {
    fn is_revoked(&self) -> bool {
        self.name.starts_with("revoked-")
    }

    fn protection(&self, random: impl Random) -> DataProtection {
        self.protection_with(Arc::new(random))
    }

    /// The recorded ring, as it is: nothing may be written into the goldens.
    fn protection_with(&self, random: Arc<dyn Random>) -> DataProtection {
        let repository = FolderKeyRepository::new(goldens().join("key-rings").join(&self.name));
        let options = KeyRingOptions {
            auto_generate_keys: false,
            ..KeyRingOptions::default()
        };
        let clock = ManualClock::at(datetime!(2026-01-02 03:04:05 UTC));
        let ring = KeyRing::new(Arc::new(repository), options, Arc::new(clock), random);
        DataProtection::new(Arc::new(ring), Some(&self.application))
    }
}

impl Payload {
    fn protector(&self, protection: &DataProtection) -> Protector {
        protection.protector(&self.purposes.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn plaintext(&self) -> Vec<u8> {
        BASE64_STANDARD.decode(&self.plaintext).unwrap()
    }

    fn is_time_limited(&self) -> bool {
        self.about.starts_with("time-limited")
    }
}

/// Gives the bytes it was told, and zeros when it was told none.
#[derive(Debug, Default)]
struct ScriptedRandom(Mutex<VecDeque<u8>>);

impl ScriptedRandom {
    fn next_bytes(&self, bytes: &[u8]) {
        self.0.lock().unwrap().extend(bytes);
    }
}

impl Random for ScriptedRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut script = self.0.lock().unwrap();
        for byte in bytes {
            *byte = script.pop_front().unwrap_or(0);
        }
    }
}

fn rings() -> Vec<Ring> {
    let text = fs::read_to_string(goldens().join("data-protection.json")).unwrap();
    serde_json::from_str::<Goldens>(&text).unwrap().rings
}

fn goldens() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../conformance/goldens")
}
