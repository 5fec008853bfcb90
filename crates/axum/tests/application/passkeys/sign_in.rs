//! Signing in with a passkey.

use serde_json::{Value, json};
use wicketgate_identity::event::EventFilter;
use wicketgate_identity::options::SignInOptions;

use super::world::{KINDS, Kind, World, compatible};
use crate::builder;

const FAILED: &str = r#""status":401,"detail":"Failed""#;

#[tokio::test]
async fn a_passkey_signs_in_with_tokens_and_with_either_cookie() {
    for kind in KINDS {
        let world = World::new(kind, compatible()).await;
        let mut key = world.signed_in("ada").await.add_passkey(1).await;

        let mut app = world.browser();
        let answer = app.ask(&mut key).await;
        let (status, body) = app.post("/passkeys/login", answer).await;
        assert_eq!(status, 200, "{kind:?} {body}");
        let tokens: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(tokens["tokenType"], "Bearer");
        assert!(app.cookies.is_empty(), "the state has gone");
        app.token = Some(tokens["accessToken"].as_str().unwrap().to_owned());
        assert!(app.is_signed_in().await);
        assert_eq!(app.get("/amr").await.1, "pwd", "as in .NET");

        for query in ["useCookies=true", "useSessionCookies=true"] {
            let mut browser = world.browser();
            let answer = browser.ask(&mut key).await;
            let (status, body) = browser.post(&format!("/passkeys/login?{query}"), answer).await;
            assert_eq!((status, body.as_str()), (200, ""), "{kind:?} {query}");
            assert!(browser.is_signed_in().await);
        }
    }
}

#[tokio::test]
async fn a_wrong_answer_gets_what_a_wrong_password_gets_and_ends_the_ceremony() {
    let world = World::new(Kind::Memory, compatible()).await;
    let mut ada = world.signed_in("ada").await;
    let mut key = ada.add_passkey(1).await;
    let mut browser = world.browser();
    let right = browser.ask(&mut key).await;
    let other = browser.ask(&mut key).await;
    // The answer to an older challenge.
    let (status, body) = browser.post("/passkeys/login", right).await;
    assert!(status == 401 && body.contains(FAILED), "{body}");
    let (status, body) = browser.post("/passkeys/login", other).await;
    assert!(status == 401 && body.contains(FAILED), "the state has gone: {body}");
    for body in [json!({"credentialJson": "{}"}), json!({"credentialJson": "x"})] {
        browser.options("/passkeys/requestOptions").await;
        let (status, body) = browser.post("/passkeys/login", body).await;
        assert!(status == 401 && body.contains(FAILED), "{body}");
    }
    assert_eq!(browser.post("/passkeys/login", json!({})).await.0, 400);
    // Of another site, and without the user's finger.
    let options = browser.options("/passkeys/requestOptions").await;
    let answer = json!({"credentialJson": key.get(&options, "http://localhost:8080")});
    assert_eq!(browser.post("/passkeys/login", answer).await.0, 401);
    key.flags = 0x01;
    assert_eq!(browser.sign_in(&mut key).await.0, 401);
}

#[tokio::test]
async fn a_passkey_that_nobody_has_signs_nobody_in() {
    let world = World::new(Kind::Sqlite, compatible()).await;
    let mut ada = world.signed_in("ada").await;
    let mut key = ada.add_passkey(1).await;
    let path = format!("/manage/passkeys/{}", key.id());
    assert_eq!(ada.send("DELETE", &path, None).await.0, 204);
    let (status, body) = world.browser().sign_in(&mut key).await;
    assert!(status == 401 && body.contains(FAILED), "{body}");
}

#[tokio::test]
async fn accounts_that_may_not_sign_in_are_refused_once_the_passkey_is_proved() {
    for kind in KINDS {
        let world = World::new(kind, compatible()).await;
        let mut key = world.signed_in("ada").await.add_passkey(1).await;
        let accounts = world.identity.accounts();
        let mut ada = world.user("ada").await;
        accounts.lock(&mut ada).await.unwrap().unwrap();
        let (status, body) = world.browser().sign_in(&mut key).await;
        assert!(status == 401 && body.contains("LockedOut"), "{kind:?} {body}");
        // Without the passkey nobody learns of it.
        key.flags = 0x01;
        let (_, body) = world.browser().sign_in(&mut key).await;
        assert!(body.contains(FAILED), "{kind:?} {body}");
    }
}

/// .NET 10 let them in until 10.0.3 (dotnet/aspnetcore 65020).
#[tokio::test]
async fn an_unconfirmed_account_is_refused() {
    let options = || {
        let mut options = compatible();
        options.sign_in = SignInOptions {
            require_confirmed_phone_number: true,
            ..options.sign_in
        };
        options
    };
    let world = World::new(Kind::Memory, compatible()).await;
    let mut key = world.signed_in("ada").await.add_passkey(1).await;
    let stores = world.identity.accounts().stores().clone();
    let strict = World::on(stores, options(), tempfile::TempDir::new().unwrap(), None);
    let (status, body) = strict.browser().sign_in(&mut key).await;
    assert!(status == 401 && body.contains("NotAllowed"), "{body}");
}

