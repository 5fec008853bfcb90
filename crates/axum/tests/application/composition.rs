//! The Identity API among other routes, routers and layers of an axum application.

use axum::{
    Router,
    extract::Path,
    http::{Method, Uri},
    response::Response,
    routing::{any, get},
};
use wicketgate_axum::{Endpoint, Require, SignedIn};

use crate::{
    builder,
    client::{ADA, header, post, send, text},
};

async fn status(application: &Router, method: &str, path: &str) -> u16 {
    send(application, method, path, &[], "").await.status().as_u16()
}

fn allow(response: &Response) -> &str {
    header(response, "allow").unwrap()
}

/// Routes of an application's own.
fn own_routes() -> Router {
    Router::new()
        .route("/API/echo/{value}", get(|value: Path<String>| async move { value.0 }))
        .route("/own", get(|| async { "own" }))
        .route("/any", any(|method: Method| async move { method.to_string() }))
        .route("/guarded", get(|| async {}).route_layer(Require::signed_in()))
}

#[tokio::test]
async fn own_routes_keep_the_rules_of_axum() {
    let identity = builder().build().unwrap();
    let application = identity.wrap(own_routes().merge(identity.api()));
    assert_eq!(
        text(send(&application, "GET", "/API/echo/AbC", &[], "").await).await,
        "AbC"
    );
    assert_eq!(status(&application, "GET", "/api/echo/AbC").await, 404);
    assert_eq!(status(&application, "GET", "/Own").await, 404);
    assert_eq!(status(&application, "GET", "/own/").await, 404);
    assert_eq!(status(&application, "HEAD", "/own").await, 200);
    assert_eq!(
        text(send(&application, "OPTIONS", "/any", &[], "").await).await,
        "OPTIONS"
    );
    assert_eq!(allow(&send(&application, "PUT", "/own", &[], "").await), "GET,HEAD");
}

#[tokio::test]
async fn under_dotnet_routing_own_routes_ignore_case_and_parameters_keep_theirs() {
    let identity = builder().build().unwrap();
    let routes = Router::new()
        .route("/api/echo/{value}", get(|value: Path<String>| async move { value.0 }))
        .merge(identity.api());
    for application in [
        identity.wrap(identity.dotnet_routing(routes.clone())),
        identity.dotnet_routing(routes.clone().layer(identity.layer())),
        Router::new().fallback_service(identity.pipeline_with_dotnet_routing(routes)),
    ] {
        for path in ["/API/echo/AbC", "/Api/Echo/AbC/", "/api/./echo/AbC"] {
            let answer = text(send(&application, "GET", path, &[], "").await).await;
            assert_eq!(answer, "AbC", "{path}");
        }
        let head = send(&application, "HEAD", "/api/echo/AbC", &[], "").await;
        assert_eq!((head.status().as_u16(), allow(&head)), (405, "GET"));
        assert_eq!(status(&application, "GET", "/CONFIRMEMAIL/").await, 400);
    }
}

