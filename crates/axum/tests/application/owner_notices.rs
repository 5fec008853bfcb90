//! What owners of accounts hear of what is done with them.

use std::{num::NonZeroU32, sync::Arc};

use axum::{Router, response::Response};
use serde_json::{Value, json};
use time::{OffsetDateTime, macros::datetime};
use wicketgate_axum::wicketgate_protection::ManualClock;
use wicketgate_axum::{EmailText, Identity, MemoryStore, Options, User, options::Profile};
use wicketgate_identity::account::{Change, Expected, SecurityStamp};
use wicketgate_identity::second_factor::authenticator;
use wicketgate_identity::store::ChangeOutcome;
use wicketgate_identity::{Event, EventKind, IntoStores, PasswordAlgorithm, mail::AccountNotice};

use crate::{
    client::{get, post, send, text},
    mailbox::{Mailbox, PUBLIC_URL, with_mailbox},
    racing_store::RacingStore,
};

const ADA: &str = "ada@example.test";
const PASSWORD: &str = "a long enough passphrase";
const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
const OTHER: &str = "another long passphrase";

struct World {
    identity: Identity,
    application: Router,
    mailbox: Arc<Mailbox>,
}

/// Tokens are made without a sign-in, so none is fresh.
async fn world(options: Options) -> (World, User) {
    world_on(MemoryStore::new(), options).await
}

async fn world_on(store: impl IntoStores, mut options: Options) -> (World, User) {
    options.sessions.require_fresh_sign_in = false;
    options.password_hasher.algorithm = PasswordAlgorithm::identity_v3(NonZeroU32::MIN);
    options.password.require_digit = false;
    options.password.require_uppercase = false;
    let clock = Arc::new(ManualClock::at(NOW));
    let (identity, mailbox) = with_mailbox(
        Identity::builder(store)
            .ephemeral_keys()
            .options(options)
            .clock(clock.clone()),
    );
    let accounts = identity.accounts();
    let mut ada = accounts.register(ADA, PASSWORD).await.unwrap().unwrap();
    accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();
    let application = identity.wrap(identity.api());
    let world = World {
        identity,
        application,
        mailbox,
    };
    (world, ada)
}

impl World {
    /// The status of a request with this user's token.
    async fn ask(&self, user: &User, path: &str, body: Value) -> u16 {
        self.answer(user, path, body).await.status().as_u16()
    }

    async fn answer(&self, user: &User, path: &str, body: Value) -> Response {
        let user = self.identity.accounts().find_by_id(&user.id).await.unwrap().unwrap();
        let tokens = self.identity.tokens(&user).await.unwrap();
        let token = format!("Bearer {}", tokens.access_token());
        let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
        send(&self.application, "POST", path, &headers, &body.to_string()).await
    }

    /// To whom notices went since the last call, and what they were.
    fn notices(&self) -> Vec<(String, AccountNotice)> {
        let mails = self.mailbox.take().into_iter();
        let notices = mails.filter_map(|mail| match mail.text {
            EmailText::Notice(notice) => Some((mail.to, notice)),
            _ => None,
        });
        notices.collect()
    }
}

fn to_ada(notice: AccountNotice) -> (String, AccountNotice) {
    (ADA.to_owned(), notice)
}

#[tokio::test]
async fn a_changed_and_a_reset_password_are_told_and_a_refused_one_is_not() {
    let (world, ada) = world(Options::for_profile(Profile::Strict)).await;
    let change = |old, new| json!({ "oldPassword": old, "newPassword": new });
    assert_eq!(world.ask(&ada, "/manage/info", change("wrong", OTHER)).await, 400);
    assert_eq!(world.notices(), []);
    assert_eq!(world.ask(&ada, "/manage/info", change(PASSWORD, OTHER)).await, 200);
    assert_eq!(world.notices(), [to_ada(AccountNotice::PasswordChanged)]);

    let accounts = world.identity.accounts();
    let ada = accounts.find_by_id(&ada.id).await.unwrap().unwrap();
    let code = accounts.password_reset_token(&ada).await.unwrap().to_code();
    for (code, expected) in [("x", vec![]), (&code, vec![to_ada(AccountNotice::PasswordReset)])] {
        let body = json!({ "email": ADA, "resetCode": code, "newPassword": PASSWORD }).to_string();
        post(&world.application, "/resetPassword", &body).await;
        assert_eq!(world.notices(), expected);
    }
}

#[tokio::test]
async fn a_changed_address_is_told_at_the_old_one_and_at_the_new_one() {
    let (world, ada) = world(Options::for_profile(Profile::Strict)).await;
    let new = "ada@new.test";
    assert_eq!(world.ask(&ada, "/manage/info", json!({ "newEmail": new })).await, 200);
    let link = world.mailbox.take_link();
    let path = link.strip_prefix(PUBLIC_URL).unwrap();
    assert_eq!(
        get(&world.application, &path.replace("code=", "code=x"), &[])
            .await
            .status(),
        401
    );
    assert_eq!(world.notices(), []);
    assert_eq!(get(&world.application, path, &[]).await.status(), 200);
    assert_eq!(
        world.notices(),
        [
            to_ada(AccountNotice::EmailChangedFrom),
            (new.to_owned(), AccountNotice::EmailChangedTo)
        ]
    );
}

