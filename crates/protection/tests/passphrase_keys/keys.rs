//! Rings in folders, and the recorded key.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use time::{Duration, OffsetDateTime, macros::datetime};
use wicketgate_protection::{
    Clock, DataProtection, FolderKeyRepository, KeyCertificate, KeyEncryption, KeyPassphrase, KeyRing, KeyRingOptions,
    ManualClock, Random, SystemRandom,
};

pub(crate) const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
pub(crate) const RECORDED: &str = "pass phrase of ümlauts";

pub(crate) async fn add_key(folder: &Path, encryption: Vec<KeyEncryption>, activation: OffsetDateTime) {
    let protection = protection(folder, encryption);
    let expiration = activation + Duration::days(90);
    protection.ring().create_key(activation, expiration).await.unwrap();
}

pub(crate) async fn protect(folder: &Path, encryption: Vec<KeyEncryption>) -> Vec<u8> {
    let protection = protection(folder, encryption);
    protection.protector(&["test"]).protect(b"secret").await.unwrap()
}

pub(crate) fn protection(folder: &Path, encryption: Vec<KeyEncryption>) -> DataProtection {
    protection_at(&Arc::new(ManualClock::at(NOW)), folder, encryption)
}

pub(crate) fn protection_at(clock: &Arc<ManualClock>, folder: &Path, encryption: Vec<KeyEncryption>) -> DataProtection {
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

pub(crate) fn passphrase(text: &str) -> KeyEncryption {
    KeyEncryption::Passphrase(Arc::new(KeyPassphrase::new(text.to_owned().into()).unwrap()))
}

pub(crate) fn certificate() -> KeyEncryption {
    let pem = |name: &str| fs::read_to_string(manifest("tests/encrypted_at_rest").join(name)).unwrap();
    let certificate = KeyCertificate::from_pem(&pem("certificate.pem"), &pem("private-key.pem"));
    KeyEncryption::Certificate(Arc::new(certificate.unwrap()))
}

pub(crate) fn recorded() -> String {
    fs::read_to_string(&files(&recorded_folder())[0]).unwrap()
}

pub(crate) fn recorded_folder() -> PathBuf {
    manifest("tests/passphrase_at_rest")
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| !path.ends_with("keys.lock")).collect()
}

pub(crate) fn manifest(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}
