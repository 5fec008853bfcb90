use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use wicketgate_protection::Random;

/// Carries the request's id, in and out.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids are not taken from clients.
const LONGEST_ID: usize = 64;

/// One line for each request, with an id that all lines about it share and that the answer names. Of the target the
/// path alone is logged: queries hold codes.
pub(super) async fn log_request(State(random): State<Arc<dyn Random>>, request: Request, next: Next) -> Response {
    let id = given_id(&request).unwrap_or_else(|| new_id(&*random));
    let method = request.method().clone();
    let path = without_address(request.uri().path()).to_owned();
    let span = tracing::info_span!("request", id);
    let start = Instant::now();

    let mut response = next.run(request).instrument(span.clone()).await;

    let milliseconds = start.elapsed().as_secs_f64() * 1_000.0;
    let (status, ms) = (response.status().as_u16(), (milliseconds * 10.0).round() / 10.0);
    span.in_scope(|| tracing::info!(%method, path, status, ms, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// A proxy's id, if it can be one: what else a client sends does not belong into logs.
fn given_id(request: &Request) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let is_id = (1..=LONGEST_ID).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_id.then(|| id.to_owned())
}

fn new_id(random: &dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}

/// No route here has addresses in its path, but anybody can ask for any path.
fn without_address(path: &str) -> &str {
    if path.contains('@') || path.to_ascii_lowercase().contains("%40") {
        "(hidden)"
    } else {
        path
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn an_id_is_taken_from_the_client_only_if_it_looks_like_one() {
        let given = |id: &str| given_id(&Request::builder().header(REQUEST_ID, id).body(Body::empty()).unwrap());
        assert_eq!(given("0b6e3f42-93aa_X").as_deref(), Some("0b6e3f42-93aa_X"));
        for id in ["", "a b", "a=b", "ada@example.test", &"x".repeat(65)] {
            assert_eq!(given(id), None, "{id}");
        }
    }

    #[test]
    fn a_path_with_an_address_is_not_logged() {
        assert_eq!(without_address("/manage/info"), "/manage/info");
        assert_eq!(without_address("/users/ada@example.test"), "(hidden)");
        assert_eq!(without_address("/users/ada%40example.test"), "(hidden)");
    }
}
