//! What asks for a fresh sign-in, and how a session gets fresh again.

use serde_json::{Value, json};
use time::Duration;
use wicketgate_conformance::Subject;

use crate::client::{ADA, Client, PASSWORD, Server};

const REQUIRED: [(&str, &str); 1] = [("sessions.require_fresh_sign_in", "true")];
const OTHER_ADDRESS: &str = "mallory@example.test";

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

async fn confirm(server: &Server, client: &Client, body: Value) -> u16 {
    server
        .send("POST", "/manage/confirm", &client.header, body)
        .await
        .status
}

/// Confirms, and keeps the new cookie as a browser does.
pub(crate) async fn confirmed(server: &Server, client: &Client, body: Value) -> Client {
    let answer = server.send("POST", "/manage/confirm", &client.header, body).await;
    assert_eq!(answer.status, 200, "{}: {}", server.store, answer.body);
    client.after(&answer)
}

async fn is_fresh(server: &Server, client: &Client) -> bool {
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
async fn wrong_guesses_at_a_confirmation_lock_the_account_and_make_nothing_fresh() {
    for server in Server::each(&REQUIRED).await {
        let (client, nobody) = (
            server.tokens(PASSWORD).await,
            Client {
                header: String::new(),
                refresh_token: None,
            },
        );
        server.application.advance(Duration::minutes(6));
        let right = json!({"password": PASSWORD});
        assert_eq!(confirm(&server, &nobody, right.clone()).await, 401);
        // What is no guess is not counted.
        for empty in [json!({}), json!({"password": ""}), json!({"twoFactorCode": ""})] {
            assert_eq!(confirm(&server, &client, empty).await, 401);
        }
        for wrong in 1..=5 {
            // The second factor is off: no code is right, and a right password beside a code does not count.
            let guess = match wrong % 2 {
                0 => json!({"password": PASSWORD, "twoFactorCode": "000000"}),
                _ => json!({"password": "wrong"}),
            };
            assert_eq!(confirm(&server, &client, guess).await, 401, "{}", server.store);
        }
        // Locked: a right one is no better now, neither here nor at the login.
        assert_eq!(confirm(&server, &client, right.clone()).await, 401, "{}", server.store);
        let login = json!({"email": ADA, "password": PASSWORD});
        assert_eq!(server.send("POST", "/login", "", login).await.status, 401);
        let answer = server.send("POST", "/manage/2fa", &client.header, json!({})).await;
        assert_eq!(answer.status, 401, "{}", server.store);

        server.administer(&["unlock", ADA]).await;
        assert_eq!(confirm(&server, &client, right).await, 200, "{}", server.store);
        let answer = server.send("POST", "/manage/2fa", &client.header, json!({})).await;
        assert_eq!(answer.status, 200, "{}", server.store);
    }
}

#[tokio::test]
async fn guesses_at_a_confirmation_are_slowed_like_sign_ins() {
    for server in Server::each(&[REQUIRED[0], ("lockout.max_failed_access_attempts", "1000")]).await {
        let client = server.tokens(PASSWORD).await;
        let mut refused = 0;
        for _ in 0..60 {
            match confirm(&server, &client, json!({"password": "wrong"})).await {
                401 => {}
                429 => refused += 1,
                other => panic!("{}: {other}", server.store),
            }
        }
        // Forty at once: those of four minutes.
        assert_eq!(refused, 20, "{}", server.store);
        // Right ones, too: nobody learns more by them.
        assert_eq!(confirm(&server, &client, json!({"password": PASSWORD})).await, 429);
    }
}

#[tokio::test]
async fn a_code_of_the_authenticator_makes_a_session_fresh_once() {
    let options = [REQUIRED[0], ("second_factor.single_use", "true")];
    for server in Server::each(&options).await {
        let client = server.tokens(PASSWORD).await;
        let key = server.switch_second_factor_on(&client).await;
        server.application.advance(Duration::minutes(6));
        let answer = server.send("POST", "/manage/2fa", &client.header, json!({})).await;
        let problem: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            problem["methods"],
            json!(["authenticator", "recovery_code"]),
            "{}",
            server.store
        );

        let by_code = json!({"twoFactorCode": server.code(&key)});
        assert_eq!(
            confirm(&server, &client, by_code.clone()).await,
            200,
            "{}",
            server.store
        );
        let sessions = server.sessions(&client).await;
        assert_eq!(
            sessions[0]["methods"],
            json!(["password", "authenticator"]),
            "{}",
            server.store
        );
        // Who looked over the shoulder has no use of it, neither here nor at the login.
        assert_eq!(
            confirm(&server, &client, by_code.clone()).await,
            401,
            "{}",
            server.store
        );
        let login = json!({"email": ADA, "password": PASSWORD, "twoFactorCode": by_code["twoFactorCode"]});
        assert_eq!(
            server.send("POST", "/login", "", login).await.status,
            401,
            "{}",
            server.store
        );
        let answer = server.send("POST", "/manage/2fa", &client.header, json!({})).await;
        assert_eq!(answer.status, 200, "{}", server.store);
    }
}

