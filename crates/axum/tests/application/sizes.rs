//! Bodies, addresses and passwords that are longer than any may be: refused before they cost anything, and alike for
//! every account.

use std::num::NonZeroU32;

use axum::{Router, body::Body};
use http::Request;
use wicketgate_axum::{Identity, Options, options::RequestLimits};
use wicketgate_identity::PasswordAlgorithm;

use crate::{
    builder,
    client::{self, answer, log_in, status_and_text},
};

const ADA: &str = "ada@example.test";
const NOBODY: &str = "nobody@example.test";
const PASSWORD: &str = "Passw0rd!";

fn identity(mut options: Options, limits: RequestLimits) -> Identity {
    // What is measured here is not how long hashing takes.
    options.password_hasher.algorithm = PasswordAlgorithm::identity_v3(NonZeroU32::MIN);
    builder().options(options).limits(limits).build().unwrap()
}

/// With an account for Ada, and the identity behind it.
async fn application() -> (Router, Identity) {
    let identity = identity(Options::default(), RequestLimits::default());
    let application = identity.wrap(Router::new().merge(identity.api()).merge(identity.logout()));
    let (status, _) = post(&application, "/register", &credentials(ADA, PASSWORD)).await;
    assert_eq!(status, 200);
    (application, identity)
}

async fn post(application: &Router, path: &str, json: &str) -> (u16, String) {
    status_and_text(client::post(application, path, json).await).await
}