#[tokio::test]
async fn endpoints_refuse_other_methods_as_dotnet_does_whatever_is_around_them() {
    let identity = builder().build().unwrap();
    let router = Router::new().merge(identity.api()).merge(identity.logout());
    for application in [
        router.clone(),
        router.clone().layer(identity.layer()),
        identity.wrap(router),
    ] {
        for (path, allowed) in [
            ("/confirmEmail", "GET"),
            ("/manage/info", "GET, POST"),
            ("/login", "POST"),
            ("/logout", "POST"),
        ] {
            for method in ["HEAD", "OPTIONS", "PUT"] {
                let response = send(&application, method, path, &[], "").await;
                assert_eq!(response.status(), 405, "{method} {path}");
                assert_eq!(allow(&response), allowed, "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn wrapped_endpoints_are_found_in_every_spelling_of_the_reference_wherever_they_are_nested() {
    let identity = builder().build().unwrap();
    let nested = Router::new()
        .nest("/{tenant}/account", identity.api().into_router())
        .nest("/login", Router::new().route("/own", get(|| async { "own" })))
        .fallback(|uri: Uri| async move { format!("no {}", uri.path()) });
    let application = identity.wrap(nested);
    for path in [
        "/Acme/account/manage/info",
        "/Acme/account/Manage/INFO",
        "/Acme/account/manage/info/",
        "/Acme/account/manage/inf%6F",
        "/Acme/./account/MANAGE/../manage/info",
        "/acme/Account/manage/info",
    ] {
        assert_eq!(status(&application, "GET", path).await, 401, "{path}");
    }
    for path in [
        "/Acme/account/manage/info//",
        "/Acme/account//Manage/info",
        "/Manage/Info",
        "/manage%2Finfo",
    ] {
        let answer = text(send(&application, "GET", path, &[], "").await).await;
        assert_eq!(answer, format!("no {path}"), "the fallback gets the request as it came");
    }
    assert_eq!(status(&application, "GET", "/login/own").await, 200);
    assert_eq!(status(&application, "GET", "/manage/info%00").await, 400);
}

#[tokio::test]
async fn an_own_route_comes_before_another_spelling_of_an_endpoint() {
    let identity = builder().build().unwrap();
    let own = Router::new().route("/Login", get(|| async { "page" }));
    let application = identity.wrap(own.merge(identity.api()));
    assert_eq!(text(send(&application, "GET", "/Login", &[], "").await).await, "page");
    assert_eq!(post(&application, "/LOGIN", ADA).await.status(), 401);

    let page = || get(|| async { "page" });
    let all = Router::new().route("/{*page}", page()).merge(identity.api());
    assert_eq!(post(&identity.wrap(all), "/Login", ADA).await.status(), 405);
    let fallback = Router::new().fallback_service(page()).merge(identity.api());
    assert_eq!(post(&identity.wrap(fallback), "/Login", ADA).await.status(), 401);
}

#[tokio::test]
async fn an_own_route_whose_path_ends_like_an_endpoints_keeps_the_rules_of_axum() {
    let identity = builder().build().unwrap();
    let own = Router::new()
        .route("/shop/login", any(|| async { "shop" }))
        .route("/register", any(|| async { "own" }));
    let application = identity.wrap(own.merge(identity.api().without(Endpoint::Register)));
    for (path, expected) in [("/shop/login", 200), ("/register", 200), ("/LOGIN/", 415)] {
        assert_eq!(
            send(&application, "POST", path, &[("content-type", "text/plain")], "")
                .await
                .status(),
            expected,
            "{path}"
        );
    }
    for path in [
        "/shop/LOGIN",
        "/shop/login/",
        "/shop/%6Cogin",
        "/Register",
        "/register/",
    ] {
        assert_eq!(status(&application, "POST", path).await, 404, "{path}");
    }
}

#[tokio::test]
async fn no_client_sees_how_endpoints_are_found() {
    let identity = builder().build().unwrap();
    let router = Router::new().merge(identity.api());
    for (application, expected) in [
        (router.clone().layer(identity.layer()), 404),
        (identity.wrap(router), 400),
    ] {
        assert_eq!(status(&application, "POST", "/%00/login").await, expected);
    }
}

#[tokio::test]
async fn without_the_layer_endpoints_and_guards_say_what_to_add() {
    let identity = builder().build().unwrap();
    let application = own_routes()
        .route("/me", get(|user: SignedIn| async move { user.name().to_owned() }))
        .merge(identity.api());
    for (method, path) in [
        ("GET", "/manage/info"),
        ("POST", "/login"),
        ("GET", "/guarded"),
        ("GET", "/me"),
    ] {
        let headers = [("content-type", "application/json")];
        let response = send(&application, method, path, &headers, ADA).await;
        assert_eq!(response.status(), 500, "{path}");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let problem = text(response).await;
        assert!(problem.contains("add `.layer(identity.layer())`"), "{problem}");
        assert!(!problem.contains("Context"), "{problem}");
    }
}

#[tokio::test]
async fn the_layer_works_once_where_it_stands_twice() {
    let origin = "https://app.example.test".parse().unwrap();
    let identity = builder().cors([origin]).build().unwrap();
    let router = Router::new().merge(identity.api()).layer(identity.layer());
    let application = identity.wrap(router);
    post(&application, "/register", ADA).await;
    let response = post(&application, "/login?useCookies=true", ADA).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers().get_all("set-cookie").iter().count(), 1);
    for origin in ["https://app.example.test", "https://evil.test"] {
        let response = send(&application, "GET", "/manage/info", &[("origin", origin)], "").await;
        assert_eq!(response.headers().get_all("vary").iter().count(), 1, "{origin}");
    }
}

#[tokio::test]
async fn no_route_of_an_endpoint_hides_an_own_route_with_parameters() {
    let identity = builder().build().unwrap();
    let page = |page: Path<String>| async move { page.0 };
    for (route, paths) in [
        ("/{shop}/login", [("/a/login", "a"), ("/%20/login", " ")]),
        ("/{*page}", [("/a/login", "a/login"), ("/%01/login", "\u{1}/login")]),
    ] {
        let router = Router::new().route(route, get(page)).merge(identity.api());
        for application in [router.clone().layer(identity.layer()), identity.wrap(router)] {
            for (path, expected) in paths {
                let answer = text(send(&application, "GET", path, &[], "").await).await;
                assert_eq!(answer, expected, "{route} {path}");
            }
            assert_eq!(post(&application, "/login", ADA).await.status(), 401, "{route}");
        }
    }
}
