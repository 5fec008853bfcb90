//! What the second request of a ceremony brings.

use std::fmt;

use super::relying_party::PasskeyRequest;

/// What the second request of a ceremony brings.
#[derive(Clone, Copy)]
pub struct PasskeyAnswer<'a> {
    /// The browser's answer, `PublicKeyCredential.toJSON()`.
    pub credential_json: &'a str,
    /// The state that waited for it; see [`PasskeyOperation::state`](super::PasskeyOperation::state).
    pub state_json: &'a str,
    /// The request itself.
    pub request: PasskeyRequest<'a>,
}

/// The request alone.
impl fmt::Debug for PasskeyAnswer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasskeyAnswer")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
