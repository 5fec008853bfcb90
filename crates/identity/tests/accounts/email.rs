//! Confirming and changing addresses.

use wicketgate_identity::{IdentityError, User};

use crate::world::{ADA, GRACE, PASSWORD, World};

const NEW: &str = "countess@example.test";

#[tokio::test]
async fn a_link_confirms_the_address_and_keeps_sessions_and_itself() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    let token = world.accounts.email_confirmation_token(&ada).await.unwrap();
    for _ in 0..2 {
        world.accounts.confirm_email(&mut ada, &token).await.unwrap().unwrap();
        assert!(world.reload(&ada).await.email_confirmed);
    }
    assert_eq!(world.reload(&ada).await.security_stamp, ada.security_stamp);
}

#[tokio::test]
async fn a_link_confirms_nothing_else() {
    let world = World::new();
    let (mut ada, grace) = (world.register(ADA).await, world.register(GRACE).await);
    for other in [
        world.accounts.email_confirmation_token(&grace).await.unwrap(),
        world.accounts.password_reset_token(&ada).await.unwrap(),
        world.accounts.change_email_token(&ada, ADA).await.unwrap(),
    ] {
        let refused = world.accounts.confirm_email(&mut ada, &other).await.unwrap();
        assert_eq!(refused, Err(vec![IdentityError::InvalidToken]));
    }
    assert!(!world.reload(&ada).await.email_confirmed);
}

#[tokio::test]
async fn another_address_becomes_the_user_name_too() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    let before = ada.clone();
    change(&world, &mut ada, NEW).await.unwrap();
    let stored = world.reload(&ada).await;
    assert_eq!(
        (stored.email.as_deref(), stored.user_name.as_deref()),
        (Some(NEW), Some(NEW))
    );
    assert!(stored.email_confirmed);
    assert_ne!(stored.security_stamp, before.security_stamp);
    assert_eq!(
        User {
            concurrency_stamp: stored.concurrency_stamp.clone(),
            ..ada
        },
        stored
    );
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Failed");
    assert_eq!(world.outcome(NEW, PASSWORD).await, "Succeeded");
}

#[tokio::test]
async fn the_link_is_for_the_address_it_was_mailed_to() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    let token = world.accounts.change_email_token(&ada, NEW).await.unwrap();
    for other in ["other@example.test", "COUNTESS@example.test", ADA] {
        let refused = world.accounts.change_email(&mut ada, other, &token).await.unwrap();
        assert_eq!(refused, Err(vec![IdentityError::InvalidToken]));
    }
    assert_eq!(world.reload(&ada).await, ada);
}

#[tokio::test]
async fn an_address_that_cannot_be_the_user_name_is_changed_alone_and_refused_as_in_dotnet() {
    let world = World::new();
    world.register(GRACE).await;
    for (taken, expected) in [
        (GRACE, IdentityError::DuplicateUserName(GRACE.to_owned())),
        (
            "o'hara@example.test",
            IdentityError::InvalidUserName("o'hara@example.test".to_owned()),
        ),
    ] {
        let email = format!("{}-{taken}", expected.code());
        let mut user = world.register(&email.replace('\'', "")).await;
        let name = user.user_name.clone();
        assert_eq!(change(&world, &mut user, taken).await, Err(vec![expected]));
        let stored = world.reload(&user).await;
        assert_eq!((stored.email.as_deref(), &stored.user_name), (Some(taken), &name));
        assert_eq!(stored.security_stamp, user.security_stamp);
    }
}

#[tokio::test]
async fn an_address_that_must_be_unique_is_not_taken_from_another() {
    let world = World::with(|options| options.user.require_unique_email = true);
    let mut ada = world.register(ADA).await;
    world.register(GRACE).await;
    let refused = change(&world, &mut ada, GRACE).await;
    assert_eq!(refused, Err(vec![IdentityError::DuplicateEmail(GRACE.to_owned())]));
    assert_eq!(world.reload(&ada).await, ada);
    change(&world, &mut ada, "ADA@example.test").await.unwrap();
}

#[tokio::test]
async fn a_changed_stamp_ends_pending_links() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    let confirmation = world.accounts.email_confirmation_token(&ada).await.unwrap();
    let change = world.accounts.change_email_token(&ada, NEW).await.unwrap();
    world.accounts.sign_out_everywhere(&mut ada).await.unwrap().unwrap();
    assert!(
        world
            .accounts
            .confirm_email(&mut ada, &confirmation)
            .await
            .unwrap()
            .is_err()
    );
    assert!(
        world
            .accounts
            .change_email(&mut ada, NEW, &change)
            .await
            .unwrap()
            .is_err()
    );
}

async fn change(world: &World, user: &mut User, new_email: &str) -> Result<(), Vec<IdentityError>> {
    let token = world.accounts.change_email_token(user, new_email).await.unwrap();
    world.accounts.change_email(user, new_email, &token).await.unwrap()
}
