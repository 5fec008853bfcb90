//! Keys that are encrypted at rest for a certificate.
//!
//! The key in `encrypted_at_rest` is the one of the golden ring `aes-256-cbc-hmacsha256`, encrypted by Python's
//! `cryptography` as XML Encryption and .NET's `EncryptedXml` have it: AES-256-CBC with ISO 10126 padding, that key
//! under RSA with PKCS#1 version 1.5 padding.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::TempDir;
use time::macros::datetime;
use wicketgate_protection::key::{KeyCertificateError, KeyProblem};
use wicketgate_protection::{
    DataProtection, FolderKeyRepository, KeyCertificate, KeyEncryption, KeyRing, KeyRingOptions, ManualClock,
    SeededRandom,
};

#[tokio::test]
async fn a_key_that_another_implementation_encrypted_opens_the_recorded_payloads() {
    let protection = protection(&here(), vec![certificate()]);
    let goldens = fs::read_to_string(here().join("../../../../conformance/goldens/data-protection.json")).unwrap();
    let goldens: serde_json::Value = serde_json::from_str(&goldens).unwrap();
    let rings = goldens["rings"].as_array().unwrap();
    let ring = rings
        .iter()
        .find(|ring| ring["name"] == "aes-256-cbc-hmacsha256")
        .unwrap();
    let payload = &ring["payloads"][0];
    assert_eq!(payload["plaintext"], "");
    let opened = protection
        .protector(&["purpose"])
        .unprotect_text(payload["protected"].as_str().unwrap())
        .await;
    assert_eq!(&**opened.unwrap(), b"");
}

#[tokio::test]
async fn a_key_encrypted_here_is_in_nobodys_clear_and_opens_again() {
    let folder = TempDir::new().unwrap();
    let protector = protection(folder.path(), vec![certificate()]).protector(&["test"]);
    let payload = protector.protect(b"secret").await.unwrap();

    let [file] = &files(folder.path())[..] else {
        panic!("one key")
    };
    let text = fs::read_to_string(file).unwrap();
    assert!(!text.contains("<masterKey") && !text.contains("<value>"), "{text}");
    assert!(text.contains("<X509Certificate>"));

    let restarted = protection(folder.path(), vec![other_certificate(), certificate()]).protector(&["test"]);
    assert_eq!(&**restarted.unprotect(&payload).await.unwrap(), b"secret");
}

#[tokio::test]
async fn what_is_written_has_the_form_of_what_dotnet_writes() {
    let folder = TempDir::new().unwrap();
    protection(folder.path(), vec![certificate()])
        .ring()
        .load()
        .await
        .unwrap();
    let ours = fs::read_to_string(&files(folder.path())[0]).unwrap();
    let recorded = fs::read_to_string(key_file()).unwrap();
    assert_eq!(without_variable_parts(&ours), without_variable_parts(&recorded));
}

#[tokio::test]
async fn a_key_for_another_certificate_says_for_which() {
    for certificates in [vec![], vec![other_certificate()]] {
        let keys = protection(&here(), certificates).ring().keys().await.unwrap();
        let Some(KeyProblem::NoCertificate {
            thumbprint,
            fingerprint,
        }) = &keys[0].problem
        else {
            panic!("{:?}", keys[0].problem)
        };
        // As `openssl x509 -fingerprint -sha1` shows it, without colons.
        assert_eq!(thumbprint, "43F2E86093C9360DAA80226E3C5B1CFB54F7DA4A");
        // As `openssl x509 -fingerprint -sha256` shows it.
        let expected =
            "C8:9D:B3:BE:41:CE:28:6C:1D:4C:57:D4:88:A8:EF:CB:11:AC:6C:40:98:EC:26:97:DE:6B:E6:72:13:DE:74:08";
        assert_eq!(fingerprint, expected);
        assert!(format!("{:?}", certificate()).contains(expected));
    }
}

