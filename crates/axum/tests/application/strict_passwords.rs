//! Which passwords the strict profile takes, and when.

use std::num::NonZeroU32;

use axum::Router;
use serde_json::{Value, json};
use wicketgate_axum::{Identity, Options, User, options::Profile};
use wicketgate_identity::{PasswordAlgorithm, password::BreachCorpus};

use crate::{
    builder,
    client::{log_in, post, send, status_and_text, text},
};

const EMAIL: &str = "ada.lovelace@example.test";
const LONG: &str = "a long enough passphrase";
const SHORT: &str = "8 chars!";

struct World {
    identity: Identity,
    application: Router,
}

/// The strict profile, with hashes that cost nothing. Tokens are made without a sign-in, so none is fresh.
fn world(change: impl FnOnce(&mut Options)) -> World {
    let mut options = Options::for_profile(Profile::Strict);
    options.sessions.require_fresh_sign_in = false;
    options.password_hasher.algorithm = PasswordAlgorithm::identity_v3(NonZeroU32::MIN);
    change(&mut options);
    let identity = builder().options(options).build().unwrap();
    let application = identity.wrap(identity.api());
    World { identity, application }
}

impl World {
    /// The codes of what is wrong with a password at registration, sorted.
    async fn register(&self, password: &str) -> Vec<String> {
        let body = json!({ "email": EMAIL, "password": password }).to_string();
        codes(&text(post(&self.application, "/register", &body).await).await)
    }

    /// Ada, whose second factor is on and who has chosen a short password since.
    async fn ada_with_short_password(&self) -> User {
        let accounts = self.identity.accounts();
        let mut ada = accounts.register(EMAIL, LONG).await.unwrap().unwrap();
        accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();
        accounts.set_two_factor_enabled(&mut ada, true).await.unwrap().unwrap();
        accounts.set_password(&mut ada, SHORT).await.unwrap().unwrap();
        ada
    }

    /// Status and codes of a request with this user's token.
    async fn ask(&self, user: &User, path: &str, body: &Value) -> (u16, Vec<String>) {
        let tokens = self.identity.tokens(user).await.unwrap();
        let token = format!("Bearer {}", tokens.access_token());
        let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
        let response = send(&self.application, "POST", path, &headers, &body.to_string()).await;
        let (status, text) = status_and_text(response).await;
        (status, codes(&text))
    }
}

fn codes(problem: &str) -> Vec<String> {
    let problem: Value = serde_json::from_str(problem).unwrap_or_default();
    let errors = problem["errors"].as_object();
    errors
        .map(|errors| errors.keys().cloned().collect())
        .unwrap_or_default()
}

#[tokio::test]
async fn registration_wants_fifteen_characters_that_nobody_would_try_first() {
    let world = world(|options| options.password.context_words = vec!["Wicketgate".to_owned()]);
    for (password, expected) in [
        ("14 characters!", &["PasswordTooShort"][..]),
        ("123456", &["PasswordTooCommon", "PasswordTooShort"]),
        ("QWERTY123qwerty123", &["PasswordTooCommon"]),
        ("Ada.Lovelace@example.test1", &["PasswordContainsName"]),
        ("wicketgate-lovelace-1", &["PasswordContainsName"]),
    ] {
        assert_eq!(world.register(password).await, expected, "{password}");
    }
    assert_eq!(world.register(&"x1".repeat(513)).await, ["PasswordTooLong"]);
    assert_eq!(world.register("fifteen letters").await, [""; 0]);
}

#[tokio::test]
async fn the_compatible_profile_takes_what_dotnet_takes() {
    let identity = builder().build().unwrap();
    let application = identity.wrap(identity.api());
    for (name, password) in [("a", "Passw0rd!"), ("lovelace", "Lovelace1!"), ("c", "P@ssw0rd")] {
        let body = json!({ "email": format!("{name}@example.test"), "password": password }).to_string();
        assert_eq!(post(&application, "/register", &body).await.status(), 200, "{password}");
    }
}

#[tokio::test]
async fn eight_characters_are_enough_while_the_second_factor_is_on() {
    let world = world(|_| {});
    let mut ada = world.ada_with_short_password().await;
    let change = |old, new| json!({ "oldPassword": old, "newPassword": new });
    let (status, codes) = world.ask(&ada, "/manage/info", &change(SHORT, "7 chars")).await;
    assert_eq!((status, codes), (400, vec!["PasswordTooShort".to_owned()]));
    let changed = world.ask(&ada, "/manage/info", &change(SHORT, "another8")).await;
    assert_eq!(changed, (200, Vec::new()));

    let accounts = world.identity.accounts();
    ada = accounts.find_by_id(&ada.id).await.unwrap().unwrap();
    accounts.set_two_factor_enabled(&mut ada, false).await.unwrap().unwrap();
    let (status, codes) = world.ask(&ada, "/manage/info", &change("another8", "8 chars!")).await;
    assert_eq!((status, codes), (400, vec!["PasswordTooShort".to_owned()]));
}

