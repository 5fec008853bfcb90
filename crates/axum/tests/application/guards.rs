//! Guards, and the user whom a handler sees.

use std::net::SocketAddr;

use axum::{Router, body::Body, extract::ConnectInfo, routing::get};
use http::{Request, StatusCode};
use wicketgate_axum::{Identity, Require, Scheme, SignedIn};

use crate::{
    builder,
    client::{self, ADA, answer, header, log_in, post, send, text},
};

fn application(identity: &Identity) -> Router {
    let name = |user: Option<SignedIn>| async move { user.map_or("nobody".to_owned(), |user| user.name().to_owned()) };
    let router = Router::new()
        .route("/name", get(name))
        .route("/signed-in", get(|| async {}).route_layer(Require::signed_in()))
        .route("/manager", get(|| async {}).route_layer(Require::role("Manager")))
        .route("/cookie", get(|| async {}).route_layer(Require::scheme(Scheme::Cookie)))
        .merge(identity.api());
    identity.wrap(router)
}

/// Ada's access token, as it goes into the header `Authorization`.
async fn sign_in(application: &Router) -> String {
    assert_eq!(post(application, "/register", ADA).await.status(), StatusCode::OK);
    log_in(application, ADA).await
}

#[tokio::test]
async fn guards_tell_strangers_from_users_who_may_not() {
    let identity = builder().build().unwrap();
    let application = application(&identity);
    let token = sign_in(&application).await;
    let ada = [("authorization", token.as_str())];
    for path in ["/signed-in", "/manager"] {
        let response = client::get(&application, path, &[]).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(header(&response, "www-authenticate"), Some("Bearer"), "{path}");
    }
    assert_eq!(
        client::get(&application, "/signed-in", &ada).await.status(),
        StatusCode::OK
    );
    assert_eq!(
        client::get(&application, "/manager", &ada).await.status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        send(&application, "POST", "/manager", &[], "").await.status(),
        StatusCode::METHOD_NOT_ALLOWED
    );

    let user = identity
        .accounts()
        .find_by_name("ada@example.test")
        .await
        .unwrap()
        .unwrap();
    identity.accounts().add_role(&user, "Manager").await.unwrap().unwrap();
    let manager = log_in(&application, ADA).await;
    let response = client::get(&application, "/manager", &[("authorization", &manager)]).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_route_for_cookies_alone_leads_to_the_login_page_and_back() {
    let application = application(&builder().build().unwrap());
    let response = client::get(&application, "/cookie?a=b", &[]).await;
    assert_eq!(response.status(), StatusCode::FOUND);
    let location = "http://localhost/Account/Login?ReturnUrl=%2Fcookie%3Fa%3Db";
    assert_eq!(header(&response, "location"), Some(location));
}

#[tokio::test]
async fn behind_a_proxy_that_strips_a_path_the_login_page_and_the_way_back_have_it_again() {
    let application = application(
        &builder()
            .trusted_proxies(["127.0.0.1/32".parse().unwrap()])
            .build()
            .unwrap(),
    );
    for (prefix, location) in [
        (
            "/account",
            "http://localhost/account/Account/Login?ReturnUrl=%2Faccount%2Fcookie",
        ),
        // Were it taken, the way back would lead to another host.
        ("//evil.test", "http://localhost/Account/Login?ReturnUrl=%2Fcookie"),
    ] {
        let mut request = Request::get("/cookie")
            .header("host", "localhost")
            .header("x-forwarded-prefix", prefix)
            .body(Body::empty())
            .unwrap();
        let proxy: SocketAddr = "127.0.0.1:5000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(proxy));
        let response = answer(&application, request).await;
        assert_eq!(header(&response, "location"), Some(location));
    }
}

#[tokio::test]
async fn an_optional_user_is_nobody_or_somebody() {
    let application = application(&builder().build().unwrap());
    assert_eq!(text(client::get(&application, "/name", &[]).await).await, "nobody");
    let token = sign_in(&application).await;
    let response = client::get(&application, "/name", &[("authorization", &token)]).await;
    assert_eq!(text(response).await, "ada@example.test");
}
