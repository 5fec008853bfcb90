//! Keys that were revoked.

use time::Duration;
use wicketgate_protection::{Clock, ProtectError, UnprotectError, key_of};

use crate::world::{START, World, key_id};

#[tokio::test]
async fn a_revoked_key_is_replaced_and_what_it_protected_is_lost() {
    let world = World::default();
    let (instance, other) = (world.instance(1), world.instance(2));
    let payload = instance.protector.protect(b"").await.unwrap();
    other.protector.unprotect(&payload).await.unwrap();
    let revoked = key_id(&payload);
    instance.ring.revoke_key(revoked, Some("leaked")).await.unwrap();

    assert!(matches!(
        instance.protector.unprotect(&payload).await,
        Err(UnprotectError::Invalid)
    ));
    assert_ne!(key_id(&instance.protector.protect(b"").await.unwrap()), revoked);
    let keys = instance.ring.keys().await.unwrap();
    assert_eq!(
        keys.iter()
            .filter(|key| key.is_revoked)
            .map(|key| key.id)
            .collect::<Vec<_>>(),
        [revoked]
    );

    world.clock.advance(Duration::days(1));
    assert!(
        matches!(other.protector.unprotect(&payload).await, Err(UnprotectError::Invalid)),
        "after its next reading"
    );
}

#[tokio::test]
async fn data_at_rest_opens_although_its_key_was_revoked_but_not_for_other_purposes_or_when_damaged() {
    let world = World::default();
    let instance = world.instance(1);
    let mut payload = instance.protector.protect(b"a mail").await.unwrap();
    let revoked = key_of(&payload).unwrap();
    assert_eq!(instance.protector.protecting_key().await.unwrap(), revoked);
    instance.ring.revoke_key(revoked, None).await.unwrap();

    let opened = instance.protector.unprotect_at_rest(&payload).await.unwrap();
    assert_eq!(&**opened, b"a mail");
    assert_ne!(instance.protector.protecting_key().await.unwrap(), revoked);
    let other = instance.protector.with_purpose("other");
    assert!(other.unprotect_at_rest(&payload).await.is_err());
    *payload.last_mut().unwrap() ^= 1;
    assert!(instance.protector.unprotect_at_rest(&payload).await.is_err());
}

#[tokio::test]
async fn a_reload_heeds_at_once_what_another_process_revoked() {
    let world = World::default();
    let (instance, other) = (world.instance(1), world.instance(2));
    let payload = instance.protector.protect(b"").await.unwrap();
    other.ring.revoke_key(key_id(&payload), None).await.unwrap();
    instance.protector.unprotect(&payload).await.unwrap();
    instance.ring.reload().await.unwrap();
    assert!(matches!(
        instance.protector.unprotect(&payload).await,
        Err(UnprotectError::Invalid)
    ));
}

#[tokio::test]
async fn a_reload_that_fails_keeps_what_was_known() {
    let world = World::default();
    let instance = world.instance(1);
    let payload = instance.protector.protect(b"").await.unwrap();
    world.repository.fail_reading(true);
    instance.ring.reload().await.unwrap();
    instance.protector.unprotect(&payload).await.unwrap();
}

#[tokio::test]
async fn revoking_all_spares_what_is_made_in_the_same_instant_or_later() {
    let world = World::default();
    let instance = world.instance(1);
    let before = instance
        .ring
        .create_key(START, START + Duration::days(90))
        .await
        .unwrap();
    world.clock.advance(Duration::SECOND);
    let same_instant = instance
        .ring
        .create_key(START, START + Duration::days(90))
        .await
        .unwrap();
    instance.ring.revoke_all(world.clock.now(), None).await.unwrap();
    let keys = instance.ring.keys().await.unwrap();
    let is_revoked = |id| keys.iter().find(|key| key.id == id).unwrap().is_revoked;
    assert!(is_revoked(before) && !is_revoked(same_instant));
}

#[tokio::test]
async fn all_keys_revoked_and_none_can_be_made_refuses_what_was_known() {
    let world = World::default();
    let (instance, other) = (world.instance(1), world.instance(2));
    let payload = instance.protector.protect(b"").await.unwrap();
    other.ring.revoke_all(START + Duration::SECOND, None).await.unwrap();
    world.repository.fail_writing(true);
    world.clock.advance(Duration::days(1));
    assert!(instance.protector.unprotect(&payload).await.is_err());
    assert!(matches!(
        instance.protector.protect(b"").await,
        Err(ProtectError::Repository(_))
    ));
    world.repository.fail_reading(true);
    assert!(instance.protector.unprotect(&payload).await.is_err(), "nor later");
}