#[tokio::test]
async fn a_counter_that_does_not_grow_is_refused_and_kept_as_an_event() {
    let world = World::new(Kind::Sqlite, compatible()).await;
    let mut key = world.signed_in("ada").await.add_passkey(1).await;
    key.counter = 10;
    assert_eq!(world.browser().sign_in(&mut key).await.0, 200);
    key.counter = 10;
    assert_eq!(world.browser().sign_in(&mut key).await.0, 401);
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
        "passkey_added {}",
        r#"signed_in {"method":"passkey"}"#,
        r#"sign_in_failed {"reason":"passkey_counter_went_back"}"#,
    ] {
        assert_eq!(seen.iter().filter(|seen| *seen == expected).count(), 1, "{seen:?}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_begins_and_ends_no_sign_in() {
    let world = World::new(Kind::Memory, compatible()).await;
    let mut browser = world.browser();
    browser.origin = "https://evil.test".to_owned();
    assert_eq!(browser.send("POST", "/passkeys/requestOptions", None).await.0, 403);
    let body = json!({"credentialJson": "{}"});
    assert_eq!(browser.post("/passkeys/login?useCookies=true", body).await.0, 403);
}

/// A browser lets any page below the domain ask for its passkeys, and such a page's own server can pretend to be the browser.
#[tokio::test]
async fn a_page_on_another_subdomain_gets_no_answer_that_signs_in_whatever_its_server_pretends() {
    let mut options = compatible();
    options.passkeys.server_domain = Some("example.test".to_owned());
    options.passkeys.origins = vec!["https://shop.example.test".to_owned()];
    let folder = tempfile::TempDir::new().unwrap();
    let stores = std::sync::Arc::new(wicketgate_axum::MemoryStore::new());
    let world = World::on(stores, options, folder, Some("https://id.example.test"));
    let mut ada = world.signed_in("ada").await;
    (ada.host, ada.origin) = ("id.example.test".to_owned(), "https://id.example.test".to_owned());
    let mut key = ada.add_passkey(1).await;
    for (host, origin, status) in [
        ("id.example.test", "https://id.example.test", 200),
        ("id.example.test", "https://shop.example.test", 200),
        ("id.example.test", "https://blog.example.test", 401),
        ("blog.example.test", "https://blog.example.test", 401),
    ] {
        let mut browser = world.browser();
        (browser.host, browser.origin) = (host.to_owned(), origin.to_owned());
        browser.fetch_site = Some("same-origin");
        let answer = browser.ask(&mut key).await;
        let (came, body) = browser.post("/passkeys/login", answer).await;
        assert_eq!(came, status, "{host} {origin} {body}");
    }
}

#[tokio::test]
async fn without_the_option_there_are_no_passkeys() {
    let identity = builder().build().unwrap();
    let application = identity.wrap(identity.api());
    for (method, path) in [
        ("POST", "/passkeys/requestOptions"),
        ("POST", "/passkeys/login"),
        ("POST", "/manage/passkeys/creationOptions"),
        ("POST", "/manage/passkeys"),
        ("GET", "/manage/passkeys"),
        ("PUT", "/manage/passkeys/AAAA"),
        ("DELETE", "/manage/passkeys/AAAA"),
        ("GET", "/.well-known/passkey-endpoints"),
    ] {
        let answer = crate::client::send(&application, method, path, &[], "").await;
        assert_eq!(answer.status(), 404, "{method} {path}");
    }
}

#[tokio::test]
async fn all_seven_endpoints_are_described() {
    let world = World::new(Kind::Memory, compatible()).await;
    let description = serde_json::to_value(world.identity.openapi()).unwrap();
    for (pointer, status) in [
        ("/paths/~1passkeys~1requestOptions/post", "200"),
        ("/paths/~1passkeys~1login/post", "200"),
        ("/paths/~1manage~1passkeys~1creationOptions/post", "200"),
        ("/paths/~1manage~1passkeys/post", "200"),
        ("/paths/~1manage~1passkeys/get", "200"),
        ("/paths/~1manage~1passkeys~1{credentialId}/put", "204"),
        ("/paths/~1manage~1passkeys~1{credentialId}/delete", "204"),
    ] {
        let operation = description.pointer(pointer).unwrap();
        let answers = operation["responses"].as_object().unwrap();
        assert!(answers.contains_key(status) && answers.contains_key("503"), "{pointer}");
    }
    let options = &description["components"]["schemas"]["PasskeyRequestOptionsJson"];
    assert_eq!(options["type"], "object", "{options}");
}
