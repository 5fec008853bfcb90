//! What pages of other sites can have a user's browser do.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    response::Response,
    routing::{get, post},
};
use http::{Request, StatusCode};
use wicketgate_axum::{
    Authentication, Failure, Identity, IdentityBuilder, Persistence, SignedIn,
    options::{AuthenticationOptions, Profile},
};

use crate::{
    builder,
    client::{ADA, answer, cookie, header, log_in, send, text},
};

pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");
pub(crate) const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");
/// The ways in which browsers say that a page of another site sent a request.
pub(crate) const FOREIGN: [&[(&str, &str)]; 6] = [
    &[CROSS],
    &[("sec-fetch-site", "same-site")],
    &[CROSS, ("origin", "https://evil.test")],
    &[CROSS, ("origin", "null")],
    &[("origin", "https://evil.test")],
    &[("origin", "null")],
];

/// An application in which Ada has an account, and her cookie.
pub(crate) async fn world(change: impl FnOnce(IdentityBuilder) -> IdentityBuilder) -> (Router, String) {
    let identity = change(builder()).build().unwrap();
    identity
        .accounts()
        .register("ada@example.test", "Passw0rd!")
        .await
        .unwrap()
        .unwrap();
    let own = Router::new()
        .route("/own", get(own).post(own).put(own).patch(own).delete(own))
        .route("/own/login", post(own_login));
    let application = identity.wrap(own.merge(identity.api()).merge(identity.logout()));
    let login = send(&application, "POST", "/login?useCookies=true", &[JSON], ADA).await;
    assert_eq!(login.status(), StatusCode::OK);
    let cookie = cookie(&login);
    (application, cookie)
}

async fn own(user: SignedIn) -> String {
    user.name().to_owned()
}

async fn own_login(authentication: Authentication) -> Result<(), Failure> {
    let accounts = authentication.identity().accounts();
    let ada = accounts.find_by_email("ada@example.test").await?.unwrap();
    authentication.sign_in(&ada, Persistence::Session).await
}

