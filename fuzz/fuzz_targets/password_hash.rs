//! The decoder of stored password hashes, through `PasswordHasher::verify`. The rounds of PBKDF2 that a hash may ask for
//! have a bound, but too wide a one for a fuzzer, so they are cut down before they are verified.
//! Argon2id's costs have such bounds, too: of those hashes the algorithm alone is read.
#![no_main]

use std::{
    num::NonZeroU32,
    sync::{Arc, LazyLock},
};

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{block_on, goldens, memory, seeds};
use wicketgate_identity::options::PasswordHasherOptions;
use wicketgate_identity::password::{PasswordHasher, PasswordVerification};
use wicketgate_identity::{PasswordAlgorithm, PasswordHash};
use wicketgate_protection::{SeededRandom, base64_text};

/// Behind the version and the function's number, big-endian.
const ROUNDS: std::ops::Range<usize> = 5..9;
/// Each block of the subkey takes all the rounds once more.
const LONGEST: usize = 4096;

static HASHER: LazyLock<PasswordHasher> = LazyLock::new(|| {
    let options = PasswordHasherOptions {
        algorithm: PasswordAlgorithm::identity_v3(NonZeroU32::MIN),
        ..PasswordHasherOptions::default()
    };
    PasswordHasher::new(options, Arc::new(SeededRandom::new(1)))
});

fuzz_target!(
    init: {
        LazyLock::force(&HASHER);
        let golden = goldens::json("password-hashes.json");
        seeds::write(goldens::texts(&golden, "hash"));
    },
    |bytes: &[u8]| {
        let Ok(text) = str::from_utf8(bytes) else {
            return;
        };
        if text.starts_with('$') {
            let hash = PasswordHash::from_stored(text);
            let _ = memory::bounded(bytes.len(), 16, || PasswordAlgorithm::of(&hash));
            return;
        }
        let text = match base64_text::decode(text) {
            Some(mut hash) if hash.first() == Some(&1) => {
                if let Some([first, middle @ .., last]) = hash.get_mut(ROUNDS) {
                    // The sign, which is looked at, stays.
                    *first &= 0x80;
                    middle.fill(0);
                    *last &= 7;
                }
                hash.truncate(LONGEST);
                base64_text::encode(&hash)
            }
            _ => text.to_owned(),
        };
        let hash = PasswordHash::from_stored(text);
        let verification = HASHER.verify(&hash, "Passw0rd!");
        let verification = memory::bounded(bytes.len(), 16, || block_on(verification)).expect("nobody else hashes");
        if verification != PasswordVerification::Failed {
            let other = block_on(HASHER.verify(&hash, "another")).expect("nobody else hashes");
            assert_eq!(other, PasswordVerification::Failed, "{}", hash.as_str());
        }
    }
);
