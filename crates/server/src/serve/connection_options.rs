//! What all connections of a server have in common.

use http::HeaderValue;

use super::{data_rate::MinDataRate, timeouts::TimeLimits};
use crate::settings::{LogClientAddress, Settings};

/// What all connections of a server have in common.
#[derive(Debug, Clone)]
pub(super) struct ConnectionOptions {
    pub(super) is_secure: bool,
    /// The value of `Strict-Transport-Security`.
    pub(super) hsts: Option<HeaderValue>,
    pub(super) request_bodies: Option<MinDataRate>,
    pub(super) times: TimeLimits,
    pub(super) log_client_address: LogClientAddress,
}

impl ConnectionOptions {
    pub(super) fn new(settings: &Settings, is_secure: bool) -> Self {
        let max_age = settings.tls.hsts_max_age.filter(|_| is_secure);
        let hsts = max_age.map(|age| format!("max-age={}", age.whole_seconds()));
        Self {
            is_secure,
            hsts: hsts.and_then(|hsts| HeaderValue::try_from(hsts).ok()),
            request_bodies: MinDataRate::of_request_bodies(&settings.limits),
            times: TimeLimits {
                headers: settings.request_headers_timeout.unsigned_abs(),
                keep_alive: settings.limits.keep_alive_timeout.unsigned_abs(),
                responses: MinDataRate::of_responses(&settings.limits),
            },
            log_client_address: settings.log_client_address,
        }
    }
}
