//! Who waits, who cannot, and who has gone.

use super::super::queue::QUEUED_BYTES;
use super::*;
use crate::request::Caller;

#[tokio::test]
async fn a_full_queue_is_busy_until_somebody_is_served() {
    let HeldPool { pool, batches, go_on } = HeldPool::start(1);
    let mut at_work = Box::pin(pool.derive(request("at work")));
    begin(&mut at_work);
    batches.recv().unwrap();
    let mut waiting = Box::pin(pool.derive(request("waiting")));
    begin(&mut waiting);
    let mut too_many = Box::pin(pool.derive(request("too many")));
    assert!(matches!(poll(&mut too_many), Poll::Ready(Err(Error::Busy))));

    go_on.send(()).unwrap();
    assert_eq!(*at_work.await.unwrap(), [7]);
    assert_eq!(batches.recv().unwrap(), ["waiting"]);
    let mut next = Box::pin(pool.derive(request("next")));
    begin(&mut next);
    go_on.send(()).unwrap();
    go_on.send(()).unwrap();
    assert_eq!(*waiting.await.unwrap(), [7]);
    assert_eq!(*next.await.unwrap(), [7]);
}

#[tokio::test]
async fn few_long_passwords_fill_the_queue_like_many_short_ones() {
    let long = "x".repeat(QUEUED_BYTES / 2);
    let HeldPool {
        pool,
        batches,
        go_on: _go_on,
    } = HeldPool::start(1000);
    let mut at_work = Box::pin(pool.derive(request("at work")));
    begin(&mut at_work);
    batches.recv().unwrap();
    // With its salt it is a little more than half.
    let mut first = Box::pin(pool.derive(request(&long)));
    begin(&mut first);
    let mut second = Box::pin(pool.derive(request(&long)));
    assert!(matches!(poll(&mut second), Poll::Ready(Err(Error::Busy))));
    let mut short = Box::pin(pool.derive(request("short")));
    begin(&mut short);
    drop((first, short));

    let mut alone = Box::pin(pool.derive(request(&long.repeat(4))));
    begin(&mut alone);
    let mut short = Box::pin(pool.derive(request("short")));
    assert!(matches!(poll(&mut short), Poll::Ready(Err(Error::Busy))));
}

#[tokio::test]
async fn an_idle_thread_takes_a_request_even_if_none_may_wait() {
    let HeldPool {
        pool,
        batches: _batches,
        go_on,
    } = HeldPool::start(0);
    go_on.send(()).unwrap();
    assert_eq!(*pool.derive(request("first")).await.unwrap(), [7]);
}

#[tokio::test]
async fn a_request_whose_asker_is_gone_is_not_hashed_and_leaves_room() {
    let HeldPool { pool, batches, go_on } = HeldPool::start(1);
    let mut at_work = Box::pin(pool.derive(request("at work")));
    begin(&mut at_work);
    batches.recv().unwrap();
    let mut gone = Box::pin(pool.derive(request("gone")));
    begin(&mut gone);
    drop(gone);
    let mut stays = Box::pin(pool.derive(request("stays")));
    begin(&mut stays);

    go_on.send(()).unwrap();
    go_on.send(()).unwrap();
    stays.await.unwrap();
    assert_eq!(batches.recv().unwrap(), ["stays"]);
}

#[tokio::test]
async fn what_waits_for_a_caller_who_is_gone_is_taken_back_and_what_is_hashed_comes() {
    let HeldPool { pool, batches, go_on } = HeldPool::start(1);
    let callers = [Caller::new(), Caller::new()];
    let mut at_work = Box::pin(callers[0].on_behalf(pool.derive(request("at work"))));
    begin(&mut at_work);
    batches.recv().unwrap();
    let mut waiting = Box::pin(callers[1].on_behalf(pool.derive(request("waiting"))));
    begin(&mut waiting);

    drop(callers);
    assert!(matches!(poll(&mut waiting), Poll::Ready(Err(Error::Abandoned))));
    begin(&mut at_work);
    let mut stays = Box::pin(pool.derive(request("stays")));
    begin(&mut stays);
    go_on.send(()).unwrap();
    assert_eq!(*at_work.await.unwrap(), [7]);
    assert_eq!(batches.recv().unwrap(), ["stays"]);
    go_on.send(()).unwrap();
    stays.await.unwrap();
}
