//! Keys that are encrypted at rest with a passphrase.
//!
//! The key in `passphrase_at_rest` is the one of the golden ring `aes-256-cbc-hmacsha256`, encrypted by Python's
//! `argon2-cffi` and `cryptography`.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::TempDir;
use time::{Duration, OffsetDateTime, macros::datetime};
use wicketgate_protection::key::KeyProblem;
use wicketgate_protection::{
    Clock, DataProtection, FolderKeyRepository, KeyCertificate, KeyEncryption, KeyPassphrase, KeyRing, KeyRingOptions,
    ManualClock, Random, SystemRandom,
};

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
const RECORDED: &str = "pass phrase of ümlauts";

#[tokio::test]
async fn a_key_that_another_implementation_encrypted_opens_the_recorded_payloads() {
    let goldens = manifest("../../conformance/goldens/data-protection.json");
    let goldens: serde_json::Value = serde_json::from_str(&fs::read_to_string(goldens).unwrap()).unwrap();
    let rings = goldens["rings"].as_array().unwrap();
    let ring = rings
        .iter()
        .find(|ring| ring["name"] == "aes-256-cbc-hmacsha256")
        .unwrap();
    let payload = &ring["payloads"][0];
    assert_eq!(payload["plaintext"], "");
    let opened = protection(&recorded_folder(), vec![passphrase(RECORDED)])
        .protector(&["purpose"])
        .unprotect_text(payload["protected"].as_str().unwrap())
        .await;
    assert_eq!(&**opened.unwrap(), b"");
}

