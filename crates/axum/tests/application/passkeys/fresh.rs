//! What asks for a fresh sign-in, and passkeys that renew one.

use serde_json::{Value, json};
use time::Duration;
use wicketgate_axum::wicketgate_protection::{Clock, SystemRandom};
use wicketgate_identity::account::{Change, Expected, SecurityStamp};
use wicketgate_identity::event::EventFilter;
use wicketgate_identity::{Event, EventKind};

use super::authenticator::Authenticator;
use super::world::{Browser, KINDS, Kind, ORIGIN, PASSWORD, World, strict};

const CREATION_OPTIONS: &str = "/manage/passkeys/creationOptions";

/// What is asked for in place of an answer.
async fn methods_asked_for(browser: &mut Browser, method: &str, path: &str, body: Option<Value>) -> Value {
    let (status, body) = browser.send(method, path, body).await;
    assert_eq!(status, 401, "{method} {path}: {body}");
    let problem: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(problem["type"], "urn:wicketgate:fresh-sign-in-required", "{body}");
    problem["methods"].clone()
}

async fn is_fresh(browser: &mut Browser) -> bool {
    match browser.send("POST", CREATION_OPTIONS, None).await.0 {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

async fn confirm(browser: &mut Browser, body: Value) -> (u16, String) {
    browser.post("/manage/confirm", body).await
}

async fn sessions(browser: &mut Browser) -> Value {
    let (status, body) = browser.get("/manage/sessions").await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str::<Value>(&body).unwrap()["sessions"].clone()
}

/// Whoever finds a browser that is signed in gets no passkey of their own, and takes none away.
#[tokio::test]
async fn adding_and_removing_passkeys_asks_for_a_fresh_sign_in() {
    for kind in KINDS {
        let mut options = strict();
        options.sessions.fresh_for = Duration::MINUTE;
        let world = World::new(kind, options).await;
        let mut ada = world.signed_in("ada").await;
        let one = format!("/manage/passkeys/{}", ada.add_passkey(1).await.id());
        let options = ada.options(CREATION_OPTIONS).await;
        let (_, answer) = Authenticator::create(&options, ORIGIN, 2);
        let answer = json!({"credentialJson": answer});

        world.clock.advance(Duration::seconds(61));
        for (method, path, body) in [
            ("POST", CREATION_OPTIONS, None),
            ("POST", "/manage/passkeys", Some(answer.clone())),
            ("DELETE", one.as_str(), None),
        ] {
            let methods = methods_asked_for(&mut ada, method, path, body).await;
            assert_eq!(methods, json!(["password", "passkey"]), "{kind:?} {method} {path}");
        }
        // What lets nobody in goes on.
        let (_, listed) = ada.get("/manage/passkeys").await;
        assert_eq!(serde_json::from_str::<Value>(&listed).unwrap()[0]["name"], "Key 1");
        assert_eq!(ada.send("PUT", &one, Some(json!({"name": "Desk"}))).await.0, 204);

        let (status, body) = confirm(&mut ada, json!({"password": PASSWORD})).await;
        assert_eq!(status, 200, "{kind:?} {body}");
        // The ceremony from before goes on: its refusal used nothing up.
        let (status, body) = ada.post("/manage/passkeys", answer).await;
        assert_eq!(status, 200, "{kind:?} {body}");
        assert!(is_fresh(&mut ada).await, "{kind:?}");
        assert_eq!(ada.send("DELETE", &one, None).await.0, 204, "{kind:?}");
    }
}

#[tokio::test]
async fn a_passkey_makes_its_users_session_fresh_and_begins_no_other() {
    for kind in KINDS {
        let world = World::new(kind, strict()).await;
        let mut ada = world.signed_in("ada").await;
        let mut key = ada.add_passkey(1).await;
        let before = sessions(&mut ada).await;
        world.clock.advance(Duration::minutes(6));
        assert!(!is_fresh(&mut ada).await, "{kind:?}");
        let answer = ada.ask(&mut key).await;
        let (status, body) = confirm(&mut ada, answer).await;
        assert_eq!((status, body.as_str()), (200, ""), "{kind:?}");
        assert!(is_fresh(&mut ada).await, "{kind:?}");
        let after = sessions(&mut ada).await;
        assert_eq!(after.as_array().unwrap().len(), 1, "{kind:?} {after}");
        assert_eq!(after[0]["id"], before[0]["id"], "{kind:?}");
        assert_eq!(after[0]["methods"], json!(["password", "passkey"]), "{kind:?}");
        // The counter was written: it goes on from there.
        assert_eq!(world.browser().sign_in(&mut key).await.0, 200, "{kind:?}");
        key.counter = 1;
        assert_eq!(world.browser().sign_in(&mut key).await.0, 401, "{kind:?}");
    }
}

#[tokio::test]
async fn what_is_no_answer_of_the_users_own_passkey_confirms_nothing() {
    for kind in KINDS {
        let world = World::new(kind, strict()).await;
        let (mut ada, mut mallory) = (world.signed_in("ada").await, world.signed_in("mallory").await);
        let (mut key, mut other) = (ada.add_passkey(1).await, mallory.add_passkey(2).await);
        (key.counter, key.counts) = (0, false);
        world.clock.advance(Duration::minutes(6));

        let old = ada.ask(&mut key).await;
        ada.ask(&mut key).await;
        let (status, body) = confirm(&mut ada, old.clone()).await;
        assert!(status == 401 && body.contains("Failed"), "an older challenge: {body}");
        let (status, body) = confirm(&mut ada, old).await;
        assert!(status == 401 && body.contains("Failed"), "the state has gone: {body}");
        let answer = ada.ask(&mut other).await;
        let (status, body) = confirm(&mut ada, answer).await;
        assert!(status == 401 && body.contains("Failed"), "somebody else's: {body}");
        ada.options("/passkeys/requestOptions").await;
        // The password beside it does not count.
        let both = json!({"credentialJson": "{}", "password": PASSWORD});
        assert_eq!(confirm(&mut ada, both).await.0, 401, "{kind:?}");
        assert!(!is_fresh(&mut ada).await, "{kind:?}");

        let answer = ada.ask(&mut key).await;
        let mut copy = ada.clone();
        assert_eq!(confirm(&mut ada, answer.clone()).await.0, 200, "{kind:?}");
        assert_eq!(confirm(&mut copy, answer).await.0, 401, "{kind:?}");
        assert!(is_fresh(&mut ada).await, "{kind:?}");
        assert!(!is_fresh(&mut copy).await, "{kind:?}");
        // Nobody guesses signatures.
        assert_eq!(world.user("ada").await.access_failed_count, 0, "{kind:?}");
    }
}

#[tokio::test]
async fn a_confirmation_with_a_passkey_is_kept_as_an_event_and_so_is_what_was_refused() {
    let world = World::new(Kind::Sqlite, strict()).await;
    let mut ada = world.signed_in("ada").await;
    let mut key = ada.add_passkey(1).await;
    for status in [200, 401] {
        let answer = ada.ask(&mut key).await;
        assert_eq!(confirm(&mut ada, answer).await.0, status);
        key.counter = 1;
    }
    let filter = EventFilter {
        user: Some(world.user("ada").await.id),
        limit: 100,
        ..EventFilter::default()
    };
    let events = world.identity.accounts().stores().events().unwrap();
    let events = events.list(&filter).await.unwrap();
    let seen: Vec<_> = events
        .iter()
        .map(|event| format!("{} {}", event.kind, event.detail))
        .collect();
    for expected in [
        r#"confirmed {"method":"passkey"}"#,
        r#"confirmation_failed {"reason":"passkey_counter_went_back"}"#,
    ] {
        assert_eq!(seen.iter().filter(|seen| *seen == expected).count(), 1, "{seen:?}");
    }
}

#[tokio::test]
async fn while_an_account_is_locked_no_passkey_confirms() {
    for kind in KINDS {
        let world = World::new(kind, strict()).await;
        let mut ada = world.signed_in("ada").await;
        let mut key = ada.add_passkey(1).await;
        world.clock.advance(Duration::minutes(6));
        for _ in 0..5 {
            assert_eq!(confirm(&mut ada, json!({"password": "wrong"})).await.0, 401);
        }
        let answer = ada.ask(&mut key).await;
        let (status, body) = confirm(&mut ada, answer).await;
        assert!(status == 401 && body.contains("LockedOut"), "{kind:?} {body}");
        assert!(!is_fresh(&mut ada).await, "{kind:?}");
    }
}

#[tokio::test]
async fn while_the_second_factor_is_on_a_passkey_confirms_and_a_password_does_not() {
    for kind in KINDS {
        let world = World::new(kind, strict()).await;
        let mut key = world.signed_in("ada").await.add_passkey(1).await;
        let ada = world.user("ada").await;
        let second_factor = Change::TwoFactorEnabled {
            enabled: true,
            first_recovery_codes: None,
            stamp: SecurityStamp::generate(&SystemRandom),
        };
        let store = world.identity.accounts().store();
        for change in [Change::EmailConfirmed, second_factor] {
            let event = Event::new(EventKind::from(&change), Some(ada.id.clone()), world.clock.now());
            store.change(&ada.id, Expected::Account, &change, &event).await.unwrap();
        }
        let mut browser = world.browser();
        assert_eq!(browser.sign_in(&mut key).await.0, 200, "{kind:?}");
        assert!(is_fresh(&mut browser).await, "{kind:?}");
        world.clock.advance(Duration::minutes(6));
        let methods = methods_asked_for(&mut browser, "POST", CREATION_OPTIONS, None).await;
        assert_eq!(
            methods,
            json!(["authenticator", "recovery_code", "passkey"]),
            "{kind:?}"
        );
        let (status, body) = confirm(&mut browser, json!({"password": PASSWORD})).await;
        assert!(status == 401 && body.contains("RequiresTwoFactor"), "{kind:?} {body}");
        let answer = browser.ask(&mut key).await;
        assert_eq!(confirm(&mut browser, answer).await.0, 200, "{kind:?}");
        assert!(is_fresh(&mut browser).await, "{kind:?}");
    }
}

#[tokio::test]
async fn where_there_are_no_passkeys_none_confirms() {
    let mut options = strict();
    options.passkeys.enabled = false;
    let world = World::new(Kind::Memory, options).await;
    let mut ada = world.signed_in("ada").await;
    let (status, body) = confirm(&mut ada, json!({"credentialJson": "{}"})).await;
    assert!(status == 401 && body.contains("Failed"), "{body}");
    world.clock.advance(Duration::minutes(6));
    let methods = methods_asked_for(&mut ada, "POST", "/manage/2fa", Some(json!({}))).await;
    assert_eq!(methods, json!(["password"]));
}
