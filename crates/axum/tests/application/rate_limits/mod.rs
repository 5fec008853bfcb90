//! Limits on guessing.

mod accounts;
mod attacks;
mod refresh_tokens;

use std::{net::SocketAddr, num::NonZeroU32, sync::Arc};

use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use http::Request;
use serde_json::{Value, json};
use time::{Duration, macros::datetime};
use wicketgate_axum::{
    Identity, Options,
    wicketgate_identity::{
        PasswordAlgorithm,
        options::{PasswordHasherOptions, RateLimitOptions, RequestsPerMinute},
    },
    wicketgate_protection::ManualClock,
};

use crate::{
    builder,
    client::{ADA, answer, header, text},
};

const NEVER: u32 = 0;

/// An application whose clock stands still, behind a proxy at 10.0.0.1.
struct World {
    identity: Identity,
    application: Router,
    clock: Arc<ManualClock>,
}

impl World {
    fn new(rate_limits: RateLimitOptions) -> Self {
        Self::with_options(Options {
            rate_limits,
            ..Options::default()
        })
    }

    fn with_options(options: Options) -> Self {
        let clock = Arc::new(ManualClock::at(datetime!(2026-01-02 03:04:05 UTC)));
        let options = Options {
            password_hasher: PasswordHasherOptions {
                algorithm: PasswordAlgorithm::identity_v3(NonZeroU32::MIN),
                ..PasswordHasherOptions::default()
            },
            ..options
        };
        let identity = builder()
            .options(options)
            .clock(clock.clone())
            .trusted_proxies(["10.0.0.1"
                .parse()
                .map(|address: std::net::IpAddr| address.into())
                .unwrap()])
            .build()
            .unwrap();
        Self {
            application: identity.wrap(identity.api()),
            identity,
            clock,
        }
    }

    /// With one login a minute, by account or by client.
    fn with_one_login(per_account: u32, per_client: u32) -> Self {
        Self::new(RateLimitOptions {
            burst: 1,
            login: RequestsPerMinute {
                per_account,
                per_client,
            },
            ..RateLimitOptions::default()
        })
    }

