//! Who sends a request: bearer tokens and cookies, and how they are issued and ended.

mod bearer;
mod context;
mod extractor;
mod outgoing_cookies;
mod request_bearer;
mod ticket_cookie;

use std::sync::Arc;

use time::Duration;
use wicketgate_identity::ticket::CookieScheme;
use wicketgate_protection::{Clock, DataProtection};

pub use bearer::AccessTokenResponse;
pub(crate) use bearer::BearerTokens;
pub(crate) use context::AuthenticationContext;
pub use extractor::Authentication;
pub use ticket_cookie::Persistence;
use ticket_cookie::TicketCookie;

use crate::options::{AuthenticationOptions, CookieAuthenticationOptions};

/// A way to be signed in, which a route can require.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// The application cookie (.NET's `Identity.Application`).
    Cookie,
    /// A bearer token (.NET's `Identity.Bearer`).
    Bearer,
}

/// All schemes, with their options.
#[derive(Debug)]
pub(crate) struct Schemes {
    pub(crate) bearer: BearerTokens,
    pub(crate) application: TicketCookie,
    pub(crate) external: TicketCookie,
    pub(crate) two_factor_user_id: TicketCookie,
    pub(crate) remember_machine: TicketCookie,
}

impl Schemes {
    pub(crate) fn new(protection: &DataProtection, options: AuthenticationOptions, clock: &Arc<dyn Clock>) -> Self {
        let cookie = |scheme, options| TicketCookie::new(protection, scheme, options, clock.clone());
        let short_lived = |scheme: CookieScheme| {
            let options = CookieAuthenticationOptions {
                expire_time_span: Duration::minutes(5),
                ..CookieAuthenticationOptions::named(scheme.name())
            };
            cookie(scheme, options)
        };
        Self {
            bearer: BearerTokens::new(protection, options.bearer, clock.clone()),
            application: cookie(CookieScheme::Application, options.cookie),
            external: short_lived(CookieScheme::External),
            two_factor_user_id: short_lived(CookieScheme::TwoFactorUserId),
            remember_machine: cookie(CookieScheme::TwoFactorRememberMe, options.remember_machine_cookie),
        }
    }
}
