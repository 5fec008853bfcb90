//! Limits for each account, wherever the requests about it come from.

use super::*;

#[tokio::test]
async fn every_endpoint_that_can_be_guessed_at_is_limited_for_each_account() {
    let one = RequestsPerMinute {
        per_account: 1,
        per_client: NEVER,
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
    let account =
        |email: &str| json!({"email": email, "password": "Passw0rd!", "resetCode": "x", "newPassword": "Passw0rd!"});
    for path in [
        "/register",
        "/login",
        "/forgotPassword",
        "/resendConfirmationEmail",
        "/resetPassword",
    ] {
        // Whether there is such an account or not, and in another spelling of the same name.
        for (first, again, other) in [
            ("ada@example.test", "ADA@example.test", "bob@example.test"),
            ("nobody@example.test", "Nobody@example.test", "nobody2@example.test"),
        ] {
            let status = async |peer, email: &str| world.status(peer, None, path, &account(email).to_string()).await;
            assert_ne!(status(PEER, first).await, 429, "{path} {first}");
            assert_eq!(status("198.51.100.9:1", again).await, 429, "{path} {again}");
            assert_ne!(status(PEER, other).await, 429, "{path} {other}");
        }
    }
    world.clock.advance(Duration::MINUTE);
    let tokens: Value = serde_json::from_str(&text(world.send(PEER, None, "/login", ADA).await).await).unwrap();
    let token = tokens["accessToken"].as_str().unwrap();
    for (path, body) in [
        ("/manage/2fa", json!({"twoFactorCode": "123456"})),
        (
            "/manage/info",
            json!({"newPassword": "N3w-Secret?", "oldPassword": "x"}),
        ),
    ] {
        for (peer, is_over) in [(PEER, false), ("198.51.100.9:1", true)] {
            let request = Request::post(path)
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .extension(ConnectInfo(peer.parse::<SocketAddr>().unwrap()))
                .body(Body::from(body.to_string()))
                .unwrap();
            let status = answer(&world.application, request).await.status();
            assert_eq!(status == 429, is_over, "{path} {status}");
        }
    }
}