#[tokio::test]
async fn every_change_of_the_second_factor_is_told() {
    let (world, ada) = world(Options::for_profile(Profile::Strict)).await;
    let accounts = world.identity.accounts();
    let off = json!({ "enable": false, "password": PASSWORD });
    assert_eq!(world.ask(&ada, "/manage/2fa", json!({})).await, 200);
    assert_eq!(world.notices(), [], "looking is no change");
    let key = accounts.authenticator_key(&ada).await.unwrap().unwrap();
    let code = authenticator::code(&key, NOW).unwrap();
    let wrong = json!({ "enable": true, "twoFactorCode": "000000" });
    assert_eq!(world.ask(&ada, "/manage/2fa", wrong).await, 400);
    assert_eq!(world.notices(), []);
    for (body, expected) in [
        (
            json!({ "enable": true, "twoFactorCode": code }),
            Some(AccountNotice::TwoFactorEnabled),
        ),
        (
            json!({ "resetRecoveryCodes": true }),
            Some(AccountNotice::RecoveryCodesGenerated),
        ),
        (off.clone(), Some(AccountNotice::TwoFactorDisabled)),
        (off, None),
        (
            json!({ "resetSharedKey": true }),
            Some(AccountNotice::AuthenticatorKeyReset),
        ),
    ] {
        assert_eq!(world.ask(&ada, "/manage/2fa", body.clone()).await, 200, "{body}");
        assert_eq!(world.notices(), Vec::from_iter(expected.map(to_ada)), "{body}");
    }
}

/// Somebody else gets new recovery codes, or a new key, at the same time.
#[tokio::test]
async fn a_step_that_was_done_is_told_although_a_later_one_is_refused() {
    let mut options = Options::default();
    options.user.notify_owners = true;
    options.password.require_non_alphanumeric = false;
    let loses = |change: &Change| matches!(change, Change::RecoveryCodes(_) | Change::AuthenticatorKey { .. });
    let (world, ada) = world_on(RacingStore::new(loses), options).await;
    let accounts = world.identity.accounts();
    let mut on = accounts.find_by_id(&ada.id).await.unwrap().unwrap();
    let key = accounts.ensure_authenticator_key(&mut on).await.unwrap().unwrap();
    let code = authenticator::code(&key, NOW).unwrap();
    // With its first codes.
    let first = json!({ "enable": true, "twoFactorCode": code });
    for body in [first, json!({ "enable": false })] {
        assert_eq!(world.ask(&ada, "/manage/2fa", body).await, 200);
    }
    world.notices();
    for (body, expected) in [
        (
            json!({ "enable": true, "twoFactorCode": code, "resetRecoveryCodes": true }),
            Some(AccountNotice::TwoFactorEnabled),
        ),
        (json!({ "resetRecoveryCodes": true }), None),
        (
            json!({ "resetSharedKey": true }),
            Some(AccountNotice::TwoFactorDisabled),
        ),
    ] {
        let answer = world.answer(&ada, "/manage/2fa", body.clone()).await;
        assert_eq!(answer.status(), 400, "{body}");
        assert!(text(answer).await.contains("ConcurrencyFailure"), "{body}");
        assert_eq!(world.notices(), Vec::from_iter(expected.map(to_ada)), "{body}");
    }
}

/// The answer cannot show the key either.
#[tokio::test]
async fn a_second_factor_whose_key_cannot_be_opened_is_turned_off_and_its_owner_is_told() {
    let (world, ada) = world(Options::for_profile(Profile::Strict)).await;
    let accounts = world.identity.accounts();
    let mut on = accounts.find_by_id(&ada.id).await.unwrap().unwrap();
    accounts.set_two_factor_enabled(&mut on, true).await.unwrap().unwrap();
    let unreadable = Change::AuthenticatorKey {
        key: "wicketgate.1.AAAA".to_owned(),
        stamp: SecurityStamp::from_stored("unreadable"),
    };
    let event = Event::new(EventKind::AuthenticatorKeyReset, None, OffsetDateTime::UNIX_EPOCH);
    let changed = accounts.store().change(&ada.id, Expected::Account, &unreadable, &event);
    assert_eq!(changed.await.unwrap(), ChangeOutcome::Changed);
    let body = json!({ "enable": false, "resetRecoveryCodes": true, "password": PASSWORD });
    assert_eq!(world.ask(&ada, "/manage/2fa", body).await, 200);
    let now = accounts.find_by_id(&ada.id).await.unwrap().unwrap();
    assert!(!now.two_factor_enabled);
    let expected = [AccountNotice::TwoFactorDisabled, AccountNotice::RecoveryCodesGenerated];
    assert_eq!(world.notices(), expected.map(to_ada));
}

#[tokio::test]
async fn the_compatible_profile_sends_no_mail_that_dotnet_does_not() {
    let mut options = Options::default();
    options.password.require_non_alphanumeric = false;
    let (world, ada) = world(options).await;
    let change = json!({ "oldPassword": PASSWORD, "newPassword": OTHER });
    assert_eq!(world.ask(&ada, "/manage/info", change).await, 200);
    assert_eq!(
        world.ask(&ada, "/manage/2fa", json!({ "resetSharedKey": true })).await,
        200
    );
    assert!(world.mailbox.take().is_empty());
}