pub(crate) async fn status(
    application: &Router,
    method: &str,
    path: &str,
    headers: &[&[(&str, &str)]],
    body: &str,
) -> u16 {
    let response = send(application, method, path, &headers.concat(), body).await;
    response.status().as_u16()
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_with_the_user_s_cookie() {
    let (application, cookie) = world(|builder| builder).await;
    let carried = [JSON, ("cookie", cookie.as_str())];
    let password = r#"{"oldPassword":"Passw0rd!","newPassword":"Passw0rd!2"}"#;
    for foreign in FOREIGN {
        for (method, path) in [
            ("POST", "/manage/info"),
            ("POST", "/manage/2fa"),
            ("POST", "/logout"),
            ("POST", "/LOGOUT/"),
            ("POST", "/own"),
            ("PUT", "/own"),
            ("PATCH", "/own"),
            ("DELETE", "/own"),
            ("POST", "/nothing"),
        ] {
            let refused = send(&application, method, path, &[&carried, foreign].concat(), password).await;
            assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{method} {path} {foreign:?}");
            assert_eq!(header(&refused, "set-cookie"), None);
            assert_eq!(header(&refused, "content-type"), Some("application/problem+json"));
        }
        // What only reads is not refused: links from other sites lead there.
        assert_eq!(status(&application, "GET", "/own", &[&carried, foreign], "").await, 200);
    }
    assert_eq!(
        status(&application, "POST", "/manage/info", &[&carried], password).await,
        200
    );
}

#[tokio::test]
async fn the_user_s_own_page_and_programs_without_a_browser_are_not_refused() {
    let (application, cookie) = world(|builder| builder).await;
    let carried: &[_] = &[JSON, ("cookie", &cookie)];
    for own in [
        &[][..],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
        &[("origin", "http://localhost")],
        &[("sec-fetch-site", "same-origin"), ("origin", "http://localhost:5173")],
    ] {
        assert_eq!(
            status(&application, "POST", "/own", &[carried, own], "").await,
            200,
            "{own:?}"
        );
        assert_eq!(
            status(&application, "POST", "/login", &[carried, own], ADA).await,
            200,
            "{own:?}"
        );
    }
}

#[tokio::test]
async fn each_of_the_sign_in_cookies_counts_and_no_other() {
    let (application, _) = world(|builder| builder).await;
    for (name, expected) in [
        (".AspNetCore.Identity.Application", 403),
        (".aspnetcore.identity.APPLICATION", 403),
        ("Identity.TwoFactorRememberMe", 403),
        ("Identity.TwoFactorUserId", 403),
        ("Identity.External", 403),
        ("theme", 200),
    ] {
        let carried = format!("a=b; {name}=x");
        let carried = [JSON, CROSS, ("cookie", carried.as_str())];
        assert_eq!(
            status(&application, "POST", "/login", &[&carried], ADA).await,
            expected,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_token_beside_the_cookie_does_not_help_and_a_token_alone_needs_no_help() {
    let (application, cookie) = world(|builder| builder).await;
    let token = log_in(&application, ADA).await;
    let bearer = [JSON, CROSS, ("authorization", token.as_str())];
    assert_eq!(status(&application, "POST", "/own", &[&bearer], "").await, 200);
    assert_eq!(
        status(&application, "POST", "/own", &[&bearer, &[("cookie", &cookie)]], "").await,
        403
    );
}

#[tokio::test]
async fn a_page_that_cors_lets_use_the_cookie_may_change_things_and_its_neighbours_may_not() {
    let origin = "https://app.example.test".parse().unwrap();
    let (application, cookie) = world(|builder| builder.cors([origin])).await;
    let carried: &[_] = &[JSON, ("cookie", &cookie), CROSS];
    for (origin, expected) in [
        ("https://app.example.test", 200),
        ("https://app.example.test:8443", 403),
        ("http://app.example.test", 403),
        ("https://other.example.test", 403),
        ("https://app.example.test.evil.test", 403),
        ("null", 403),
    ] {
        let origin: &[_] = &[("origin", origin)];
        assert_eq!(
            status(&application, "POST", "/own", &[carried, origin], "").await,
            expected,
            "{origin:?}"
        );
        let login = status(&application, "POST", "/login/cookie", &[&[JSON, CROSS], origin], ADA).await;
        assert_eq!(login, expected, "{origin:?}");
    }
}

#[tokio::test]
async fn the_option_lets_them_in() {
    let options = AuthenticationOptions {
        refuse_cross_site: false,
        ..AuthenticationOptions::default()
    };
    let (application, cookie) = world(|builder| builder.authentication(options)).await;
    assert_eq!(
        status(&application, "POST", "/own", &[&[CROSS, ("cookie", &cookie)]], "").await,
        200
    );
    assert_eq!(
        status(&application, "POST", "/login/cookie", &[&[JSON, CROSS]], ADA).await,
        200
    );
}

#[tokio::test]
async fn behind_a_proxy_the_origin_is_compared_with_what_the_browser_asked() {
    let (application, cookie) = world(|builder| builder.trusted_proxies(["10.0.0.0/8".parse().unwrap()])).await;
    let ask = async |peer: &str, origin: &str| -> Response {
        let peer: SocketAddr = peer.parse().unwrap();
        let request = Request::post("/own")
            .header("host", "internal:8080")
            .header("x-forwarded-host", "id.example.test")
            .header("x-forwarded-proto", "https")
            .header("origin", origin)
            .header("cookie", &cookie)
            .extension(ConnectInfo(peer));
        answer(&application, request.body(Body::empty()).unwrap()).await
    };
    for (peer, origin, expected) in [
        ("10.0.0.1:1", "https://id.example.test", 200),
        ("10.0.0.1:1", "http://id.example.test", 403),
        ("10.0.0.1:1", "http://internal:8080", 403),
        // A stranger who writes the header itself gets nowhere by it.
        ("203.0.113.9:1", "https://id.example.test", 403),
        ("203.0.113.9:1", "http://internal:8080", 200),
    ] {
        assert_eq!(ask(peer, origin).await.status().as_u16(), expected, "{peer} {origin}");
    }
}

#[tokio::test]
async fn a_layer_around_a_router_refuses_as_well() {
    let identity: Identity = builder().build().unwrap();
    let application = Router::new().route("/own", post(own)).layer(identity.layer());
    let carried = [CROSS, ("cookie", ".AspNetCore.Identity.Application=x")];
    assert_eq!(status(&application, "POST", "/own", &[&carried], "").await, 403);
    assert_eq!(status(&application, "POST", "/own", &[&carried[1..]], "").await, 401);
}

#[tokio::test]
async fn the_strict_profile_sets_cookies_that_no_neighbour_can_forge() {
    let identity = builder().profile(Profile::Strict).build().unwrap();
    let ada = r#"{"email":"ada@example.test","password":"a long enough passphrase"}"#;
    let application = identity.wrap(identity.api());
    assert_eq!(status(&application, "POST", "/register", &[&[JSON]], ada).await, 200);
    let accounts = identity.accounts();
    let mut user = accounts.find_by_name("ada@example.test").await.unwrap().unwrap();
    accounts.mark_email_confirmed(&mut user).await.unwrap().unwrap();
    let login = send(&application, "POST", "/login?useCookies=true", &[JSON], ada).await;
    let set = header(&login, "set-cookie").unwrap().to_owned();
    assert!(set.starts_with("__Host-.AspNetCore.Identity.Application="), "{set}");
    assert!(set.ends_with("; path=/; secure; samesite=strict; httponly"), "{set}");
    let carried = cookie(&login);
    let info = send(&application, "GET", "/manage/info", &[("cookie", &carried)], "").await;
    assert_eq!(
        text(info).await,
        r#"{"email":"ada@example.test","isEmailConfirmed":true}"#
    );
    let old_name = carried.replace("__Host-", "");
    assert_eq!(
        status(&application, "GET", "/manage/info", &[&[("cookie", &old_name)]], "").await,
        401
    );
}
