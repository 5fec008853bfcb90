use std::sync::Arc;

use time::OffsetDateTime;
use wicketgate_identity::{ClaimsPrincipal, Cookie, CookieScheme, Error, Ticket, TicketFormat};
use wicketgate_protection::{Clock, DataProtection};

use super::Persistence;
use crate::{
    CookieAuthenticationOptions, CookieSecurePolicy,
    cookies::{RequestCookies, SetCookie},
    origin::RequestOrigin,
};

/// A ticket kept in a cookie (.NET's `CookieAuthenticationHandler`).
#[derive(Debug)]
pub(crate) struct TicketCookie {
    scheme: CookieScheme,
    format: TicketFormat<Cookie>,
    options: CookieAuthenticationOptions,
    clock: Arc<dyn Clock>,
}

impl TicketCookie {
    pub(crate) fn new(
        protection: &DataProtection,
        scheme: CookieScheme,
        options: CookieAuthenticationOptions,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            scheme,
            format: TicketFormat::cookies(protection, scheme),
            options,
            clock,
        }
    }

    pub(crate) fn options(&self) -> &CookieAuthenticationOptions {
        &self.options
    }

    /// The ticket in the request's cookie, if it is genuine and has not ended.
    pub(crate) async fn read(&self, cookies: &RequestCookies) -> Result<Option<Ticket>, Error> {
        let Some(value) = cookies.get(&self.options.cookie.name) else {
            return Ok(None);
        };
        let now = self.clock.now();
        let ticket = self.format.open(&value).await?;
        Ok(ticket.filter(|ticket| ticket.properties.expires().is_none_or(|expires| now <= expires)))
    }

    /// Whether less of the ticket's life is left than is gone, so that it is to be renewed.
    pub(crate) fn is_past_half(&self, ticket: &Ticket) -> bool {
        let now = self.clock.now();
        let properties = &ticket.properties;
        match (properties.issued(), properties.expires()) {
            (Some(issued), Some(expires)) => {
                self.options.sliding_expiration
                    && properties.allow_refresh() != Some(false)
                    && expires - now < now - issued
            }
            _ => false,
        }
    }

    /// The ticket with its whole life before it again; without sliding expiration it still ends when it would have ended.
    /// `None` if it does not say when it was issued or ends.
    pub(crate) fn renewed(&self, ticket: &Ticket, principal: ClaimsPrincipal) -> Option<Ticket> {
        let now = self.clock.now();
        let (issued, expires) = (ticket.properties.issued()?, ticket.properties.expires()?);
        let mut renewed = ticket.clone();
        renewed.principal = principal;
        renewed.properties.set_issued(Some(now));
        if self.options.sliding_expiration {
            renewed.properties.set_expires(Some(now + (expires - issued)));
        }
        Some(renewed)
    }

    /// A new ticket.
    pub(crate) fn ticket(&self, principal: ClaimsPrincipal, persistence: Persistence) -> Ticket {
        let now = self.clock.now();
        let mut ticket = Ticket::new(self.scheme.name(), principal);
        ticket.properties.set_persistent(persistence == Persistence::Persistent);
        ticket.properties.set_issued(Some(now));
        ticket.properties.set_expires(Some(now + self.options.expire_time_span));
        ticket
    }

    /// The cookie that carries the ticket.
    pub(crate) async fn seal(&self, ticket: &Ticket, origin: &RequestOrigin) -> Result<SetCookie, Error> {
        let value = self.format.seal(ticket).await?.into_string();
        let expires = ticket
            .properties
            .expires()
            .filter(|_| ticket.properties.is_persistent());
        Ok(SetCookie {
            expires,
            ..self.cookie(origin, value)
        })
    }

    /// The cookie without a ticket.
    pub(crate) fn empty(&self, origin: &RequestOrigin) -> SetCookie {
        self.cookie(origin, String::new())
    }

    /// The instant that a ticket's times are compared with.
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    fn cookie(&self, origin: &RequestOrigin, value: String) -> SetCookie {
        let secure = match self.options.cookie.secure_policy {
            CookieSecurePolicy::SameAsRequest => origin.is_https(),
            CookieSecurePolicy::Always => true,
            CookieSecurePolicy::None => false,
        };
        SetCookie::new(&self.options.cookie, secure, value)
    }
}
