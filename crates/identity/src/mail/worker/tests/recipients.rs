//! How many mails may wait for one recipient.

use super::*;
use crate::mail::AccountNotice;

#[tokio::test]
async fn a_recipient_has_twenty_mails_waiting_at_most_and_decoys_go_to_nobody() {
    let world = World::new();
    let mails = world.mails(Duration::ZERO);
    for _ in 0..25 {
        add(&mails, &["Ada@x", "ada@X"]).await;
    }
    assert_eq!(world.waiting().await, 20);
    add(&mails, &["b@x"]).await;
    let worker = world.worker(&mails);
    worker.finish().await;
    assert_eq!(world.server.attempts(), 21);
    assert_eq!(world.stores.mails().unwrap().protected(None, 1).await.unwrap(), []);
}

#[tokio::test]
async fn a_flood_of_mails_to_an_address_leaves_room_for_the_notices_of_changes() {
    let world = World::new();
    let mails = world.mails(Duration::ZERO);
    let notice = async |notice| {
        let text = EmailText::Notice(notice);
        mails
            .add(&EmailMessage {
                text,
                ..message("ada@x")
            })
            .await
            .unwrap();
    };
    for _ in 0..25 {
        add(&mails, &["ada@x"]).await;
        notice(AccountNotice::RegistrationAttempted).await;
        notice(AccountNotice::RegistrationAttemptedUnconfirmed).await;
    }
    assert_eq!(world.waiting().await, 20, "what a stranger can send");
    for _ in 0..25 {
        notice(AccountNotice::PasswordChanged).await;
    }
    assert_eq!(world.waiting().await, 40);
}
