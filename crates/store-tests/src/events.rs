//! Events, which are written with what they tell of. Stores that keep none pass every check here.

use std::collections::HashSet;
use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use wicketgate_identity::account::{Change, EmailUniqueness, Expected};
use wicketgate_identity::claims::AuthenticationMethod;
use wicketgate_identity::event::{EventFilter, EventHead, EventProblem, EventProtection, FailureReason, StoredEvent};
use wicketgate_identity::options::LockoutOptions;
use wicketgate_identity::request::RequestContext;
use wicketgate_identity::store::{Attempt, AttemptOutcome};
use wicketgate_identity::{Event, EventKind, EventLog, StoreError, User, UserId};
use wicketgate_protection::{DataProtection, ManualClock, SystemRandom};

use crate::Store;
use crate::fixture::{NOW, codes, in_parallel, set_key, set_password, stamp, user};

/// A store that keeps events, under a clock that stands still.
struct Kept {
    store: Store,
    clock: Arc<ManualClock>,
}

impl Kept {
    /// `None` for a store that keeps none.
    fn of(store: Store) -> Option<Self> {
        let clock = Arc::new(ManualClock::at(NOW));
        let keys = DataProtection::ephemeral(clock.clone(), Arc::new(SystemRandom));
        let protection = EventProtection::new(&keys, clock.clone(), Arc::new(SystemRandom));
        store.write_events_with(protection);
        store.events().is_some().then_some(Self { store, clock })
    }

    fn log(&self) -> Result<&dyn EventLog, StoreError> {
        self.store.events().ok_or(StoreError::Failed("no events".into()))
    }

    async fn create(&self, name: &str, at: OffsetDateTime) -> Result<User, StoreError> {
        let user = user(name);
        let event = Event::new(EventKind::Registered, Some(user.id.clone()), at);
        let accounts = self.store.accounts();
        accounts
            .create(&user, EmailUniqueness::NotRequired, None, &event)
            .await?;
        Ok(user)
    }

    async fn change(&self, user: &User, expected: Expected<'_>, change: Change, at: i64) -> Result<(), StoreError> {
        let at = NOW + Duration::seconds(at);
        let event = Event::new(EventKind::from(&change), Some(user.id.clone()), at);
        let accounts = self.store.accounts();
        accounts.change(&user.id, expected, &change, &event).await.map(drop)
    }

    async fn settle(&self, id: &UserId, attempt: Attempt, event: &Event) -> Result<AttemptOutcome, StoreError> {
        let options = LockoutOptions {
            max_failed_access_attempts: 2,
            ..LockoutOptions::default()
        };
        let first = stamp("first");
        let accounts = self.store.accounts();
        accounts
            .settle_attempt(id, Some(&first), attempt, event.at, &options, event)
            .await
    }

    /// Oldest first.
    async fn events(&self, filter: EventFilter) -> Result<Vec<StoredEvent>, StoreError> {
        let filter = EventFilter {
            limit: EventFilter::MAX_LIMIT,
            ..filter
        };
        let mut events = self.log()?.list(&filter).await?;
        events.reverse();
        Ok(events)
    }

    /// Kinds and details, oldest first.
    async fn told(&self) -> Result<Vec<(String, String)>, StoreError> {
        let events = self.events(EventFilter::default()).await?;
        Ok(events.into_iter().map(|event| (event.kind, event.detail)).collect())
    }

    async fn seal_all(&self) -> Result<u64, StoreError> {
        let mut sealed = 0;
        loop {
            match self.log()?.seal().await? {
                0 => return Ok(sealed),
                more => sealed += more,
            }
        }
    }

    async fn assert_intact(&self, expected: Option<&EventHead>) -> Result<Option<EventHead>, StoreError> {
        let report = self.log()?.verify(expected).await?;
        assert!(report.is_intact(), "{report:#?}");
        assert_eq!(report.unverifiable, 0);
        Ok(report.head)
    }
}

fn signed_in(user: &User, at: OffsetDateTime) -> Event {
    let kind = EventKind::SignedIn(AuthenticationMethod::Password);
    Event::new(kind, Some(user.id.clone()), at)
}

fn failed(user: Option<&User>, reason: FailureReason, at: OffsetDateTime) -> Event {
    Event::new(EventKind::sign_in_failed(reason), user.map(|user| user.id.clone()), at)
}

