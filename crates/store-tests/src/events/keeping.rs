//! What becomes of events that were written. Stores that keep none pass every check here.

use std::collections::HashSet;
use std::sync::Arc;

use time::Duration;
use wicketgate_identity::event::{EventFilter, EventProblem, FailureReason};
use wicketgate_identity::request::RequestContext;
use wicketgate_identity::store::{Attempt, AttemptOutcome};
use wicketgate_identity::{Event, EventKind, StoreError, User, UserId};

use super::fixture::{Kept, failed, pair, signed_in};
use crate::Store;
use crate::fixture::{NOW, in_parallel};

/// As on several instances. None waits for a seal, and none is lost between two.
pub async fn sign_ins_at_once_while_others_seal_all_come_under_a_seal(store: Store) -> Result<(), StoreError> {
    let Some(kept) = Kept::of(store) else { return Ok(()) };
    let kept = Arc::new(kept);
    let ada = kept.create("ada", NOW).await?;
    let bob = kept.create("bob", NOW).await?;
    in_parallel(48, |i| {
        let (kept, ada, bob) = (Arc::clone(&kept), ada.clone(), bob.clone());
        async move {
            if i % 4 == 3 {
                return kept.log()?.seal().await.map(drop);
            }
            let user = if i % 2 == 0 { &ada } else { &bob };
            let at = NOW + Duration::milliseconds(i64::try_from(i).unwrap_or_default());
            let outcome = kept.settle(&user.id, Attempt::Succeeded, &signed_in(user, at)).await?;
            assert_eq!(outcome, AttemptOutcome::Accepted);
            Ok(())
        }
    })
    .await?;
    kept.seal_all().await?;
    let report = kept.log()?.verify(None).await?;
    assert!(report.is_intact(), "{report:#?}");
    assert_eq!((report.sealed, report.unsealed), (38, 0));
    let events = kept.events(EventFilter::default()).await?;
    let ids: HashSet<_> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids.len(), 38);
    assert_eq!(kept.log()?.head().await?, report.head);
    kept.assert_intact(report.head.as_ref()).await.map(drop)
}

/// As metrics show them.
pub async fn events_are_counted_until_they_are_sealed(store: Store) -> Result<(), StoreError> {
    let Some(kept) = Kept::of(store) else { return Ok(()) };
    assert_eq!(kept.log()?.count_unsealed().await?, 0);
    let ada = kept.create("ada", NOW).await?;
    for second in 1..=3 {
        let event = signed_in(&ada, NOW + Duration::seconds(second));
        kept.settle(&ada.id, Attempt::Succeeded, &event).await?;
    }
    let events = kept.events(EventFilter::default()).await?;
    let count = u64::try_from(events.len()).unwrap_or_default();
    assert!(count > 3);
    assert_eq!(kept.log()?.count_unsealed().await?, count);
    assert_eq!(kept.seal_all().await?, count);
    assert_eq!(kept.log()?.count_unsealed().await?, 0);
    Ok(())
}

