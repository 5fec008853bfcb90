//! What is read, skipped and refused.

use std::fs;

use tempfile::TempDir;
use time::macros::datetime;
use uuid::Uuid;
use wicketgate_protection::key::KeyProblem;

use crate::files::{golden_files, ring_in};

#[tokio::test]
async fn what_is_no_key_is_skipped() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("notes.txt"), "not ours").unwrap();
    fs::write(folder.path().join("key-half.xml.1.tmp"), "<key id=").unwrap();
    fs::write(folder.path().join("other.xml"), "<settings />").unwrap();
    let ring = ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC));
    assert_eq!(ring.keys().await.unwrap(), []);
    ring.load().await.unwrap();
    assert_eq!(ring.keys().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_damaged_key_is_skipped_beside_a_good_one_and_an_error_where_there_is_no_other() {
    let undated = format!("<key id=\"{}\" />", Uuid::nil());
    for (name, content) in [
        ("key-broken.xml", &b"<key id=\"5\""[..]),
        ("key-undated.xml", undated.as_bytes()),
        ("key-binary.xml", &[0xFF, 0xFE, 0x00]),
    ] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(name), content).unwrap();
        let error = ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC))
            .load()
            .await
            .expect_err(name)
            .to_string();
        let without_extension = name.trim_end_matches(".xml");
        assert!(error.contains(without_extension) && !error.contains('\n'), "{error}");

        fs::copy(&golden_files("key-")[0], folder.path().join("key-good.xml")).unwrap();
        let ring = ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC));
        ring.load().await.expect(name);
        assert_eq!(ring.keys().await.unwrap().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_revocation_that_cannot_be_read_is_an_error() {
    for (name, content) in [
        ("revocation-1.xml", &b"<revocation"[..]),
        ("revocation-2.xml", b"\xFF\xFE"),
        (
            "revocation-3.xml",
            b"<revocation version=\"1\"><key id=\"somebody\" /></revocation>",
        ),
        (
            "renamed.xml",
            b"<revocation version=\"1\"><key id=\"*\" /></revocation>",
        ),
    ] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(name), content).unwrap();
        let error = ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC))
            .keys()
            .await
            .expect_err(name);
        let message = error.to_string();
        let folder = folder.path().display().to_string();
        assert!(
            message.contains(&folder) && message.contains(name.trim_end_matches(".xml")),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_key_twice_is_one_key() {
    let folder = TempDir::new().unwrap();
    let recorded = &golden_files("key-")[0];
    for name in ["key-a.xml", "key-a (copy).xml"] {
        fs::copy(recorded, folder.path().join(name)).unwrap();
    }
    assert_eq!(
        ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC))
            .keys()
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn keys_that_cannot_be_used_say_why() {
    let recorded = fs::read_to_string(&golden_files("key-")[0]).unwrap();
    let secret_start = recorded.find("<masterKey").unwrap();
    let secret_end = recorded.find("</masterKey>").unwrap() + "</masterKey>".len();
    let encrypted = recorded.replace(
        &recorded[secret_start..secret_end],
        r#"<encryptedSecret decryptorType="Microsoft.AspNetCore.DataProtection.XmlEncryption.DpapiXmlDecryptor, Microsoft.AspNetCore.DataProtection, Version=10.0.0.0" xmlns="http://schemas.asp.net/2015/03/dataProtection"><encryptedKey /></encryptedSecret>"#,
    );
    let decryptor = "Microsoft.AspNetCore.DataProtection.XmlEncryption.DpapiXmlDecryptor".to_owned();
    for (text, problem) in [
        (encrypted, KeyProblem::EncryptedAtRest { decryptor }),
        (
            recorded.replace("AES_128_CBC", "SM4_CBC"),
            KeyProblem::UnknownAlgorithm {
                algorithms: "SM4_CBC and HMACSHA256".to_owned(),
            },
        ),
        (
            recorded.replace("<value>", "<value>!"),
            KeyProblem::Malformed { element: "masterKey" },
        ),
        (
            recorded.replace("<encryption ", "<encipherment "),
            KeyProblem::Malformed { element: "encryption" },
        ),
    ] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("key-1.xml"), &text).unwrap();
        let ring = ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC));
        let keys = ring.keys().await.unwrap();
        assert_eq!(keys[0].problem.as_ref(), Some(&problem), "{text}");
        assert!(!keys[0].is_default);
    }
}
