//! What sign-ins by an application's own handlers prove, and for how long.

use std::sync::Arc;

use axum::{Json, Router, routing::get as on_get, routing::post as on_post};
use http::StatusCode;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, macros::datetime};
use wicketgate_axum::wicketgate_protection::{Clock, ManualClock};
use wicketgate_axum::{Authentication, Failure, Fresh, Identity, Options, Persistence, options::Profile};
use wicketgate_identity::options::SessionOptions;
use wicketgate_identity::second_factor::authenticator;
use wicketgate_identity::{Credentials, SecondFactor, SignInResult, SignInSuccess};

use crate::client::{cookie, get, send, text};

const START: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
const EMAIL: &str = "ada@example.test";
const PASSWORD: &str = "Passw0rd!";

struct World {
    identity: Identity,
    application: Router,
    clock: Arc<ManualClock>,
}

/// The library's own login, with a code if the second factor is on.
async fn check(authentication: &Authentication, code: &str) -> Result<Option<SignInSuccess>, Failure> {
    let credentials = Credentials {
        user_name: EMAIL,
        password: PASSWORD,
        second_factor: SecondFactor::new(Some(code).filter(|code| !code.is_empty()), None),
        remembered_machine: None,
    };
    let outcome = authentication.identity().sign_in().password(credentials).await?;
    Ok(match outcome.result {
        SignInResult::Succeeded(success) => Some(*success),
        _ => None,
    })
}

