//! Events are written with what they tell of. Stores that keep none pass every check here.

use std::sync::Arc;

use time::Duration;
use wicketgate_identity::account::{Change, EmailUniqueness, Expected};
use wicketgate_identity::claims::AuthenticationMethod;
use wicketgate_identity::event::{EventFilter, FailureReason};
use wicketgate_identity::request::RequestContext;
use wicketgate_identity::session::SignInMethod;
use wicketgate_identity::store::{Attempt, AttemptOutcome, EndSessions, Presented};
use wicketgate_identity::{Event, EventKind, StoreError, User, UserId};

use super::fixture::{Kept, failed, pair, signed_in};
use crate::Store;
use crate::fixture::{NOW, codes, set_key, set_password, stamp, user};
use crate::sessions::fixture::{add, id};

/// Whatever statements it takes, and nothing for what did not happen.
pub async fn every_change_has_one_event_and_nothing_else_has_any(store: Store) -> Result<(), StoreError> {
    let Some(kept) = Kept::of(store) else { return Ok(()) };
    let ada = kept.create("ada", NOW).await?;
    let namesake = User {
        id: user("another").id,
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
            .ensure_authenticator_key(&bob.id, bob.security_stamp.as_ref(), "KEY", &stamp("15"), &event)
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

/// Once, with how many there were; and nothing where there were none.
pub async fn what_ends_sessions_is_told(store: Store) -> Result<(), StoreError> {
    let Some(kept) = Kept::of(store) else { return Ok(()) };
    let Some(sessions) = kept.store.sessions() else {
        return Ok(());
    };
    let ada = kept.create("ada", NOW).await?;
    add(sessions, &ada, 0..5).await?;
    let event = |kind, at| Event::new(kind, Some(ada.id.clone()), NOW + Duration::seconds(at));
    for at in [1, 2] {
        let why = event(EventKind::SignedOut, at);
        sessions.end(&ada.id, EndSessions::One(&id(0)), &why).await?;
    }
    for (at, number) in [(3, 0), (4, 1), (5, 2), (6, 0), (7, 3)] {
        let grace = Duration::ZERO;
        let why = event(EventKind::RefreshTokenReused, at);
        let presented = Presented { number, grace };
        sessions.rotate(&id(1), &ada.id, presented, &why).await?;
    }
    // That is told by the attempt.
    let proved = NOW + Duration::seconds(8);
    for number in [1, 2] {
        let methods = [SignInMethod::Password];
        sessions
            .mark_authenticated(&id(number), &ada.id, &methods, proved)
            .await?;
    }
    for at in [9, 10] {
        let why = event(EventKind::OtherSessionsEnded { count: 0 }, at);
        sessions.end(&ada.id, EndSessions::AllBut(Some(&id(2))), &why).await?;
    }
    assert_eq!(
        kept.told().await?,
        [
            pair("registered", "{}"),
            pair("signed_out", "{}"),
            pair("refresh_token_reused", "{}"),
            pair("other_sessions_ended", r#"{"count":2}"#),
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

/// Whatever they tell, and however many others have.
pub async fn the_newest_events_of_a_user_are_read(store: Store) -> Result<(), StoreError> {
    let Some(kept) = Kept::of(store) else { return Ok(()) };
    let (ada, bob) = (kept.create("ada", NOW).await?, kept.create("bob", NOW).await?);
    for second in 1..=4 {
        let at = NOW + Duration::seconds(second);
        kept.settle(&ada.id, Attempt::Succeeded, &signed_in(&ada, at)).await?;
        kept.settle(&bob.id, Attempt::Succeeded, &signed_in(&bob, at)).await?;
    }
    let of_ada = EventFilter {
        user: Some(ada.id.clone()),
        ..EventFilter::default()
    };
    let mut all = kept.events(of_ada).await?;
    all.reverse();
    let log = kept.log()?;
    for (limit, expected) in [(0, 0), (2, 2), (5, 5), (usize::MAX, 5)] {
        assert_eq!(log.newest_of(&ada.id, limit).await?, all[..expected], "{limit}");
    }
    for nobody in ["nobody", "with\0nul"] {
        assert_eq!(log.newest_of(&UserId::from_stored(nobody), 2).await?, []);
    }
    Ok(())
}