/// The time is that of one session: another browser of the account is not fresh by it.
#[tokio::test]
async fn a_confirmation_makes_its_own_session_fresh_and_no_other() {
    for server in Server::each(&REQUIRED).await {
        let (own, other) = (server.cookie(PASSWORD).await, server.cookie(PASSWORD).await);
        server.application.advance(Duration::minutes(6));
        let own = confirmed(&server, &own, json!({"password": PASSWORD})).await;
        assert!(is_fresh(&server, &own).await, "{}", server.store);
        let answer = server
            .send("DELETE", "/manage/sessions", &other.header, Value::Null)
            .await;
        assert_eq!(answer.status, 401, "{}", server.store);
        assert!(server.knows(&own).await, "{}", server.store);
    }
}

#[tokio::test]
async fn a_session_that_has_ended_cannot_be_made_fresh() {
    for server in Server::each(&REQUIRED).await {
        let (own, ended) = (server.cookie(PASSWORD).await, server.tokens(PASSWORD).await);
        let id = server.id(&ended).await;
        assert_eq!(server.end(&own, &id).await, 204);
        assert_eq!(confirm(&server, &ended, json!({"password": PASSWORD})).await, 401);
        assert!(!server.knows(&ended).await, "{}", server.store);
    }
}

/// Malware copies a cookie and waits until its owner confirms.
#[tokio::test]
async fn a_copied_cookie_gets_no_fresher_by_a_confirmation_of_its_owner() {
    for server in Server::each(&REQUIRED).await {
        let own = server.cookie(PASSWORD).await;
        let copied = own.clone();
        server.application.advance(Duration::minutes(6));
        let own = confirmed(&server, &own, json!({"password": PASSWORD})).await;
        assert!(is_fresh(&server, &own).await, "{}", server.store);
        assert!(server.knows(&copied).await, "{}", server.store);
        assert!(!is_fresh(&server, &copied).await, "{}", server.store);
        // Nor by the new cookie that half of its life brings: the session's own is then as old.
        server.application.advance(Duration::days(8));
        let hello = server.send("GET", "/probe/hello", &copied.header, Value::Null).await;
        let copied = copied.after(&hello);
        let own = confirmed(&server, &own, json!({"password": PASSWORD})).await;
        assert!(is_fresh(&server, &own).await, "{}", server.store);
        assert!(!is_fresh(&server, &copied).await, "{}", server.store);
    }
}

/// Whoever has a browser's cookies often has the passwords that it keeps, too.
#[tokio::test]
async fn while_the_second_factor_is_on_no_password_makes_a_session_fresh() {
    for server in Server::each(&REQUIRED).await {
        let client = server.tokens(PASSWORD).await;
        let (key, codes) = server.switch_second_factor_on_with_codes(&client).await;
        // The code that turned it on counts.
        assert!(is_fresh(&server, &client).await, "{}", server.store);
        server.application.advance(Duration::minutes(6));
        let answer = server
            .send("POST", "/manage/confirm", &client.header, json!({"password": PASSWORD}))
            .await;
        assert_eq!(answer.status, 401, "{}", server.store);
        assert!(
            answer.body.contains("RequiresTwoFactor"),
            "{}: {}",
            server.store,
            answer.body
        );
        assert!(!is_fresh(&server, &client).await, "{}", server.store);
        // Nor does a new password beside a new address.
        server.application.take_mail();
        let both = json!({"oldPassword": PASSWORD, "newPassword": "N3w-Passw0rd!", "newEmail": OTHER_ADDRESS});
        assert_eq!(
            server.send("POST", "/manage/info", &client.header, both).await.status,
            401
        );
        assert!(server.application.take_mail().is_empty(), "{}", server.store);

        let by_recovery_code = json!({"twoFactorRecoveryCode": codes[0]});
        assert_eq!(
            confirm(&server, &client, by_recovery_code.clone()).await,
            200,
            "{}",
            server.store
        );
        assert!(is_fresh(&server, &client).await, "{}", server.store);
        // It works once.
        assert_eq!(
            confirm(&server, &client, by_recovery_code).await,
            401,
            "{}",
            server.store
        );
        server.application.advance(Duration::minutes(6));
        assert_eq!(
            confirm(&server, &client, json!({"twoFactorCode": server.code(&key)})).await,
            200
        );

        // A browser that was let off the second factor signs in by the password alone.
        let login = json!({"email": ADA, "password": PASSWORD, "twoFactorCode": server.code(&key)});
        let remembered = server.send("POST", "/login?useCookies=true", "", login).await;
        assert_eq!(remembered.status, 200, "{}: {}", server.store, remembered.body);
        let machine = remembered
            .all("set-cookie")
            .into_iter()
            .find(|cookie| cookie.contains("Remember"));
        let machine = machine.unwrap().split(';').next().unwrap().to_owned();
        let browser = server.cookie_with(&format!("Cookie: {machine}\r\n"), PASSWORD).await;
        assert!(!is_fresh(&server, &browser).await, "{}", server.store);
        // The code of its owner makes no copy of its cookie fresh, however recent their common sign-in is.
        let copied = browser.clone();
        server.application.advance(Duration::minutes(1));
        let browser = confirmed(&server, &browser, json!({"twoFactorCode": server.code(&key)})).await;
        assert!(is_fresh(&server, &browser).await, "{}", server.store);
        assert!(!is_fresh(&server, &copied).await, "{}", server.store);
    }
}