#[tokio::test]
async fn a_damaged_encrypted_key_is_a_problem_and_no_panic() {
    let text = fs::read_to_string(key_file()).unwrap();
    let unknown = |algorithms: &str| KeyProblem::UnknownAlgorithm {
        algorithms: algorithms.to_owned(),
    };
    let malformed = KeyProblem::Malformed {
        element: "encryptedSecret",
    };
    let first_value = text.find("<CipherValue>").unwrap() + "<CipherValue>".len();
    let last_value = text.rfind("<CipherValue>").unwrap() + "<CipherValue>".len();
    let without = |start: usize, length: usize| [&text[..start], &text[start + length..]].concat();
    let cases = [
        (
            text.replace("#rsa-1_5", "#rsa-oaep"),
            unknown("http://www.w3.org/2001/04/xmlenc#rsa-oaep"),
        ),
        (
            text.replace("#aes256-cbc", "#aes128-cbc"),
            unknown("http://www.w3.org/2001/04/xmlenc#aes128-cbc"),
        ),
        (text.replace("X509Certificate", "X509SKI"), malformed.clone()),
        (text.replace("EncryptedKey", "AgreementMethod"), malformed.clone()),
        (without(first_value, 4), malformed.clone()),
        (without(last_value, 3), malformed.clone()),
        (
            without(last_value, text[last_value..].find('<').unwrap()),
            malformed.clone(),
        ),
        (
            without(last_value + 4, text[last_value + 4..].find('<').unwrap()),
            malformed.clone(),
        ),
        (without(last_value + 24, 4), malformed),
    ];
    for (text, problem) in cases {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("key-1.xml"), &text).unwrap();
        let keys = protection(folder.path(), vec![certificate()])
            .ring()
            .keys()
            .await
            .unwrap();
        assert_eq!(keys[0].problem.as_ref(), Some(&problem), "{text}");
    }
}

#[test]
fn a_certificate_without_its_rsa_key_is_refused() {
    let (certificate, key) = (read("certificate.pem"), read("private-key.pem"));
    for (certificate, key, error) in [
        ("", &*key, KeyCertificateError::NoCertificate),
        (&*key, &*key, KeyCertificateError::NoCertificate),
        (&*certificate, "", KeyCertificateError::NoPrivateKey),
        (&*certificate, &*certificate, KeyCertificateError::NoPrivateKey),
        (
            &*certificate,
            &*read("other-private-key.pem"),
            KeyCertificateError::OfAnotherKey,
        ),
        (
            &*certificate,
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            KeyCertificateError::NotRsa,
        ),
    ] {
        assert_eq!(KeyCertificate::from_pem(certificate, key).unwrap_err(), error);
    }
    let both = certificate + &key;
    KeyCertificate::from_pem(&both, &both).unwrap();
}

fn protection(folder: &Path, certificates: Vec<Arc<KeyCertificate>>) -> DataProtection {
    let options = KeyRingOptions {
        encryption: certificates.into_iter().map(KeyEncryption::Certificate).collect(),
        ..KeyRingOptions::default()
    };
    let ring = KeyRing::new(
        Arc::new(FolderKeyRepository::new(folder)),
        options,
        Arc::new(ManualClock::at(datetime!(2026-01-02 03:04:05 UTC))),
        Arc::new(SeededRandom::new(1)),
    );
    DataProtection::new(Arc::new(ring), Some("wicketgate-goldens"))
}

fn certificate() -> Arc<KeyCertificate> {
    Arc::new(KeyCertificate::from_pem(&read("certificate.pem"), &read("private-key.pem")).unwrap())
}

fn other_certificate() -> Arc<KeyCertificate> {
    Arc::new(KeyCertificate::from_pem(&read("other-certificate.pem"), &read("other-private-key.pem")).unwrap())
}

/// The text with its id and its encrypted values cut out.
fn without_variable_parts(text: &str) -> String {
    let mut text = text.to_owned();
    for (start, end) in [("<key id=\"", "\""), ("<CipherValue>", "<")] {
        let mut from = 0;
        while let Some(found) = text[from..].find(start) {
            from += found + start.len();
            let length = text[from..].find(end).unwrap();
            text.replace_range(from..from + length, "");
        }
    }
    text
}

fn key_file() -> PathBuf {
    here().join("key-80ed5ede-e832-40ca-b8c6-bbb26e368cae.xml")
}

fn read(name: &str) -> String {
    fs::read_to_string(here().join(name)).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("keys.lock"))
        .collect()
}

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/encrypted_at_rest")
}
