//! `null` where a text is needed: .NET fails over it only when it comes to use it, and so do we refuse it then.

use axum::Router;

use crate::{
    builder,
    client::{self, ADA, status_and_text},
};

async fn application() -> Router {
    let identity = builder().build().unwrap();
    let application = identity.wrap(identity.api());
    assert_eq!(post(&application, "/register", ADA).await, (200, String::new()));
    application
}

async fn post(application: &Router, path: &str, json: &str) -> (u16, String) {
    status_and_text(client::post(application, path, json).await).await
}

#[tokio::test]
async fn null_is_refused_where_it_would_be_used() {
    let application = application().await;
    for (path, json, status, says) in [
        ("/register", r#"{"email":null,"password":null}"#, 400, "InvalidEmail"),
        ("/register", r#"{"email":"bad","password":null}"#, 400, "InvalidEmail"),
        (
            "/register",
            r#"{"email":"grace@example.test","password":null}"#,
            400,
            "",
        ),
        ("/login", r#"{"email":null,"password":"Passw0rd!"}"#, 400, ""),
        (
            "/login",
            r#"{"email":"nobody@example.test","password":null}"#,
            401,
            "Failed",
        ),
        (
            "/login",
            r#"{"email":"ada@example.test","password":null}"#,
            401,
            "Failed",
        ),
        ("/refresh", r#"{"refreshToken":null}"#, 401, ""),
        ("/forgotPassword", r#"{"email":null}"#, 400, ""),
        ("/resendConfirmationEmail", r#"{"email":null}"#, 400, ""),
        (
            "/resetPassword",
            r#"{"email":null,"resetCode":"x","newPassword":"x"}"#,
            400,
            "",
        ),
        (
            "/resetPassword",
            r#"{"email":"ada@example.test","resetCode":null,"newPassword":null}"#,
            400,
            "InvalidToken",
        ),
        (
            "/resetPassword",
            r#"{"email":"nobody@example.test","resetCode":null,"newPassword":null}"#,
            400,
            "InvalidToken",
        ),
    ] {
        let (answered, body) = post(&application, path, json).await;
        assert_eq!(answered, status, "{path} {json}");
        assert!(
            body.contains(says) && body.is_empty() == says.is_empty(),
            "{path} {json}: {body}"
        );
    }
}

#[tokio::test]
async fn a_login_without_a_password_is_no_failed_attempt() {
    let application = application().await;
    for _ in 0..6 {
        let (status, _) = post(
            &application,
            "/login",
            r#"{"email":"ada@example.test","password":null}"#,
        )
        .await;
        assert_eq!(status, 401);
    }
    assert_eq!(post(&application, "/login", ADA).await.0, 200);
    for _ in 0..5 {
        post(
            &application,
            "/login",
            r#"{"email":"ada@example.test","password":"wrong"}"#,
        )
        .await;
    }
    let (_, body) = post(
        &application,
        "/login",
        r#"{"email":"ada@example.test","password":null}"#,
    )
    .await;
    assert!(body.contains("LockedOut"), "{body}");
}
