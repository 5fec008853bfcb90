//! What ends sessions, and which.

use serde_json::{Value, json};
use wicketgate_conformance::{MailField, Subject};

use crate::client::{ADA, PASSWORD, Server};

const NEW_PASSWORD: &str = "N3w-Passw0rd!";

#[tokio::test]
async fn who_signs_out_is_signed_out_at_once_and_nobody_else_is() {
    for server in Server::each(&[]).await {
        let (cookie, token, other) = (
            server.cookie(PASSWORD).await,
            server.tokens(PASSWORD).await,
            server.tokens(PASSWORD).await,
        );
        let refreshed = server.refresh(&token).await.unwrap();
        for client in [&cookie, &token] {
            assert!(server.knows(client).await, "{}", server.store);
            server.log_out(client).await;
            assert!(!server.knows(client).await, "{}", server.store);
        }
        // Logout, then refresh: what was got before the end is of no use either.
        assert!(!server.knows(&refreshed).await, "{}", server.store);
        assert!(server.knows(&other).await, "{}", server.store);
        let answer = server.send("POST", "/logout", &cookie.header, json!({})).await;
        assert_eq!(answer.status, 401);
    }
}

/// GHSA-xg6x-h9c9-2m83 of better-auth: a session that was revoked went on from a cache.
#[tokio::test]
async fn ghsa_xg6x_h9c9_2m83_a_revoked_session_is_not_used_from_a_cache() {
    for server in Server::each(&[("sessions.cache", "5s")]).await {
        let (cookie, token) = (server.cookie(PASSWORD).await, server.tokens(PASSWORD).await);
        assert!(
            server.knows(&cookie).await && server.knows(&token).await,
            "{}",
            server.store
        );
        let id = server.id(&token).await;
        assert_eq!(server.end(&cookie, &id).await, 204);
        assert!(!server.knows(&token).await, "{}", server.store);
        server.log_out(&cookie).await;
        assert!(!server.knows(&cookie).await, "{}", server.store);

        // Nor one that a change of the account ends.
        let (cookie, token) = (server.cookie(PASSWORD).await, server.tokens(PASSWORD).await);
        assert!(
            server.knows(&cookie).await && server.knows(&token).await,
            "{}",
            server.store
        );
        server.change_password(&cookie, NEW_PASSWORD).await;
        assert!(!server.knows(&token).await, "{}", server.store);
        assert!(server.knows(&cookie).await, "{}", server.store);
        server.administer(&["lock", ADA]).await;
        assert!(!server.knows(&cookie).await, "{}", server.store);
    }
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_but_the_one_that_sets_it() {
    for server in Server::each(&[]).await {
        let (own, cookie, token) = (
            server.tokens(PASSWORD).await,
            server.cookie(PASSWORD).await,
            server.tokens(PASSWORD).await,
        );
        server.change_password(&own, NEW_PASSWORD).await;
        assert!(server.knows(&own).await, "{}", server.store);
        assert!(!server.knows(&cookie).await, "{}", server.store);
        assert!(!server.knows(&token).await, "{}", server.store);
        assert_eq!(server.sessions(&own).await.len(), 1);

        // The cookie of a session that goes on has the old stamp, and is renewed in time with the new one.
        let own = server.cookie(NEW_PASSWORD).await;
        let change = json!({"oldPassword": NEW_PASSWORD, "newPassword": PASSWORD});
        assert_eq!(
            server.send("POST", "/manage/info", &own.header, change).await.status,
            200
        );
        server.application.advance(time::Duration::minutes(31));
        let hello = server.send("GET", "/probe/hello", &own.header, Value::Null).await;
        assert_eq!(hello.status, 200, "{}", server.store);
        assert_eq!(hello.all("set-cookie").len(), 1, "{hello:?}");
    }
}

#[tokio::test]
async fn a_reset_password_ends_all_sessions() {
    for server in Server::each(&[]).await {
        server.administer(&["confirm-email", ADA]).await;
        let (cookie, token) = (server.cookie(PASSWORD).await, server.tokens(PASSWORD).await);
        server.application.take_mail();
        let forgot = json!({"email": ADA});
        assert_eq!(server.send("POST", "/forgotPassword", "", forgot).await.status, 200);
        let [code] = server.mailed([MailField::CodeText]);
        let reset = json!({"email": ADA, "resetCode": code, "newPassword": NEW_PASSWORD});
        // Even where the request has a session of the account: who knows a mailed code need not be its owner.
        let answer = server.send("POST", "/resetPassword", &cookie.header, reset).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(!server.knows(&cookie).await, "{}", server.store);
        assert!(!server.knows(&token).await, "{}", server.store);
    }
}

#[tokio::test]
async fn a_new_address_ends_all_sessions() {
    for server in Server::each(&[]).await {
        let (cookie, token) = (server.cookie(PASSWORD).await, server.tokens(PASSWORD).await);
        server.application.take_mail();
        let change = json!({"newEmail": "ada@new.example.test"});
        let answer = server.send("POST", "/manage/info", &cookie.header, change).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(server.knows(&cookie).await && server.knows(&token).await, "not yet");
        let path = server.mailed_link();
        let answer = server.send("GET", &path, &cookie.header, Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(!server.knows(&cookie).await, "{}", server.store);
        assert!(!server.knows(&token).await, "{}", server.store);
    }
}

#[tokio::test]
async fn a_change_of_the_second_factor_ends_all_other_sessions() {
    for server in Server::each(&[]).await {
        let (own, other) = (server.cookie(PASSWORD).await, server.tokens(PASSWORD).await);
        let two_factor = async |body: Value| {
            let answer = server.send("POST", "/manage/2fa", &own.header, body).await;
            assert_eq!(answer.status, 200, "{}: {}", server.store, answer.body);
        };
        // A first key, which is of no use yet, ends nothing.
        two_factor(json!({})).await;
        assert!(server.knows(&other).await, "{}", server.store);
        server.switch_second_factor_on(&own).await;
        assert!(!server.knows(&other).await, "{}", server.store);
        assert!(server.knows(&own).await, "{}", server.store);
        two_factor(json!({"resetSharedKey": true})).await;
        assert!(server.knows(&own).await, "{}", server.store);
        server.administer(&["reset-second-factor", ADA]).await;
        assert!(!server.knows(&own).await, "{}", server.store);
    }
}

#[tokio::test]
async fn what_operators_do_ends_all_sessions() {
    for server in Server::each(&[]).await {
        for words in [&["lock", ADA][..], &["sign-out-everywhere", ADA], &["delete", ADA]] {
            server.administer(&["unlock", ADA]).await;
            let (cookie, token) = (server.cookie(PASSWORD).await, server.tokens(PASSWORD).await);
            assert!(
                server.knows(&cookie).await && server.knows(&token).await,
                "{}",
                server.store
            );
            server.administer(words).await;
            assert!(!server.knows(&cookie).await, "{}: {words:?}", server.store);
            assert!(!server.knows(&token).await, "{}: {words:?}", server.store);
        }
    }
}

/// Whoever knows an address must not be able to sign its owner out.
#[tokio::test]
async fn a_strangers_guesses_end_no_session() {
    for server in Server::each(&[]).await {
        let (cookie, token) = (server.cookie(PASSWORD).await, server.tokens(PASSWORD).await);
        let wrong = json!({"email": ADA, "password": "wrong"});
        for _ in 0..6 {
            assert_eq!(server.send("POST", "/login", "", wrong.clone()).await.status, 401);
        }
        let right = json!({"email": ADA, "password": PASSWORD});
        assert_eq!(server.send("POST", "/login", "", right).await.status, 401, "locked");
        assert!(server.knows(&cookie).await, "{}", server.store);
        assert!(server.knows(&token).await, "{}", server.store);
    }
}

/// ASVS 7.2.4: a sign-in makes a new session, and ends the one that the browser had.
#[tokio::test]
async fn a_browser_that_signs_in_anew_has_a_new_session_and_the_old_one_ends() {
    for server in Server::each(&[]).await {
        let old = server.cookie(PASSWORD).await;
        let id = server.id(&old).await;
        let new = server.cookie_with(&old.header, PASSWORD).await;
        assert_ne!(server.id(&new).await, id);
        assert!(!server.knows(&old).await, "{}", server.store);
        assert_eq!(server.sessions(&new).await.len(), 1);
    }
}
