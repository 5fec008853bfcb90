//! What the strict profile does beyond .NET.

use std::collections::BTreeMap;

use time::Duration;
use wicketgate_axum::{EmailText, Options};
use wicketgate_identity::mail::AccountNotice;

use super::world::{KINDS, Kind, World, compatible, strict};

#[tokio::test]
async fn a_passkey_counts_as_two_factors_if_it_knew_its_user() {
    for kind in KINDS {
        let mut options = strict();
        options.passkeys.user_verification_requirement = None;
        let world = World::new(kind, options).await;
        let mut key = world.signed_in("ada").await.add_passkey(1).await;
        for (flags, amr) in [(0x05, "mfa"), (0x01, "pwd")] {
            let mut browser = world.browser();
            key.flags = flags;
            assert_eq!(browser.sign_in(&mut key).await.0, 200);
            assert_eq!(browser.get("/amr").await.1, amr);
        }
    }
}

/// .NET deletes the cookie of a ceremony, and knows nothing of copies.
#[tokio::test]
async fn a_copy_of_an_answer_and_its_cookie_signs_nobody_in() {
    for (options, second) in [(strict as fn() -> Options, 401), (compatible, 200)] {
        for kind in KINDS {
            let world = World::new(kind, options()).await;
            let mut key = world.signed_in("ada").await.add_passkey(1).await;
            (key.counter, key.counts) = (0, false);
            let mut browser = world.browser();
            let answer = browser.ask(&mut key).await;
            let mut copy = browser.clone();
            for (browser, status) in [(&mut browser, 200), (&mut copy, second)] {
                let (came, body) = browser.post("/passkeys/login?useCookies=true", answer.clone()).await;
                assert_eq!(came, status, "{kind:?} {body}");
            }
            // The next one is good again.
            assert_eq!(world.browser().sign_in(&mut key).await.0, 200);
        }
    }
}

#[tokio::test]
async fn removing_a_passkey_ends_the_sessions_that_it_began() {
    for kind in KINDS {
        let world = World::new(kind, strict()).await;
        let mut ada = world.signed_in("ada").await;
        let (mut lost, mut kept) = (ada.add_passkey(1).await, ada.add_passkey(2).await);
        let (mut thief, mut owner) = (world.browser(), world.browser());
        assert_eq!(thief.sign_in(&mut lost).await.0, 200);
        assert_eq!(owner.sign_in(&mut kept).await.0, 200);
        let path = format!("/manage/passkeys/{}", lost.id());
        assert_eq!(owner.send("DELETE", &path, None).await.0, 204);
        assert!(!thief.is_signed_in().await, "{kind:?}");
        assert!(owner.is_signed_in().await, "{kind:?}");
        assert!(ada.is_signed_in().await, "{kind:?}");
        // One's own as well, with its cookie.
        let path = format!("/manage/passkeys/{}", kept.id());
        assert_eq!(owner.send("DELETE", &path, None).await.0, 204);
        assert_eq!(owner.cookies, BTreeMap::new());
        assert!(ada.is_signed_in().await, "{kind:?}");
    }
}

#[tokio::test]
async fn owners_are_told_of_passkeys_and_after_a_reset_that_they_still_work() {
    let world = World::new(Kind::Memory, strict()).await;
    let mut ada = world.signed_in("ada").await;
    let mut grace = world.signed_in("grace").await;
    world.mailbox.take();
    let notices = || -> Vec<AccountNotice> {
        let mails = world.mailbox.take().into_iter();
        let notices = mails.filter_map(|mail| match mail.text {
            EmailText::Notice(notice) => Some(notice),
            _ => None,
        });
        notices.collect()
    };
    ada.add_passkey(1).await;
    let second = ada.add_passkey(2).await;
    assert_eq!(notices(), [AccountNotice::PasskeyAdded; 2]);
    let path = format!("/manage/passkeys/{}", second.id());
    assert_eq!(ada.send("DELETE", &path, None).await.0, 204);
    assert_eq!(notices(), [AccountNotice::PasskeyRemoved]);
    let accounts = world.identity.accounts();
    for (browser, name, expected) in [
        (&mut ada, "ada", AccountNotice::PasswordResetBesidePasskeys),
        (&mut grace, "grace", AccountNotice::PasswordReset),
    ] {
        let mut user = world.user(name).await;
        let token = accounts.email_confirmation_token(&user).await.unwrap();
        accounts.confirm_email(&mut user, &token).await.unwrap().unwrap();
        let code = accounts.password_reset_token(&user).await.unwrap().to_code();
        let body = serde_json::json!({"email": user.email, "resetCode": code, "newPassword": "Passw0rd!2"});
        let (status, body) = browser.post("/resetPassword", body).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(notices(), [expected]);
    }
}

#[tokio::test]
async fn a_ceremony_lasts_as_long_as_the_browser_waits() {
    for (minutes, status) in [(5, 200), (6, 401)] {
        let world = World::new(Kind::Memory, strict()).await;
        let mut key = world.signed_in("ada").await.add_passkey(1).await;
        let mut browser = world.browser();
        let answer = browser.ask(&mut key).await;
        world.clock.advance(Duration::minutes(minutes));
        assert_eq!(browser.post("/passkeys/login?useCookies=true", answer).await.0, status);
    }
}
