//! Whatever arrives from outside is refused, never a panic; whatever was protected comes back.

#![expect(clippy::unwrap_used, reason = "a test that cannot protect has failed")]

use std::sync::Arc;

use proptest::{collection::vec, prelude::*};
use time::macros::datetime;
use tokio::runtime::{Builder, Runtime};
use wicketgate_protection::key::{AesKeySize, Algorithm, ValidationAlgorithm};
use wicketgate_protection::{
    DataProtection, EphemeralKeyRepository, KeyRing, KeyRingOptions, ManualClock, Protector, SeededRandom,
    UnprotectError,
};

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused(payload in vec(any::<u8>(), 0..200)) {
        let (runtime, protector) = protector(Algorithm::default());
        let refused = runtime.block_on(protector.unprotect(&payload));
        prop_assert!(matches!(refused, Err(UnprotectError::Invalid)));
    }

    #[test]
    fn arbitrary_bytes_behind_the_name_of_a_key_are_refused(
        algorithm in any_algorithm(),
        body in vec(any::<u8>(), 0..200),
    ) {
        let (runtime, protector) = protector(algorithm);
        let payload = runtime.block_on(protector.protect(b"")).unwrap();
        let payload = [&payload[..20], &body].concat();
        for protector in [&protector, &protector.with_purpose("and more")] {
            let refused = runtime.block_on(protector.unprotect(&payload));
            prop_assert!(matches!(refused, Err(UnprotectError::Invalid)));
        }
        let refused = runtime.block_on(protector.time_limited().unprotect(&payload));
        prop_assert!(matches!(refused, Err(UnprotectError::Invalid)));
    }

    #[test]
    fn arbitrary_text_is_refused(text in ".{0,100}") {
        let (runtime, protector) = protector(Algorithm::default());
        prop_assert!(matches!(runtime.block_on(protector.unprotect_text(&text)), Err(UnprotectError::Invalid)));
    }

    #[test]
    fn cve_2026_40372_every_bit_counts(algorithm in any_algorithm(), plaintext in vec(any::<u8>(), 0..50), bit in any::<prop::sample::Index>()) {
        let (runtime, protector) = protector(algorithm);
        let mut payload = runtime.block_on(protector.protect(&plaintext)).unwrap();
        let bit = bit.index(payload.len() * 8);
        payload[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(matches!(runtime.block_on(protector.unprotect(&payload)), Err(UnprotectError::Invalid)));
    }

    #[test]
    fn what_was_protected_comes_back(algorithm in any_algorithm(), plaintext in vec(any::<u8>(), 0..1000)) {
        let (runtime, protector) = protector(algorithm);
        let payload = runtime.block_on(protector.protect(&plaintext)).unwrap();
        prop_assert_eq!(&*runtime.block_on(protector.unprotect(&payload)).unwrap(), &plaintext);
        let text = runtime.block_on(protector.protect_text(&plaintext)).unwrap();
        prop_assert_eq!(&*runtime.block_on(protector.unprotect_text(&text)).unwrap(), &plaintext);
    }
}

fn any_algorithm() -> impl Strategy<Value = Algorithm> {
    let size = prop::sample::select(vec![AesKeySize::Aes128, AesKeySize::Aes192, AesKeySize::Aes256]);
    let validation = prop::sample::select(vec![ValidationAlgorithm::HmacSha256, ValidationAlgorithm::HmacSha512]);
    prop_oneof![
        (size.clone(), validation).prop_map(|(size, validation)| Algorithm::Cbc(size, validation)),
        size.prop_map(Algorithm::Gcm),
    ]
}

fn protector(algorithm: Algorithm) -> (Runtime, Protector) {
    let options = KeyRingOptions {
        algorithm,
        ..KeyRingOptions::default()
    };
    let ring = KeyRing::new(
        Arc::new(EphemeralKeyRepository::default()),
        options,
        Arc::new(ManualClock::at(datetime!(2026-01-02 03:04:05 UTC))),
        Arc::new(SeededRandom::new(1)),
    );
    let protector = DataProtection::new(Arc::new(ring), Some("test")).protector(&["arbitrary"]);
    (Builder::new_current_thread().build().unwrap(), protector)
}
