//! The bytes inside a user token: only those that name this user, purpose, stamp and time are valid.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{block_on, goldens, memory, seeds};
use wicketgate_identity::User;
use wicketgate_identity::account::{UserToken, UserTokenProvider, UserTokenPurpose};
use wicketgate_identity::options::TokenProviderOptions;
use wicketgate_protection::{ManualClock, Protector, base64_text};

static WORLD: LazyLock<(Protector, UserTokenProvider, User)> = LazyLock::new(|| {
    let protection = goldens::database_protection();
    let clock = Arc::new(ManualClock::at(goldens::WRITTEN));
    let provider = UserTokenProvider::new(&protection, &TokenProviderOptions::default(), clock);
    (
        protection.protector(&["DataProtectorTokenProvider"]),
        provider,
        goldens::user(),
    )
});

fuzz_target!(
    init: {
        let golden = goldens::json("database/user-tokens.json");
        seeds::write(goldens::texts(&golden["tokens"], "plaintext").filter_map(base64_text::decode));
    },
    |plain: &[u8]| {
        let (protector, provider, user) = &*WORLD;
        let payload = block_on(protector.protect(plain)).expect("a key");
        let token = UserToken::from_text(base64_text::encode(&payload));
        let validation = provider.validate(&UserTokenPurpose::EmailConfirmation, &token, user);
        let valid = memory::bounded(plain.len(), 16, || block_on(validation)).expect("a ring that can be read");
        if valid {
            // A time, and three texts with their lengths in front.
            let texts = [user.id.as_str(), "EmailConfirmation", user.security_stamp.as_ref().expect("a stamp").as_str()];
            let shortest = 8 + texts.iter().map(|text| 1 + text.len()).sum::<usize>();
            assert!(plain.len() >= shortest, "{plain:?}");
            for text in texts {
                assert!(plain.windows(text.len()).any(|part| part == text.as_bytes()), "{text}");
            }
        }
    }
);
