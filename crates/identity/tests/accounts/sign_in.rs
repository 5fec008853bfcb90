//! Signing in, as .NET's `SignInManager` does it.

use crate::world::{ADA, PASSWORD, World, signed_in};
use wicketgate_identity::claims::{AuthenticationMethod, claim_types};
use wicketgate_identity::{Credentials, PasswordHash, SecondFactor};

#[tokio::test]
async fn a_right_password_signs_in() {
    let world = World::new();
    let ada = world.register(ADA).await;
    let signed_in = signed_in(world.login(&ADA.to_uppercase(), PASSWORD, SecondFactor::None).await);
    assert_eq!(signed_in.user, ada);
    assert_eq!(signed_in.method, AuthenticationMethod::Password);
    assert_eq!(signed_in.principal.find_first_value("amr"), Some("pwd"));
    assert_eq!(
        signed_in.principal.find_first_value(claim_types::NAME_IDENTIFIER),
        Some(ada.id.as_str())
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_fail_alike() {
    let world = World::new();
    world.register(ADA).await;
    let wrong = world.login(ADA, "wrong", SecondFactor::None).await;
    assert_eq!(wrong.result.to_string(), "Failed");
    assert_eq!(
        wrong,
        world.login("nobody@example.test", PASSWORD, SecondFactor::None).await
    );
}

#[tokio::test]
async fn an_account_without_password_fails_every_password() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    for hash in ["", "not base64", "AAAA"] {
        world
            .accounts
            .set_password_hash(&mut ada, PasswordHash::from_stored(hash))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(world.outcome(ADA, "").await, "Failed");
    }
}

#[tokio::test]
async fn a_success_without_failures_writes_nothing() {
    let world = World::new();
    let ada = world.register(ADA).await;
    world.outcome(ADA, PASSWORD).await;
    assert_eq!(world.reload(&ada).await.concurrency_stamp, ada.concurrency_stamp);
}

#[tokio::test]
async fn what_must_be_confirmed_comes_before_the_lockout_and_the_password() {
    let world = World::with(|options| {
        options.sign_in.require_confirmed_email = true;
        options.lockout.max_failed_access_attempts = 1;
    });
    let mut ada = world.register(ADA).await;
    world.accounts.lock(&mut ada).await.unwrap().unwrap();
    for password in [PASSWORD, "wrong"] {
        assert_eq!(world.outcome(ADA, password).await, "NotAllowed");
    }
    assert_eq!(world.reload(&ada).await.access_failed_count, 0);
    world.accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();
    assert_eq!(world.outcome(ADA, "wrong").await, "LockedOut");
    world.accounts.unlock(&mut ada).await.unwrap().unwrap();
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
}

#[tokio::test]
async fn each_confirmation_is_asked_for_by_its_option() {
    let email = World::with(|options| options.sign_in.require_confirmed_email = true);
    let account = World::with(|options| options.sign_in.require_confirmed_account = true);
    for world in [email, account] {
        let mut ada = world.register(ADA).await;
        world
            .accounts
            .mark_phone_number_confirmed(&mut ada)
            .await
            .unwrap()
            .unwrap();
        assert!(!world.sign_in.can_sign_in(&ada));
        world.accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();
        assert!(world.sign_in.can_sign_in(&ada));
    }
    let telephone = World::with(|options| options.sign_in.require_confirmed_phone_number = true);
    let mut ada = telephone.register(ADA).await;
    telephone
        .accounts
        .mark_email_confirmed(&mut ada)
        .await
        .unwrap()
        .unwrap();
    assert!(!telephone.sign_in.can_sign_in(&ada));
    telephone
        .accounts
        .mark_phone_number_confirmed(&mut ada)
        .await
        .unwrap()
        .unwrap();
    assert!(telephone.sign_in.can_sign_in(&ada));
}

#[test]
fn credentials_are_not_printed() {
    let credentials = Credentials {
        user_name: "secret",
        password: "secret",
        second_factor: SecondFactor::RecoveryCode("secret"),
        remembered_machine: None,
    };
    assert!(!format!("{credentials:?}").contains("secret"));
}
