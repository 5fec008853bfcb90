//! A repository that fails.

use time::Duration;
use wicketgate_protection::ProtectError;

use crate::world::{START, World, key_id};

#[tokio::test]
async fn a_repository_that_fails_at_first_is_an_error_and_later_none() {
    let world = World::default();
    let instance = world.instance(1);
    world.repository.fail_reading(true);
    assert!(matches!(
        instance.protector.protect(b"").await,
        Err(ProtectError::Repository(_))
    ));
    world.repository.fail_reading(false);
    let payload = instance.protector.protect(b"still").await.unwrap();

    world.repository.fail_reading(true);
    world.clock.advance(Duration::days(1));
    assert_eq!(&**instance.protector.unprotect(&payload).await.unwrap(), b"still");
    let reads = world.repository.reads();
    instance.protector.protect(b"").await.unwrap();
    assert_eq!(world.repository.reads(), reads, "not again at once");
    world.clock.advance(Duration::minutes(2));
    instance.protector.protect(b"").await.unwrap();
    assert_eq!(world.repository.reads(), reads + 1, "but after two minutes");
}

#[tokio::test]
async fn a_repository_that_cannot_be_written_serves_as_long_as_it_has_a_key() {
    let world = World::default();
    let instance = world.instance(1);
    let first = key_id(&instance.protector.protect(b"").await.unwrap());
    world.repository.fail_writing(true);
    world.clock.set(START + Duration::days(89));
    assert_eq!(key_id(&instance.protector.protect(b"").await.unwrap()), first);

    world.repository.fail_writing(false);
    world.clock.advance(Duration::minutes(2));
    instance.protector.protect(b"").await.unwrap();
    assert_eq!(
        instance.ring.keys().await.unwrap().len(),
        2,
        "the successor is made as soon as it can be"
    );
}
