//! ASP.NET Core's routing rules for all routes of an axum router.
//!
//! Case does not matter in paths, a trailing slash is optional, unnecessary escapes are undone, and dot segments are resolved.
//! `HEAD` and `OPTIONS` are methods like any other: a route for `GET` does not answer them.
//!
//! A request first goes to the router unchanged. If no route has its path, other spellings are tried, and at last the
//! application's fallback gets it unchanged.

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, header::ALLOW};

use super::{attempts::Attempts, endpoint_finder::EndpointFinder, route_finder::RouteFinder, with_path};
use crate::dotnet::canonical_path;

/// A router behind ASP.NET Core's rules. Routes that are written in lower case are found in any case, and so are the endpoints.
#[derive(Debug)]
pub(crate) struct DotnetRoutes {
    attempts: Attempts,
    /// For `HEAD` requests, whose real method the handlers are to see.
    attempts_for_head: Attempts,
    routes: RouteFinder,
    endpoints: EndpointFinder,
}

impl DotnetRoutes {
    pub(crate) fn new(router: Router, prefix: &str) -> Self {
        Self {
            attempts_for_head: Attempts::new(router.clone().layer(from_fn(with_method_head))),
            routes: RouteFinder::new(router.clone()),
            endpoints: EndpointFinder::new(router.clone(), prefix),
            attempts: Attempts::new(router),
        }
    }

    /// The answer of the request's route, or of the application's fallback.
    pub(crate) async fn answer(&self, mut request: Box<Request>) -> Response {
        let path = request.uri().path();
        match canonical_path(path) {
            None => return StatusCode::BAD_REQUEST.into_response(),
            Some(canonical) if canonical != path => {
                let canonical = canonical.into_owned();
                request = with_path(request, &canonical);
            }
            Some(_) => {}
        }
        let mut attempts = &self.attempts;
        if let (&Method::HEAD, Ok(method)) = (request.method(), method_without_routes()) {
            *request.method_mut() = method;
            attempts = &self.attempts_for_head;
        }
        match attempts.route(request).await {
            Ok(response) => with_dotnet_list(response),
            // Boxed, so that the many requests with the right path do not pay for its size.
            Err(unmatched) => Box::pin(self.answer_otherwise(attempts, unmatched)).await,
        }
    }

    /// The answer to a request whose unchanged path has no route.
    async fn answer_otherwise(&self, attempts: &Attempts, request: Box<Request>) -> Response {
        let uri = request.uri().clone();
        let spellings = self.other_spellings(uri.path()).await;
        match attempts.route_as(request, &spellings).await {
            Ok(response) => with_dotnet_list(response),
            Err(mut request) => {
                *request.uri_mut() = uri;
                attempts.answer(request).await
            }
        }
    }

    async fn other_spellings(&self, path: &str) -> Vec<String> {
        let without_slash = path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path);
        let mut spellings = vec![without_slash.to_owned()];
        for candidate in self.endpoints.candidates(path) {
            if self.endpoints.has(&candidate).await {
                spellings.push(candidate.path());
            }
        }
        if let Some(route) = self.routes.find(&without_slash.to_ascii_lowercase()).await {
            spellings.push(with_literals_of(&route, without_slash));
        }
        spellings.retain(|other| other != path);
        spellings
    }
}

/// The path as the route spells it, with the parameters unchanged, since their case may matter.
fn with_literals_of(route: &str, path: &str) -> String {
    let mut came = path.split('/');
    let mut written = Vec::new();
    for segment in route.split('/') {
        if segment.starts_with("{*") {
            written.extend(came.by_ref().map(str::to_owned));
            break;
        }
        let came = came.next().unwrap_or_default();
        written.push(match segment.split_once('{') {
            None => segment.to_owned(),
            Some((literal, _)) => format!("{literal}{}", came.get(literal.len()..).unwrap_or_default()),
        });
    }
    written.join("/")
}

/// Replaces `HEAD` while axum looks for a route, since axum would choose one for `GET`.
fn method_without_routes() -> Result<Method, http::method::InvalidMethod> {
    Method::from_bytes(b"HEAD*")
}

/// Restores the method once the route is chosen.
async fn with_method_head(mut request: Request, next: Next) -> Response {
    *request.method_mut() = Method::HEAD;
    next.run(request).await
}

