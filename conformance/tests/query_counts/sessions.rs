//! What sessions cost: one query by primary keys with each request.

use serde_json::{Value, json};

use time::Duration;
use wicketgate_conformance::{Store, Subject};

use super::{ADA, NONE, PASSWORD, Server, counts, databases};

#[tokio::test]
async fn a_session_is_one_query_more_with_each_request_and_two_and_a_write_at_sign_in() {
    for store in databases() {
        let options = [("sessions.enabled", "true"), ("rate_limits.enabled", "false")];
        let options = options.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let server = Server::with(store, &options).await;
        server.register().await;
        let tokens = server.tokens().await;
        let bearer = format!("Authorization: Bearer {}\r\n", tokens["accessToken"].as_str().unwrap());
        let cookie = server.cookie().await;
        for header in [&bearer, &cookie] {
            let hello = server.count("GET", "/probe/hello", header, Value::Null, 200).await;
            assert_eq!(hello, counts(1, 0), "{store}");
        }
        let refresh = json!({"refreshToken": tokens["refreshToken"]});
        let refreshed = server.count("POST", "/refresh", "", refresh, 200).await;
        assert_eq!(refreshed, counts(3, 0), "{store}");
        let right = json!({"email": ADA, "password": PASSWORD});
        let login = server.count("POST", "/login", "", right, 200).await;
        assert_eq!(login, counts(5, 2), "{store}");
        // The end, and its event.
        let logout = server.count("POST", "/logout", &bearer, json!({}), 200).await;
        assert_eq!(logout, counts(1, 2), "{store}");
        let refused = server.count("GET", "/probe/hello", &bearer, Value::Null, 401).await;
        assert_eq!(refused, counts(1, 0), "{store}");
    }
}

/// A token that works once is used up last, when nothing else can fail any more.
#[tokio::test]
async fn a_refresh_token_is_used_up_behind_all_queries() {
    for store in databases() {
        let server = with(
            store,
            &[("sessions.enabled", "true"), ("sessions.rotate_refresh_tokens", "true")],
        )
        .await;
        server.register().await;
        let tokens = server.tokens().await;
        server.statements.take();
        let refresh = json!({"refreshToken": tokens["refreshToken"]});
        assert_eq!(server.send("POST", "/refresh", "", refresh).await.status, 200);
        let statements = server.statements.take_costs().statements;
        let kinds: Vec<&str> = statements
            .iter()
            .map(String::as_str)
            .filter(|kind| *kind != "COMMIT")
            .collect();
        assert_eq!(kinds, ["SELECT", "SELECT", "SELECT", "UPDATE"], "{store}");
    }
}

#[tokio::test]
async fn a_session_that_is_remembered_costs_nothing_and_its_last_use_one_write() {
    for store in databases() {
        let server = with(store, &[("sessions.enabled", "true"), ("sessions.cache", "5s")]).await;
        server.register().await;
        let cookie = server.cookie().await;
        let hello = async || {
            let answer = server.count("GET", "/probe/hello", &cookie, Value::Null, 200).await;
            server.application.accounts().sessions().unwrap().finish_writes().await;
            (answer, server.statements.take())
        };
        // Long enough that its last use is to be written.
        server.application.advance(Duration::minutes(2));
        let (read, written) = hello().await;
        let all = counts(read.reads + written.reads, read.writes + written.writes);
        assert_eq!(all, counts(1, 1), "{store}");
        for _ in 0..3 {
            assert_eq!(hello().await, (NONE, NONE), "{store}");
        }
        server.application.advance(Duration::seconds(5));
        assert_eq!(hello().await, (counts(1, 0), NONE), "{store}");
    }
}

async fn with(store: Store, options: &[(&str, &str)]) -> Server {
    let options = options.iter().chain(&[("rate_limits.enabled", "false")]);
    let options = options.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Server::with(store, &options.collect()).await
}
