//! Mailed codes that work once, and for a short time.

use time::Duration;
use wicketgate_identity::account::UserToken;
use wicketgate_identity::options::{Options, Profile};
use wicketgate_identity::{IdentityError, IdentityResult};
use wicketgate_protection::Clock;

use crate::world::{ADA, GRACE, World};

const NEW: &str = "another N3w-Secret?";

fn strict() -> World {
    World::with(|options| {
        let strict = Options::for_profile(Profile::Strict);
        options.token_provider = strict.token_provider;
    })
}

fn is_invalid(result: &IdentityResult) -> bool {
    *result == Err(vec![IdentityError::InvalidToken])
}

#[tokio::test]
async fn a_link_confirms_an_address_once() {
    for (world, again) in [(strict(), false), (World::new(), true)] {
        let mut ada = world.register(ADA).await;
        let token = world.accounts.email_confirmation_token(&ada).await.unwrap();
        let first = world.accounts.confirm_email(&mut ada, &token).await.unwrap();
        assert_eq!(first, Ok(()));
        let second = world.accounts.confirm_email(&mut ada, &token).await.unwrap();
        assert_eq!((second.is_ok(), is_invalid(&second)), (again, !again));
        assert!(world.reload(&ada).await.email_confirmed);
    }
}

/// .NET's base64 may have white space in it: the same code in another spelling is the same code.
#[tokio::test]
async fn another_spelling_of_a_code_is_no_other_code() {
    let world = strict();
    let mut ada = world.register(ADA).await;
    let token = world.accounts.email_confirmation_token(&ada).await.unwrap();
    let spelled = format!(" {}\n", token.as_str());
    world.accounts.confirm_email(&mut ada, &token).await.unwrap().unwrap();
    let again = world
        .accounts
        .confirm_email(&mut ada, &UserToken::from_text(spelled))
        .await;
    assert!(is_invalid(&again.unwrap()));
}

#[tokio::test]
async fn a_refusal_for_another_reason_leaves_the_code() {
    let world = strict();
    let mut ada = world.register(ADA).await;
    let token = world.accounts.password_reset_token(&ada).await.unwrap();
    let weak = world.accounts.reset_password(&mut ada, &token, "N3w-S").await.unwrap();
    assert_eq!(weak, Err(vec![IdentityError::PasswordTooShort(6)]));
    let reset = world.accounts.reset_password(&mut ada, &token, NEW).await.unwrap();
    assert_eq!(reset, Ok(()));

    // A name that is taken changes the address alone, by the second of two steps.
    world.register(GRACE).await;
    let token = world.accounts.change_email_token(&ada, GRACE).await.unwrap();
    let changed = world.accounts.change_email(&mut ada, GRACE, &token).await.unwrap();
    assert_eq!(changed, Err(vec![IdentityError::DuplicateUserName(GRACE.to_owned())]));
    assert_eq!(world.reload(&ada).await.email.as_deref(), Some(GRACE));
}

#[tokio::test]
async fn a_reset_code_has_a_lifetime_of_its_own() {
    for (world, minutes) in [(strict(), 10), (World::new(), 24 * 60)] {
        let mut ada = world.register(ADA).await;
        let token = world.accounts.password_reset_token(&ada).await.unwrap();
        let link = world.accounts.email_confirmation_token(&ada).await.unwrap();
        world.clock.advance(Duration::minutes(minutes) + Duration::SECOND);
        let late = world.accounts.reset_password(&mut ada, &token, NEW).await.unwrap();
        assert!(is_invalid(&late));
        let confirmed = world.accounts.confirm_email(&mut ada, &link).await.unwrap();
        assert_eq!(confirmed.is_ok(), minutes == 10);
        let token = world.accounts.password_reset_token(&ada).await.unwrap();
        world.clock.advance(Duration::minutes(minutes));
        world
            .accounts
            .reset_password(&mut ada, &token, NEW)
            .await
            .unwrap()
            .unwrap();
    }
}

/// Their new security stamp would end a reset code and a change of address, too: that each was redeemed, the store tells.
#[tokio::test]
async fn every_code_that_was_used_is_kept_as_redeemed_where_it_works_once() {
    for (world, kept) in [(strict(), 3), (World::new(), 0)] {
        let accounts = &world.accounts;
        let mut ada = world.register(ADA).await;
        let token = accounts.email_confirmation_token(&ada).await.unwrap();
        accounts.confirm_email(&mut ada, &token).await.unwrap().unwrap();
        let token = accounts.password_reset_token(&ada).await.unwrap();
        accounts.reset_password(&mut ada, &token, NEW).await.unwrap().unwrap();
        let token = accounts.change_email_token(&ada, GRACE).await.unwrap();
        accounts.change_email(&mut ada, GRACE, &token).await.unwrap().unwrap();
        let secrets = accounts.stores().secrets().unwrap();
        let late = world.clock.now() + Duration::days(365);
        assert_eq!(secrets.remove_expired(late, 10).await.unwrap(), kept);
    }
}
