//! Limits for refresh tokens.

use super::*;

/// An application in which each account may refresh twice a minute.
fn world(options: Options) -> World {
    let refresh = RequestsPerMinute {
        per_account: 2,
        per_client: NEVER,
    };
    World::with_options(Options {
        rate_limits: RateLimitOptions {
            burst: 1,
            refresh,
            ..RateLimitOptions::default()
        },
        ..options
    })
}

/// Logs Ada in, and says what refreshes her tokens.
async fn log_in(world: &World) -> String {
    let tokens: Value = serde_json::from_str(&text(world.send(PEER, None, "/login", ADA).await).await).unwrap();
    json!({"refreshToken": tokens["refreshToken"]}).to_string()
}

#[tokio::test]
async fn a_refresh_token_is_limited_by_its_account_wherever_it_is_used() {
    let world = world(Options::default());
    world.send(PEER, None, "/register", ADA).await;
    let body = log_in(&world).await;
    for (number, status) in [200, 200, 429, 429].into_iter().enumerate() {
        let peer = format!("198.51.100.{number}:1");
        assert_eq!(world.status(&peer, None, "/refresh", &body).await, status, "{number}");
    }
    // What is no token takes nothing from anybody's account.
    assert_eq!(
        world.status(PEER, None, "/refresh", r#"{"refreshToken":"x"}"#).await,
        401
    );
}

/// Whoever has one would keep its owner from refreshing for as long as it is valid.
#[tokio::test]
async fn a_refresh_token_whose_session_has_ended_takes_nothing_from_its_owner() {
    let mut options = Options::default();
    options.sessions.enabled = true;
    let world = world(options);
    world.send(PEER, None, "/register", ADA).await;
    let ended = log_in(&world).await;
    let accounts = world.identity.accounts();
    let ada = accounts.find_by_email("ada@example.test").await.unwrap().unwrap();
    let sessions = accounts.sessions().unwrap();
    assert_eq!(sessions.end_others(&ada.id, None).await.unwrap(), 1);
    let current = log_in(&world).await;
    for _ in 0..3 {
        assert_eq!(world.status(PEER, None, "/refresh", &ended).await, 401);
    }
    for status in [200, 200, 429] {
        assert_eq!(world.status(PEER, None, "/refresh", &current).await, status);
    }
    assert_eq!(world.status(PEER, None, "/refresh", &ended).await, 401);
}
