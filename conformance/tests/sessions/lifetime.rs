//! How long sessions last, and what is written of their use.

use time::Duration;
use wicketgate_conformance::Subject;

use crate::client::{PASSWORD, Server};

#[tokio::test]
async fn a_session_that_nobody_uses_ends_by_itself() {
    let settings = [
        ("sessions.idle_timeout", "1h"),
        ("bearer.bearer_token_expiration", "1d"),
    ];
    for server in Server::each(&settings).await {
        let (used, unused) = (server.tokens(PASSWORD).await, server.cookie(PASSWORD).await);
        for _ in 0..3 {
            server.application.advance(Duration::minutes(59));
            assert!(server.knows(&used).await, "{}", server.store);
            server.application.accounts().sessions().unwrap().finish_writes().await;
        }
        assert!(!server.knows(&unused).await, "{}", server.store);
        server.application.advance(Duration::minutes(60));
        assert!(!server.knows(&used).await, "{}", server.store);
    }
}

#[tokio::test]
async fn a_session_ends_at_last_however_much_it_is_used() {
    let settings = [
        ("sessions.absolute_timeout", "2h"),
        ("bearer.bearer_token_expiration", "1d"),
    ];
    for server in Server::each(&settings).await {
        let client = server.tokens(PASSWORD).await;
        server.application.advance(Duration::minutes(119));
        assert!(server.knows(&client).await, "{}", server.store);
        let refreshed = server.refresh(&client).await.unwrap();
        server.application.advance(Duration::minutes(1));
        assert!(!server.knows(&client).await, "{}", server.store);
        assert!(!server.knows(&refreshed).await, "{}", server.store);
    }
}

#[tokio::test]
async fn when_a_session_was_last_used_is_written_to_the_minute() {
    for server in Server::each(&[]).await {
        let client = server.cookie(PASSWORD).await;
        let last_seen = async || {
            let sessions = server.sessions(&client).await;
            server.application.accounts().sessions().unwrap().finish_writes().await;
            sessions[0]["lastSeen"].as_str().unwrap().to_owned()
        };
        assert_eq!(last_seen().await, "2026-01-02T03:04:05Z");
        server.application.advance(Duration::seconds(59));
        last_seen().await;
        assert_eq!(last_seen().await, "2026-01-02T03:04:05Z", "{}", server.store);
        server.application.advance(Duration::seconds(1));
        last_seen().await;
        assert_eq!(last_seen().await, "2026-01-02T03:05:05Z", "{}", server.store);
    }
}
