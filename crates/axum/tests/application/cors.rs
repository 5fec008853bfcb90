//! Pages of other origins.

use axum::{Router, response::Response};
use http::StatusCode;
use wicketgate_axum::{IdentityBuilder, Require};

use crate::{
    builder,
    client::{get, header, header_names, send},
};

fn application(builder: IdentityBuilder) -> Router {
    let identity = builder.build().unwrap();
    let guarded = axum::routing::get(|| async {}).route_layer(Require::signed_in());
    identity.wrap(Router::new().route("/signed-in", guarded).merge(identity.api()))
}

#[tokio::test]
async fn without_origins_no_page_elsewhere_may_call() {
    let application = application(builder());
    let origin = [("origin", "https://app.example.test")];
    let response = get(&application, "/name", &origin).await;
    assert_eq!(header(&response, "access-control-allow-origin"), None);
    let preflight = [origin[0], ("access-control-request-method", "POST")];
    let response = send(&application, "OPTIONS", "/login", &preflight, "").await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_configured_origin_may_call_with_credentials_and_others_may_not() {
    let origin = "https://app.example.test".parse().unwrap();
    let application = application(builder().cors([origin]));
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
        let response = get(&application, path, &[ours]).await;
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
    let application = application(builder().cors([origin]));
    let response = get(&application, "/signed-in", &[("origin", "https://app.example.test")]).await;
    let exposed = header(&response, "access-control-expose-headers").unwrap();
    let mut names: Vec<_> = exposed.split(',').map(str::trim).collect();
    names.sort_unstable();
    assert_eq!(names, ["retry-after", "www-authenticate", "x-request-id"]);
}

/// The names of the headers that speak of other origins.
fn cors_headers(response: &Response) -> Vec<&str> {
    header_names(response)
        .filter(|name| name.starts_with("access-control-"))
        .collect()
}

#[tokio::test]
async fn an_origin_that_is_not_listed_gets_the_answer_without_any_cors_header() {
    let origin = "https://app.example.test".parse().unwrap();
    let application = application(builder().cors([origin]));
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
        let response = get(&application, "/signed-in", &[("origin", origin)]).await;
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
    assert_eq!(cors_headers(&get(&application, "/signed-in", &two).await), [""; 0]);
    assert_eq!(cors_headers(&get(&application, "/signed-in", &[]).await), [""; 0]);
}
