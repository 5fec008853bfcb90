//! Tickets: who a user is and until when, sealed as tokens and cookies.

use std::{borrow::Cow, sync::Arc};

mod cache;
mod format;
mod properties;
mod serializer;

pub use format::{AccessToken, CachedTicketFormat, Cookie, CookieScheme, Protected, RefreshToken, TicketFormat};
pub use properties::TicketProperties;
pub use serializer::MalformedTicket;

use crate::claims::ClaimsPrincipal;

/// A principal and the properties of its session (.NET's `AuthenticationTicket`). Sealed by a [`TicketFormat`], it is a token
/// or a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The scheme it was made for, one of [`schemes`](crate::schemes).
    pub scheme: Cow<'static, str>,
    /// The user.
    pub principal: Arc<ClaimsPrincipal>,
    /// When it was issued, when it expires, and so on.
    pub properties: TicketProperties,
}

impl Ticket {
    /// A ticket of `principal` without properties.
    pub fn new(scheme: impl Into<Cow<'static, str>>, principal: impl Into<Arc<ClaimsPrincipal>>) -> Self {
        Self {
            scheme: scheme.into(),
            principal: principal.into(),
            properties: TicketProperties::default(),
        }
    }
}
