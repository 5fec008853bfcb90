//! Adding, listing, renaming and removing passkeys.

use serde_json::{Value, json};
use wicketgate_axum::wicketgate_protection::{Clock, SystemRandom};
use wicketgate_identity::account::{Change, Expected, SecurityStamp};
use wicketgate_identity::{Event, EventKind};

use super::authenticator::Authenticator;
use super::world::{KINDS, Kind, ORIGIN, World, compatible};

async fn listed(browser: &mut super::world::Browser) -> Value {
    let (status, body) = browser.get("/manage/passkeys").await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn passkeys_are_listed_renamed_and_removed() {
    for kind in KINDS {
        let world = World::new(kind, compatible()).await;
        let mut ada = world.signed_in("ada").await;
        assert_eq!(listed(&mut ada).await, json!([]));
        let (first, second) = (ada.add_passkey(1).await, ada.add_passkey(2).await);
        let entry = |key: &Authenticator, name: Option<&str>| json!({"credentialId": key.id(), "name": name, "createdAt": "2026-01-02T03:04:05+00:00"});
        let expected = json!([entry(&first, Some("Key 1")), entry(&second, Some("Key 2"))]);
        assert_eq!(listed(&mut ada).await, expected, "{kind:?}");

        let path = format!("/manage/passkeys/{}", first.id());
        for (name, status, kept) in [
            (json!("Büro"), 204, Some("Büro")),
            (json!("x".repeat(201)), 400, Some("Büro")),
            (json!("a\u{0}b"), 400, Some("Büro")),
            (json!(""), 204, None),
            (json!(null), 204, None),
        ] {
            let (came, body) = ada.send("PUT", &path, Some(json!({"name": name}))).await;
            assert_eq!(came, status, "{kind:?} {body}");
            assert_eq!(listed(&mut ada).await[0], entry(&first, kept), "{kind:?}");
        }
        assert_eq!(ada.send("DELETE", &path, None).await.0, 204);
        assert_eq!(ada.send("DELETE", &path, None).await.0, 404);
        assert_eq!(ada.send("PUT", &path, Some(json!({}))).await.0, 404);
        assert_eq!(listed(&mut ada).await, json!([entry(&second, Some("Key 2"))]));
    }
}

#[tokio::test]
async fn nobody_manages_the_passkeys_of_others() {
    for kind in KINDS {
        let world = World::new(kind, compatible()).await;
        let mut ada = world.signed_in("ada").await;
        let path = format!("/manage/passkeys/{}", ada.add_passkey(1).await.id());
        let mut mallory = world.signed_in("mallory").await;
        mallory.add_passkey(2).await;
        assert_eq!(mallory.send("DELETE", &path, None).await.0, 404);
        assert_eq!(mallory.send("PUT", &path, Some(json!({"name": "x"}))).await.0, 404);
        for other in ["!", "a b", &"A".repeat(2_000)] {
            let path = format!("/manage/passkeys/{}", other.replace(' ', "%20"));
            assert_eq!(mallory.send("DELETE", &path, None).await.0, 404, "{other}");
        }
        assert_eq!(listed(&mut ada).await[0]["name"], "Key 1");
        let mut nobody = world.browser();
        for (method, path) in [
            ("POST", "/manage/passkeys/creationOptions"),
            ("POST", "/manage/passkeys"),
            ("GET", "/manage/passkeys"),
            ("PUT", &path),
            ("DELETE", &path),
        ] {
            let body = (method != "GET").then(|| json!({"credentialJson": "{}"}));
            assert_eq!(nobody.send(method, path, body).await.0, 401, "{method} {path}");
        }
    }
}

/// Whoever plants options in another's browser would have a passkey of theirs.
#[tokio::test]
async fn a_passkey_that_was_made_for_another_account_is_refused() {
    let world = World::new(Kind::Memory, compatible()).await;
    let (mut ada, mut mallory) = (world.signed_in("ada").await, world.signed_in("mallory").await);
    let options = mallory.options("/manage/passkeys/creationOptions").await;
    let (_, answer) = Authenticator::create(&options, ORIGIN, 1);
    let state = mallory.cookies["Identity.TwoFactorUserId"].clone();
    ada.cookies.insert("Identity.TwoFactorUserId".to_owned(), state);
    let (status, body) = ada.post("/manage/passkeys", json!({"credentialJson": answer})).await;
    assert!(status == 400 && body.contains("InvalidPasskey"), "{body}");
    assert_eq!(listed(&mut ada).await, json!([]));
}

#[tokio::test]
async fn what_is_wrong_with_a_new_passkey_is_told() {
    for kind in KINDS {
        let world = World::new(kind, compatible()).await;
        let mut ada = world.signed_in("ada").await;
        let body = json!({"credentialJson": "{}"});
        let (status, answer) = ada.post("/manage/passkeys", body.clone()).await;
        assert!(
            status == 400 && answer.contains("No passkey attestation is underway."),
            "{answer}"
        );
        ada.options("/passkeys/requestOptions").await;
        let (status, answer) = ada.post("/manage/passkeys", body.clone()).await;
        assert!(
            status == 400 && answer.contains("but got"),
            "the other ceremony: {answer}"
        );
        ada.options("/manage/passkeys/creationOptions").await;
        let (status, answer) = ada.post("/manage/passkeys", body).await;
        assert!(status == 400 && answer.contains("had an invalid format"), "{answer}");

        ada.add_passkey(1).await;
        for browser in [&mut ada, &mut world.signed_in("grace").await] {
            let options = browser.options("/manage/passkeys/creationOptions").await;
            let (_, again) = Authenticator::create(&options, ORIGIN, 1);
            let (status, answer) = browser.post("/manage/passkeys", json!({"credentialJson": again})).await;
            assert!(
                status == 400 && answer.contains("The credential is already registered for a user."),
                "{kind:?} {answer}"
            );
        }
    }
}

#[tokio::test]
async fn a_browser_is_told_which_passkeys_there_are_and_to_make_one_that_finds_its_user() {
    let world = World::new(Kind::Memory, compatible()).await;
    let mut ada = world.signed_in("ada").await;
    let key = ada.add_passkey(1).await;
    let options = ada.options("/manage/passkeys/creationOptions").await;
    let expected = json!([{"type": "public-key", "id": key.id(), "transports": ["internal"]}]);
    assert_eq!(options["excludeCredentials"], expected);
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["rp"], json!({"name": "localhost", "id": "localhost"}));
    assert_eq!(options["user"]["name"], "ada@example.test");
    let options = ada.options("/passkeys/requestOptions").await;
    assert_eq!(options["allowCredentials"], json!([]), "nobody learns who has which");
}