#[tokio::test]
async fn a_short_password_must_be_changed_before_the_second_factor_goes() {
    let world = world(|_| {});
    let ada = world.ada_with_short_password().await;
    let accounts = world.identity.accounts();
    for body in [json!({ "enable": false }), json!({ "resetSharedKey": true })] {
        for (password, expected) in [
            (Value::Null, "PasswordRequired"),
            (json!(""), "PasswordRequired"),
            (json!(1), "PasswordRequired"),
            (json!("wrong password"), "PasswordMismatch"),
            (json!(SHORT), "PasswordTooShort"),
        ] {
            let mut body = body.clone();
            body["password"] = password;
            let answer = world.ask(&ada, "/manage/2fa", &body).await;
            assert_eq!(answer, (400, vec![expected.to_owned()]), "{body}");
        }
    }
    assert!(accounts.find_by_id(&ada.id).await.unwrap().unwrap().two_factor_enabled);

    let change = json!({ "oldPassword": SHORT, "newPassword": LONG });
    assert_eq!(world.ask(&ada, "/manage/info", &change).await.0, 200);
    // The session that a token of her former stamp belongs to has ended.
    let ada = accounts.find_by_id(&ada.id).await.unwrap().unwrap();
    let off = json!({ "enable": false, "password": LONG });
    assert_eq!(world.ask(&ada, "/manage/2fa", &off).await, (200, Vec::new()));
    assert!(!accounts.find_by_id(&ada.id).await.unwrap().unwrap().two_factor_enabled);
}

#[tokio::test]
async fn wrong_passwords_there_lock_the_account_like_wrong_old_passwords() {
    let world = world(|_| {});
    let ada = world.ada_with_short_password().await;
    let guess = json!({ "enable": false, "password": "a wrong passphrase" });
    for _ in 0..5 {
        assert_eq!(world.ask(&ada, "/manage/2fa", &guess).await.1, ["PasswordMismatch"]);
    }
    let accounts = world.identity.accounts();
    let ada = accounts.find_by_id(&ada.id).await.unwrap().unwrap();
    assert!(ada.lockout_end.is_some());
    let right = json!({ "enable": false, "password": SHORT });
    assert_eq!(
        world.ask(&ada, "/manage/2fa", &right).await.1,
        ["PasswordMismatch"],
        "nothing is told"
    );
}

#[tokio::test]
async fn the_compatible_profile_asks_for_no_password_there() {
    let identity = builder().build().unwrap();
    let application = identity.wrap(identity.api());
    let accounts = identity.accounts();
    let mut ada = accounts.register(EMAIL, "Passw0rd!").await.unwrap().unwrap();
    accounts.set_two_factor_enabled(&mut ada, true).await.unwrap().unwrap();
    let world = World { identity, application };
    assert_eq!(
        world
            .ask(&ada, "/manage/2fa", &json!({ "enable": false, "password": 5 }))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn a_password_from_a_breach_is_refused_wherever_one_is_set() {
    // The second is the SHA-1 of the long one.
    let corpus = "0000000A6A4A7A9A6C8D2B1E5F7A9C0D1E2F3A4B:1\n8517D46A3F64659670DBB9ECF1481A59E8B5606D:17\n";
    let path = std::env::temp_dir().join(format!("wicketgate-breached-{}", std::process::id()));
    std::fs::write(&path, corpus).unwrap();
    let corpus = BreachCorpus::open(&path).unwrap();
    let world = world(|options| options.password.breach_corpus = Some(corpus));
    assert_eq!(world.register(LONG).await, ["PasswordBreached"]);
    assert_eq!(world.register("another good passphrase").await, [""; 0]);
    let accounts = world.identity.accounts();
    let mut ada = accounts.find_by_email(EMAIL).await.unwrap().unwrap();
    let change = json!({ "oldPassword": "another good passphrase", "newPassword": LONG });
    assert_eq!(world.ask(&ada, "/manage/info", &change).await.1, ["PasswordBreached"]);
    assert!(accounts.set_password(&mut ada, LONG).await.unwrap().is_err());
    accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();

    // Without the file nobody can say that a password is good, and nobody does.
    std::fs::remove_file(&path).unwrap();
    let body = json!({ "email": "grace@example.test", "password": "another good passphrase" }).to_string();
    assert_eq!(post(&world.application, "/register", &body).await.status(), 500);
    log_in(
        &world.application,
        &json!({ "email": EMAIL, "password": "another good passphrase" }).to_string(),
    )
    .await;
}
