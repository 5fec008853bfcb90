//! Mails that wait to be sent. Stores that keep none pass every check here.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use wicketgate_identity::StoreError;
use wicketgate_identity::account::EmailUniqueness;
use wicketgate_identity::mail::{ProtectedMail, QueuedMail, WaitingMail};
use wicketgate_identity::store::{CreateOutcome, MailQueue};

use crate::Store;
use crate::fixture::{NOW, by_name, event, in_parallel, is_created, user};

const LEASE: Uuid = Uuid::from_u128(0xA);
const OTHER_LEASE: Uuid = Uuid::from_u128(0xB);
const KEY: Uuid = Uuid::from_u128(0xC);
const LATER: OffsetDateTime = NOW.saturating_add(Duration::minutes(3));

/// A mail that is due as many seconds after [`NOW`] as its number says.
fn mail(number: u8) -> QueuedMail {
    let at = NOW + Duration::seconds(number.into());
    QueuedMail {
        waiting: WaitingMail {
            id: Uuid::from_u128(number.into()),
            created: at,
            due: at,
            attempts: 0,
            recipient: format!("recipient-{number}"),
            domain: "domain".to_owned(),
        },
        protected: ProtectedMail {
            key_id: KEY,
            payload: format!("payload-{number}"),
        },
    }
}

async fn add(queue: &dyn MailQueue, numbers: impl IntoIterator<Item = u8>) -> Result<(), StoreError> {
    for number in numbers {
        queue.add(&mail(number)).await?;
    }
    Ok(())
}

async fn due(queue: &dyn MailQueue, now: OffsetDateTime) -> Result<Vec<WaitingMail>, StoreError> {
    queue.due(now, None, 100).await
}

fn ids(mails: &[WaitingMail]) -> Vec<u128> {
    mails.iter().map(|mail| mail.id.as_u128()).collect()
}

/// A mail is read as it was written, once it is due.
pub async fn a_mail_is_due_as_it_was_added(store: Store) -> Result<(), StoreError> {
    let Some(queue) = store.mails() else { return Ok(()) };
    let mut old = mail(1);
    old.waiting.attempts = 7;
    old.waiting.due = NOW;
    queue.add(&old).await?;
    assert!(due(queue, NOW - Duration::MICROSECOND).await?.is_empty());
    assert_eq!(due(queue, NOW).await?, [old.waiting.clone()]);
    let leased = queue.lease(&[old.waiting], LEASE, LATER).await?;
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].protected, old.protected);
    Ok(())
}

/// Pages follow one another, also among mails of one instant.
pub async fn due_mails_are_listed_in_pages(store: Store) -> Result<(), StoreError> {
    let Some(queue) = store.mails() else { return Ok(()) };
    add(queue, [9, 3, 1]).await?;
    for id in [20, 22, 21] {
        let mut mail = mail(3);
        mail.waiting.id = Uuid::from_u128(id);
        queue.add(&mail).await?;
    }
    let now = NOW + Duration::seconds(5);
    let mut page = queue.due(now, None, 2).await?;
    let mut listed = ids(&page);
    while let Some(last) = page.last() {
        page = queue.due(now, Some(last), 2).await?;
        listed.extend(ids(&page));
    }
    assert_eq!(listed, [1, 3, 20, 21, 22]);
    Ok(())
}

/// What is leased is due for nobody until the lease ends, and then for everybody.
pub async fn a_leased_mail_is_due_again_when_the_lease_ends(store: Store) -> Result<(), StoreError> {
    let Some(queue) = store.mails() else { return Ok(()) };
    add(queue, [0]).await?;
    let seen = due(queue, NOW).await?;
    assert_eq!(queue.lease(&seen, LEASE, LATER).await?.len(), 1);
    assert!(due(queue, LATER - Duration::SECOND).await?.is_empty());
    assert!(
        queue.lease(&seen, OTHER_LEASE, LATER).await?.is_empty(),
        "as it was seen"
    );

    let seen = due(queue, LATER).await?;
    assert_eq!(ids(&seen), [0]);
    let until = LATER + Duration::MINUTE;
    assert_eq!(queue.lease(&seen, OTHER_LEASE, until).await?.len(), 1);
    // Whose lease has ended has nothing to say about the mail.
    queue.try_later(seen[0].id, LEASE, 1, NOW).await?;
    queue.release(LEASE, NOW).await?;
    assert!(due(queue, LATER).await?.is_empty());
    Ok(())
}

/// Of many who want the same mails, in whatever order, one gets each.
pub async fn one_of_many_leases_a_mail(store: Store) -> Result<(), StoreError> {
    let Some(queue) = store.mails() else { return Ok(()) };
    add(queue, 0..5).await?;
    let seen = due(queue, LATER).await?;
    assert_eq!(seen.len(), 5);
    let leased = in_parallel(8, |task| {
        let (store, mut seen) = (store.clone(), seen.clone());
        async move {
            let Some(queue) = store.mails() else {
                return Ok(Vec::new());
            };
            seen.rotate_left(task % 5);
            queue.lease(&seen, Uuid::from_u128(task as u128), LATER).await
        }
    })
    .await?;
    let mut leased: Vec<_> = leased.iter().flatten().map(|mail| mail.id.as_u128()).collect();
    leased.sort_unstable();
    assert_eq!(leased, [0, 1, 2, 3, 4]);
    Ok(())
}

