//! Readings of the ring whose request is given up because its client hung up.

use std::{
    pin::pin,
    task::{Context, Waker},
};

use time::Duration;

use crate::world::{START, World};

#[tokio::test]
async fn a_client_who_hangs_up_takes_from_nobody_the_look_for_a_new_key() {
    let world = World::default();
    let (one, other) = (world.instance(1), world.instance(2));
    one.protector.protect(b"").await.unwrap();
    other.protector.protect(b"").await.unwrap();
    one.ring.revoke_all(START + Duration::SECOND, None).await.unwrap();
    world.clock.advance(Duration::seconds(2));
    let payload = one.protector.protect(b"new").await.unwrap();

    let reads = world.repository.reads();
    let mut made_up = payload.clone();
    made_up[4] ^= 1;
    {
        let request = pin!(other.protector.unprotect(&made_up));
        assert!(request.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(&**other.protector.unprotect(&payload).await.unwrap(), b"new");
    assert_eq!(world.repository.reads(), reads + 1);
}