async fn log_in(authentication: Authentication, code: String) -> Result<StatusCode, Failure> {
    let Some(success) = check(&authentication, &code).await? else {
        return Ok(StatusCode::UNAUTHORIZED);
    };
    authentication.sign_in_with(success, Persistence::Session).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn log_in_for_tokens(authentication: Authentication, code: String) -> Result<Json<Value>, Failure> {
    let Some(success) = check(&authentication, &code).await? else {
        return Ok(Json(Value::Null));
    };
    let tokens = authentication.tokens_with(success).await?;
    Ok(Json(json!(tokens.access_token())))
}

async fn unchecked(authentication: Authentication) -> Result<StatusCode, Failure> {
    let accounts = authentication.identity().accounts();
    let Some(user) = accounts.find_by_email(EMAIL).await? else {
        return Ok(StatusCode::NOT_FOUND);
    };
    authentication.sign_in(&user, Persistence::Session).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn unchecked_tokens(authentication: Authentication) -> Result<Json<Value>, Failure> {
    let accounts = authentication.identity().accounts();
    let Some(user) = accounts.find_by_email(EMAIL).await? else {
        return Ok(Json(Value::Null));
    };
    let tokens = authentication.tokens(&user).await?;
    Ok(Json(json!(tokens.access_token())))
}

async fn world() -> World {
    let clock = Arc::new(ManualClock::at(START));
    let options = Options {
        sessions: SessionOptions {
            require_fresh_sign_in: false,
            ..Options::for_profile(Profile::Strict).sessions
        },
        ..Options::default()
    };
    let identity = crate::builder().clock(clock.clone()).options(options).build().unwrap();
    let application = Router::new()
        .route("/pay", on_get(|_: Fresh| async {}))
        .route("/own/login", on_post(log_in))
        .route("/own/login/tokens", on_post(log_in_for_tokens))
        .route("/own/unchecked", on_post(unchecked))
        .route("/own/unchecked/tokens", on_post(unchecked_tokens))
        .merge(identity.api())
        .layer(identity.layer());
    identity.accounts().register(EMAIL, PASSWORD).await.unwrap().unwrap();
    World {
        identity,
        application,
        clock,
    }
}

impl World {
    /// Returns the authenticator's key.
    async fn switch_second_factor_on(&self) -> String {
        let accounts = self.identity.accounts();
        let mut ada = accounts.find_by_email(EMAIL).await.unwrap().unwrap();
        let key = accounts.reset_authenticator_key(&mut ada).await.unwrap().unwrap();
        accounts.set_two_factor_enabled(&mut ada, true).await.unwrap().unwrap();
        key
    }

    fn code(&self, key: &str) -> String {
        authenticator::code(key, self.clock.now()).unwrap()
    }

    /// The cookie that a handler sets.
    async fn cookie(&self, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let response = send(&self.application, "POST", path, headers, body).await;
        assert!(response.status().is_success(), "{path}: {}", response.status());
        cookie(&response)
    }

    async fn bearer(&self, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let answer = text(send(&self.application, "POST", path, headers, body).await).await;
        let token: Value = serde_json::from_str(&answer).unwrap();
        format!("Bearer {}", token.as_str().unwrap())
    }

    async fn is_fresh(&self, name: &str, value: &str) -> bool {
        match get(&self.application, "/pay", &[(name, value)]).await.status().as_u16() {
            200 => true,
            401 => false,
            other => panic!("{other}"),
        }
    }

    /// The cookie after the user has given the password once more.
    async fn confirmed(&self, cookie: &str) -> String {
        let headers = [("cookie", cookie), ("content-type", "application/json")];
        let password = json!({"password": PASSWORD}).to_string();
        self.cookie("/manage/confirm", &headers, &password).await
    }
}

#[tokio::test]
async fn a_sign_in_without_a_check_is_not_fresh_until_its_user_confirms_it() {
    let world = world().await;
    let token = world.bearer("/own/unchecked/tokens", &[], "").await;
    assert!(!world.is_fresh("authorization", &token).await);
    let cookie = world.cookie("/own/unchecked", &[], "").await;
    assert!(!world.is_fresh("cookie", &cookie).await);
    world.clock.advance(Duration::SECOND);
    let confirmed = world.confirmed(&cookie).await;
    assert!(world.is_fresh("cookie", &confirmed).await);
    // A copy of the cookie is what it was.
    assert!(!world.is_fresh("cookie", &cookie).await);
}

#[tokio::test]
async fn an_own_login_is_fresh_by_what_it_checked() {
    let world = world().await;
    assert!(
        world
            .is_fresh("cookie", &world.cookie("/own/login", &[], "").await)
            .await
    );
    let token = world.bearer("/own/login/tokens", &[], "").await;
    assert!(world.is_fresh("authorization", &token).await);

    let key = world.switch_second_factor_on().await;
    let cookie = world.cookie("/own/login", &[], &world.code(&key)).await;
    assert!(world.is_fresh("cookie", &cookie).await);
    let token = world.bearer("/own/login/tokens", &[], &world.code(&key)).await;
    assert!(world.is_fresh("authorization", &token).await);
    world.clock.advance(Duration::minutes(6));
    assert!(!world.is_fresh("cookie", &cookie).await);
    assert!(!world.is_fresh("authorization", &token).await);
}

/// As an application does after it has changed the user's roles.
#[tokio::test]
async fn who_is_signed_in_again_is_as_fresh_as_before() {
    let world = world().await;
    let key = world.switch_second_factor_on().await;
    let first = world.cookie("/own/login", &[], &world.code(&key)).await;
    world.clock.advance(Duration::minutes(4));
    let token = world.bearer("/own/unchecked/tokens", &[("cookie", &first)], "").await;
    let again = world.cookie("/own/unchecked", &[("cookie", &first)], "").await;
    assert!(world.is_fresh("cookie", &again).await);
    assert!(world.is_fresh("authorization", &token).await);
    world.clock.advance(Duration::minutes(2));
    assert!(!world.is_fresh("cookie", &again).await, "not from now on");
    assert!(!world.is_fresh("authorization", &token).await);
}

/// Nobody else's proof counts.
#[tokio::test]
async fn who_signs_somebody_else_in_proves_nothing_for_them() {
    let world = world().await;
    let accounts = world.identity.accounts();
    accounts
        .register("mallory@example.test", PASSWORD)
        .await
        .unwrap()
        .unwrap();
    let mallory = json!({"email": "mallory@example.test", "password": PASSWORD}).to_string();
    let headers = [("content-type", "application/json")];
    let mallory = world.cookie("/login?useCookies=true", &headers, &mallory).await;
    assert!(world.is_fresh("cookie", &mallory).await);
    let ada = world.cookie("/own/unchecked", &[("cookie", &mallory)], "").await;
    assert!(!world.is_fresh("cookie", &ada).await);
}
