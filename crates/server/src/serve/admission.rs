//! What a connection may do that was accepted.

use std::time::Duration;

use axum::{
    extract::Request,
    http::{HeaderValue, header::CONNECTION},
    response::Response,
};
use tokio::sync::OwnedSemaphorePermit;

use super::{busy::Busy, connection_options::ConnectionOptions, hosted_application::HostedApplication};

/// How long a connection beyond the limit may take to ask for the server's health.
const TIME_TO_ASK: Duration = Duration::from_secs(1);

/// What an accepted connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    Full,
    /// One question for the server's health; anything else is answered with 503.
    ProbeOnly,
}

impl Admission {
    pub(super) fn with(place: Option<&OwnedSemaphorePermit>) -> Self {
        place.map_or(Self::ProbeOnly, |_| Self::Full)
    }

    pub(super) fn refusal(self, request: &Request, application: &HostedApplication) -> Option<Busy> {
        let is_admitted = self == Self::Full || application.is_probe(request);
        (!is_admitted).then_some(Busy)
    }

    /// The answer makes room for the next probe.
    pub(super) fn finish(self, response: &mut Response) {
        if self == Self::ProbeOnly {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(CONNECTION, close);
        }
    }

    pub(super) fn options(self, mut options: ConnectionOptions) -> ConnectionOptions {
        if self == Self::ProbeOnly {
            options.times.headers = options.times.headers.min(TIME_TO_ASK);
            options.times.keep_alive = Duration::ZERO;
        }
        options
    }
}