fn pair(kind: &str, detail: &str) -> (String, String) {
    (kind.to_owned(), detail.to_owned())
}

/// Whatever statements it takes, and nothing for what did not happen.
pub async fn every_change_has_one_event_and_nothing_else_has_any(store: Store) -> Result<(), StoreError> {
    let Some(kept) = Kept::of(store) else { return Ok(()) };
    let ada = kept.create("ada", NOW).await?;
    let namesake = User {
        id: UserId::from_stored("another"),
        ..ada.clone()
    };
    let registered = Event::new(EventKind::Registered, Some(namesake.id.clone()), NOW);
    let accounts = kept.store.accounts();
    accounts
        .create(&namesake, EmailUniqueness::NotRequired, None, &registered)
        .await?;
    let (old, missing) = (stamp("old"), user("nobody"));
    let first = Expected::SecurityStamp(ada.security_stamp.as_ref());
    kept.change(&ada, Expected::SecurityStamp(Some(&old)), Change::EmailConfirmed, 1)
        .await?;
    kept.change(&missing, Expected::Account, Change::EmailConfirmed, 2)
        .await?;
    kept.change(&ada, first, Change::EmailConfirmed, 3).await?;
    kept.change(&ada, Expected::Account, Change::RecoveryCodes(codes(2).into()), 4)
        .await?;
    let role = Change::AddRole {
        name: "Manager".to_owned(),
        normalized: crate::fixture::normalized("MANAGER"),
    };
    kept.change(&ada, Expected::Account, role, 5).await?;
    kept.change(&ada, Expected::Account, crate::fixture::add_claim("type", "value"), 6)
        .await?;
    kept.change(
        &ada,
        Expected::Account,
        crate::fixture::remove_claim("type", "value"),
        7,
    )
    .await?;
    kept.change(&ada, Expected::Account, crate::fixture::new_name("lovelace", "8"), 8)
        .await?;
    kept.change(&ada, Expected::Account, set_key("KEY", "9"), 9).await?;
    kept.change(&ada, Expected::Account, set_password(None, "10"), 10)
        .await?;
    for (code, at) in [("wrong", 11), ("CODE0-CODE0", 12), ("CODE0-CODE0", 13)] {
        let (stamp, at) = (stamp("10"), NOW + Duration::seconds(at));
        let kind = EventKind::SignedIn(AuthenticationMethod::RecoveryCode);
        let event = Event::new(kind, Some(ada.id.clone()), at);
        accounts
            .redeem_recovery_code(&ada.id, Some(&stamp), code, at, &event)
            .await?;
    }
    let bob = kept.create("bob", NOW + Duration::seconds(14)).await?;
    for at in [15, 16] {
        let at = NOW + Duration::seconds(at);
        let event = Event::new(EventKind::AuthenticatorKeyCreated, Some(bob.id.clone()), at);
        accounts
            .ensure_authenticator_key(&bob.id, "KEY", &stamp("15"), &event)
            .await?;
    }
    for at in [17, 18] {
        let event = Event::new(EventKind::Deleted, Some(bob.id.clone()), NOW + Duration::seconds(at));
        accounts.delete(&bob.id, &event).await?;
    }
    let wrong = pair("sign_in_failed", r#"{"reason":"wrong_recovery_code"}"#);
    assert_eq!(
        kept.told().await?,
        [
            pair("registered", "{}"),
            pair("email_confirmed", "{}"),
            pair("recovery_codes_generated", "{}"),
            pair("role_added", r#"{"role":"Manager"}"#),
            pair("claim_added", r#"{"claim_type":"type"}"#),
            pair("claim_removed", r#"{"claim_type":"type"}"#),
            pair("user_name_changed", "{}"),
            pair("authenticator_key_reset", "{}"),
            pair("password_removed", "{}"),
            wrong.clone(),
            pair("signed_in", r#"{"method":"recovery_code"}"#),
            wrong,
            pair("registered", "{}"),
            pair("authenticator_key_created", "{}"),
            pair("deleted", "{}"),
        ]
    );
    kept.assert_intact(None).await.map(drop)
}

/// And an attempt that is made anew has none.
pub async fn every_attempt_has_the_event_that_it_came_to(store: Store) -> Result<(), StoreError> {
    let Some(kept) = Kept::of(store) else { return Ok(()) };
    let ada = kept.create("ada", NOW).await?;
    let at = |seconds| NOW + Duration::seconds(seconds);
    kept.settle(&ada.id, Attempt::Succeeded, &signed_in(&ada, at(1)))
        .await?;
    for seconds in [2, 3, 4] {
        let wrong = failed(Some(&ada), FailureReason::WrongPassword, at(seconds));
        kept.settle(&ada.id, Attempt::Failed, &wrong).await?;
    }
    kept.settle(&ada.id, Attempt::Succeeded, &signed_in(&ada, at(5)))
        .await?;
    let unlock = Change::LockoutEnd(None);
    kept.change(&ada, Expected::Account, unlock, 6).await?;
    let new = Change::SecurityStamp(stamp("new"));
    kept.change(&ada, Expected::Account, new, 7).await?;
    let outcome = kept
        .settle(&ada.id, Attempt::Succeeded, &signed_in(&ada, at(8)))
        .await?;
    assert_eq!(outcome, AttemptOutcome::Conflict);
    let not_allowed = failed(Some(&ada), FailureReason::NotAllowed, at(9));
    kept.settle(&ada.id, Attempt::NotCounted, &not_allowed).await?;
    let locked_out = r#"{"reason":"locked_out"}"#;
    assert_eq!(
        kept.told().await?,
        [
            pair("registered", "{}"),
            pair("signed_in", r#"{"method":"password"}"#),
            pair("sign_in_failed", r#"{"reason":"wrong_password"}"#),
            pair(
                "sign_in_failed",
                r#"{"reason":"wrong_password","locked_until":"2026-01-02T03:09:08Z"}"#
            ),
            pair("sign_in_failed", locked_out),
            pair("sign_in_failed", locked_out),
            pair("unlocked", "{}"),
            pair("signed_out_everywhere", "{}"),
            pair("sign_in_failed", r#"{"reason":"not_allowed"}"#),
        ]
    );
    Ok(())
}

/// In pages, newest first.
pub async fn events_are_listed_by_user_kind_client_and_time(store: Store) -> Result<(), StoreError> {
    let Some(kept) = Kept::of(store) else { return Ok(()) };
    let (ada, bob) = (kept.create("ada", NOW).await?, kept.create("bob", NOW).await?);
    for (user, client, seconds) in [(&ada, 1, 1), (&bob, 2, 2), (&ada, 2, 3)] {
        let request = Arc::new(RequestContext {
            id: format!("request-{seconds}"),
            client: Some([192, 0, client, 17].into()),
        });
        let at = NOW + Duration::seconds(seconds);
        let event = request
            .scope(async { signed_in(user, at).with_typed_name("name") })
            .await;
        kept.settle(&user.id, Attempt::Succeeded, &event).await?;
    }
    let all = EventFilter::default;
    let of_ada = EventFilter {
        user: Some(ada.id.clone()),
        ..all()
    };
    let events = kept.events(of_ada.clone()).await?;
    assert_eq!(events.len(), 3);
    let last = &events[2];
    assert_eq!((last.at, last.kind.as_str()), (NOW + Duration::seconds(3), "signed_in"));
    assert_eq!(last.user, Some(ada.id.clone()));
    assert_eq!(last.client.as_deref(), Some("192.0.2.0/24"));
    assert_eq!(last.request_id.as_deref(), Some("request-3"));
    assert_eq!((last.seal, &last.erased_by), (None, &None));
    assert!(last.name_hash.is_some() && last.name_hash == events[1].name_hash);
    let kind = Some("signed_in".to_owned());
    assert_eq!(
        kept.events(EventFilter {
            kind: kind.clone(),
            ..all()
        })
        .await?
        .len(),
        3
    );
    assert_eq!(kept.events(EventFilter { kind, ..of_ada }).await?.len(), 2);
    let client = Some("192.0.2.0/24".to_owned());
    assert_eq!(kept.events(EventFilter { client, ..all() }).await?.len(), 2);
    let between = EventFilter {
        since: Some(NOW + Duration::seconds(1)),
        until: Some(NOW + Duration::seconds(3)),
        ..all()
    };
    assert_eq!(kept.events(between).await?.len(), 2);

    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = EventFilter {
            before,
            limit: 2,
            ..all()
        };
        let events = kept.log()?.list(&page).await?;
        assert!(events.len() <= 2);
        before = events.last().map(|event| event.id.clone());
        seen.extend(events.into_iter().map(|event| event.at));
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|earlier, later| earlier >= later), "newest first");
    Ok(())
}

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