fn credentials(email: &str, password: &str) -> String {
    format!(r#"{{"email":"{email}","password":"{password}"}}"#)
}

fn address(length: usize) -> String {
    let host = "@example.test";
    format!("{}{host}", "a".repeat(length - host.len()))
}

/// One that breaks no rule but the one on length.
fn password(length: usize) -> String {
    format!("Aa1!{}", "x".repeat(length - 4))
}

#[tokio::test]
async fn every_endpoint_refuses_a_body_that_is_too_long_and_takes_one_of_exactly_the_largest_size() {
    let (application, _) = application().await;
    for path in [
        "/register",
        "/login",
        "/refresh",
        "/forgotPassword",
        "/resendConfirmationEmail",
        "/resetPassword",
    ] {
        let longest = format!("{{{}}}", " ".repeat(16 * 1024 - 2));
        assert_eq!(post(&application, path, &longest).await.0, 400, "{path}");
        let (status, body) = post(&application, path, &format!("{longest} ")).await;
        assert_eq!((status, body.as_str()), (413, ""), "{path}");
    }
    // These ask first who sends it.
    for path in ["/manage/info", "/manage/2fa", "/logout"] {
        assert_eq!(post(&application, path, &" ".repeat(20_000)).await.0, 401, "{path}");
    }
    let token = log_in(&application, &credentials(ADA, PASSWORD)).await;
    for path in ["/manage/info", "/manage/2fa", "/logout"] {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .header("authorization", &token)
            .body(Body::from(" ".repeat(20_000)))
            .unwrap();
        assert_eq!(answer(&application, request).await.status(), 413, "{path}");
    }
}

#[tokio::test]
async fn addresses_may_have_256_units_and_longer_ones_are_nobodys() {
    let (application, _) = application().await;
    for (length, status) in [(256, 200), (257, 400), (10_000, 400)] {
        let (answered, body) = post(&application, "/register", &credentials(&address(length), PASSWORD)).await;
        assert_eq!(answered, status, "{length}");
        assert_eq!(body.contains("\"InvalidEmail\""), status == 400, "{length}: {body}");
    }
    let long = address(257);
    for (path, json, expected) in [
        ("/login", credentials(&long, PASSWORD), credentials(NOBODY, PASSWORD)),
        (
            "/forgotPassword",
            format!(r#"{{"email":"{long}"}}"#),
            format!(r#"{{"email":"{NOBODY}"}}"#),
        ),
        (
            "/resendConfirmationEmail",
            format!(r#"{{"email":"{long}"}}"#),
            format!(r#"{{"email":"{NOBODY}"}}"#),
        ),
        (
            "/resetPassword",
            format!(r#"{{"email":"{long}","resetCode":"x","newPassword":"{PASSWORD}"}}"#),
            format!(r#"{{"email":"{NOBODY}","resetCode":"x","newPassword":"{PASSWORD}"}}"#),
        ),
    ] {
        let as_unknown = post(&application, path, &expected).await;
        assert_eq!(post(&application, path, &json).await, as_unknown, "{path}");
    }
}

#[tokio::test]
async fn passwords_may_have_1024_bytes_and_longer_ones_cannot_be_set() {
    let (application, _) = application().await;
    for (length, status) in [(1024, 200), (1025, 400), (10_000, 400)] {
        let json = credentials(&format!("{length}@example.test"), &password(length));
        let (answered, body) = post(&application, "/register", &json).await;
        assert_eq!(answered, status, "{length}");
        assert_eq!(body.contains("\"PasswordTooLong\""), status == 400, "{length}: {body}");
    }
    let (status, _) = post(
        &application,
        "/login",
        &credentials("1024@example.test", &password(1024)),
    )
    .await;
    assert_eq!(status, 200);
    // Whoever it is for, and whatever the code: nothing is looked up.
    for email in [ADA, NOBODY] {
        let json = format!(
            r#"{{"email":"{email}","resetCode":"x","newPassword":"{}"}}"#,
            password(1025)
        );
        let (status, body) = post(&application, "/resetPassword", &json).await;
        assert!(status == 400 && body.contains("\"PasswordTooLong\""), "{email}: {body}");
    }
}

#[tokio::test]
async fn a_login_with_a_password_that_is_too_long_tells_nothing_about_the_account_and_counts_nothing() {
    let (application, identity) = application().await;
    for email in ["locked@example.test", "wrong@example.test"] {
        post(&application, "/register", &credentials(email, PASSWORD)).await;
    }
    for _ in 0..5 {
        post(&application, "/login", &credentials("locked@example.test", "wrong")).await;
    }
    let (_, locked) = post(&application, "/login", &credentials("locked@example.test", PASSWORD)).await;
    assert!(locked.contains("LockedOut"), "{locked}");

    let (status, unknown) = post(&application, "/login", &credentials(NOBODY, &password(1025))).await;
    assert!(status == 401 && unknown.contains("\"Failed\""), "{unknown}");
    for email in [ADA, "locked@example.test", "wrong@example.test"] {
        for _ in 0..6 {
            let answer = post(&application, "/login", &credentials(email, &password(1025))).await;
            assert_eq!(answer, (401, unknown.clone()), "{email}");
        }
    }
    let user = identity.accounts().find_by_email("wrong@example.test").await.unwrap();
    assert_eq!(user.unwrap().access_failed_count, 0);
}

#[tokio::test]
async fn an_old_password_that_is_too_long_is_a_wrong_one() {
    let (_, identity) = application().await;
    let accounts = identity.accounts();
    let mut user = accounts.find_by_email(ADA).await.unwrap().unwrap();
    for (old, new, code) in [
        (password(1025), PASSWORD.to_owned(), "PasswordMismatch"),
        (PASSWORD.to_owned(), password(1025), "PasswordTooLong"),
        ("wrong".to_owned(), password(1025), "PasswordTooLong"),
    ] {
        let errors = accounts.change_password(&mut user, &old, &new).await.unwrap();
        assert_eq!(errors.unwrap_err()[0].code(), code);
    }
    assert!(!accounts.check_password(&mut user, &password(1025)).await.unwrap());
}

#[tokio::test]
async fn the_three_limits_can_be_chosen() {
    let mut options = Options::default();
    options.user.max_email_length = 300;
    options.password.max_length = 2_000;
    let limits = RequestLimits {
        max_request_body_size: 50_000,
        ..RequestLimits::default()
    };
    let identity = identity(options, limits);
    let application = identity.wrap(identity.api());
    let json = format!("{}{}", credentials(&address(300), &password(2_000)), " ".repeat(40_000));
    assert_eq!(post(&application, "/register", &json).await, (200, String::new()));
    let (status, _) = post(&application, "/login", &credentials(&address(300), &password(2_000))).await;
    assert_eq!(status, 200);
}
