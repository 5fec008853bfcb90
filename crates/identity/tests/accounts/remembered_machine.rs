//! Machines that stand in for the second factor.

use crate::world::{ADA, GRACE, PASSWORD, START, World, signed_in};
use time::Duration;
use wicketgate_identity::SecondFactor;
use wicketgate_identity::sign_in::RememberedMachine;

#[tokio::test]
async fn a_remembered_machine_stands_in_for_the_second_factor() {
    let world = World::new();
    let (ada, key, _) = world.register_with_second_factor(ADA).await;
    let ticket = world.remember(&ada);
    world
        .outcome_with(ADA, SecondFactor::AuthenticatorCode(&world.wrong_code(&key)))
        .await;
    let result = world.login_on(ADA, PASSWORD, SecondFactor::None, Some(&ticket)).await;
    assert_eq!(result.remembered_machine, Some(RememberedMachine::Remembered));
    assert_eq!(result.second_factor_asked_of, None);
    assert_eq!(signed_in(result).principal.find_first_value("amr"), Some("pwd"));
    assert_eq!(world.reload(&ada).await.access_failed_count, 0);
}

#[tokio::test]
async fn a_remembered_machine_is_its_own_accounts_only() {
    let world = World::new();
    let (ada, ..) = world.register_with_second_factor(ADA).await;
    world.register_with_second_factor(GRACE).await;
    let result = world
        .login_on(GRACE, PASSWORD, SecondFactor::None, Some(&world.remember(&ada)))
        .await;
    assert_eq!(result.result.to_string(), "RequiresTwoFactor");
    assert_eq!(result.remembered_machine, Some(RememberedMachine::NotRemembered));
}

#[tokio::test]
async fn a_machine_is_forgotten_once_the_interval_shows_another_stamp() {
    let world = World::new();
    let (mut ada, ..) = world.register_with_second_factor(ADA).await;
    world.register_with_second_factor(GRACE).await;
    let ticket = world.remember(&ada);
    world.clock.advance(Duration::minutes(31));
    let remembered = async |email| {
        let result = world.login_on(email, PASSWORD, SecondFactor::None, Some(&ticket)).await;
        result.remembered_machine
    };
    assert_eq!(
        remembered(ADA).await,
        Some(RememberedMachine::Remembered),
        "the stamp is still the same"
    );

    world.accounts.sign_out_everywhere(&mut ada).await.unwrap().unwrap();
    assert_eq!(remembered(ADA).await, Some(RememberedMachine::Ended));
    assert_eq!(
        remembered(GRACE).await,
        Some(RememberedMachine::Ended),
        "whoever signs in there"
    );
    world.clock.set(START + Duration::minutes(30));
    assert_eq!(
        remembered(ADA).await,
        Some(RememberedMachine::Remembered),
        "not looked at yet"
    );
}

/// Whoever has a remembered machine of their own must not get past somebody else's second factor with it, whether its
/// stamp is due to be looked at or not.
#[tokio::test]
async fn another_accounts_remembered_machine_asks_for_the_second_factor_at_any_age() {
    let world = World::new();
    let (ada, ..) = world.register_with_second_factor(ADA).await;
    world.register_with_second_factor(GRACE).await;
    let ticket = world.remember(&ada);
    for minutes in [0, 31] {
        world.clock.set(START + Duration::minutes(minutes));
        let grace = world.login_on(GRACE, PASSWORD, SecondFactor::None, Some(&ticket)).await;
        assert_eq!(grace.result.to_string(), "RequiresTwoFactor");
        assert_eq!(grace.remembered_machine, Some(RememberedMachine::NotRemembered));
        assert!(grace.second_factor_asked_of.is_some_and(|asked| asked != ada.id));
    }
}
