//! What a store is told of what happens.

use std::sync::Arc;

use wicketgate_identity::account::UserToken;
use wicketgate_identity::claims::AuthenticationMethod;
use wicketgate_identity::event::FailureReason;
use wicketgate_identity::request::RequestContext;
use wicketgate_identity::{EventKind, PasswordHash, SecondFactor};

use crate::kept_events::StoreWithEvents;
use crate::world::{ADA, PASSWORD, START, VERSION_2_HASH, World, logins_at_once};

/// A world, and what its store was told.
fn world() -> (World, Arc<StoreWithEvents>) {
    let store = Arc::new(StoreWithEvents::default());
    let world = World::on(store.clone(), |options| {
        options.lockout.max_failed_access_attempts = 2;
        options.lockout.count_old_password_failures = true;
    });
    (world, store)
}

fn wrong_password() -> EventKind {
    EventKind::sign_in_failed(FailureReason::WrongPassword)
}

fn signed_in(method: AuthenticationMethod) -> EventKind {
    EventKind::SignedIn(method)
}

#[tokio::test]
async fn every_outcome_of_a_sign_in_is_told() {
    let (world, store) = world();
    let (mut ada, key, codes) = world.register_with_second_factor(ADA).await;
    world.accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();
    store.take();

    world.outcome("nobody@example.test", PASSWORD).await;
    let no_such_account = EventKind::sign_in_failed(FailureReason::NoSuchAccount);
    assert_eq!(store.take(), [no_such_account]);

    world.outcome(ADA, "wrong").await;
    assert_eq!(store.take(), [wrong_password()]);

    world.outcome(ADA, PASSWORD).await;
    assert_eq!(store.take(), [EventKind::PasswordAccepted]);

    let code = world.code(&key);
    world.outcome_with(ADA, SecondFactor::AuthenticatorCode(&code)).await;
    let told = [
        EventKind::PasswordAccepted,
        signed_in(AuthenticationMethod::Authenticator),
    ];
    assert_eq!(store.take(), told);

    world.outcome_with(ADA, SecondFactor::RecoveryCode("wrong")).await;
    let wrong_code = EventKind::sign_in_failed(FailureReason::WrongRecoveryCode);
    assert_eq!(store.take(), [EventKind::PasswordAccepted, wrong_code]);

    world.outcome_with(ADA, SecondFactor::RecoveryCode(&codes[0])).await;
    let told = [
        EventKind::PasswordAccepted,
        signed_in(AuthenticationMethod::RecoveryCode),
    ];
    assert_eq!(store.take(), told);

    let wrong = world.wrong_code(&key);
    let wrong_code = |locked_until| EventKind::SignInFailed {
        reason: FailureReason::WrongAuthenticatorCode,
        locked_until,
    };
    let until = START + world.accounts.options().lockout.default_lockout_time_span;
    for told in [wrong_code(None), wrong_code(Some(until))] {
        world.outcome_with(ADA, SecondFactor::AuthenticatorCode(&wrong)).await;
        assert_eq!(store.take(), [EventKind::PasswordAccepted, told]);
    }
    world.outcome(ADA, PASSWORD).await;
    assert_eq!(store.take(), [EventKind::sign_in_failed(FailureReason::LockedOut)]);
}

#[tokio::test]
async fn a_sign_in_is_told_once_its_password_is_hashed_anew() {
    let (world, store) = world();
    let mut ada = world.register(ADA).await;
    let weak = PasswordHash::from_stored(VERSION_2_HASH);
    world
        .accounts
        .set_password_hash(&mut ada, weak.clone())
        .await
        .unwrap()
        .unwrap();
    store.take();
    world.outcome(ADA, PASSWORD).await;
    let told = [
        EventKind::PasswordAccepted,
        EventKind::PasswordRehashed,
        signed_in(AuthenticationMethod::Password),
    ];
    assert_eq!(store.take(), told);

    // Only one of many rehashes wins, and the others begin again.
    let mut ada = world.reload(&ada).await;
    world.accounts.set_password_hash(&mut ada, weak).await.unwrap().unwrap();
    store.take();
    logins_at_once(&world, 20, PASSWORD).await;
    let told = store.take();
    let count = |kind| told.iter().filter(|told| **told == kind).count();
    assert_eq!(count(EventKind::PasswordRehashed), 1);
    assert_eq!(count(signed_in(AuthenticationMethod::Password)), 20);
}

