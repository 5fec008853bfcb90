//! What an operator does.

use time::Duration;
use wicketgate_identity::{IdentityError, PasswordHash, SecondFactor, User};

use crate::world::{ADA, GRACE, PASSWORD, World};

#[tokio::test]
async fn roles_and_claims_come_into_the_principal() {
    let world = World::new();
    let ada = world.register(ADA).await;
    let accounts = &world.accounts;
    accounts.add_role(&ada, "Manager").await.unwrap().unwrap();
    accounts
        .add_claim(&ada, "department", "engineering")
        .await
        .unwrap()
        .unwrap();
    let principal = accounts.principal(&ada, None).await.unwrap();
    assert!(principal.is_in_role("Manager"));
    assert!(principal.has_claim("department", "engineering"));
    assert_eq!(principal.find_first_value("amr"), None);

    accounts.remove_role(&ada, "manager").await.unwrap().unwrap();
    accounts
        .remove_claim(&ada, "department", "engineering")
        .await
        .unwrap()
        .unwrap();
    let principal = accounts.principal(&ada, None).await.unwrap();
    assert!(!principal.is_in_role("Manager"));
    assert!(!principal.has_claim("department", "engineering"));
}

#[tokio::test]
async fn after_a_reset_no_part_of_the_second_factor_works_and_the_password_is_enough() {
    let world = World::new();
    let (mut ada, key, codes) = world.register_with_second_factor(ADA).await;
    world.accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();
    assert_eq!(world.outcome(ADA, PASSWORD).await, "RequiresTwoFactor");
    let machine = world.remember(&ada);
    let before = ada.security_stamp.clone();
    world.accounts.reset_second_factor(&mut ada).await.unwrap().unwrap();
    assert_eq!(world.reload(&ada).await.security_stamp, ada.security_stamp);
    assert_ne!(ada.security_stamp, before);
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
    assert_eq!(world.accounts.count_recovery_codes(&ada).await.unwrap(), 0);

    // Nor does it work where the second factor is switched on again.
    let accounts = &world.accounts;
    accounts.set_two_factor_enabled(&mut ada, true).await.unwrap().unwrap();
    let code = world.code(&key);
    let old_code = world.outcome_with(ADA, SecondFactor::AuthenticatorCode(&code)).await;
    let old_recovery_code = world.outcome_with(ADA, SecondFactor::RecoveryCode(&codes[0])).await;
    world.clock.advance(Duration::minutes(31));
    let on_machine = world.login_on(ADA, PASSWORD, SecondFactor::None, Some(&machine)).await;
    assert_eq!(
        [old_code, old_recovery_code, on_machine.result.to_string()],
        ["Failed", "Failed", "RequiresTwoFactor"]
    );
}

#[tokio::test]
async fn an_operator_sets_a_password_by_the_rules_and_ends_sessions() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    let before = ada.security_stamp.clone();
    assert!(world.accounts.set_password(&mut ada, "weak").await.unwrap().is_err());
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
    world
        .accounts
        .set_password(&mut ada, "N3w-Secret?")
        .await
        .unwrap()
        .unwrap();
    assert_ne!(ada.security_stamp, before);
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Failed");
    assert_eq!(world.outcome(ADA, "N3w-Secret?").await, "Succeeded");
}

#[tokio::test]
async fn a_user_name_follows_the_rules_and_ends_sessions() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    world.register(GRACE).await;
    for (name, expected) in [
        ("", IdentityError::InvalidUserName(String::new())),
        ("a b", IdentityError::InvalidUserName("a b".to_owned())),
        (
            "GRACE@example.test",
            IdentityError::DuplicateUserName("GRACE@example.test".to_owned()),
        ),
    ] {
        assert_eq!(
            world.accounts.set_user_name(&mut ada, name).await.unwrap(),
            Err(vec![expected])
        );
    }
    assert_eq!(world.reload(&ada).await, ada);
    let before = ada.security_stamp.clone();
    world
        .accounts
        .set_user_name(&mut ada, "countess")
        .await
        .unwrap()
        .unwrap();
    assert_ne!(ada.security_stamp, before);
    let stored = world.reload(&ada).await;
    assert_eq!(
        User {
            concurrency_stamp: stored.concurrency_stamp.clone(),
            ..ada
        },
        stored
    );
    assert_eq!(world.outcome("Countess", PASSWORD).await, "Succeeded");
    assert_eq!(
        world.accounts.find_by_email(ADA).await.unwrap().map(|user| user.id),
        Some(stored.id)
    );
}

#[tokio::test]
async fn a_password_hash_is_taken_as_it_is() {
    let world = World::new();
    let (mut ada, grace) = (world.register(ADA).await, world.register(GRACE).await);
    let before = ada.security_stamp.clone();
    let hash = grace.password_hash.unwrap();
    world
        .accounts
        .set_password_hash(&mut ada, hash.clone())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(world.reload(&ada).await.password_hash, Some(hash));
    assert_ne!(ada.security_stamp, before);
}

#[tokio::test]
async fn writes_to_a_deleted_account_are_refused() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    assert!(world.accounts.delete(ada.clone()).await.unwrap());
    assert!(!world.accounts.delete(ada.clone()).await.unwrap());
    let accounts = &world.accounts;
    for refused in [
        accounts.lock(&mut ada).await.unwrap(),
        accounts.unlock(&mut ada).await.unwrap(),
        accounts.disable_lockout(&mut ada).await.unwrap(),
        accounts.add_role(&ada, "Manager").await.unwrap(),
        accounts.mark_email_confirmed(&mut ada).await.unwrap(),
        accounts.sign_out_everywhere(&mut ada).await.unwrap(),
        accounts
            .set_password_hash(&mut ada, PasswordHash::from_stored(""))
            .await
            .unwrap(),
        accounts
            .change_password(&mut ada, PASSWORD, "N3w-Secret?")
            .await
            .unwrap(),
    ] {
        assert_eq!(refused, Err(vec![IdentityError::ConcurrencyFailure]));
    }
    assert_eq!(accounts.find_by_name(ADA).await.unwrap(), None);
}

#[tokio::test]
async fn accounts_are_listed_by_name() {
    let world = World::new();
    for email in [GRACE, ADA] {
        world.register(email).await;
    }
    let page = world.accounts.list(None, 1).await.unwrap();
    assert_eq!(page[0].user_name.as_deref(), Some(ADA));
    let page = world
        .accounts
        .list(page[0].normalized_user_name.as_ref(), 10)
        .await
        .unwrap();
    assert_eq!(
        page.iter().map(|user| user.user_name.as_deref()).collect::<Vec<_>>(),
        [Some(GRACE)]
    );
}
