//! ASP.NET Core's routing rules around an axum router.
//!
//! Paths ignore case, one closing slash may be there or not, escapes of characters that need none are undone, and dot
//! segments are resolved. `HEAD` and `OPTIONS` are methods like others: a route for `GET` does not answer them.
//!
//! A request goes to the router as it came. Where no route has its path, it goes there again with other spellings of the
//! path, and last to the application's fallback, as it came. Paths of the application's own routes are found in any case
//! if the routes are written in lower case.

use std::{
    collections::HashMap,
    convert::Infallible,
    future::ready,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
};
use http::{HeaderValue, Method, StatusCode, Uri, header::ALLOW, uri::PathAndQuery};
use tower::{Service, service_fn};

use crate::canonical_path::canonical_path;

/// A router behind ASP.NET Core's rules.
#[derive(Debug)]
pub(crate) struct Routes {
    attempts: Attempts,
    /// For requests with the method `HEAD`, whose real name their handlers are to see.
    attempts_for_head: Attempts,
    /// Paths that have capital letters, by their form in lower case.
    spellings: HashMap<String, String>,
}

impl Routes {
    /// The routes of `router`. `endpoints` are paths that have capital letters.
    pub(crate) fn new(router: Router, endpoints: impl IntoIterator<Item = String>) -> Self {
        Self {
            attempts_for_head: Attempts::new(router.clone().layer(from_fn(with_method_head))),
            attempts: Attempts::new(router),
            spellings: endpoints.into_iter().map(|path| (path.to_lowercase(), path)).collect(),
        }
    }

    /// The answer of the route that the request is for, or of the application's fallback.
    pub(crate) async fn answer(&self, mut request: Request) -> Response {
        let mut attempts = &self.attempts;
        if let (&Method::HEAD, Ok(method)) = (request.method(), method_without_routes()) {
            *request.method_mut() = method;
            attempts = &self.attempts_for_head;
        }
        match attempts.route(request).await {
            Ok(response) => response,
            // In a box, so that the many requests whose path is right carry no room for this.
            Err(unmatched) => Box::pin(self.answer_otherwise(attempts, unmatched)).await,
        }
    }

    /// The answer to a request whose path, as it came, no route has.
    async fn answer_otherwise(&self, attempts: &Attempts, mut request: Request) -> Response {
        let uri = request.uri().clone();
        for path in self.other_spellings(uri.path()) {
            if let Some(uri) = with_path(&uri, &path) {
                *request.uri_mut() = uri;
            }
            request = match attempts.route(request).await {
                Ok(response) => return response,
                Err(unmatched) => unmatched,
            };
        }
        *request.uri_mut() = uri;
        attempts.fall_back(request).await
    }

    fn other_spellings(&self, path: &str) -> Vec<String> {
        let without_slash = path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path);
        let lower_case = without_slash.to_lowercase();
        let spelling = self.spellings.get(&lower_case).cloned().unwrap_or(lower_case);
        let mut paths = vec![without_slash.to_owned(), spelling];
        paths.dedup();
        paths.retain(|other| other != path);
        paths
    }
}

/// A router for as many attempts as it takes.
#[derive(Debug)]
struct Attempts {
    /// The routes alone.
    routes: Router,
    /// The routes and the application's fallback.
    router: Router,
}

impl Attempts {
    fn new(router: Router) -> Self {
        // With their state, which is none, axum prepares handlers once and not for every request.
        let router = router.with_state(());
        Self {
            routes: router.clone().reset_fallback().fallback_service(service_fn(hand_back)),
            router,
        }
    }

    /// The answer of the route that has this path, or the request again if none has.
    async fn route(&self, request: Request) -> Result<Response, Request> {
        let Ok(mut response) = self.routes.clone().call(request).await;
        if let Some(Unmatched(request)) = response.extensions_mut().remove() {
            let request = request.lock().unwrap_or_else(PoisonError::into_inner).take();
            return request.map_or(Ok(response), Err);
        }
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            list_allowed_methods(&mut response);
        }
        Ok(response)
    }

    /// The answer of the application's fallback, to a request whose path no route has.
    async fn fall_back(&self, request: Request) -> Response {
        let Ok(response) = self.router.clone().call(request).await;
        response
    }
}

/// A request that no route took, in its response's extensions.
#[derive(Debug, Clone)]
struct Unmatched(Arc<Mutex<Option<Request>>>);

/// Stands where the application's fallback was.
fn hand_back(request: Request) -> impl Future<Output = Result<Response, Infallible>> {
    let mut response = Response::default();
    let unmatched = Unmatched(Arc::new(Mutex::new(Some(request))));
    response.extensions_mut().insert(unmatched);
    ready(Ok(response))
}

/// What `HEAD` is called while axum looks for a route, since axum would take one for `GET`.
fn method_without_routes() -> Result<Method, http::method::InvalidMethod> {
    Method::from_bytes(b"HEAD*")
}

/// Stands between the router's choice of a route and the route, for requests that are called otherwise until then.
async fn with_method_head(mut request: Request, next: Next) -> Response {
    *request.method_mut() = Method::HEAD;
    next.run(request).await
}

/// The request with its path in the simplest spelling; `None` for a path that has none.
pub(crate) fn with_canonical_path(mut request: Request) -> Option<Request> {
    let path = canonical_path(request.uri().path())?;
    if path != request.uri().path()
        && let Some(uri) = with_path(request.uri(), &path)
    {
        *request.uri_mut() = uri;
    }
    Some(request)
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let path_and_query: PathAndQuery = match uri.query() {
        Some(query) => format!("{path}?{query}").parse().ok()?,
        None => path.parse().ok()?,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query);
    Uri::from_parts(parts).ok()
}

/// `GET,HEAD,POST`, as axum says it, becomes `GET, POST`.
fn list_allowed_methods(response: &mut Response) {
    let Some(allowed) = response.headers().get(ALLOW).and_then(|allowed| allowed.to_str().ok()) else {
        return;
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
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, body::to_bytes, response::IntoResponse, routing};

    use super::*;

    fn application() -> Routes {
        let router = Router::new()
            .route(
                "/manage/info",
                routing::get(|| async { "info" }).post(|body: String| async { body }),
            )
            .route("/confirmEmail", routing::get(|| async { "confirmed" }))
            .route(
                "/users/{name}",
                routing::get(|path: axum::extract::Path<String>| async move { path.0 }),
            )
            .route("/any", routing::any(|method: Method| async move { method.to_string() }));
        Routes::new(router, ["/confirmEmail".to_owned()])
    }

    async fn answer(routes: Routes, method: &str, uri: &str) -> (u16, String, String) {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .body(Body::from("sent"))
            .unwrap();
        let response = match with_canonical_path(request) {
            Some(request) => routes.answer(request).await,
            None => StatusCode::BAD_REQUEST.into_response(),
        };
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
            "/CONFIRMEMAIL",
            "/confirmemail/",
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
        let (status, _, body) = answer(application(), "GET", "/users/Ada%20B").await;
        assert_eq!((status, body.as_str()), (200, "Ada B"));
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
        let application = Routes::new(router, []);
        let (status, _, body) = answer(application, "HEAD", "/Some/Page/").await;
        assert_eq!((status, body.as_str()), (200, "HEAD /Some/Page/ sent"));
    }
}