/// As .NET does not: there, the user is locked out for good.
#[tokio::test]
async fn the_only_passkey_of_an_account_without_a_password_stays() {
    for kind in KINDS {
        let world = World::new(kind, compatible()).await;
        let mut browser = world.signed_in("ada").await;
        let (first, mut second) = (browser.add_passkey(1).await, browser.add_passkey(2).await);
        let ada = world.user("ada").await;
        let change = Change::Password {
            hash: None,
            stamp: SecurityStamp::generate(&SystemRandom),
        };
        let now = world.clock.now();
        let event = Event::new(EventKind::PasswordRemoved, Some(ada.id.clone()), now);
        let store = world.identity.accounts().store();
        store.change(&ada.id, Expected::Account, &change, &event).await.unwrap();
        let mut browser = world.browser();
        assert_eq!(browser.sign_in(&mut second).await.0, 200);
        let path = |key: &Authenticator| format!("/manage/passkeys/{}", key.id());
        assert_eq!(browser.send("DELETE", &path(&first), None).await.0, 204);
        let (status, body) = browser.send("DELETE", &path(&second), None).await;
        assert!(status == 400 && body.contains("LastSignInMethod"), "{kind:?} {body}");
        assert_eq!(world.browser().sign_in(&mut second).await.0, 200);
    }
}

