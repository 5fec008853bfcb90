//! What a request tells about the device that it came from.

use http::{HeaderMap, HeaderValue, header::USER_AGENT};
use wicketgate_identity::session::Device;

use super::user_agent;

/// What a request tells about the device that it came from, kept for a sign-in.
#[derive(Debug, Default)]
pub(crate) struct RequestDevice {
    user_agent: Option<HeaderValue>,
}

impl RequestDevice {
    pub(crate) fn new(headers: &HeaderMap) -> Self {
        Self {
            user_agent: headers.get(USER_AGENT).cloned(),
        }
    }

    /// As a session keeps it.
    pub(crate) fn device(&self) -> Device {
        let user_agent = self.user_agent.as_ref().and_then(|value| value.to_str().ok());
        Device {
            user_agent: user_agent.and_then(user_agent::name),
        }
    }
}
