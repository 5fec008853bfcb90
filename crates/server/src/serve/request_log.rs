use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, Method},
    response::Response,
};
use data_encoding::HEXLOWER;
use tracing::{Level, Span};
use wicketgate_protection::Random;

/// Carries the request's id, in and out.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids are not taken from clients.
const LONGEST_ID: usize = 64;

/// One line for each request, with an id that all lines about it share and that the answer names. Of the target the
/// path alone is logged: queries hold codes.
pub(super) struct RequestLog {
    id: HeaderValue,
    span: Span,
    /// `None` where the level of the log is above this line's.
    line: Option<Line>,
}

/// What the line will say of the request.
struct Line {
    method: Method,
    path: String,
    start: Instant,
}

impl RequestLog {
    /// Begins with the request's own id, or a new one.
    pub(super) fn start(request: &Request, ids: &RequestIds) -> Self {
        let id = given_id(request).unwrap_or_else(|| ids.next());
        Self {
            span: tracing::info_span!("request", id = id.to_str().unwrap_or_default()),
            id,
            line: tracing::enabled!(Level::INFO).then(|| Line {
                method: request.method().clone(),
                path: without_address(request.uri().path()).to_owned(),
                start: Instant::now(),
            }),
        }
    }

    /// What the request's other lines belong into.
    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    /// Writes the line, and the id into the answer.
    pub(super) fn finish(self, response: &mut Response) {
        if let Some(Line { method, path, start }) = self.line {
            let milliseconds = start.elapsed().as_secs_f64() * 1_000.0;
            let (status, ms) = (response.status().as_u16(), (milliseconds * 10.0).round() / 10.0);
            self.span
                .in_scope(|| tracing::info!(%method, path, status, ms, "answered"));
        }
        response.headers_mut().insert(REQUEST_ID, self.id);
    }
}

/// A proxy's id, if it can be one: what else a client sends does not belong into logs.
fn given_id(request: &Request) -> Option<HeaderValue> {
    let id = request.headers().get(REQUEST_ID)?;
    let is_id = (1..=LONGEST_ID).contains(&id.len())
        && id
            .as_bytes()
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_id.then(|| id.clone())
}

/// New ids for requests: 128 random bits each.
pub(super) struct RequestIds {
    random: Arc<dyn Random>,
    /// Drawn together, since the system answers one long question sooner than many short ones.
    drawn: Mutex<Vec<[u8; ID_LENGTH]>>,
}

const ID_LENGTH: usize = 16;
const DRAWN_TOGETHER: usize = 64;

impl RequestIds {
    pub(super) fn new(random: Arc<dyn Random>) -> Self {
        Self {
            random,
            drawn: Mutex::default(),
        }
    }

    fn next(&self) -> HeaderValue {
        let id = HEXLOWER.encode(&self.draw());
        // Every header takes digits.
        HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("0"))
    }

    fn draw(&self) -> [u8; ID_LENGTH] {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        drawn.pop().unwrap_or_else(|| {
            let mut ids = [[0; ID_LENGTH]; DRAWN_TOGETHER];
            self.random.fill(ids.as_flattened_mut());
            let [first, others @ ..] = ids;
            drawn.extend(others);
            first
        })
    }
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
    use std::collections::HashSet;

    use axum::body::Body;
    use wicketgate_protection::SeededRandom;

    use super::*;

    #[test]
    fn an_id_is_taken_from_the_client_only_if_it_looks_like_one() {
        let given = |id: &str| given_id(&Request::builder().header(REQUEST_ID, id).body(Body::empty()).unwrap());
        assert_eq!(given("0b6e3f42-93aa_X").unwrap(), "0b6e3f42-93aa_X");
        for id in ["", "a b", "a=b", "ada@example.test", &"x".repeat(65)] {
            assert_eq!(given(id), None, "{id}");
        }
    }

    #[test]
    fn new_ids_differ() {
        let ids = RequestIds::new(Arc::new(SeededRandom::new(1)));
        let many: HashSet<_> = (0..2 * DRAWN_TOGETHER).map(|_| ids.next()).collect();
        assert_eq!(many.len(), 2 * DRAWN_TOGETHER);
        assert!(many.iter().all(|id| id.len() == 32));
    }

    #[test]
    fn a_path_with_an_address_is_not_logged() {
        assert_eq!(without_address("/manage/info"), "/manage/info");
        assert_eq!(without_address("/users/ada@example.test"), "(hidden)");
        assert_eq!(without_address("/users/ada%40example.test"), "(hidden)");
    }
}