#[tokio::test]
async fn every_change_of_an_account_is_told_by_its_author_s_intent() {
    let (world, store) = world();
    let accounts = &world.accounts;
    let mut ada = world.register(ADA).await;
    assert_eq!(store.take(), [EventKind::Registered]);

    accounts
        .change_password(&mut ada, "wrong", "N3wPassw0rd!")
        .await
        .unwrap()
        .unwrap_err();
    accounts
        .change_password(&mut ada, PASSWORD, "N3wPassw0rd!")
        .await
        .unwrap()
        .unwrap();
    let token = accounts.password_reset_token(&ada).await.unwrap();
    accounts
        .reset_password(&mut ada, &token, PASSWORD)
        .await
        .unwrap()
        .unwrap();
    accounts.set_password(&mut ada, PASSWORD).await.unwrap().unwrap();
    let weak = PasswordHash::from_stored(VERSION_2_HASH);
    accounts.set_password_hash(&mut ada, weak).await.unwrap().unwrap();
    assert!(accounts.check_password(&mut ada, PASSWORD).await.unwrap());
    assert_eq!(
        store.take(),
        [
            EventKind::password_change_failed(FailureReason::WrongPassword),
            EventKind::OldPasswordAccepted,
            EventKind::PasswordChanged,
            EventKind::PasswordReset,
            EventKind::PasswordSet,
            EventKind::PasswordHashSet,
            EventKind::PasswordRehashed,
        ]
    );

    accounts.ensure_authenticator_key(&mut ada).await.unwrap();
    accounts.ensure_authenticator_key(&mut ada).await.unwrap();
    let key = accounts.authenticator_key(&ada).await.unwrap().unwrap();
    let code = accounts.accept_authenticator_code(&ada, &world.code(&key)).await;
    let code = code.unwrap().unwrap();
    accounts
        .enable_two_factor_with_recovery_codes(&mut ada, &code)
        .await
        .unwrap()
        .unwrap();
    accounts.generate_recovery_codes(&ada).await.unwrap().unwrap();
    accounts.reset_second_factor(&mut ada).await.unwrap().unwrap();
    assert_eq!(
        store.take(),
        [
            EventKind::AuthenticatorKeyCreated,
            EventKind::TwoFactorEnabled {
                with_recovery_codes: true
            },
            EventKind::RecoveryCodesGenerated,
            EventKind::TwoFactorDisabled,
            EventKind::AuthenticatorKeyReset,
            EventKind::TwoFactorReset,
        ]
    );

    accounts.add_role(&ada, "Manager").await.unwrap().unwrap();
    accounts.lock(&mut ada).await.unwrap().unwrap();
    accounts.unlock(&mut ada).await.unwrap().unwrap();
    accounts.sign_out_everywhere(&mut ada).await.unwrap().unwrap();
    assert!(accounts.delete(ada.clone()).await.unwrap());
    assert!(!accounts.delete(ada).await.unwrap());
    let told = store.take();
    let role = "Manager".to_owned();
    assert_eq!(told[0], EventKind::RoleAdded { role });
    assert!(matches!(told[1], EventKind::Locked(_)));
    let rest = [EventKind::Unlocked, EventKind::SignedOutEverywhere, EventKind::Deleted];
    assert_eq!(told[2..], rest);
}

#[tokio::test]
async fn a_password_that_is_asked_to_turn_the_second_factor_off_is_no_change_of_the_password() {
    let store = Arc::new(StoreWithEvents::default());
    let world = World::on(store.clone(), |options| {
        options.password.required_length_with_second_factor = Some(options.password.required_length - 1);
        options.lockout.max_failed_access_attempts = 2;
        options.lockout.count_old_password_failures = true;
    });
    let (ada, ..) = world.register_with_second_factor(ADA).await;
    store.take();
    let failed = |reason, locked_until| EventKind::TwoFactorDisableFailed { reason, locked_until };
    let until = START + world.accounts.options().lockout.default_lockout_time_span;
    for (password, told) in [
        (PASSWORD, EventKind::TwoFactorPasswordAccepted),
        ("wrong", failed(FailureReason::WrongPassword, None)),
        ("wrong", failed(FailureReason::WrongPassword, Some(until))),
        (PASSWORD, failed(FailureReason::LockedOut, None)),
    ] {
        let may = world.accounts.may_turn_off_second_factor(&ada, Some(password)).await;
        assert_eq!(may.unwrap().is_ok(), told == EventKind::TwoFactorPasswordAccepted);
        assert_eq!(store.take(), [told]);
    }
}

#[tokio::test]
async fn an_event_says_who_when_and_in_which_request() {
    let (world, store) = world();
    let request = Arc::new(RequestContext {
        id: "7f".to_owned(),
        client: Some([192, 0, 2, 1].into()),
    });
    let ada = Arc::clone(&request).scope(world.register(ADA)).await;
    let event = store.last();
    assert_eq!((event.user, event.at), (Some(ada.id), START));
    assert_eq!(event.request, Some(request));

    world.outcome("nobody@example.test", PASSWORD).await;
    let event = store.last();
    assert_eq!((event.user, event.request), (None, None));
}

#[tokio::test]
async fn no_event_holds_a_secret() {
    let (world, store) = world();
    let (mut ada, key, codes) = world.register_with_second_factor(ADA).await;
    let token = world.accounts.password_reset_token(&ada).await.unwrap();
    let invalid = UserToken::from_text("invalid");
    world.outcome(ADA, "wr0ng-guess").await;
    world.outcome_with(ADA, SecondFactor::RecoveryCode(&codes[0])).await;
    world
        .accounts
        .reset_password(&mut ada, &invalid, PASSWORD)
        .await
        .unwrap()
        .unwrap_err();
    world
        .accounts
        .reset_password(&mut ada, &token, PASSWORD)
        .await
        .unwrap()
        .unwrap();
    let claim = world.accounts.add_claim(&ada, "department", "s3cret-value").await;
    claim.unwrap().unwrap();

    let printed = format!("{:?}", store.all());
    let stored = world.reload(&ada).await;
    let hash = stored.password_hash.unwrap();
    let stamp = stored.security_stamp.unwrap();
    for secret in [
        PASSWORD,
        "wr0ng-guess",
        "s3cret-value",
        &key,
        &codes[0],
        token.as_str(),
        hash.as_str(),
        stamp.as_str(),
    ] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}
