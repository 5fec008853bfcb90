//! Authenticator keys, codes and recovery codes.

use std::collections::HashSet;

use time::Duration;
use wicketgate_identity::account::{Change, Expected};

use crate::world::{ADA, World, event};

#[tokio::test]
async fn a_new_key_makes_the_old_ones_codes_wrong() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    assert_eq!(world.accounts.authenticator_key(&ada).await.unwrap(), None);
    let mut keys = Vec::new();
    for _ in 0..2 {
        let before = ada.security_stamp.clone();
        keys.push(world.accounts.reset_authenticator_key(&mut ada).await.unwrap().unwrap());
        assert_ne!(ada.security_stamp, before);
    }
    assert_eq!(
        world.accounts.authenticator_key(&ada).await.unwrap().as_ref(),
        Some(&keys[1])
    );
    for (key, valid) in keys.iter().zip([false, true]) {
        let code = world.code(key);
        assert_eq!(
            world
                .accounts
                .accept_authenticator_code(&ada, &code)
                .await
                .unwrap()
                .is_some(),
            valid
        );
    }
}

#[tokio::test]
async fn a_code_holds_for_two_steps_either_way() {
    let world = World::new();
    let (ada, key, _) = world.register_with_second_factor(ADA).await;
    let code = world.code(&key);
    for (minutes, valid) in [(0, true), (1, true), (-1, true), (2, false), (-2, false)] {
        world.clock.advance(Duration::minutes(minutes));
        let verified = world
            .accounts
            .accept_authenticator_code(&ada, &code)
            .await
            .unwrap()
            .is_some();
        assert_eq!(verified, valid, "{minutes} minutes later");
        world.clock.advance(Duration::minutes(-minutes));
    }
}

#[tokio::test]
async fn an_empty_key_is_none() {
    let world = World::new();
    let (ada, ..) = world.register_with_second_factor(ADA).await;
    let stamp = ada.security_stamp.clone().unwrap();
    world
        .accounts
        .store()
        .change(
            &ada.id,
            Expected::SecurityStamp(Some(&stamp)),
            &Change::AuthenticatorKey {
                key: "".to_owned(),
                stamp: stamp.clone(),
            },
            &event(),
        )
        .await
        .unwrap();
    let code = world.code("");
    let accepted = world.accounts.accept_authenticator_code(&ada, &code).await;
    assert!(accepted.unwrap().is_none());
}

#[tokio::test]
async fn switching_the_second_factor_is_a_new_stamp_even_where_nothing_changes() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    for enabled in [false, true, true, false] {
        let before = ada.security_stamp.clone();
        world
            .accounts
            .set_two_factor_enabled(&mut ada, enabled)
            .await
            .unwrap()
            .unwrap();
        let stored = world.reload(&ada).await;
        assert_eq!(
            (stored.two_factor_enabled, &stored.security_stamp),
            (enabled, &ada.security_stamp)
        );
        assert_ne!(ada.security_stamp, before);
    }
}

#[tokio::test]
async fn new_recovery_codes_take_the_place_of_the_old_ones_and_keep_the_stamp() {
    let world = World::new();
    let ada = world.register(ADA).await;
    assert_eq!(world.accounts.count_recovery_codes(&ada).await.unwrap(), 0);
    let mut seen = HashSet::new();
    for _ in 0..2 {
        seen.extend(world.accounts.generate_recovery_codes(&ada).await.unwrap().unwrap());
        assert_eq!(world.accounts.count_recovery_codes(&ada).await.unwrap(), 10);
    }
    assert_eq!(seen.len(), 20, "no code comes again");
    assert_eq!(world.reload(&ada).await.security_stamp, ada.security_stamp);
}
