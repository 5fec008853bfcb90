//! An application around the Identity API: other origins, guards, and a public URL.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    response::Response,
    routing::get,
};
use http::{Request, StatusCode};
use tower::ServiceExt;
use wicketgate_axum::{Identity, IdentityBuilder, Require, Scheme, SignedIn};
use wicketgate_identity::{EmailError, EmailMessage, EmailSender, EmailText, MemoryStore};
use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};

fn builder() -> IdentityBuilder {
    let keys = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
    Identity::builder(MemoryStore::new()).keys(keys)
}

fn application(identity: &Identity) -> Router {
    let name = |user: Option<SignedIn>| async move { user.map_or("nobody".to_owned(), |user| user.name().to_owned()) };
    let router = Router::new()
        .route("/name", get(name))
        .route("/signed-in", get(|| async {}).route_layer(Require::signed_in()))
        .route("/manager", get(|| async {}).route_layer(Require::role("Manager")))
        .route("/cookie", get(|| async {}).route_layer(Require::scheme(Scheme::Cookie)))
        .merge(identity.api())
        .merge(identity.logout());
    identity.wrap(router)
}

async fn send(application: &Router, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
    let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    application.clone().oneshot(request).await.unwrap()
}

async fn get_path(application: &Router, path: &str, headers: &[(&str, &str)]) -> Response {
    send(application, "GET", path, headers, "").await
}

async fn post(application: &Router, path: &str, json: &str) -> Response {
    send(application, "POST", path, &[("content-type", "application/json")], json).await
}

