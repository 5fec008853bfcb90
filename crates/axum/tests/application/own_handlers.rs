//! What an application does with accounts in its own handlers: signing in and out, sending mail, and testing all that.

use std::{
    future::pending,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Body,
    http::{Request, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use wicketgate_axum::{
    Authentication, BuildError, EmailError, EmailMessage, EmailSender, Failure, Identity, MemoryStore, Persistence,
    Require, SignedIn, async_trait, options::AuthenticationOptions, testing,
};

use crate::{
    builder,
    client::{self, answer, cookie, send, status_and_text, text},
};

/// An application with a login, a registration and a logout of its own.
fn application(identity: &Identity) -> Router {
    Router::new()
        .route("/name", get(|user: SignedIn| async move { user.name().to_owned() }))
        .route("/reports", get(|| async {}).route_layer(Require::role("Manager")))
        .route("/own/login", post(log_in))
        .route("/own/tokens", post(tokens))
        .route("/own/sign-up", post(sign_up))
        .route(
            "/own/logout",
            post(|authentication: Authentication| async move { authentication.sign_out() }),
        )
        .layer(identity.layer())
}

async fn log_in(authentication: Authentication, email: String) -> Result<StatusCode, Failure> {
    let accounts = authentication.identity().accounts();
    let Some(user) = accounts.find_by_email(&email).await? else {
        return Ok(StatusCode::UNAUTHORIZED);
    };
    authentication.sign_in(&user, Persistence::Session).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn tokens(authentication: Authentication, email: String) -> Result<Response, Failure> {
    let accounts = authentication.identity().accounts();
    match accounts.find_by_email(&email).await? {
        Some(user) => Ok(authentication.tokens(&user).await?.into_response()),
        None => Ok(StatusCode::UNAUTHORIZED.into_response()),
    }
}

async fn sign_up(authentication: Authentication, email: String) -> Result<Response, Failure> {
    match authentication
        .identity()
        .accounts()
        .register_without_password(&email)
        .await?
    {
        Ok(user) => {
            authentication.sign_in(&user, Persistence::Persistent).await?;
            Ok(StatusCode::CREATED.into_response())
        }
        Err(errors) => {
            let codes: Vec<_> = errors.iter().map(|error| error.code().to_owned()).collect();
            Ok((StatusCode::BAD_REQUEST, Json(codes)).into_response())
        }
    }
}

async fn post_text(application: &Router, path: &str, body: &str) -> Response {
    send(application, "POST", path, &[], body).await
}

async fn name(application: &Router, header: &str, value: &str) -> (u16, String) {
    status_and_text(client::get(application, "/name", &[(header, value)]).await).await
}

#[tokio::test]
async fn a_handler_signs_a_user_in_with_a_cookie_and_out_again() {
    let identity = testing::identity();
    testing::user(&identity, "ada@example.test").await.unwrap();
    let application = application(&identity);
    let response = post_text(&application, "/own/login", "ada@example.test").await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let set_cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(
        !set_cookie.contains("expires="),
        "it ends with the browser: {set_cookie}"
    );
    let cookie = cookie(&response);
    assert_eq!(
        name(&application, "cookie", &cookie).await,
        (200, "ada@example.test".to_owned())
    );

    let response = send(&application, "POST", "/own/logout", &[("cookie", &cookie)], "").await;
    let ended = response.headers()["set-cookie"].to_str().unwrap();
    assert!(ended.starts_with(".AspNetCore.Identity.Application=;"), "{ended}");
    let nobody = post_text(&application, "/own/login", "nobody@example.test").await;
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    assert!(!nobody.headers().contains_key("set-cookie"));
}

#[tokio::test]
async fn a_handler_gives_a_user_a_pair_of_tokens() {
    let identity = testing::identity();
    testing::user(&identity, "ada@example.test").await.unwrap();
    let application = application(&identity).merge(Router::from(identity.api()).layer(identity.layer()));
    let tokens = text(post_text(&application, "/own/tokens", "ada@example.test").await).await;
    let tokens: serde_json::Value = serde_json::from_str(&tokens).unwrap();
    let bearer = format!("Bearer {}", tokens["accessToken"].as_str().unwrap());
    assert_eq!(name(&application, "authorization", &bearer).await.0, 200);
    let body = serde_json::json!({"refreshToken": tokens["refreshToken"]}).to_string();
    assert_eq!(
        client::post(&application, "/refresh", &body).await.status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_user_is_signed_in_right_after_registration() {
    let identity = testing::identity();
    let application = application(&identity);
    let response = post_text(&application, "/own/sign-up", "ada@example.test").await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let set_cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(set_cookie.contains("expires="), "it outlives the browser: {set_cookie}");
    assert_eq!(name(&application, "cookie", &cookie(&response)).await.0, 200);
    let again = post_text(&application, "/own/sign-up", "ada@example.test").await;
    assert_eq!(again.status(), StatusCode::BAD_REQUEST);
    assert_eq!(text(again).await, r#"["DuplicateUserName"]"#);
}

#[tokio::test]
async fn a_test_signs_requests_in_as_a_user_with_the_roles_of_now() {
    let identity = testing::identity();
    let application = application(&identity);
    let ada = testing::user(&identity, "ada@example.test").await.unwrap();
    for status in [StatusCode::FORBIDDEN, StatusCode::OK] {
        let request = Request::get("/reports").body(Body::empty()).unwrap();
        let request = testing::signed_in(&identity, &ada, request).await.unwrap();
        assert_eq!(answer(&application, request).await.status(), status);
        identity.accounts().add_role(&ada, "Manager").await.unwrap().unwrap();
    }
    let taken = testing::user(&identity, "ada@example.test").await;
    assert!(taken.unwrap_err().to_string().contains("already taken"));
}

#[derive(Debug, Default)]
struct Slow(Mutex<Vec<EmailMessage>>);

#[async_trait]
impl EmailSender for Slow {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        self.0.lock().unwrap().push(message);
        pending().await
    }
}

#[tokio::test]
async fn no_answer_waits_for_a_sender_that_never_returns() {
    let sender = Arc::new(Slow::default());
    let identity = builder()
        .public_url("https://id.example.test".parse().unwrap())
        .email(sender.clone())
        .build()
        .unwrap();
    testing::user(&identity, "ada@example.test").await.unwrap();
    let application: Router = Router::from(identity.api()).layer(identity.layer());
    for path in ["/forgotPassword", "/resendConfirmationEmail"] {
        let response = client::post(&application, path, r#"{"email":"ada@example.test"}"#).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
    }
    // The second mail waits for the first one, for as long as an attempt may take.
    while sender.0.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[test]
fn an_identity_without_keys_or_with_a_cookie_that_browsers_refuse_is_not_built() {
    let without_keys = Identity::builder(MemoryStore::new());
    assert_eq!(without_keys.build().unwrap_err(), BuildError::NoKeys);
    let mut options = AuthenticationOptions::default();
    options.cookie.cookie.name = "my cookie".to_owned();
    let error = builder().authentication(options).build().unwrap_err();
    assert!(error.to_string().starts_with("`cookie`: `name` must be"), "{error}");
}

#[tokio::test]
async fn keys_in_a_folder_outlive_the_identity() {
    let folder = std::env::temp_dir().join(format!("wicketgate-keys-{}", std::process::id()));
    let store = Arc::new(MemoryStore::new());
    let identity = || Identity::builder(store.clone()).keys_in(&folder).build().unwrap();
    let ada = testing::user(&identity(), "ada@example.test").await.unwrap();
    let request = Request::get("/name").body(Body::empty()).unwrap();
    let request = testing::signed_in(&identity(), &ada, request).await.unwrap();
    assert_eq!(
        answer(&application(&identity()), request).await.status(),
        StatusCode::OK
    );
    std::fs::remove_dir_all(folder).unwrap();
}
