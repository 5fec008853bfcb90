//! Every backend of this machine against the `pbkdf2` crate, which none of them is built on.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::num::NonZeroU32;

use pbkdf2::pbkdf2_hmac;
use proptest::collection::vec;
use proptest::prelude::*;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use wicketgate_pbkdf2::{Backend, Derivation, Prf, derive, derive_many, lanes};

const FUNCTIONS: [Prf; 3] = [Prf::HmacSha1, Prf::HmacSha256, Prf::HmacSha512];

#[derive(Debug)]
struct Case {
    password: Vec<u8>,
    salt: Vec<u8>,
    iterations: NonZeroU32,
    length: usize,
}

impl Case {
    fn derivation(&self) -> Derivation<'_> {
        Derivation {
            password: &self.password,
            salt: &self.salt,
            iterations: self.iterations,
            length: self.length,
        }
    }

    fn expected(&self, prf: Prf) -> Vec<u8> {
        let mut key = vec![0; self.length];
        let pbkdf2 = match prf {
            Prf::HmacSha1 => pbkdf2_hmac::<Sha1>,
            Prf::HmacSha256 => pbkdf2_hmac::<Sha256>,
            Prf::HmacSha512 => pbkdf2_hmac::<Sha512>,
        };
        pbkdf2(&self.password, &self.salt, self.iterations.get(), &mut key);
        key
    }
}

/// Passwords and salts from nothing to beyond SHA-512's block of 128 bytes, keys of up to four blocks, and different
/// numbers of rounds side by side.
fn case() -> impl Strategy<Value = Case> {
    (
        vec(any::<u8>(), 0..300),
        vec(any::<u8>(), 0..300),
        1..40_u32,
        0..250_usize,
    )
        .prop_map(|(password, salt, iterations, length)| Case {
            password,
            salt,
            iterations: NonZeroU32::new(iterations).unwrap(),
            length,
        })
}

fn assert_derived(keys: &[impl AsRef<[u8]>], cases: &[Case], prf: Prf, by: &str) {
    assert_eq!(keys.len(), cases.len());
    for (key, case) in keys.iter().zip(cases) {
        assert_eq!(key.as_ref(), case.expected(prf), "{by} derives {case:?}");
    }
}

proptest! {
    #[test]
    fn each_backend_agrees_with_the_pbkdf2_crate(cases in vec(case(), 0..40)) {
        let derivations: Vec<_> = cases.iter().map(Case::derivation).collect();
        for prf in FUNCTIONS {
            for backend in Backend::available(prf) {
                assert_derived(&backend.derive_many(&derivations), &cases, prf, backend.name());
            }
        }
    }

    #[test]
    fn all_functions_agree_with_the_pbkdf2_crate(cases in vec(case(), 0..40)) {
        let derivations: Vec<_> = cases.iter().map(Case::derivation).collect();
        for prf in FUNCTIONS {
            assert_derived(&derive_many(prf, &derivations), &cases, prf, "derive_many");
            let alone: Vec<_> = derivations.iter().map(|derivation| derive(prf, derivation)).collect();
            assert_derived(&alone, &cases, prf, "derive");
        }
    }
}

#[test]
fn passwords_of_a_block_and_around_are_keys_as_rfc_2104_has_them() {
    let cases: Vec<_> = [63, 64, 65, 127, 128, 129]
        .map(|length| Case {
            password: vec![b'x'; length],
            salt: b"salt".to_vec(),
            iterations: NonZeroU32::new(3).unwrap(),
            length: 64,
        })
        .into();
    let derivations: Vec<_> = cases.iter().map(Case::derivation).collect();
    for prf in FUNCTIONS {
        assert_derived(&derive_many(prf, &derivations), &cases, prf, "derive_many");
        for backend in Backend::available(prf) {
            assert_derived(&backend.derive_many(&derivations), &cases, prf, backend.name());
        }
    }
}

/// Without this, a mistake in the detection would leave a backend untested.
#[test]
fn the_backends_are_those_that_the_processor_has() {
    for (prf, word_length) in [(Prf::HmacSha1, 4), (Prf::HmacSha256, 4), (Prf::HmacSha512, 8)] {
        let mut expected = vec![("portable", 1)];
        #[cfg(target_arch = "x86_64")]
        {
            let has = |name, lanes, detected: bool| detected.then_some((name, lanes));
            expected.extend(has("AVX-512", 64 / word_length, is_x86_feature_detected!("avx512f")));
            expected.extend(has("AVX-512VL", 32 / word_length, is_x86_feature_detected!("avx512vl")));
            expected.extend(has("AVX2", 32 / word_length, is_x86_feature_detected!("avx2")));
            expected.extend(has("BMI2", 1, is_x86_feature_detected!("bmi2")));
            let pays = word_length == 8 || is_x86_feature_detected!("sha");
            expected.extend(has("RustCrypto", 1, pays));
        }
        #[cfg(target_arch = "aarch64")]
        {
            let has = |name, lanes, detected: bool| detected.then_some((name, lanes));
            let sha3 = std::arch::is_aarch64_feature_detected!("sha3");
            expected.extend(has("NEON", 2, word_length == 8 && !sha3));
            let pays = word_length == 8 || std::arch::is_aarch64_feature_detected!("sha2");
            expected.extend(has("RustCrypto", 1, pays));
        }
        let mut available: Vec<_> = Backend::available(prf)
            .iter()
            .map(|backend| (backend.name(), backend.lanes()))
            .collect();
        assert!(
            available.is_sorted_by_key(|(_, lanes)| std::cmp::Reverse(*lanes)),
            "{available:?}"
        );
        available.sort_unstable();
        expected.sort_unstable();
        assert_eq!(available, expected, "{prf:?}");
    }
}

#[test]
fn a_key_that_is_longer_than_a_hash_takes_several_lanes() {
    for (prf, hash_length) in [(Prf::HmacSha1, 20), (Prf::HmacSha256, 32), (Prf::HmacSha512, 64)] {
        let widest = Backend::available(prf)[0].lanes();
        assert_eq!(lanes(prf, 1), widest);
        assert_eq!(lanes(prf, hash_length), widest);
        assert_eq!(lanes(prf, hash_length + 1), (widest / 2).max(1));
        assert_eq!(lanes(prf, 1_000_000), 1);
    }
}
