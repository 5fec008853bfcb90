//! Payloads under a key that the ring does not know: another instance's, or made up.

use time::Duration;
use wicketgate_protection::UnprotectError;

use crate::world::{START, World, key_id};

#[tokio::test]
async fn a_key_that_another_instance_made_is_found_at_once() {
    let world = World::default();
    let (one, other) = (world.instance(1), world.instance(2));
    one.protector.protect(b"").await.unwrap();
    other.protector.protect(b"").await.unwrap();

    one.ring.revoke_all(START + Duration::SECOND, None).await.unwrap();
    world.clock.advance(Duration::seconds(2));
    let payload = one.protector.protect(b"new").await.unwrap();
    assert_eq!(&**other.protector.unprotect(&payload).await.unwrap(), b"new");
}

#[tokio::test]
async fn made_up_key_ids_cannot_hammer_the_repository() {
    let world = World::default();
    let instance = world.instance(1);
    let payload = instance.protector.protect(b"").await.unwrap();
    let (reads, writes) = (world.repository.reads(), world.repository.writes());
    for made_up in 0..100 {
        let mut payload = payload.clone();
        payload[4] = payload[4].wrapping_add(1 + made_up);
        assert!(matches!(
            instance.protector.unprotect(&payload).await,
            Err(UnprotectError::Invalid)
        ));
    }
    assert_eq!(world.repository.reads(), reads + 1);
    world.clock.advance(Duration::seconds(2));
    let mut payload = payload.clone();
    payload[5] ^= 1;
    instance.protector.unprotect(&payload).await.unwrap_err();
    assert_eq!(world.repository.reads(), reads + 2);
    assert_eq!(world.repository.writes(), writes);
}

#[tokio::test]
async fn a_made_up_key_id_makes_no_key_even_where_the_ring_wants_one() {
    let world = World::default();
    let instance = world.instance(1);
    let payload = instance.protector.protect(b"").await.unwrap();
    instance.ring.revoke_key(key_id(&payload), None).await.unwrap();
    instance.protector.protect(b"").await.unwrap();
    let writes = world.repository.writes();
    for _ in 0..10 {
        world.clock.advance(Duration::seconds(10));
        let mut payload = payload.clone();
        payload[4] ^= 1;
        instance.protector.unprotect(&payload).await.unwrap_err();
    }
    assert_eq!(world.repository.writes(), writes);
}

#[tokio::test]
async fn a_look_for_a_made_up_key_id_does_not_put_off_the_next_reading() {
    let world = World::default();
    let instance = world.instance(1);
    let mut payload = instance.protector.protect(b"").await.unwrap();
    payload[4] ^= 1;
    world.clock.advance(Duration::hours(19));
    instance.protector.unprotect(&payload).await.unwrap_err();
    let reads = world.repository.reads();
    world.clock.advance(Duration::hours(5));
    instance.protector.protect(b"").await.unwrap();
    assert_eq!(world.repository.reads(), reads + 1);
}

#[tokio::test]
async fn a_look_that_finds_all_keys_revoked_is_followed_by_a_new_key() {
    let world = World::default();
    let (instance, other) = (world.instance(1), world.instance(2));
    let mut payload = instance.protector.protect(b"").await.unwrap();
    other.ring.revoke_all(START + Duration::SECOND, None).await.unwrap();
    payload[4] ^= 1;
    instance.protector.unprotect(&payload).await.unwrap_err();
    world.clock.advance(Duration::SECOND);
    instance.protector.protect(b"").await.unwrap();
}

#[tokio::test]
async fn a_made_up_key_id_does_not_make_anybody_forget_what_was_opened() {
    let world = World::default();
    let instance = world.instance(1);
    let payload = instance.protector.protect(b"").await.unwrap();
    let edition = instance.protector.ring_edition().await.unwrap();
    for made_up in 0..10 {
        world.clock.advance(Duration::hours(9));
        world.repository.fail_reading(made_up % 3 == 2);
        let mut payload = payload.clone();
        payload[4] = payload[4].wrapping_add(1 + made_up);
        instance.protector.unprotect(&payload).await.unwrap_err();
        assert_eq!(instance.protector.ring_edition().await.unwrap(), edition, "{made_up}");
    }
    world.repository.fail_reading(false);
    instance.ring.revoke_key(key_id(&payload), None).await.unwrap();
    assert_ne!(instance.protector.ring_edition().await.unwrap(), edition);
}
