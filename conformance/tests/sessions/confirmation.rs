//! How a session gets fresh again.

use serde_json::{Value, json};
use time::Duration;
use wicketgate_conformance::Subject;

use crate::client::{ADA, Client, PASSWORD, Server};
use crate::fresh::{OTHER_ADDRESS, REQUIRED, is_fresh};

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
        // The second factor is off: no code is right, and a right password beside a code does not count.
        let guess = |number: usize| match number % 2 {
            0 => json!({"password": PASSWORD, "twoFactorCode": "000000"}),
            _ => json!({"password": "wrong"}),
        };
        for number in 1..=4 {
            assert_eq!(confirm(&server, &client, guess(number)).await, 401, "{}", server.store);
        }
        // What is no guess is not counted: one more would lock the account.
        for empty in [json!({}), json!({"password": ""}), json!({"twoFactorCode": ""})] {
            assert_eq!(confirm(&server, &client, empty).await, 401, "{}", server.store);
        }
        assert_eq!(confirm(&server, &client, right.clone()).await, 200, "{}", server.store);
        server.application.advance(Duration::minutes(6));
        for number in 1..=5 {
            assert_eq!(confirm(&server, &client, guess(number)).await, 401, "{}", server.store);
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
        let renewed = copied.after(&hello);
        assert_ne!(renewed.header, copied.header, "{}", server.store);
        let own = confirmed(&server, &own, json!({"password": PASSWORD})).await;
        assert!(is_fresh(&server, &own).await, "{}", server.store);
        assert!(!is_fresh(&server, &renewed).await, "{}", server.store);
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
