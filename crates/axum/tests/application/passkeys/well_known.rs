//! What is at the root of the host for browsers and password managers.

use wicketgate_axum::{Identity, MemoryStore, Options, wicketgate_identity::options::PasskeyOptions};

use super::world::compatible;
use crate::client::{get, status_and_text};

async fn answers(passkeys: PasskeyOptions, prefix: &str) -> [(u16, String); 2] {
    let options = Options {
        passkeys,
        ..compatible()
    };
    let builder = Identity::builder(MemoryStore::new()).ephemeral_keys();
    let identity = builder.options(options).prefix(prefix).build().unwrap();
    let application = identity.wrap(identity.api());
    [
        status_and_text(get(&application, "/.well-known/passkey-endpoints", &[]).await).await,
        status_and_text(get(&application, "/.well-known/webauthn", &[]).await).await,
    ]
}

#[tokio::test]
async fn pages_and_origins_are_told_at_the_root_whatever_the_prefix_is_once_they_are_set() {
    let options = compatible().passkeys;
    for prefix in ["", "/api/identity"] {
        for (status, _) in answers(options.clone(), prefix).await {
            assert_eq!(status, 404);
        }
        let full = PasskeyOptions {
            enroll_url: Some("https://app.example.test/passkeys/new".to_owned()),
            manage_url: Some("https://app.example.test/passkeys".to_owned()),
            origins: vec![
                "https://shop.example".to_owned(),
                "android:apk-key-hash:7d1043473d55bfa90e8530d35801d4e381bc69f0".to_owned(),
            ],
            ..options.clone()
        };
        let enroll = "https://app.example.test/passkeys/new";
        let manage = "https://app.example.test/passkeys";
        let expected = [
            (200, format!(r#"{{"enroll":"{enroll}","manage":"{manage}"}}"#)),
            (200, r#"{"origins":["https://shop.example"]}"#.to_owned()),
        ];
        assert_eq!(answers(full, prefix).await, expected);
    }
}
