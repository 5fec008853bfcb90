//! A ring over time.

use time::{Duration, macros::datetime};
use wicketgate_protection::{KeyRingOptions, ProtectError, UnprotectError};

use crate::world::{START, World, key_id};

#[tokio::test]
async fn the_first_key_activates_at_once_and_lives_ninety_days() {
    let instance = World::default().instance(1);
    assert_eq!(instance.ring.keys().await.unwrap(), [], "listing makes no key");
    instance.protector.protect(b"").await.unwrap();
    let [key] = &instance.ring.keys().await.unwrap()[..] else {
        panic!("one key")
    };
    assert_eq!(
        (key.creation_date, key.activation_date, key.expiration_date),
        (START, START, START + Duration::days(90))
    );
    assert!(key.is_default && !key.is_revoked && key.problem.is_none());
}

#[tokio::test]
async fn a_successor_is_made_in_time_and_protects_when_its_predecessor_ends() {
    let world = World::default();
    let instance = world.instance(1);
    let first = key_id(&instance.protector.protect(b"").await.unwrap());

    world.clock.set(START + Duration::days(87));
    instance.protector.protect(b"").await.unwrap();
    assert_eq!(instance.ring.keys().await.unwrap().len(), 1, "three days are left");

    world.clock.advance(Duration::days(1));
    assert_eq!(key_id(&instance.protector.protect(b"").await.unwrap()), first);
    let keys = instance.ring.keys().await.unwrap();
    assert_eq!(keys.len(), 2);
    let successor = keys.iter().find(|key| key.id != first).unwrap();
    assert!(!successor.is_default);
    assert_eq!(
        (
            successor.creation_date,
            successor.activation_date,
            successor.expiration_date
        ),
        (
            START + Duration::days(88),
            START + Duration::days(90),
            START + Duration::days(88 + 90)
        )
    );

    world.clock.set(START + Duration::days(90) - Duration::minutes(6));
    let last = instance.protector.protect(b"the last").await.unwrap();
    assert_eq!(key_id(&last), first);
    world.clock.set(START + Duration::days(90));
    assert_eq!(key_id(&instance.protector.protect(b"").await.unwrap()), successor.id);
    assert_eq!(instance.ring.keys().await.unwrap().len(), 2);
    assert_eq!(
        &**instance.protector.unprotect(&last).await.unwrap(),
        b"the last",
        "an expired key unprotects"
    );
}

#[tokio::test]
async fn a_ring_left_alone_until_its_key_has_ended_makes_one_that_activates_at_once() {
    let world = World::default();
    let instance = world.instance(1);
    let first = key_id(&instance.protector.protect(b"").await.unwrap());
    world.clock.set(START + Duration::days(400));
    let second = key_id(&instance.protector.protect(b"").await.unwrap());
    assert_ne!(first, second);
    assert_eq!(
        instance.ring.keys().await.unwrap()[1].activation_date,
        START + Duration::days(400)
    );
}

#[tokio::test]
async fn the_ring_is_read_again_within_a_day_and_not_all_the_time() {
    for seed in 0..8 {
        let world = World::default();
        let instance = world.instance(seed);
        instance.protector.protect(b"").await.unwrap();
        let reads = world.repository.reads();
        // .NET waits for 80 to 100 percent of a day.
        world.clock.set(START + Duration::hours(24) * 0.8 - Duration::SECOND);
        instance.protector.protect(b"").await.unwrap();
        assert_eq!(world.repository.reads(), reads);
        world.clock.set(START + Duration::hours(24));
        instance.protector.protect(b"").await.unwrap();
        assert_eq!(world.repository.reads(), reads + 1);
    }
}

#[tokio::test]
async fn a_key_may_live_for_ever() {
    let world = World::default();
    let options = KeyRingOptions {
        new_key_lifetime: Duration::MAX,
        ..KeyRingOptions::default()
    };
    let instance = world.instance_with(options, 1);
    let payload = instance.protector.protect(b"").await.unwrap();
    world.clock.set(datetime!(9999-12-31 00:00 UTC));
    assert_eq!(
        key_id(&instance.protector.protect(b"").await.unwrap()),
        key_id(&payload)
    );
}

#[tokio::test]
async fn without_making_keys_an_empty_ring_cannot_protect_and_says_so() {
    let world = World::default();
    let options = KeyRingOptions {
        auto_generate_keys: false,
        ..KeyRingOptions::default()
    };
    let instance = world.instance_with(options, 1);
    assert!(matches!(
        instance.protector.protect(b"").await,
        Err(ProtectError::NoDefaultKey)
    ));
    assert_eq!(world.repository.writes(), 0);
}

#[tokio::test]
async fn a_time_limited_payload_opens_until_its_end_and_not_after() {
    let world = World::default();
    let limited = world.instance(1).protector.time_limited();
    let payload = limited.protect(b"soon over", Duration::hours(1)).await.unwrap();
    world.clock.set(START + Duration::hours(1));
    let (plaintext, end) = limited.unprotect(&payload).await.unwrap();
    assert_eq!((&**plaintext, end), (&b"soon over"[..], START + Duration::hours(1)));
    world.clock.advance(Duration::nanoseconds(100));
    assert!(matches!(
        limited.unprotect(&payload).await,
        Err(UnprotectError::Expired)
    ));
    assert!(
        world.instance(1).protector.unprotect(&payload).await.is_err(),
        "its purpose is its own"
    );
}