async fn text(response: Response) -> String {
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

const ADA: &str = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;

/// Ada's access token.
async fn sign_in(application: &Router) -> String {
    assert_eq!(post(application, "/register", ADA).await.status(), StatusCode::OK);
    let answer = text(post(application, "/login", ADA).await).await;
    let tokens: serde_json::Value = serde_json::from_str(&answer).unwrap();
    format!("Bearer {}", tokens["accessToken"].as_str().unwrap())
}

#[tokio::test]
async fn without_origins_no_page_elsewhere_may_call() {
    let application = application(&builder().build().unwrap());
    let origin = [("origin", "https://app.example.test")];
    let response = get_path(&application, "/name", &origin).await;
    assert_eq!(header(&response, "access-control-allow-origin"), None);
    let preflight = [origin[0], ("access-control-request-method", "POST")];
    let response = send(&application, "OPTIONS", "/login", &preflight, "").await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_configured_origin_may_call_with_credentials_and_others_may_not() {
    let origin = "https://app.example.test".parse().unwrap();
    let application = application(&builder().cors([origin]).build().unwrap());
    let ours = ("origin", "https://app.example.test");
    let asks = [
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,authorization"),
    ];

    let preflight = send(&application, "OPTIONS", "/login", &[ours, asks[0], asks[1]], "").await;
    assert_eq!(preflight.status(), StatusCode::OK);
    assert_eq!(
        header(&preflight, "access-control-allow-origin"),
        Some("https://app.example.test")
    );
    assert_eq!(header(&preflight, "access-control-allow-credentials"), Some("true"));
    assert_eq!(header(&preflight, "access-control-allow-methods"), Some("POST"));
    assert_eq!(
        header(&preflight, "access-control-allow-headers"),
        Some("content-type,authorization")
    );

    for (path, status) in [("/signed-in", 401), ("/nothing", 404), ("/a%00", 400)] {
        let response = get_path(&application, path, &[ours]).await;
        assert_eq!(response.status(), status);
        assert_eq!(
            header(&response, "access-control-allow-origin"),
            Some("https://app.example.test"),
            "{path}"
        );
    }

    let plain = send(&application, "OPTIONS", "/login", &[ours], "").await;
    assert_eq!(plain.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn pages_of_the_origin_read_when_to_try_again_and_whom_to_name() {
    let origin = "https://app.example.test".parse().unwrap();
    let application = application(&builder().cors([origin]).build().unwrap());
    let response = get_path(&application, "/signed-in", &[("origin", "https://app.example.test")]).await;
    let exposed = header(&response, "access-control-expose-headers").unwrap();
    let mut names: Vec<_> = exposed.split(',').map(str::trim).collect();
    names.sort_unstable();
    assert_eq!(names, ["retry-after", "www-authenticate", "x-request-id"]);
}

/// The names of the headers that speak of other origins.
fn cors_headers(response: &Response) -> Vec<&str> {
    let names = response.headers().keys().map(http::HeaderName::as_str);
    names.filter(|name| name.starts_with("access-control-")).collect()
}

#[tokio::test]
async fn an_origin_that_is_not_listed_gets_the_answer_without_any_cors_header() {
    let origin = "https://app.example.test".parse().unwrap();
    let application = application(&builder().cors([origin]).build().unwrap());
    let asks = ("access-control-request-method", "POST");
    for origin in [
        "https://evil.test",
        "https://app.example.test.evil.test",
        "https://app.example.test:444",
        "http://app.example.test",
        "https://APP.example.test",
        "https://app.example.test/",
        "null",
        "",
    ] {
        let response = get_path(&application, "/signed-in", &[("origin", origin)]).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{origin}");
        assert_eq!(cors_headers(&response), [""; 0], "{origin}");
        assert_eq!(
            header(&response, "vary"),
            Some("origin"),
            "caches keep the answers apart"
        );
        let preflight = send(&application, "OPTIONS", "/login", &[("origin", origin), asks], "").await;
        assert_eq!(preflight.status(), StatusCode::METHOD_NOT_ALLOWED, "{origin}");
        assert_eq!(cors_headers(&preflight), [""; 0], "{origin}");
    }
    let two = [("origin", "https://app.example.test"), ("origin", "https://evil.test")];
    assert_eq!(cors_headers(&get_path(&application, "/signed-in", &two).await), [""; 0]);
    assert_eq!(cors_headers(&get_path(&application, "/signed-in", &[]).await), [""; 0]);
}

#[tokio::test]
async fn guards_tell_strangers_from_users_who_may_not() {
    let identity = builder().build().unwrap();
    let application = application(&identity);
    let token = sign_in(&application).await;
    let ada = [("authorization", token.as_str())];
    for path in ["/signed-in", "/manager"] {
        let response = get_path(&application, path, &[]).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(header(&response, "www-authenticate"), Some("Bearer"), "{path}");
    }
    assert_eq!(
        get_path(&application, "/signed-in", &ada).await.status(),
        StatusCode::OK
    );
    assert_eq!(
        get_path(&application, "/manager", &ada).await.status(),
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
    let token = text(post(&application, "/login", ADA).await).await;
    let tokens: serde_json::Value = serde_json::from_str(&token).unwrap();
    let manager = format!("Bearer {}", tokens["accessToken"].as_str().unwrap());
    let response = get_path(&application, "/manager", &[("authorization", &manager)]).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_route_for_cookies_alone_leads_to_the_login_page_and_back() {
    let application = application(&builder().build().unwrap());
    let response = get_path(&application, "/cookie?a=b", &[]).await;
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
        let response = application.clone().oneshot(request).await.unwrap();
        assert_eq!(header(&response, "location"), Some(location));
    }
}

#[tokio::test]
async fn an_optional_user_is_nobody_or_somebody() {
    let application = application(&builder().build().unwrap());
    assert_eq!(text(get_path(&application, "/name", &[]).await).await, "nobody");
    let token = sign_in(&application).await;
    let response = get_path(&application, "/name", &[("authorization", &token)]).await;
    assert_eq!(text(response).await, "ada@example.test");
}

/// Keeps what it is given, and says that it failed.
#[derive(Debug, Default)]
struct FailingSender(Mutex<Vec<EmailMessage>>);

#[async_trait]
impl EmailSender for FailingSender {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        self.0.lock().unwrap().push(message);
        Err(EmailError("no connection".into()))
    }
}

#[tokio::test]
async fn links_lead_to_the_public_url_and_a_mail_that_fails_changes_no_answer() {
    let sender = Arc::new(FailingSender::default());
    let public_url = "https://id.example.test/base/".parse().unwrap();
    let identity = builder()
        .public_url(public_url)
        .prefix("api")
        .email(sender.clone())
        .build()
        .unwrap();
    let response = post(&application(&identity), "/api/register", ADA).await;
    assert_eq!(response.status(), StatusCode::OK);
    identity.finish_mail().await;
    let messages = sender.0.lock().unwrap();
    let EmailText::ConfirmationLink(link) = &messages[0].text else {
        panic!("{messages:?}");
    };
    assert!(
        link.starts_with("https://id.example.test/base/api/confirmEmail?userId="),
        "{link}"
    );
}