/// However many there are, they are one event for each client, minute and reason.
pub async fn failures_of_unknown_accounts_are_counted_and_summed_up(store: Store) -> Result<(), StoreError> {
    let Some(kept) = Kept::of(store) else { return Ok(()) };
    let kept = Arc::new(kept);
    in_parallel(30, |i| {
        let kept = Arc::clone(&kept);
        async move {
            let event = async { failed(None, FailureReason::NoSuchAccount, NOW) };
            let client = u8::try_from(1 + i % 2).unwrap_or_default();
            let request = Arc::new(RequestContext {
                id: "request".to_owned(),
                client: Some([192, 0, client, 17].into()),
            });
            let event = request.scope(event).await;
            let nobody = UserId::from_stored("");
            kept.settle(&nobody, Attempt::NotCounted, &event).await.map(drop)
        }
    })
    .await?;
    assert_eq!(kept.log()?.sum_up().await?, 0, "the minute is not over");
    assert_eq!(kept.told().await?, []);
    kept.clock.advance(Duration::minutes(2));
    assert_eq!(kept.log()?.sum_up().await?, 2);
    assert_eq!(kept.log()?.sum_up().await?, 0);
    let counted = pair("unknown_sign_ins_failed", r#"{"reason":"no_such_account","count":15}"#);
    assert_eq!(kept.told().await?, [counted.clone(), counted]);
    let events = kept.events(EventFilter::default()).await?;
    let clients: HashSet<_> = events.iter().filter_map(|event| event.client.as_deref()).collect();
    assert_eq!(clients, HashSet::from(["192.0.1.0/24", "192.0.2.0/24"]));
    assert!(events.iter().all(|event| event.at <= NOW), "in their minute");
    kept.assert_intact(None).await.map(drop)
}

/// Whoever deleted the account.
pub async fn a_deleted_users_events_lose_their_personal_parts_and_the_chain_verifies(
    store: Store,
) -> Result<(), StoreError> {
    let Some(kept) = Kept::of(store) else { return Ok(()) };
    let (ada, bob) = (kept.create("ada", NOW).await?, kept.create("bob", NOW).await?);
    for user in [&ada, &bob] {
        kept.settle(&user.id, Attempt::Succeeded, &signed_in(user, NOW)).await?;
    }
    kept.seal_all().await?;
    assert_eq!(kept.log()?.erase_deleted().await?, 0);
    let event = Event::new(EventKind::Deleted, Some(ada.id.clone()), NOW);
    kept.store.accounts().delete(&ada.id, &event).await?;
    assert_eq!(kept.log()?.erase_deleted().await?, 2, "what is sealed");
    kept.seal_all().await?;
    assert_eq!(kept.log()?.erase(&ada.id).await?, 1);
    assert_eq!(kept.log()?.erase(&ada.id).await?, 0);
    assert_eq!(kept.log()?.erase_deleted().await?, 0);
    let of = |user: &User| EventFilter {
        user: Some(user.id.clone()),
        ..EventFilter::default()
    };
    assert_eq!(kept.events(of(&ada)).await?, []);
    assert_eq!(kept.events(of(&bob)).await?.len(), 2);
    let events = kept.events(EventFilter::default()).await?;
    let erased: Vec<_> = events.iter().filter(|event| event.erased_by.is_some()).collect();
    assert_eq!(erased.len(), 3);
    for event in erased {
        assert_eq!((&event.user, &event.client, &event.request_id), (&None, &None, &None));
        let by = events.iter().find(|other| Some(&other.id) == event.erased_by.as_ref());
        assert_eq!(by.map(|by| by.kind.as_str()), Some("personal_parts_erased"));
    }
    kept.seal_all().await?;
    let report = kept.log()?.verify(None).await?;
    assert!(report.is_intact(), "{report:#?}");
    assert_eq!(report.erased, 3);
    // Erased events and the events of erasing leave together or apart.
    while kept.log()?.prune(NOW + Duration::hours(1)).await? > 0 {
        kept.assert_intact(None).await?;
    }
    assert_eq!(kept.told().await?, []);
    Ok(())
}

/// What is old enough goes a seal at a time, and the others stay.
pub async fn old_events_are_pruned_and_the_chain_goes_on_from_the_checkpoint(store: Store) -> Result<(), StoreError> {
    let Some(kept) = Kept::of(store) else { return Ok(()) };
    let ada = kept.create("ada", NOW).await?;
    kept.seal_all().await?;
    let first = kept.assert_intact(None).await?;
    for day in 1..=3 {
        let event = signed_in(&ada, NOW + Duration::days(day));
        kept.settle(&ada.id, Attempt::Succeeded, &event).await?;
        kept.seal_all().await?;
    }
    let head = kept.assert_intact(first.as_ref()).await?;
    assert_eq!(head.as_ref().map(|head| head.number), Some(4));
    let before = NOW + Duration::days(2);
    assert_eq!(kept.log()?.prune(NOW).await?, 0);
    assert_eq!(kept.log()?.prune(before).await?, 1);
    assert_eq!(kept.log()?.prune(before).await?, 1);
    assert_eq!(kept.log()?.prune(before).await?, 0);
    let report = kept.log()?.verify(head.as_ref()).await?;
    assert!(report.is_intact(), "{report:#?}");
    assert_eq!((report.pruned, report.sealed), (2, 2));
    assert_eq!(report.pruned_until, Some(NOW + Duration::days(1)));
    let old = kept.log()?.verify(first.as_ref()).await?;
    assert!(
        matches!(old.problems[..], [EventProblem::Head { number: 1, .. }]),
        "{old:#?}"
    );
    // To the last one, and on.
    while kept.log()?.prune(NOW + Duration::days(9)).await? > 0 {}
    assert_eq!(kept.told().await?, []);
    kept.settle(&ada.id, Attempt::Succeeded, &signed_in(&ada, NOW)).await?;
    kept.seal_all().await?;
    let next = kept.assert_intact(head.as_ref()).await?;
    assert_eq!(next.map(|head| head.number), Some(5));
    Ok(())
}

/// They are not, while they are protected with the ring's current key.
pub async fn the_keys_that_sign_events_are_protected_anew(store: Store) -> Result<(), StoreError> {
    let Some(kept) = Kept::of(store) else { return Ok(()) };
    kept.create("ada", NOW).await?;
    assert_eq!(kept.log()?.count_keys_under("another").await?, 0);
    assert_eq!(kept.log()?.reprotect_keys().await?, 0);
    kept.assert_intact(None).await.map(drop)
}