/// A cookie is compared with the account every half hour, a token never: by then an intruder would have planted a passkey.
#[tokio::test]
async fn who_signed_in_before_the_owner_took_the_account_back_adds_and_removes_no_passkey() {
    for kind in KINDS {
        let world = World::new(kind, compatible()).await;
        let mut intruder = world.signed_in("ada").await;
        let path = format!("/manage/passkeys/{}", intruder.add_passkey(1).await.id());
        let options = intruder.options("/manage/passkeys/creationOptions").await;
        let (_, answer) = Authenticator::create(&options, ORIGIN, 2);
        let accounts = world.identity.accounts();
        let mut ada = world.user("ada").await;
        let token = accounts.password_reset_token(&ada).await.unwrap();
        let reset = accounts.reset_password(&mut ada, &token, "Passw0rd!2").await;
        reset.unwrap().unwrap();
        let answer = json!({"credentialJson": answer});
        for (method, path, body) in [
            ("POST", "/manage/passkeys/creationOptions", None),
            ("POST", "/manage/passkeys", Some(answer)),
            ("PUT", path.as_str(), Some(json!({"name": "x"}))),
            ("DELETE", path.as_str(), None),
        ] {
            let (status, answer) = intruder.send(method, path, body).await;
            assert_eq!(status, 401, "{kind:?} {method} {path}: {answer}");
        }
        let left = accounts.passkeys(&ada.id).await.unwrap();
        assert_eq!(left.len(), 1, "{kind:?}");
        assert_eq!(left[0].name.as_deref(), Some("Key 1"), "{kind:?}");
    }
}

/// Whoever chose it wants it to stay.
#[tokio::test]
async fn a_passkey_whose_id_reads_like_a_path_is_renamed_and_removed() {
    let world = World::new(Kind::Memory, compatible()).await;
    let mut ada = world.signed_in("ada").await;
    let options = ada.options("/manage/passkeys/creationOptions").await;
    let id = data_encoding::BASE64URL_NOPAD.decode(b"creationOptions").unwrap();
    let (key, answer) = Authenticator::create_with_id(&options, ORIGIN, id);
    assert_eq!(key.id(), "creationOptions");
    let (status, body) = ada.post("/manage/passkeys", json!({"credentialJson": answer})).await;
    assert_eq!(status, 200, "{body}");
    let path = "/manage/passkeys/creationOptions";
    assert_eq!(ada.send("PUT", path, Some(json!({"name": "Mallory"}))).await.0, 204);
    assert_eq!(listed(&mut ada).await[0]["name"], "Mallory");
    assert_eq!(ada.send("DELETE", path, None).await.0, 204);
    assert_eq!(listed(&mut ada).await, json!([]));
    assert_eq!(ada.send("DELETE", path, None).await.0, 404);
}

/// .NET takes it, and an intruder's authenticator can choose it.
#[tokio::test]
async fn a_passkey_whose_id_is_empty_is_renamed_and_removed() {
    let world = World::new(Kind::Memory, compatible()).await;
    let mut ada = world.signed_in("ada").await;
    let options = ada.options("/manage/passkeys/creationOptions").await;
    let (_, answer) = Authenticator::create_with_id(&options, ORIGIN, Vec::new());
    let (status, body) = ada.post("/manage/passkeys", json!({"credentialJson": answer})).await;
    assert_eq!(status, 200, "{body}");
    let path = "/manage/passkeys/";
    assert_eq!(ada.send("PUT", path, Some(json!({"name": "Mallory"}))).await.0, 204);
    assert_eq!(listed(&mut ada).await[0]["name"], "Mallory");
    assert_eq!(ada.send("DELETE", path, None).await.0, 204);
    assert_eq!(listed(&mut ada).await, json!([]));
}

/// The authenticator has made the passkey: the user types another name.
#[tokio::test]
async fn a_name_that_is_refused_uses_nothing_up() {
    let world = World::new(Kind::Memory, compatible()).await;
    let mut ada = world.signed_in("ada").await;
    let options = ada.options("/manage/passkeys/creationOptions").await;
    let (_, answer) = Authenticator::create(&options, ORIGIN, 1);
    let named = |name: String| json!({"credentialJson": answer, "name": name});
    let (status, body) = ada.post("/manage/passkeys", named("x".repeat(201))).await;
    assert!(status == 400 && body.contains("InvalidPasskeyName"), "{body}");
    assert_eq!(ada.post("/manage/passkeys", named("Laptop".to_owned())).await.0, 200);
}
