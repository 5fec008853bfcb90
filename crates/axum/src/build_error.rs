//! Why an `Identity` cannot be built.

use crate::options::CookieOptionsError;
#[cfg(doc)]
use crate::{Identity, options::AuthenticationOptions};

/// Why an [`Identity`] cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// No keys were chosen.
    #[error("the Identity API needs keys: choose a folder for them with `keys_in`, or `ephemeral_keys` for a trial")]
    NoKeys,
    /// Codes are to be accepted once only, and the stores do not keep which were used.
    #[error(
        "`token_provider.single_use`, `second_factor.single_use` and `passkeys.single_use` need a table for one-time secrets, which \
         a database gets by `wicketgate migrate`"
    )]
    NoSecrets,
    /// The options ask for sessions, and the stores keep none.
    #[error(
        "the Identity API cannot have sessions, because its stores keep none: a database gets the table by `wicketgate migrate`"
    )]
    NoSessions,
    /// Browsers would discard a cookie.
    #[error("`{cookie}`: `{}` {reason}", reason.option())]
    Cookie {
        /// Which of the [`AuthenticationOptions`].
        cookie: &'static str,
        /// The rule that the cookie breaks.
        reason: CookieOptionsError,
    },
}
