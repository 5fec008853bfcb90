//! The files of a key ring: in .NET's form to the byte, for the owner's eyes alone, whole or not at all.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use tempfile::TempDir;
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::datetime};
use uuid::Uuid;
use wicketgate_protection::key::{AesKeySize, Algorithm, KeyProblem, ValidationAlgorithm};
use wicketgate_protection::{
    FolderKeyRepository, KeyRepository, KeyRing, KeyRingOptions, ManualClock, Random, SeededRandom, StoredElement,
};

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

#[cfg(unix)]
#[tokio::test]
async fn folder_and_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("data").join("keys");
    ring_in(&folder, datetime!(2026-01-02 03:04:05 UTC))
        .load()
        .await
        .unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files = files(&folder);
    assert_eq!(files.len(), 1);
    assert_eq!(mode(&files[0]), 0o600);
}

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

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_cannot_be_read_is_an_error_and_no_empty_ring() {
    use std::os::unix::fs::symlink;

    let parent = TempDir::new().unwrap();
    let [file, circle] = ["file", "circle"].map(|name| parent.path().join(name));
    fs::write(&file, "").unwrap();
    symlink(&circle, &circle).unwrap();
    for folder in [file, circle] {
        let ring = ring_in(&folder, datetime!(2026-01-02 03:04:05 UTC));
        ring.keys().await.expect_err("listing");
        let message = ring.load().await.expect_err("start").to_string();
        let start = format!("the key ring in the folder {}: ", folder.display());
        assert!(message.starts_with(&start) && !message.contains('\n'), "{message}");
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

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_one_clear_error() {
    let parent = TempDir::new().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "").unwrap();
    let folder = file.join("keys");
    let error = ring_in(&folder, datetime!(2026-01-02 03:04:05 UTC))
        .load()
        .await
        .unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with(&format!("the key ring in the folder {}: ", folder.display())),
        "{message}"
    );
    assert!(!message.contains('\n'), "{message}");
}

#[tokio::test]
async fn no_element_is_written_outside_the_folder() {
    let parent = TempDir::new().unwrap();
    let repository = FolderKeyRepository::new(parent.path().join("keys"));
    for name in ["../key-1", "/tmp/key-1", "..", "", "a/b"] {
        let element = StoredElement {
            name: name.to_owned(),
            xml: "<key />".to_owned().into(),
        };
        repository.store(element).await.expect_err(name);
    }
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

fn ring_in(folder: &Path, now: OffsetDateTime) -> Arc<KeyRing> {
    Arc::new(KeyRing::new(
        Arc::new(FolderKeyRepository::new(folder)),
        KeyRingOptions::default(),
        Arc::new(ManualClock::at(now)),
        Arc::new(SeededRandom::new(1)),
    ))
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

/// All recorded files whose name starts so.
fn golden_files(prefix: &str) -> Vec<PathBuf> {
    let rings = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../conformance/goldens/key-rings");
    let mut found: Vec<_> = files(&rings).iter().flat_map(|ring| files(ring)).collect();
    found.retain(|file| file.file_name().unwrap().to_string_lossy().starts_with(prefix));
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("keys.lock"))
        .collect();
    files.sort();
    files
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let from = text.find(start).unwrap() + start.len();
    let length = text[from..].find(end).unwrap();
    &text[from..from + length]
}