/// axum's `GET,HEAD,POST` becomes `GET, POST`.
fn with_dotnet_list(mut response: Response) -> Response {
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let Some(allowed) = response.headers().get(ALLOW).and_then(|allowed| allowed.to_str().ok()) else {
        return response;
    };
    let mut methods: Vec<_> = allowed
        .split(',')
        .map(str::trim)
        .filter(|method| *method != "HEAD")
        .collect();
    methods.sort_unstable();
    if let Ok(allowed) = HeaderValue::from_str(&methods.join(", ")) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        routing,
    };
    use http::Uri;

    use super::*;

    fn application() -> DotnetRoutes {
        let router = Router::new()
            .route(
                "/manage/info",
                routing::get(|| async { "info" }).post(|body: String| async { body }),
            )
            .route(
                "/users/{name}",
                routing::get(|path: axum::extract::Path<String>| async move { path.0 }),
            )
            .route(
                "/api/echo/{value}/x-{id}/{*rest}",
                routing::get(|path: axum::extract::Path<(String, String, String)>| async move {
                    [path.0.0, path.0.1, path.0.2].join(" ")
                }),
            )
            .nest(
                "/nested",
                Router::new().route(
                    "/{name}",
                    routing::get(|path: axum::extract::Path<String>| async move { path.0 }),
                ),
            )
            .route("/any", routing::any(|method: Method| async move { method.to_string() }));
        DotnetRoutes::new(router, "")
    }

    async fn answer(routes: DotnetRoutes, method: &str, uri: &str) -> (u16, String, String) {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .body(Body::from("sent"))
            .unwrap();
        let response = routes.answer(Box::new(request)).await;
        let status = response.status().as_u16();
        let allow = response
            .headers()
            .get(ALLOW)
            .map(|allow| allow.to_str().unwrap().to_owned());
        let body = to_bytes(response.into_body(), 1000).await.unwrap();
        (
            status,
            allow.unwrap_or_default(),
            String::from_utf8(body.to_vec()).unwrap(),
        )
    }

    async fn status(uri: &str) -> u16 {
        answer(application(), "GET", uri).await.0
    }

    #[tokio::test]
    async fn paths_are_found_in_every_spelling_of_the_reference() {
        for uri in [
            "/manage/info",
            "/Manage/INFO",
            "/manage/info/",
            "/manage/info?x=1",
            "/manage/inf%6F",
            "/%6Danage/info",
            "/./manage/info",
            "/probe/../manage/info",
            "/%2e/manage/info",
        ] {
            assert_eq!(status(uri).await, 200, "{uri}");
        }
        for uri in [
            "/",
            "/manage",
            "//manage/info",
            "/manage//info",
            "/manage/info//",
            "/manage%2Finfo",
            "/manage/info;x",
            "/manage/info%20",
            "/manage/info.",
            "/manage\\info",
            "/manage/info%23x",
        ] {
            assert_eq!(status(uri).await, 404, "{uri}");
        }
        assert_eq!(status("/manage/info%00").await, 400);
    }

    #[tokio::test]
    async fn a_parameter_keeps_its_case() {
        for (path, parameters) in [
            ("/users/Ada%20B", "Ada B"),
            ("/Users/AbC/", "AbC"),
            ("/API/echo/AbC/X-Id/Some/Rest", "AbC Id Some/Rest"),
            ("/Nested/AbC", "AbC"),
        ] {
            let (status, _, body) = answer(application(), "GET", path).await;
            assert_eq!((status, body.as_str()), (200, parameters), "{path}");
        }
    }

    #[tokio::test]
    async fn other_methods_are_refused_with_the_list_of_the_right_ones() {
        for method in ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"] {
            let expected = (405, "GET, POST".to_owned(), String::new());
            assert_eq!(
                answer(application(), method, "/Manage/Info").await,
                expected,
                "{method}"
            );
            assert_eq!(answer(application(), method, "/nothing").await.0, 404, "{method}");
        }
        assert_eq!(answer(application(), "HEAD", "/any").await.2, "HEAD");
    }

    #[tokio::test]
    async fn the_body_survives_a_second_attempt() {
        assert_eq!(answer(application(), "POST", "/MANAGE/info/").await.2, "sent");
    }

    #[tokio::test]
    async fn the_fallback_gets_the_request_as_it_came() {
        let router = Router::new()
            .fallback(|method: Method, uri: Uri, body: String| async move { format!("{method} {uri} {body}") });
        let application = DotnetRoutes::new(router, "");
        let (status, _, body) = answer(application, "HEAD", "/Some/Page/").await;
        assert_eq!((status, body.as_str()), (200, "HEAD /Some/Page/ sent"));
    }
}
