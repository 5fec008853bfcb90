//! The code in a mailed link: what is written of what was read reads the same, and none but .NET's is valid.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{block_on, goldens, memory, seeds};
use wicketgate_identity::User;
use wicketgate_identity::account::{UserToken, UserTokenProvider, UserTokenPurpose};
use wicketgate_identity::options::TokenProviderOptions;
use wicketgate_protection::ManualClock;

static WORLD: LazyLock<(UserTokenProvider, User)> = LazyLock::new(|| {
    let protection = goldens::database_protection();
    let clock = Arc::new(ManualClock::at(goldens::WRITTEN));
    let provider = UserTokenProvider::new(&protection, &TokenProviderOptions::default(), clock);
    (provider, goldens::user())
});

fuzz_target!(
    init: {
        let golden = goldens::json("database/user-tokens.json");
        seeds::write(goldens::texts(&golden["tokens"], "code"));
    },
    |bytes: &[u8]| {
        let Ok(code) = str::from_utf8(bytes) else {
            return;
        };
        // U+FFFD, in place of a byte that is no UTF-8, has three.
        let Ok(token) = memory::bounded(code.len(), 16, || UserToken::from_code(code)) else {
            return;
        };
        assert_eq!(UserToken::from_code(&token.to_code()).as_ref(), Ok(&token));
        let (provider, user) = &*WORLD;
        let validation = provider.validate(&UserTokenPurpose::EmailConfirmation, &token, user);
        let valid = memory::bounded(code.len(), 16, || block_on(validation)).expect("a ring that can be read");
        assert!(!valid || token.as_str().len() >= 200, "{code}");
    }
);
