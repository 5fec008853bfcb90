//! What asks for a fresh sign-in.

use serde_json::{Value, json};
use time::Duration;
use wicketgate_conformance::Subject;

use crate::client::{ADA, Client, PASSWORD, Server};
use crate::confirmation::confirmed;

pub(crate) const REQUIRED: [(&str, &str); 1] = [("sessions.require_fresh_sign_in", "true")];
pub(crate) const OTHER_ADDRESS: &str = "mallory@example.test";

/// What must not be done by whoever finds a browser that is signed in. `other` is another session of the account.
async fn delicate(server: &Server, client: &Client, other: &str) -> Vec<(u16, String)> {
    let session = format!("/manage/sessions/{other}");
    let mut answers = Vec::new();
    for (method, path, body) in [
        ("DELETE", session.as_str(), Value::Null),
        ("DELETE", "/manage/sessions", Value::Null),
        ("POST", "/manage/2fa", json!({})),
        ("POST", "/manage/2fa", json!({"enable": false})),
        ("POST", "/manage/2fa", json!({"resetSharedKey": true})),
        ("POST", "/manage/2fa", json!({"resetRecoveryCodes": true})),
        ("POST", "/manage/info", json!({"newEmail": OTHER_ADDRESS})),
        (
            "POST",
            "/manage/info",
            json!({"newEmail": OTHER_ADDRESS, "newPassword": ""}),
        ),
        ("GET", "/manage/account/export", Value::Null),
    ] {
        let answer = server.send(method, path, &client.header, body).await;
        answers.push((answer.status, answer.body));
    }
    answers
}

pub(crate) async fn is_fresh(server: &Server, client: &Client) -> bool {
    let answer = server
        .send("GET", "/manage/account/export", &client.header, Value::Null)
        .await;
    match answer.status {
        200 => true,
        401 => false,
        _ => panic!("{answer:?}"),
    }
}

#[tokio::test]
async fn what_matters_most_asks_for_a_fresh_sign_in() {
    for server in Server::each(&REQUIRED).await {
        for has_cookie in [true, false] {
            let client = match has_cookie {
                true => server.cookie(PASSWORD).await,
                false => server.tokens(PASSWORD).await,
            };
            let other = server.tokens(PASSWORD).await;
            let other_id = server.id(&other).await;
            server.application.take_mail();
            server.application.advance(Duration::seconds(301));
            for (status, body) in delicate(&server, &client, &other_id).await {
                assert_eq!(status, 401, "{}: {body}", server.store);
                let expected = json!({
                    "type": "urn:wicketgate:fresh-sign-in-required",
                    "title": "Fresh sign-in required",
                    "status": 401,
                    "methods": ["password"],
                });
                assert_eq!(
                    serde_json::from_str::<Value>(&body).unwrap(),
                    expected,
                    "{}",
                    server.store
                );
            }
            assert!(server.knows(&other).await, "{}", server.store);
            assert!(server.application.take_mail().is_empty(), "{}", server.store);

            let id = server.id(&client).await;
            let client = confirmed(&server, &client, json!({"password": PASSWORD})).await;
            assert_eq!(server.id(&client).await, id, "the same session");
            server.application.advance(Duration::seconds(300));
            for (status, body) in delicate(&server, &client, &other_id).await {
                assert!([200, 204].contains(&status), "{}: {status} {body}", server.store);
            }
            assert!(!server.knows(&other).await, "{}", server.store);
        }
    }
}

#[tokio::test]
async fn what_asks_for_the_old_password_and_what_is_the_sessions_own_goes_on() {
    for server in Server::each(&REQUIRED).await {
        let client = server.tokens(PASSWORD).await;
        server.application.advance(Duration::HOUR / 2);
        let (new, address) = ("N3w-Passw0rd!", "ada@new.example.test");
        let wrong = json!({"oldPassword": "wrong", "newPassword": new, "newEmail": address});
        server.application.take_mail();
        let answer = server.send("POST", "/manage/info", &client.header, wrong).await;
        assert_eq!(answer.status, 400, "{}", server.store);
        assert!(server.application.take_mail().is_empty(), "{}", server.store);
        let right = json!({"oldPassword": PASSWORD, "newPassword": new, "newEmail": address});
        let answer = server.send("POST", "/manage/info", &client.header, right).await;
        assert_eq!(answer.status, 200, "{}: {}", server.store, answer.body);
        assert_eq!(server.application.take_mail().len(), 1, "{}", server.store);

        for path in ["/manage/info", "/manage/sessions"] {
            let answer = server.send("GET", path, &client.header, Value::Null).await;
            assert_eq!(answer.status, 200, "{}: {path}", server.store);
        }
        let id = server.id(&client).await;
        assert_eq!(server.end(&client, &id).await, 204, "{}", server.store);
        assert!(!server.knows(&client).await, "{}", server.store);
    }
}

/// New tokens are no proof of who holds them.
#[tokio::test]
async fn a_refresh_makes_no_session_fresh() {
    for server in Server::each(&REQUIRED).await {
        let client = server.tokens(PASSWORD).await;
        server.application.advance(Duration::minutes(6));
        let client = server.refresh(&client).await.unwrap();
        let answer = server.send("POST", "/manage/2fa", &client.header, json!({})).await;
        assert_eq!(answer.status, 401, "{}", server.store);
    }
}

#[tokio::test]
async fn a_sign_in_with_a_code_is_fresh_with_a_cookie_as_with_tokens() {
    for server in Server::each(&REQUIRED).await {
        let first = server.tokens(PASSWORD).await;
        let key = server.switch_second_factor_on(&first).await;
        server.application.advance(Duration::minutes(6));
        for path in ["/login", "/login?useSessionCookies=true"] {
            let login = json!({"email": ADA, "password": PASSWORD, "twoFactorCode": server.code(&key)});
            let answer = server.send("POST", path, "", login).await;
            assert_eq!(answer.status, 200, "{}: {path}: {}", server.store, answer.body);
            let client = match path {
                "/login" => Client::with_tokens(&answer),
                _ => Client::with_cookie(&answer),
            };
            assert!(is_fresh(&server, &client).await, "{}: {path}", server.store);
            server.application.advance(Duration::minutes(6));
            assert!(!is_fresh(&server, &client).await, "{}: {path}", server.store);
        }
    }
}
