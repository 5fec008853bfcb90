//! Elements of a key ring: keys in clear, encrypted for a certificate or with a passphrase, and revocations. A key that
//! is taken works. The ring has no passphrase, since what Argon2id takes is bounded but no matter of the input's length.
#![no_main]

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{block_on, goldens, memory, seeds};
use wicketgate_protection::{
    DataProtection, EphemeralKeyRepository, KeyCertificate, KeyEncryption, KeyRepository, KeyRing, KeyRingOptions,
    ManualClock, SeededRandom, StoredElement,
};
use zeroize::Zeroizing;

/// roxmltree makes a node for each `<` and an attribute for each `=`, with room to grow; and the decoded secret is small.
const PER_BYTE: usize = 256;

static CERTIFICATE: LazyLock<Arc<KeyCertificate>> = LazyLock::new(|| {
    let pem = |name| fs::read_to_string(encrypted().join(name)).expect("PEM");
    let certificate = KeyCertificate::from_pem(&pem("certificate.pem"), &pem("private-key.pem"));
    Arc::new(certificate.expect("a certificate and its key"))
});

fn encrypted() -> PathBuf {
    protection_tests().join("encrypted_at_rest")
}

fn protection_tests() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/protection/tests").into()
}

/// Every element that is there to begin with.
fn elements() -> Vec<Vec<u8>> {
    let rings = fs::read_dir(goldens::path("key-rings")).expect("the rings");
    let folders = rings
        .map(|ring| ring.expect("a ring").path())
        .chain([encrypted(), protection_tests().join("passphrase_at_rest")]);
    let files = folders.flat_map(|folder| fs::read_dir(folder).expect("a ring"));
    let files = files.map(|file| file.expect("a file").path());
    let elements = files.filter(|file| file.extension().is_some_and(|extension| extension == "xml"));
    elements.map(|file| fs::read(file).expect("an element")).collect()
}

/// A ring of this one element, which makes no key of its own.
fn ring(xml: &str) -> Arc<KeyRing> {
    let repository = EphemeralKeyRepository::default();
    let element = StoredElement {
        name: "key".to_owned(),
        xml: Zeroizing::new(xml.to_owned()),
    };
    block_on(repository.store(element)).expect("memory");
    let options = KeyRingOptions {
        auto_generate_keys: false,
        encryption: vec![KeyEncryption::Certificate(Arc::clone(&CERTIFICATE))],
        ..KeyRingOptions::default()
    };
    let clock = Arc::new(ManualClock::at(goldens::WRITTEN));
    let ring = KeyRing::new(Arc::new(repository), options, clock, Arc::new(SeededRandom::new(1)));
    Arc::new(ring)
}

fuzz_target!(
    init: {
        LazyLock::force(&CERTIFICATE);
        seeds::write(elements());
    },
    |bytes: &[u8]| {
        let Ok(xml) = str::from_utf8(bytes) else {
            return;
        };
        let ring = ring(xml);
        let Ok(keys) = memory::bounded(xml.len(), PER_BYTE, || block_on(ring.keys())) else {
            // A revocation that cannot be read.
            return;
        };
        assert!(keys.len() <= 1);
        if keys.iter().any(|key| key.problem.is_none() && !key.is_revoked) {
            let protector = DataProtection::new(ring, None).protector(&["fuzz"]);
            if let Ok(payload) = block_on(protector.protect(b"secret")) {
                assert_eq!(&**block_on(protector.unprotect(&payload)).expect("our own"), b"secret");
            }
        }
    }
);
