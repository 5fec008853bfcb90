//! Tokens of links and codes written by .NET.

use std::sync::Arc;

use proptest::prelude::*;
use serde::Deserialize;
use time::Duration;
use wicketgate_identity::User;
use wicketgate_identity::account::{UserToken, UserTokenProvider, UserTokenPurpose};
use wicketgate_identity::options::TokenProviderOptions;
use wicketgate_protection::{Clock, ManualClock, base64_text};

use crate::{WRITTEN, protection, read, user};

#[derive(Deserialize)]
struct Goldens {
    lifespan_seconds: i64,
    protector_purpose: String,
    tokens: Vec<Golden>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Golden {
    user_id: String,
    stamp: String,
    purpose: String,
    token: String,
    code: String,
    plaintext: String,
}

impl Goldens {
    fn read() -> Self {
        read("database/user-tokens.json")
    }
}

impl Golden {
    fn user(&self) -> User {
        user(&self.user_id, Some(&self.stamp))
    }

    fn purpose(&self) -> UserTokenPurpose {
        match self.purpose.as_str() {
            "EmailConfirmation" => UserTokenPurpose::EmailConfirmation,
            "ResetPassword" => UserTokenPurpose::ResetPassword,
            other => match other.strip_prefix("ChangeEmail:") {
                Some(address) => UserTokenPurpose::ChangeEmail(address.to_owned()),
                None => UserTokenPurpose::Other(other.to_owned()),
            },
        }
    }

    fn token(&self) -> UserToken {
        UserToken::from_text(&self.token)
    }
}

/// A provider with the golden keys and a clock that stands where the goldens were written.
fn provider() -> (UserTokenProvider, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(WRITTEN));
    let provider = UserTokenProvider::new(
        &protection(),
        &TokenProviderOptions::default(),
        Arc::clone(&clock) as Arc<dyn Clock>,
    );
    (provider, clock)
}

#[tokio::test]
async fn tokens_of_dotnet_are_valid_until_their_life_ends() {
    let (provider, clock) = provider();
    let goldens = Goldens::read();
    let end = WRITTEN + Duration::seconds(goldens.lifespan_seconds);
    for golden in &goldens.tokens {
        for (now, valid) in [
            (WRITTEN, true),
            (end, true),
            (end + Duration::nanoseconds(100), false),
            (end + Duration::days(1), false),
        ] {
            clock.set(now);
            let validity = provider
                .validate(&golden.purpose(), &golden.token(), &golden.user())
                .await
                .unwrap();
            assert_eq!(validity, valid, "{} of {} at {now}", golden.purpose, golden.user_id);
        }
    }
}

#[tokio::test]
async fn tokens_are_valid_for_their_own_purpose_user_and_stamp_only() {
    let (provider, _) = provider();
    for golden in Goldens::read().tokens {
        for purpose in [
            UserTokenPurpose::EmailConfirmation,
            UserTokenPurpose::ResetPassword,
            UserTokenPurpose::ChangeEmail("new@example.test".to_owned()),
            UserTokenPurpose::ChangeEmail("NEW@example.test".to_owned()),
            UserTokenPurpose::Other("custom".to_owned()),
            UserTokenPurpose::Other("Custom".to_owned()),
        ] {
            let validity = provider
                .validate(&purpose, &golden.token(), &golden.user())
                .await
                .unwrap();
            assert_eq!(
                validity,
                purpose == golden.purpose(),
                "{purpose} with a token for {}",
                golden.purpose
            );
        }
        for stranger in [
            user(&golden.user_id.to_uppercase(), Some(&golden.stamp)),
            user("somebody else", Some(&golden.stamp)),
            user(&golden.user_id, Some("another stamp")),
            user(&golden.user_id, None),
        ] {
            assert!(
                !provider
                    .validate(&golden.purpose(), &golden.token(), &stranger)
                    .await
                    .unwrap()
            );
        }
    }
}

#[tokio::test]
async fn tokens_hold_the_bytes_that_dotnet_puts_into_them() {
    let (provider, _) = provider();
    let goldens = Goldens::read();
    let protector = protection().protector(&[&goldens.protector_purpose]);
    for golden in goldens.tokens {
        let token = provider.generate(&golden.purpose(), &golden.user()).await.unwrap();
        let payload = base64_text::decode(token.as_str()).unwrap();
        let plain = protector.unprotect(&payload).await.unwrap();
        assert_eq!(base64_text::encode(&plain), golden.plaintext, "{}", golden.purpose);
    }
}

#[test]
fn mails_carry_the_code_that_dotnet_puts_there() {
    for golden in Goldens::read().tokens {
        assert_eq!(golden.token().to_code(), golden.code);
        assert_eq!(UserToken::from_code(&golden.code), Ok(golden.token()));
    }
}

#[test]
fn a_code_that_is_no_base64url_is_refused() {
    for code in ["a", "ä", "not a code!", "AA=A"] {
        assert!(UserToken::from_code(code).is_err(), "{code:?}");
    }
}

#[tokio::test]
async fn no_token_is_valid_for_a_user_without_a_security_stamp() {
    let (provider, _) = provider();
    let nobody = user("id", None);
    let token = provider
        .generate(&UserTokenPurpose::ResetPassword, &nobody)
        .await
        .unwrap();
    assert!(
        !provider
            .validate(&UserTokenPurpose::ResetPassword, &token, &nobody)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn text_that_is_no_token_is_not_valid() {
    let (provider, _) = provider();
    let golden = &Goldens::read().tokens[0];
    let (front, back) = golden.token.split_at(100);
    for text in ["", "=", "…", front, back, &format!("{back}{front}"), &golden.code] {
        let token = UserToken::from_text(text);
        assert!(
            !provider
                .validate(&golden.purpose(), &token, &golden.user())
                .await
                .unwrap(),
            "{text:?}"
        );
    }
}

proptest! {
    #[test]
    fn whatever_is_sealed_inside_is_read_without_panic(plain: Vec<u8>, cut in 0_usize..200, more: Vec<u8>) {
        let (provider, _) = provider();
        let goldens = Goldens::read();
        let golden = &goldens.tokens[0];
        let mut damaged = base64_text::decode(&golden.plaintext).unwrap();
        damaged.truncate(cut);
        damaged.extend(more);
        prop_assume!(base64_text::encode(&damaged) != golden.plaintext);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for plain in [plain, damaged] {
            let valid = runtime.block_on(async {
                let protector = protection().protector(&[&goldens.protector_purpose]);
                let payload = protector.protect(&plain).await.unwrap();
                let token = UserToken::from_text(base64_text::encode(&payload));
                provider.validate(&golden.purpose(), &token, &golden.user()).await.unwrap()
            });
            prop_assert!(!valid);
        }
    }
}
