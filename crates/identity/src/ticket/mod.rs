//! Tickets: who somebody is and until when, sealed as tokens and cookies.

use std::{borrow::Cow, sync::Arc};

mod cache;
mod format;
mod properties;
mod serializer;

pub use format::{AccessToken, CachedTicketFormat, Cookie, CookieScheme, Protected, RefreshToken, TicketFormat};
pub use properties::TicketProperties;
pub use serializer::MalformedTicket;

use crate::claims::ClaimsPrincipal;

/// A principal with what is known about its session (.NET's `AuthenticationTicket`); sealed by a
/// [`TicketFormat`](crate::ticket::TicketFormat), it is a token or a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The scheme it was made for, one of [`schemes`](crate::schemes).
    pub scheme: Cow<'static, str>,
    /// Whose it is.
    pub principal: Arc<ClaimsPrincipal>,
    /// When it was issued, when it ends, and so on.
    pub properties: TicketProperties,
}

impl Ticket {
    /// A ticket of `principal` that says nothing about its session yet.
    pub fn new(scheme: impl Into<Cow<'static, str>>, principal: impl Into<Arc<ClaimsPrincipal>>) -> Self {
        Self {
            scheme: scheme.into(),
            principal: principal.into(),
            properties: TicketProperties::default(),
        }
    }

    /// The bytes that .NET's `TicketSerializer` writes, in its version 5.
    pub fn to_bytes(&self) -> Vec<u8> {
        serializer::write(self)
    }

    /// The ticket in bytes that [`to_bytes`](Self::to_bytes) or .NET wrote. Bytes after its end are passed over, as
    /// .NET does.
    ///
    /// # Errors
    /// [`MalformedTicket`] for other versions, and for bytes that are no ticket.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MalformedTicket> {
        serializer::read(bytes)
    }
}
