//! What others derived before: the vectors of RFC 6070 (SHA-1, but for the one of 16,777,216 rounds) and RFC 7914
//! (SHA-256), and their like for SHA-512.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::num::NonZeroU32;

use data_encoding::HEXLOWER;
use wicketgate_pbkdf2::{Backend, Derivation, Prf, derive, derive_many};

struct KnownAnswer {
    prf: Prf,
    password: &'static str,
    salt: &'static str,
    iterations: u32,
    key: &'static str,
}

impl KnownAnswer {
    fn derivation(&self) -> Derivation<'static> {
        Derivation {
            password: self.password.as_bytes(),
            salt: self.salt.as_bytes(),
            iterations: NonZeroU32::new(self.iterations).unwrap(),
            length: self.key.len() / 2,
        }
    }
}

#[rustfmt::skip]
const KNOWN_ANSWERS: [KnownAnswer; 11] = [
    KnownAnswer { prf: Prf::HmacSha1, password: "password", salt: "salt", iterations: 1, key: "0c60c80f961f0e71f3a9b524af6012062fe037a6" },
    KnownAnswer { prf: Prf::HmacSha1, password: "password", salt: "salt", iterations: 2, key: "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957" },
    KnownAnswer { prf: Prf::HmacSha1, password: "password", salt: "salt", iterations: 4096, key: "4b007901b765489abead49d926f721d065a429c1" },
    KnownAnswer { prf: Prf::HmacSha1, password: "passwordPASSWORDpassword", salt: "saltSALTsaltSALTsaltSALTsaltSALTsalt", iterations: 4096, key: "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038" },
    KnownAnswer { prf: Prf::HmacSha1, password: "pass\0word", salt: "sa\0lt", iterations: 4096, key: "56fa6aa75548099dcc37d7f03425e0c3" },
    KnownAnswer { prf: Prf::HmacSha256, password: "passwd", salt: "salt", iterations: 1, key: "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783" },
    KnownAnswer { prf: Prf::HmacSha256, password: "Password", salt: "NaCl", iterations: 80_000, key: "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d" },
    KnownAnswer { prf: Prf::HmacSha512, password: "password", salt: "salt", iterations: 1, key: "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce" },
    KnownAnswer { prf: Prf::HmacSha512, password: "password", salt: "salt", iterations: 2, key: "e1d9c16aa681708a45f5c7c4e215ceb66e011a2e9f0040713f18aefdb866d53cf76cab2868a39b9f7840edce4fef5a82be67335c77a6068e04112754f27ccf4e" },
    KnownAnswer { prf: Prf::HmacSha512, password: "password", salt: "salt", iterations: 4096, key: "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5" },
    KnownAnswer { prf: Prf::HmacSha512, password: "passwordPASSWORDpassword", salt: "saltSALTsaltSALTsaltSALTsaltSALTsalt", iterations: 4096, key: "8c0511f4c6e597c6ac6315d8f0362e225f3c501495ba23b868c005174dc4ee71115b59f9e60cd9532fa33e0f75aefe30225c583a186cd82bd4daea9724a3d3b8" },
];

#[test]
fn each_known_key_is_derived_alone() {
    for answer in &KNOWN_ANSWERS {
        let key = derive(answer.prf, &answer.derivation());
        assert_eq!(HEXLOWER.encode(&key), answer.key, "{:?}", answer.prf);
    }
}

#[test]
fn all_known_keys_of_a_function_are_derived_together() {
    for prf in [Prf::HmacSha1, Prf::HmacSha256, Prf::HmacSha512] {
        let answers: Vec<_> = KNOWN_ANSWERS.iter().filter(|answer| answer.prf == prf).collect();
        let derivations: Vec<_> = answers.iter().map(|answer| answer.derivation()).collect();
        for (key, answer) in derive_many(prf, &derivations).iter().zip(answers) {
            assert_eq!(HEXLOWER.encode(key), answer.key, "{prf:?}");
        }
    }
}

#[test]
fn each_backend_derives_the_known_keys_of_its_function_in_every_lane() {
    for answer in &KNOWN_ANSWERS {
        for backend in Backend::available(answer.prf) {
            let keys = backend.derive_many(&vec![answer.derivation(); backend.lanes()]);
            assert_eq!(keys.len(), backend.lanes());
            for key in keys {
                assert_eq!(HEXLOWER.encode(&key), answer.key, "{backend:?}");
            }
        }
    }
}
