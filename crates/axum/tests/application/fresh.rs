//! The guard for a fresh sign-in around an application's own routes.

use std::sync::Arc;

use axum::{
    Router,
    routing::{get as on_get, post as on_post},
};
use serde_json::{Value, json};
use time::{Duration, macros::datetime};
use wicketgate_axum::wicketgate_protection::ManualClock;
use wicketgate_axum::{Fresh, Options, Require, Scheme, options::Profile};
use wicketgate_identity::options::SessionOptions;
use wicketgate_identity::second_factor::authenticator;

use crate::client::{ADA, cookie, get, header, log_in, post, send, status_and_text, text};

const MALLORY: &str = r#"{"email":"mallory@example.test","password":"Passw0rd!"}"#;

fn application(options: Options) -> (Router, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(datetime!(2026-01-02 03:04:05 UTC)));
    let identity = crate::builder().clock(clock.clone()).options(options).build().unwrap();
    let who = || on_get(|user: Fresh| async move { user.signed_in().name().to_owned() });
    let router = Router::new()
        .route("/pay", who())
        .route("/cookie", who().route_layer(Require::scheme(Scheme::Cookie)))
        .route(
            "/minute",
            on_post(|| async { "done" }).route_layer(Require::fresh(Duration::MINUTE)),
        )
        .merge(identity.api())
        .layer(identity.layer());
    (router, clock)
}

/// Sessions as in strict; the routes of the Identity API itself ask for nothing.
fn options() -> Options {
    Options {
        sessions: SessionOptions {
            require_fresh_sign_in: false,
            ..Options::for_profile(Profile::Strict).sessions
        },
        ..Options::default()
    }
}

#[tokio::test]
async fn a_route_of_the_application_asks_for_a_fresh_sign_in() {
    let (application, clock) = application(options());
    assert_eq!(post(&application, "/register", ADA).await.status(), 200);
    let token = log_in(&application, ADA).await;
    let token = [("authorization", token.as_str()), ("content-type", "application/json")];
    let pay = async || status_and_text(get(&application, "/pay", &token).await).await;
    let minute = async || send(&application, "POST", "/minute", &token, "").await;

    clock.advance(Duration::MINUTE);
    assert_eq!(minute().await.status(), 200);
    clock.advance(Duration::SECOND);
    let refused = minute().await;
    assert_eq!(refused.status(), 401);
    assert_eq!(
        header(&refused, "www-authenticate"),
        Some(r#"Bearer error="insufficient_user_authentication", max_age="60""#)
    );
    assert_eq!(pay().await, (200, "ada@example.test".to_owned()));
    clock.advance(Duration::minutes(4));
    let (status, problem) = pay().await;
    assert_eq!(status, 401);
    let problem: Value = serde_json::from_str(&problem).unwrap();
    assert_eq!(problem["type"], "urn:wicketgate:fresh-sign-in-required");

    let password = json!({"password": "Passw0rd!"}).to_string();
    let confirmed = send(&application, "POST", "/manage/confirm", &token, &password).await;
    assert_eq!(confirmed.status(), 200, "{}", text(confirmed).await);
    assert_eq!(pay().await.0, 200);
    assert_eq!(minute().await.status(), 200);
    // Who is not signed in is not asked for more than that.
    let nobody = get(&application, "/pay", &[]).await;
    assert_eq!(header(&nobody, "www-authenticate"), Some("Bearer"));
}

/// An attacker with a browser that was left signed in turns the second factor on: the answer to that shows its key.
#[tokio::test]
async fn a_code_of_the_key_that_a_session_was_shown_makes_it_no_fresher() {
    let now = datetime!(2026-01-02 03:04:05 UTC) + Duration::minutes(6);
    let (application, clock) = application(options());
    assert_eq!(post(&application, "/register", ADA).await.status(), 200);
    let token = log_in(&application, ADA).await;
    let token = [("authorization", token.as_str()), ("content-type", "application/json")];
    clock.advance(Duration::minutes(6));
    let shown = send(&application, "POST", "/manage/2fa", &token, "{}").await;
    let shown: Value = serde_json::from_str(&text(shown).await).unwrap();
    let code = authenticator::code(shown["sharedKey"].as_str().unwrap(), now).unwrap();
    let enable = json!({"enable": true, "twoFactorCode": code}).to_string();
    let enabled = send(&application, "POST", "/manage/2fa", &token, &enable).await;
    assert_eq!(enabled.status(), 200, "{}", text(enabled).await);
    assert_eq!(get(&application, "/pay", &token).await.status(), 401);
    let deleted = send(&application, "DELETE", "/manage/account", &token, "").await;
    assert_eq!(deleted.status(), 401);
}

/// An attacker with a browser that was left signed in adds a token of their own.
#[tokio::test]
async fn somebody_elses_token_makes_no_cookie_fresh() {
    let (application, clock) = application(options());
    for account in [ADA, MALLORY] {
        assert_eq!(post(&application, "/register", account).await.status(), 200);
    }
    let cookie = cookie(&post(&application, "/login?useCookies=true", ADA).await);
    let open = get(&application, "/cookie", &[("cookie", &cookie)]).await;
    assert_eq!(status_and_text(open).await, (200, "ada@example.test".to_owned()));
    clock.advance(Duration::minutes(6));
    let token = log_in(&application, MALLORY).await;
    let both = [("cookie", cookie.as_str()), ("authorization", token.as_str())];
    assert_eq!(get(&application, "/cookie", &both).await.status(), 401);
    let alone = get(&application, "/cookie", &[("cookie", &cookie)]).await;
    assert_eq!(alone.status(), 401);
}

/// Where an application takes cookies alone, the limit and the session are those of the same user.
#[tokio::test]
async fn a_cookie_is_not_confirmed_for_somebody_elses_token() {
    let identity = crate::builder().options(options()).build().unwrap();
    let api = Router::from(identity.api());
    let application = api
        .clone()
        .nest("/cookies", api.route_layer(Require::scheme(Scheme::Cookie)))
        .layer(identity.layer());
    for account in [ADA, MALLORY] {
        assert_eq!(post(&application, "/register", account).await.status(), 200);
    }
    let cookie = cookie(&post(&application, "/login?useCookies=true", ADA).await);
    let token = log_in(&application, MALLORY).await;
    let both = [
        ("cookie", cookie.as_str()),
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let password = json!({"password": "Passw0rd!"}).to_string();
    let confirmed = send(&application, "POST", "/cookies/manage/confirm", &both, &password).await;
    assert_eq!(confirmed.status(), 401);
}

#[tokio::test]
async fn without_sessions_the_guard_says_what_it_needs() {
    let (application, _) = application(Options::default());
    assert_eq!(post(&application, "/register", ADA).await.status(), 200);
    let token = log_in(&application, ADA).await;
    let (status, problem) = status_and_text(get(&application, "/pay", &[("authorization", &token)]).await).await;
    assert_eq!(status, 500);
    assert!(problem.contains("turn them on"), "{problem}");
    // And there is nothing to confirm.
    assert_eq!(post(&application, "/manage/confirm", "{}").await.status(), 404);
}