    async fn send(&self, peer: &str, forwarded_for: Option<&str>, path: &str, body: &str) -> Response {
        let mut request = Request::post(path)
            .header("host", "localhost")
            .header("content-type", "application/json");
        if let Some(client) = forwarded_for {
            request = request.header("x-forwarded-for", client);
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        answer(&self.application, request).await
    }

    async fn status(&self, peer: &str, forwarded_for: Option<&str>, path: &str, body: &str) -> u16 {
        self.send(peer, forwarded_for, path, body).await.status().as_u16()
    }
}

fn login(email: &str) -> String {
    json!({"email": email, "password": "wrong"}).to_string()
}

const PEER: &str = "203.0.113.7:5000";
const PROXY: &str = "10.0.0.1:5000";

#[tokio::test]
async fn a_login_too_many_is_told_when_to_come_back() {
    let world = World::new(RateLimitOptions::default());
    let wrong = login("ada@example.test");
    assert_eq!(world.status(PEER, None, "/register", ADA).await, 200);
    for _ in 0..40 {
        let answer = world.send(PEER, None, "/login", &wrong).await;
        assert_eq!(answer.status(), 401);
        for name in ["retry-after", "ratelimit", "ratelimit-policy"] {
            assert_eq!(header(&answer, name), None, "limits show only beyond them");
        }
    }
    // The right password, too, and from anywhere.
    let refused = world.send("198.51.100.9:1", None, "/login", ADA).await;
    assert_eq!(refused.status(), 429);
    for (name, value) in [
        ("content-type", "application/problem+json"),
        ("retry-after", "6"),
        ("ratelimit-policy", r#""login-account";q=40;w=240"#),
        ("ratelimit", r#""login-account";r=0;t=6"#),
    ] {
        assert_eq!(header(&refused, name), Some(value));
    }
    assert_eq!(
        text(refused).await,
        r#"{"type":"https://tools.ietf.org/html/rfc6585#section-4","title":"Too Many Requests","status":429,"retryAfter":6}"#
    );
    world.clock.advance(Duration::seconds(6));
    // Five failures lock the account; that is another matter.
    assert_eq!(world.status(PEER, None, "/login", ADA).await, 401);
    assert_eq!(world.status(PEER, None, "/login", ADA).await, 429);
}

#[tokio::test]
async fn every_endpoint_that_can_be_guessed_at_is_limited() {
    let one = RequestsPerMinute {
        per_account: 0,
        per_client: 1,
    };
    let world = World::new(RateLimitOptions {
        enabled: true,
        burst: 1,
        login: one,
        two_factor: one,
        info: one,
        refresh: one,
        register: one,
        forgot_password: one,
        reset_password: one,
        resend_confirmation_email: one,
        confirm_email: one,
    });
    for (path, body) in [
        (
            "/register",
            json!({"email": "ada@example.test", "password": "Passw0rd!"}),
        ),
        ("/refresh", json!({"refreshToken": "x"})),
        ("/forgotPassword", json!({"email": "ada@example.test"})),
        ("/resendConfirmationEmail", json!({"email": "ada@example.test"})),
        (
            "/resetPassword",
            json!({"email": "ada@example.test", "resetCode": "x", "newPassword": "Passw0rd!"}),
        ),
        ("/login", json!({"email": "ada@example.test", "password": "Passw0rd!"})),
    ] {
        let body = body.to_string();
        assert_ne!(world.status(PEER, None, path, &body).await, 429, "{path}");
        assert_eq!(world.status(PEER, None, path, &body).await, 429, "{path}");
    }
    // Of an endpoint for who is signed in, whatever changes or checks something is counted, and what only shows is not.
    world.clock.advance(Duration::MINUTE);
    let tokens: Value = serde_json::from_str(&text(world.send(PEER, None, "/login", ADA).await).await).unwrap();
    let token = tokens["accessToken"].as_str().unwrap();
    for (path, counted, expected) in [
        ("/manage/2fa", json!({"enable": true, "twoFactorCode": "123456"}), 400),
        ("/manage/2fa", json!({"enable": true}), 400),
        ("/manage/2fa", json!({"twoFactorCode": "123456"}), 200),
        ("/manage/2fa", json!({"password": "x"}), 200),
        ("/manage/2fa", json!({"resetRecoveryCodes": true}), 200),
        (
            "/manage/info",
            json!({"newPassword": "N3w-Secret?", "oldPassword": "x"}),
            400,
        ),
        // What ends the session of the token comes last.
        ("/manage/2fa", json!({"enable": false, "password": "x"}), 200),
        ("/manage/2fa", json!({"resetSharedKey": true}), 200),
    ] {
        world.clock.advance(Duration::MINUTE);
        let shows = json!({"forgetMachine": true});
        for (body, status) in [
            (shows.clone(), 200),
            (counted.clone(), expected),
            (shows, 200),
            (counted, 429),
        ] {
            let request = Request::post(path)
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .extension(ConnectInfo(PEER.parse::<SocketAddr>().unwrap()))
                .body(Body::from(body.to_string()))
                .unwrap();
            assert_eq!(
                answer(&world.application, request).await.status(),
                status,
                "{path} {body}"
            );
        }
    }
    for status in [401, 429] {
        let link = Request::get("/confirmEmail?userId=x&code=x")
            .extension(ConnectInfo(PEER.parse::<SocketAddr>().unwrap()))
            .body(Body::empty())
            .unwrap();
        assert_eq!(answer(&world.application, link).await.status(), status);
    }
}

#[tokio::test]
async fn what_is_no_guess_is_not_counted() {
    let world = World::with_one_login(1, 1);
    for _ in 0..3 {
        assert_eq!(world.status(PEER, None, "/login", "{").await, 400);
    }
    assert_eq!(world.status(PEER, None, "/login", &login("a")).await, 401);
}
