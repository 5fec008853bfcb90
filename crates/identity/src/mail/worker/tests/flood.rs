//! More mails than one look reads, and than there is room for.

use super::*;
use crate::mail::QueuedMail;

/// Mails to many recipients of one domain, each of which is dropped.
async fn flood(mails: &Mails, count: u128) {
    let one = mails.protect(&message("nobody@x")).await.unwrap();
    for number in 0..count {
        let mut mail: QueuedMail = one.clone();
        mail.waiting.id = Uuid::from_u128(number);
        mail.waiting.recipient = number.to_string();
        mails.queue().add(&mail).await.unwrap();
    }
}

#[tokio::test]
async fn a_mail_behind_a_flood_is_sent_long_before_its_end() {
    let world = World::new();
    let mails = world.mails(Duration::ZERO);
    flood(&mails, 9_000).await;
    add(&mails, &["b@y"]).await;
    let _worker = world.worker(&mails);
    while world.server.sent().is_empty() {
        yield_now().await;
    }
    let attempts = world.server.attempts();
    assert!(attempts < 2_000, "{attempts}");
}

#[tokio::test]
async fn a_flood_has_been_tried_to_its_end_when_the_worker_says_so() {
    let world = World::new();
    let mails = world.mails(Duration::ZERO);
    flood(&mails, 2_500).await;
    world.worker(&mails).finish().await;
    assert_eq!(world.server.attempts(), 2_500);
    assert_eq!(world.waiting().await, 0);
}
