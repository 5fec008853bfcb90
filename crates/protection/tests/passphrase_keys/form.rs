//! What a key looks like that is encrypted with a passphrase, and that it opens.

use std::fs;

use tempfile::TempDir;
use time::Duration;
use wicketgate_protection::KeyRingOptions;

use crate::keys::{NOW, RECORDED, certificate, files, manifest, passphrase, protect, protection, recorded_folder};

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

#[test]
fn a_passphrase_is_never_shown() {
    let options = KeyRingOptions {
        encryption: vec![passphrase("correct horse")],
        ..KeyRingOptions::default()
    };
    let shown = format!("{options:?}");
    assert!(shown.contains("KeyPassphrase") && !shown.contains("correct"), "{shown}");
}
