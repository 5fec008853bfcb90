//! Who sends a request: bearer tokens and cookies, and how they are issued and ended.

mod bearer;
mod ceremony;
mod context;
mod extractor;
mod new_device;
mod outgoing_cookies;
mod request_bearer;
mod signing_in;
mod ticket_cookie;

use std::sync::Arc;

use http::HeaderMap;
use time::Duration;
use wicketgate_identity::ticket::CookieScheme;
use wicketgate_protection::{Clock, DataProtection};

pub use bearer::AccessTokenResponse;
pub(crate) use bearer::BearerTokens;
pub(crate) use context::{Asked, AuthenticationContext};
pub use extractor::Authentication;
pub use ticket_cookie::Persistence;
use ticket_cookie::TicketCookie;

use crate::{
    dotnet::cookies::RequestCookies,
    options::{AuthenticationOptions, CookieAuthenticationOptions, CookieOptions},
};

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
        let short_lived = |scheme: CookieScheme, attributes: CookieOptions| {
            let options = CookieAuthenticationOptions {
                cookie: attributes,
                expire_time_span: Duration::minutes(5),
                ..CookieAuthenticationOptions::named(scheme.name())
            };
            cookie(scheme, options)
        };
        Self {
            bearer: BearerTokens::new(protection, options.bearer, clock.clone()),
            application: cookie(CookieScheme::Application, options.cookie),
            external: short_lived(CookieScheme::External, options.external_cookie),
            two_factor_user_id: short_lived(CookieScheme::TwoFactorUserId, options.two_factor_user_id_cookie),
            remember_machine: cookie(CookieScheme::TwoFactorRememberMe, options.remember_machine_cookie),
        }
    }

    /// Whether a request with these headers carries one of their cookies.
    pub(crate) fn have_cookie(&self, headers: &HeaderMap) -> bool {
        let cookies = RequestCookies::new(headers);
        let schemes = [
            &self.application,
            &self.external,
            &self.two_factor_user_id,
            &self.remember_machine,
        ];
        schemes
            .iter()
            .any(|scheme| cookies.contains(&scheme.options().cookie.name))
    }
}
