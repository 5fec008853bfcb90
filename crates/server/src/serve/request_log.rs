//! One line for each request, and what all lines about it have in common.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, Method},
    response::Response,
};
use data_encoding::HEXLOWER;
use tracing::Level;
use wicketgate_identity::request::{ClientNetwork, RequestContext};
use wicketgate_protection::Random;

use crate::settings::LogClientAddress;

/// Carries the request's id, in and out.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids are not taken from clients.
const LONGEST_ID: usize = 64;
/// Of a method or path no more is logged.
const LONGEST_WORD: usize = 200;

/// One line for each request, with an id and the client's address that all lines about it share; the answer names the id.
/// Of the target the path alone is logged: queries hold codes.
pub(super) struct RequestLog {
    context: Arc<RequestContext>,
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
    pub(super) fn start(request: &Request, ids: &RequestIds, client: Option<ClientNetwork>) -> Self {
        let id = given_id(request).unwrap_or_else(|| ids.next());
        Self {
            context: Arc::new(RequestContext { id, client }),
            line: tracing::enabled!(Level::INFO).then(|| Line {
                method: request.method().clone(),
                path: shortened(without_address(request.uri().path())).to_owned(),
                start: Instant::now(),
            }),
        }
    }

    /// What all lines about the request say.
    pub(super) fn context(&self) -> Arc<RequestContext> {
        Arc::clone(&self.context)
    }

    /// The line about the request, to be written in its [context](Self::context).
    pub(super) fn write(&self, response: &Response) {
        if let Some(line) = &self.line {
            line.write(response);
        }
    }

    /// Has the answer name the request's id.
    pub(super) fn name_id(&self, response: &mut Response) {
        // An id has no characters that a header cannot have.
        if let Ok(id) = HeaderValue::from_str(&self.context.id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
    }
}

impl Line {
    fn write(&self, response: &Response) {
        let milliseconds = self.start.elapsed().as_secs_f64() * 1_000.0;
        let (status, ms) = (response.status().as_u16(), (milliseconds * 10.0).round() / 10.0);
        let (method, path) = (shortened(self.method.as_str()), &self.path);
        tracing::info!(method = %method, path, status, ms, "answered");
    }
}

/// What is logged of a client's address.
pub(super) fn client(address: Option<IpAddr>, how_much: LogClientAddress) -> Option<ClientNetwork> {
    match how_much {
        LogClientAddress::Full => address.map(ClientNetwork::from),
        LogClientAddress::Prefix => ClientNetwork::truncated(address?, 24, 48),
        LogClientAddress::Off => None,
    }
}

/// A proxy's id, if it can be one: what else a client sends does not belong into logs.
fn given_id(request: &Request) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?;
    let is_id = (1..=LONGEST_ID).contains(&id.len())
        && id
            .as_bytes()
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    id.to_str().ok().filter(|_| is_id).map(str::to_owned)
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

    fn next(&self) -> String {
        HEXLOWER.encode(&self.draw())
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

/// Lines stay short, whatever is asked for.
fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_WORD)]
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

    #[test]
    fn long_words_are_cut_off() {
        assert_eq!(shortened("/login"), "/login");
        let long = "/ä".repeat(1_000);
        assert!(long.starts_with(shortened(&long)));
        assert_eq!(shortened(&long).len(), 199, "no letter is cut in two");
    }

    #[test]
    fn of_an_address_as_much_is_logged_as_the_setting_says() {
        let logged = |address: &str, how_much| client(address.parse().ok(), how_much).map(|shown| shown.to_string());
        for (address, prefix) in [
            ("203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ] {
            assert_eq!(logged(address, LogClientAddress::Full).as_deref(), Some(address));
            assert_eq!(logged(address, LogClientAddress::Prefix).as_deref(), Some(prefix));
            assert_eq!(logged(address, LogClientAddress::Off), None);
        }
    }
}
