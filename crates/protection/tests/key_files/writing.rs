//! Keys and revocations are written as ASP.NET Core writes them.

use std::{
    collections::VecDeque,
    fs,
    sync::{Arc, Mutex},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use tempfile::TempDir;
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::datetime};
use uuid::Uuid;
use wicketgate_protection::key::{AesKeySize, Algorithm, ValidationAlgorithm};
use wicketgate_protection::{FolderKeyRepository, KeyRing, KeyRingOptions, ManualClock, Random};

use crate::files::{files, golden_files, ring_in};

#[tokio::test]
async fn a_key_made_from_the_recorded_inputs_is_the_recorded_file() {
    let mut equal = 0;
    for recorded in golden_files("key-") {
        let text = fs::read_to_string(&recorded).unwrap();
        let id: Uuid = between(&text, "<key id=\"", "\"").parse().unwrap();
        let master_key = BASE64_STANDARD.decode(between(&text, "<value>", "</value>")).unwrap();
        let date = |element: &str| {
            let date = between(&text, &format!("<{element}>"), &format!("</{element}>"));
            OffsetDateTime::parse(date, &Rfc3339).unwrap()
        };

        let folder = TempDir::new().unwrap();
        let random = ScriptedRandom(Mutex::new(id.as_bytes().iter().chain(&master_key).copied().collect()));
        let options = KeyRingOptions {
            algorithm: algorithm(&text),
            ..KeyRingOptions::default()
        };
        let clock = ManualClock::at(date("creationDate"));
        let repository = FolderKeyRepository::new(folder.path());
        let ring = KeyRing::new(Arc::new(repository), options, Arc::new(clock), Arc::new(random));
        let made = ring
            .create_key(date("activationDate"), date("expirationDate"))
            .await
            .unwrap();

        assert_eq!(made, id);
        let name = recorded.file_name().unwrap();
        assert_eq!(
            fs::read_to_string(folder.path().join(name)).unwrap(),
            text,
            "{}",
            recorded.display()
        );
        equal += 1;
    }
    assert_eq!(equal, 21);
}

#[tokio::test]
async fn revocations_from_the_recorded_inputs_are_the_recorded_files() {
    let recorded = golden_files("revocation-");
    assert_eq!(recorded.len(), 2);
    let folder = TempDir::new().unwrap();
    let ring = ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC));
    let id = Uuid::parse_str("66e6297b-0c5c-4e0b-b4d8-9a1d0ba4f26a").unwrap();
    ring.revoke_key(id, Some("compromised & <odd> reason")).await.unwrap();
    ring.revoke_all(datetime!(2026-01-02 03:04:06 UTC), Some("all"))
        .await
        .unwrap();
    for recorded in recorded {
        let ours = folder.path().join(recorded.file_name().unwrap());
        assert_eq!(fs::read_to_string(ours).unwrap(), fs::read_to_string(recorded).unwrap());
    }
}

#[tokio::test]
async fn a_revocation_without_a_reason_has_an_empty_one() {
    let folder = TempDir::new().unwrap();
    ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC))
        .revoke_key(Uuid::nil(), None)
        .await
        .unwrap();
    let text = fs::read_to_string(folder.path().join(format!("revocation-{}.xml", Uuid::nil()))).unwrap();
    assert!(text.ends_with("  <reason />\n</revocation>"), "{text}");
}

#[tokio::test]
async fn dates_keep_as_many_digits_as_dotnets_ticks_have() {
    let folder = TempDir::new().unwrap();
    let ring = ring_in(folder.path(), datetime!(2026-01-02 03:04:05.123_456_789 UTC));
    ring.create_key(datetime!(2026-01-02 05:04:05.5 +2), datetime!(2026-04-02 00:00 UTC))
        .await
        .unwrap();
    let [file] = &files(folder.path())[..] else {
        panic!("one file")
    };
    let text = fs::read_to_string(file).unwrap();
    assert_eq!(between(&text, "<creationDate>", "<"), "2026-01-02T03:04:05.1234567Z");
    assert_eq!(between(&text, "<activationDate>", "<"), "2026-01-02T03:04:05.5Z");
    assert_eq!(between(&text, "<expirationDate>", "<"), "2026-04-02T00:00:00Z");

    let [key] = &ring.keys().await.unwrap()[..] else {
        panic!("one key")
    };
    assert_eq!(key.creation_date, datetime!(2026-01-02 03:04:05.123_456_7 UTC));

    ring.revoke_all(datetime!(2026-01-03 03:04:05.25 UTC), None)
        .await
        .unwrap();
    assert!(
        folder.path().join("revocation-20260103T03040525Z.xml").exists(),
        "{:?}",
        files(folder.path())
    );
}

/// Gives the bytes it was told.
#[derive(Debug)]
struct ScriptedRandom(Mutex<VecDeque<u8>>);

impl Random for ScriptedRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut script = self.0.lock().unwrap();
        for byte in bytes {
            *byte = script.pop_front().unwrap();
        }
    }
}

fn algorithm(key: &str) -> Algorithm {
    let encryption = between(key, "<encryption algorithm=\"", "\"");
    let size = match &encryption[4..7] {
        "128" => AesKeySize::Aes128,
        "192" => AesKeySize::Aes192,
        _ => AesKeySize::Aes256,
    };
    match (encryption.ends_with("GCM"), key.contains("HMACSHA256")) {
        (true, _) => Algorithm::Gcm(size),
        (false, true) => Algorithm::Cbc(size, ValidationAlgorithm::HmacSha256),
        (false, false) => Algorithm::Cbc(size, ValidationAlgorithm::HmacSha512),
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let from = text.find(start).unwrap() + start.len();
    let length = text[from..].find(end).unwrap();
    &text[from..from + length]
}
