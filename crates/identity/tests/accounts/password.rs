//! Changing and resetting passwords.

use time::Duration;
use tokio::task::JoinSet;
use wicketgate_identity::account::UserToken;
use wicketgate_identity::{IdentityError, PasswordHash, User};

use crate::world::{ADA, GRACE, PASSWORD, VERSION_2_HASH, World};

const NEW: &str = "N3w-Secret?";

#[tokio::test]
async fn a_password_is_changed_by_who_knows_the_old_one() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    let before = ada.clone();
    let refused = world.accounts.change_password(&mut ada, "wrong", NEW).await.unwrap();
    assert_eq!(refused, Err(vec![IdentityError::PasswordMismatch]));
    let refused = world
        .accounts
        .change_password(&mut ada, PASSWORD, "N3w-S")
        .await
        .unwrap();
    assert_eq!(refused, Err(vec![IdentityError::PasswordTooShort(6)]));
    assert_eq!(world.reload(&ada).await, before);

    world
        .accounts
        .change_password(&mut ada, PASSWORD, NEW)
        .await
        .unwrap()
        .unwrap();
    assert_ne!(ada.security_stamp, before.security_stamp);
    assert_is_stored(&world, &ada).await;
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Failed");
    assert_eq!(world.outcome(ADA, NEW).await, "Succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_simultaneous_changes_wins_and_the_others_are_told() {
    let world = World::new();
    let ada = world.register(ADA).await;
    let mut changes = JoinSet::new();
    for i in 0..10 {
        let (accounts, mut ada) = (world.accounts.clone(), ada.clone());
        changes.spawn(async move {
            accounts
                .change_password(&mut ada, PASSWORD, &format!("{NEW}{i}"))
                .await
                .unwrap()
        });
    }
    let (changed, refused): (Vec<_>, Vec<_>) = changes.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(changed.len(), 1);
    for refusal in refused {
        assert_eq!(refusal, Err(vec![IdentityError::ConcurrencyFailure]));
    }
}

#[tokio::test]
async fn a_login_that_saw_the_old_hash_does_not_undo_a_change_of_password() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    let old = PasswordHash::from_stored(VERSION_2_HASH);
    world.accounts.set_password_hash(&mut ada, old).await.unwrap().unwrap();
    let mut seen_by_the_login = ada.clone();
    world
        .accounts
        .change_password(&mut ada, PASSWORD, NEW)
        .await
        .unwrap()
        .unwrap();
    assert!(
        !world
            .accounts
            .check_password(&mut seen_by_the_login, PASSWORD)
            .await
            .unwrap()
    );
    assert_is_stored(&world, &ada).await;
}

#[tokio::test]
async fn a_reset_token_gives_a_new_password_once() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    let token = world.accounts.password_reset_token(&ada).await.unwrap();
    let refused = world.accounts.reset_password(&mut ada, &token, "N3w-S").await.unwrap();
    assert_eq!(
        refused,
        Err(vec![IdentityError::PasswordTooShort(6)]),
        "and the token still works"
    );
    world
        .accounts
        .reset_password(&mut ada, &token, NEW)
        .await
        .unwrap()
        .unwrap();
    assert_is_stored(&world, &ada).await;
    assert_eq!(world.outcome(ADA, NEW).await, "Succeeded");
    assert_eq!(
        reset(&world, &mut ada, &token).await,
        Err(vec![IdentityError::InvalidToken])
    );
}

#[tokio::test]
async fn a_reset_keeps_a_lockout_and_the_second_factor() {
    let world = World::new();
    let (mut ada, ..) = world.register_with_second_factor(ADA).await;
    let token = world.accounts.password_reset_token(&ada).await.unwrap();
    world.accounts.lock(&mut ada).await.unwrap().unwrap();
    reset(&world, &mut ada, &token).await.unwrap();
    assert_eq!(world.outcome(ADA, NEW).await, "LockedOut");
    world.accounts.unlock(&mut ada).await.unwrap().unwrap();
    assert_eq!(world.outcome(ADA, NEW).await, "RequiresTwoFactor");
}

#[tokio::test]
async fn a_reset_token_is_for_its_account_and_purpose_alone() {
    let world = World::new();
    let (mut ada, grace) = (world.register(ADA).await, world.register(GRACE).await);
    for other in [
        world.accounts.password_reset_token(&grace).await.unwrap(),
        world.accounts.email_confirmation_token(&ada).await.unwrap(),
        world.accounts.change_email_token(&ada, "ResetPassword").await.unwrap(),
        UserToken::from_text(""),
        UserToken::from_text("abc"),
    ] {
        assert_eq!(
            reset(&world, &mut ada, &other).await,
            Err(vec![IdentityError::InvalidToken])
        );
    }
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
}

#[tokio::test]
async fn a_reset_token_ends_after_its_life_and_with_the_security_stamp() {
    let world = World::with(|options| options.token_provider.token_lifespan = Duration::minutes(10));
    let mut ada = world.register(ADA).await;
    let token = world.accounts.password_reset_token(&ada).await.unwrap();
    world.clock.advance(Duration::minutes(10) + Duration::nanoseconds(100));
    assert_eq!(
        reset(&world, &mut ada, &token).await,
        Err(vec![IdentityError::InvalidToken])
    );

    let token = world.accounts.password_reset_token(&ada).await.unwrap();
    world.accounts.sign_out_everywhere(&mut ada).await.unwrap().unwrap();
    assert_eq!(
        reset(&world, &mut ada, &token).await,
        Err(vec![IdentityError::InvalidToken])
    );

    let token = world.accounts.password_reset_token(&ada).await.unwrap();
    world.clock.advance(Duration::minutes(10));
    reset(&world, &mut ada, &token).await.unwrap();
}

async fn reset(world: &World, user: &mut User, token: &UserToken) -> Result<(), Vec<IdentityError>> {
    world.accounts.reset_password(user, token, NEW).await.unwrap()
}

/// What the caller was left with is what the store has.
async fn assert_is_stored(world: &World, user: &User) {
    let stored = world.reload(user).await;
    assert_eq!(
        (&stored.password_hash, &stored.security_stamp),
        (&user.password_hash, &user.security_stamp)
    );
}