/// A mail that was not sent is due when its sender says.
pub async fn a_mail_is_tried_later(store: Store) -> Result<(), StoreError> {
    let Some(queue) = store.mails() else { return Ok(()) };
    add(queue, [0]).await?;
    let seen = due(queue, NOW).await?;
    queue.lease(&seen, LEASE, LATER).await?;
    let again = NOW + Duration::SECOND;
    queue.try_later(seen[0].id, LEASE, 4, again).await?;
    assert!(due(queue, NOW).await?.is_empty());
    let expected = WaitingMail {
        attempts: 4,
        due: again,
        ..seen[0].clone()
    };
    assert_eq!(due(queue, again).await?, [expected]);
    Ok(())
}

/// A sender who stops leaves its mails to the others at once.
pub async fn released_mails_are_due_at_once(store: Store) -> Result<(), StoreError> {
    let Some(queue) = store.mails() else { return Ok(()) };
    add(queue, 0..3).await?;
    let seen = due(queue, LATER).await?;
    queue.lease(&seen[..2], LEASE, LATER).await?;
    queue.lease(&seen[2..], OTHER_LEASE, LATER + Duration::MINUTE).await?;
    queue.release(LEASE, NOW).await?;
    assert_eq!(ids(&due(queue, NOW).await?), [0, 1]);
    Ok(())
}

/// A mail that was sent is gone, whoever has the lease.
pub async fn removed_mails_are_gone(store: Store) -> Result<(), StoreError> {
    let Some(queue) = store.mails() else { return Ok(()) };
    add(queue, 0..4).await?;
    let seen = due(queue, LATER).await?;
    queue.lease(&seen[..1], LEASE, LATER).await?;
    queue.remove(&[seen[0].id]).await?;
    queue.remove(&[seen[2].id, seen[1].id, Uuid::from_u128(99)]).await?;
    assert_eq!(ids(&due(queue, LATER).await?), [3]);
    assert_eq!(queue.counts().await?.waiting, 1);
    Ok(())
}

/// Mails are counted by recipient and by key, and in all without decoys.
pub async fn mails_are_counted(store: Store) -> Result<(), StoreError> {
    let Some(queue) = store.mails() else { return Ok(()) };
    assert_eq!(queue.counts().await?, wicketgate_identity::mail::MailCounts::default());
    add(queue, [2, 1]).await?;
    let mut decoy = mail(0);
    decoy.waiting.domain = String::new();
    decoy.waiting.recipient = "recipient-1".to_owned();
    queue.add(&decoy).await?;
    let counts = queue.counts().await?;
    assert_eq!((counts.waiting, counts.oldest), (2, Some(NOW + Duration::SECOND)));
    assert_eq!(queue.count_for("recipient-1").await?, 2);
    assert_eq!(queue.count_for("recipient-9").await?, 0);
    assert_eq!(queue.count_protected_with(KEY).await?, 3);
    assert_eq!(queue.count_protected_with(LEASE).await?, 0);
    Ok(())
}

/// What is under one key is put under another, page by page.
pub async fn mails_are_protected_anew(store: Store) -> Result<(), StoreError> {
    let Some(queue) = store.mails() else { return Ok(()) };
    add(queue, 1..4).await?;
    let page = queue.protected(None, 2).await?;
    let last = page.last().map(|mail| mail.id);
    let rest = queue.protected(last, 2).await?;
    let all: Vec<_> = page.iter().chain(&rest).map(|mail| mail.id.as_u128()).collect();
    assert_eq!(all, [1, 2, 3]);
    assert_eq!(page[0].protected, mail(1).protected);

    let new = ProtectedMail {
        key_id: OTHER_LEASE,
        payload: "anew".to_owned(),
    };
    assert!(queue.protect_anew(page[0].id, KEY, &new).await?);
    assert!(!queue.protect_anew(page[0].id, KEY, &new).await?, "it was done already");
    assert_eq!(queue.protected(None, 1).await?[0].protected, new);
    assert_eq!(queue.count_protected_with(KEY).await?, 2);
    Ok(())
}

/// An account that is created has its mail, and one that is not created has none.
pub async fn a_new_account_comes_with_its_mail(store: Store) -> Result<(), StoreError> {
    let Some(queue) = store.mails() else { return Ok(()) };
    let ada = user("ada");
    let accounts = store.accounts();
    let create = async |number: u8, user| {
        let mail = mail(number);
        accounts
            .create(user, EmailUniqueness::NotRequired, Some(&mail), &event())
            .await
    };
    assert!(is_created(&create(0, &ada).await?));
    assert_eq!(due(queue, NOW).await?, [mail(0).waiting]);
    let mut other = user("ada");
    other.id = user("other").id;
    assert_eq!(create(1, &other).await?, CreateOutcome::DuplicateUserName);
    assert_eq!(ids(&due(queue, LATER).await?), [0]);
    // A mail that cannot be written takes its account along.
    if queue.is_durable() {
        assert!(create(0, &user("grace")).await.is_err());
        assert_eq!(by_name(&store, &user("grace")).await?, None);
    }
    Ok(())
}