#[tokio::test]
async fn a_new_key_is_in_nobodys_clear_and_opens_again() {
    let folder = TempDir::new().unwrap();
    let payload = protect(folder.path(), vec![passphrase("correct horse")]).await;

    let [file] = &files(folder.path())[..] else {
        panic!("one key")
    };
    let text = fs::read_to_string(file).unwrap();
    assert!(!text.contains("<masterKey"), "{text}");
    assert!(text.contains(r#"<derivation algorithm="argon2id" memory="65536" iterations="3" parallelism="4" salt=""#));
    assert!(text.contains(r#"decryptorType="Wicketgate.Protection.PassphraseXmlDecryptor""#));
    assert!(!text.contains("correct horse"));

    let restarted = protection(folder.path(), vec![passphrase("other"), passphrase("correct horse")]);
    let opened = restarted.protector(&["test"]).unprotect(&payload).await;
    assert_eq!(&**opened.unwrap(), b"secret");
}

#[tokio::test]
async fn every_key_has_a_salt_and_a_nonce_of_its_own() {
    let folder = TempDir::new().unwrap();
    let ring = protection(folder.path(), vec![passphrase("correct horse")]);
    for _ in 0..2 {
        ring.ring().create_key(NOW, NOW + Duration::days(90)).await.unwrap();
    }
    let texts: Vec<String> = files(folder.path())
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    for name in ["salt=\"", "nonce=\""] {
        let values = texts
            .iter()
            .map(|text| text.split_once(name).unwrap().1.split('"').next());
        let values: Vec<_> = values.collect();
        assert_ne!(values[0], values[1], "{name}");
    }
}

#[tokio::test]
async fn without_the_right_passphrase_nothing_starts_and_no_new_key_is_made() {
    let folder = TempDir::new().unwrap();
    protect(folder.path(), vec![passphrase("correct horse")]).await;
    for (encryption, problem, message) in [
        (
            vec![],
            KeyProblem::NoPassphrase,
            "its secret is encrypted with a passphrase, and none is configured",
        ),
        (
            vec![certificate()],
            KeyProblem::NoPassphrase,
            "its secret is encrypted with a passphrase, and none is configured",
        ),
        (
            vec![passphrase("Correct horse")],
            KeyProblem::WrongPassphrase,
            "its secret does not open with the passphrase that is configured: that is another one, or the key is \
             damaged",
        ),
    ] {
        let protection = protection(folder.path(), encryption);
        let keys = protection.ring().keys().await.unwrap();
        assert_eq!(keys[0].problem.as_ref(), Some(&problem));
        let error = protection.ring().load().await.unwrap_err().to_string();
        let place = folder.path().display();
        let key = keys[0].id;
        assert_eq!(
            error,
            format!(
                "the key ring in the folder {place}: no key is made before the key {key} opens or is revoked: {message}"
            )
        );
        assert_eq!(files(folder.path()).len(), 1);
    }
}

#[tokio::test]
async fn under_a_passphrase_that_does_not_open_all_keys_none_is_made_although_others_open() {
    let folder = TempDir::new().unwrap();
    let payload = protect(folder.path(), vec![]).await;
    add_key(folder.path(), vec![passphrase("correct horse")], NOW).await;
    for encryption in [vec![passphrase("Correct horse")], vec![]] {
        let mistaken = protection(folder.path(), encryption);
        let at_start = mistaken.ring().load().await;
        let asked_for = mistaken.ring().create_key(NOW, NOW + Duration::days(90)).await;
        for refusal in [at_start.unwrap_err(), asked_for.unwrap_err()] {
            let refusal = refusal.to_string();
            assert!(refusal.contains("no key is made before the key "), "{refusal}");
        }
        let opened = mistaken.protector(&["test"]).unprotect(&payload).await;
        assert_eq!(&**opened.unwrap(), b"secret");
    }
    assert_eq!(files(folder.path()).len(), 2, "nothing was written");

    // An old passphrase, in second place, is no mistake.
    let encryption = vec![passphrase("Correct horse"), passphrase("correct horse")];
    protection(folder.path(), encryption.clone())
        .ring()
        .load()
        .await
        .unwrap();
    add_key(folder.path(), encryption, NOW).await;
}

#[tokio::test]
async fn a_ring_in_use_that_meets_a_key_of_another_passphrase_makes_do_with_the_keys_that_open() {
    // The key that opens would protect, or the other one.
    for activation in [NOW - Duration::days(1), NOW + Duration::days(1)] {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::at(NOW));
        let running = protection_at(&clock, folder.path(), vec![]);
        let payload = running.protector(&["test"]).protect(b"secret").await.unwrap();
        add_key(folder.path(), vec![passphrase("correct horse")], activation).await;
        for days in [1, 89, 400] {
            clock.set(NOW + Duration::days(days));
            let opened = running.protector(&["test"]).unprotect(&payload).await;
            assert_eq!(&**opened.unwrap(), b"secret", "after {days} days");
            let new = running.protector(&["test"]).protect(b"").await.unwrap();
            assert_eq!(new[..20], payload[..20], "the same key protects");
            running.ring().reload().await.unwrap();
        }
        assert_eq!(files(folder.path()).len(), 2, "nothing was written");
    }
}

#[tokio::test]
async fn while_a_key_waits_for_its_passphrase_no_revoked_key_protects_in_its_place() {
    let folder = TempDir::new().unwrap();
    let clock = Arc::new(ManualClock::at(NOW));
    let running = protection_at(&clock, folder.path(), vec![]);
    let good = running.protector(&["test"]).protect(b"").await.unwrap();
    clock.set(NOW + Duration::days(1));
    let expiration = NOW + Duration::days(90);
    let stolen = running.ring().create_key(clock.now(), expiration).await.unwrap();
    running.ring().revoke_key(stolen, None).await.unwrap();
    add_key(folder.path(), vec![passphrase("correct horse")], NOW).await;
    for days in [2, 89, 400] {
        clock.set(NOW + Duration::days(days));
        running.ring().reload().await.unwrap();
        let new = running.protector(&["test"]).protect(b"").await.unwrap();
        assert_eq!(new[..20], good[..20], "after {days} days");
    }
}

#[tokio::test]
async fn revoked_keys_need_no_passphrase() {
    let folder = TempDir::new().unwrap();
    protect(folder.path(), vec![passphrase("correct horse")]).await;
    let forgotten = protection(folder.path(), vec![]);
    forgotten
        .ring()
        .revoke_all(NOW + Duration::seconds(1), None)
        .await
        .unwrap();
    forgotten.ring().load().await.unwrap();
}

#[tokio::test]
async fn keys_in_clear_for_a_certificate_and_with_a_passphrase_open_side_by_side() {
    let folder = TempDir::new().unwrap();
    let ways = [
        vec![],
        vec![certificate()],
        vec![passphrase("first")],
        vec![passphrase("second"), passphrase("first")],
    ];
    let mut payloads = Vec::new();
    for encryption in ways {
        let ring = protection(folder.path(), encryption.clone());
        let id = ring.ring().create_key(NOW, NOW + Duration::days(90)).await.unwrap();
        let alone = TempDir::new().unwrap();
        let name = format!("key-{id}.xml");
        fs::copy(folder.path().join(&name), alone.path().join(&name)).unwrap();
        payloads.push(protect(alone.path(), encryption).await);
    }
    let all = protection(
        folder.path(),
        vec![certificate(), passphrase("second"), passphrase("first")],
    );
    for payload in payloads {
        let opened = all.protector(&["test"]).unprotect(&payload).await;
        assert_eq!(&**opened.unwrap(), b"secret");
    }
    // The first way is the one that encrypts.
    let second = protection(folder.path(), vec![passphrase("second")])
        .ring()
        .keys()
        .await;
    let unreadable = second.unwrap().iter().filter(|key| key.problem.is_some()).count();
    assert_eq!(unreadable, 2);
}

#[tokio::test]
async fn a_key_that_was_tampered_with_is_refused() {
    let text = recorded();
    let malformed = KeyProblem::Malformed {
        element: "encryptedSecret",
    };
    let unknown = |algorithm: &str| KeyProblem::UnknownAlgorithm {
        algorithms: algorithm.to_owned(),
    };
    let value = text.find("<value>").unwrap() + "<value>".len();
    let end = text.find("</value>").unwrap();
    let flipped = if &text[value..=value] == "A" { "B" } else { "A" };
    let cases = [
        // What another key, and so another refusal, is derived from.
        (
            text.replace("memory=\"1024\"", "memory=\"1025\""),
            KeyProblem::WrongPassphrase,
        ),
        (
            text.replace("iterations=\"2\"", "iterations=\"1\""),
            KeyProblem::WrongPassphrase,
        ),
        (
            text.replace("parallelism=\"2\"", "parallelism=\"1\""),
            KeyProblem::WrongPassphrase,
        ),
        (text.replace("salt=\"A", "salt=\"B"), KeyProblem::WrongPassphrase),
        (text.replace("nonce=\"Z", "nonce=\"Y"), KeyProblem::WrongPassphrase),
        (
            [&text[..value], flipped, &text[value + 1..]].concat(),
            KeyProblem::WrongPassphrase,
        ),
        (
            [&text[..value], &text[value + 4..]].concat(),
            KeyProblem::WrongPassphrase,
        ),
        (
            [&text[..value], "AAAA", &text[end..]].concat(),
            KeyProblem::WrongPassphrase,
        ),
        // Another key's secret under this key's id, dates and algorithm.
        (text.replace("<key id=\"8", "<key id=\"9"), KeyProblem::WrongPassphrase),
        // More than any key of ours takes.
        (text.replace("memory=\"1024\"", "memory=\"65537\""), malformed.clone()),
        (
            text.replace("memory=\"1024\"", "memory=\"4294967295\""),
            malformed.clone(),
        ),
        (
            text.replace("iterations=\"2\"", "iterations=\"4294967295\""),
            malformed.clone(),
        ),
        (
            text.replace("parallelism=\"2\"", "parallelism=\"17\""),
            malformed.clone(),
        ),
        (text.replace("memory=\"1024\"", "memory=\"-1\""), malformed.clone()),
        (text.replace("salt=\"AAEC", "salt=\""), malformed.clone()),
        (text.replace("nonce=\"", "nonce=\"AAAA"), malformed.clone()),
        ([&text[..value], "!", &text[value..]].concat(), malformed.clone()),
        (text.replace("derivation ", "derived "), malformed),
        (text.replace("argon2id", "argon2d"), unknown("argon2d")),
        (text.replace("AES_256_GCM", "AES_128_GCM"), unknown("AES_128_GCM")),
    ];
    assert_eq!(problem_of(&text).await, None);
    for (tampered, problem) in cases {
        assert_ne!(tampered, text);
        assert_eq!(problem_of(&tampered).await, Some(problem), "{tampered}");
    }
}

#[test]
fn a_passphrase_is_never_shown() {
    let options = KeyRingOptions {
        encryption: vec![passphrase("correct horse")],
        ..KeyRingOptions::default()
    };
    let shown = format!("{options:?}");
    assert!(shown.contains("KeyPassphrase") && !shown.contains("correct"), "{shown}");
}

/// What is wrong with a ring's only key, for who knows the passphrase.
async fn problem_of(key: &str) -> Option<KeyProblem> {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("key-1.xml"), key).unwrap();
    let ring = protection(folder.path(), vec![passphrase(RECORDED)]);
    ring.ring().keys().await.unwrap()[0].problem.clone()
}

async fn add_key(folder: &Path, encryption: Vec<KeyEncryption>, activation: OffsetDateTime) {
    let protection = protection(folder, encryption);
    let expiration = activation + Duration::days(90);
    protection.ring().create_key(activation, expiration).await.unwrap();
}

async fn protect(folder: &Path, encryption: Vec<KeyEncryption>) -> Vec<u8> {
    let protection = protection(folder, encryption);
    protection.protector(&["test"]).protect(b"secret").await.unwrap()
}

fn protection(folder: &Path, encryption: Vec<KeyEncryption>) -> DataProtection {
    protection_at(&Arc::new(ManualClock::at(NOW)), folder, encryption)
}

fn protection_at(clock: &Arc<ManualClock>, folder: &Path, encryption: Vec<KeyEncryption>) -> DataProtection {
    let options = KeyRingOptions {
        encryption,
        ..KeyRingOptions::default()
    };
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let ring = KeyRing::new(
        Arc::new(FolderKeyRepository::new(folder)),
        options,
        Arc::clone(clock) as Arc<dyn Clock>,
        random,
    );
    DataProtection::new(Arc::new(ring), Some("wicketgate-goldens"))
}

fn passphrase(text: &str) -> KeyEncryption {
    KeyEncryption::Passphrase(Arc::new(KeyPassphrase::new(text.to_owned().into()).unwrap()))
}

fn certificate() -> KeyEncryption {
    let pem = |name: &str| fs::read_to_string(manifest("tests/encrypted_at_rest").join(name)).unwrap();
    let certificate = KeyCertificate::from_pem(&pem("certificate.pem"), &pem("private-key.pem"));
    KeyEncryption::Certificate(Arc::new(certificate.unwrap()))
}

fn recorded() -> String {
    fs::read_to_string(&files(&recorded_folder())[0]).unwrap()
}

fn recorded_folder() -> PathBuf {
    manifest("tests/passphrase_at_rest")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| !path.ends_with("keys.lock")).collect()
}

fn manifest(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}
