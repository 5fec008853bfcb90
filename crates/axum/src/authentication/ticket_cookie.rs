//! Tickets in cookies.

use std::sync::Arc;

use time::OffsetDateTime;
use wicketgate_identity::ticket::{CachedTicketFormat, Cookie, CookieScheme, Ticket, TicketFormat};
use wicketgate_identity::{ClaimsPrincipal, Error};
use wicketgate_protection::{Clock, DataProtection};

use crate::{
    dotnet::cookies::{RequestCookies, SetCookie},
    network::RequestOrigin,
    options::{CookieAuthenticationOptions, CookieSecurePolicy},
};

/// Whether a cookie outlives the browser session (.NET's `isPersistent`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// It does, until the ticket in it expires.
    Persistent,
    /// It does not.
    Session,
}

/// A ticket kept in a cookie (.NET's `CookieAuthenticationHandler`).
#[derive(Debug)]
pub(crate) struct TicketCookie {
    scheme: CookieScheme,
    format: CachedTicketFormat<Cookie>,
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
            format: CachedTicketFormat::new(TicketFormat::cookies(protection, scheme)),
            options,
            clock,
        }
    }

    pub(crate) fn options(&self) -> &CookieAuthenticationOptions {
        &self.options
    }

    /// The ticket in the request's cookie, if it is genuine and has not expired.
    pub(crate) async fn read(&self, cookies: &RequestCookies) -> Result<Option<Arc<Ticket>>, Error> {
        let Some(value) = cookies.get(&self.options.cookie.name) else {
            return Ok(None);
        };
        let now = self.clock.now();
        let ticket = self.format.open(&value, now).await?;
        Ok(ticket.filter(|ticket| ticket.properties.expires().is_none_or(|expires| now <= expires)))
    }

    /// Whether more than half of the ticket's lifetime has passed, so that it is to be renewed.
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

    /// The ticket with a new lifetime; without sliding expiration it keeps its old end. `None` if it does not say when it was
    /// issued or expires.
    pub(crate) fn renewed(&self, ticket: &Ticket, principal: Arc<ClaimsPrincipal>) -> Option<Ticket> {
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

    /// The cookie without a ticket, for deletion.
    pub(crate) fn empty(&self, origin: &RequestOrigin) -> SetCookie {
        self.cookie(origin, String::new())
    }

    /// The current time, for a ticket's times.
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

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header::COOKIE};
    use time::{Duration, macros::datetime};
    use wicketgate_protection::{ManualClock, SystemRandom};

    use super::*;
    use crate::{
        dotnet::PathBase,
        network::{HostNamedBy, UrlScheme},
    };

    const START: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
    const DAY: Duration = Duration::DAY;

    struct World {
        clock: Arc<ManualClock>,
        cookie: TicketCookie,
    }

    fn world(change: impl FnOnce(&mut CookieAuthenticationOptions)) -> World {
        let clock = Arc::new(ManualClock::at(START));
        let mut options = CookieAuthenticationOptions::named("n");
        change(&mut options);
        let protection = DataProtection::ephemeral(clock.clone(), Arc::new(SystemRandom));
        let cookie = TicketCookie::new(&protection, CookieScheme::Application, options, clock.clone());
        World { clock, cookie }
    }

    impl World {
        fn advance(&self, duration: Duration) {
            self.clock.advance(duration);
        }

        fn ticket(&self) -> Ticket {
            self.cookie.ticket(ClaimsPrincipal::default(), Persistence::Persistent)
        }

        async fn read(&self, cookie: &SetCookie) -> Option<Arc<Ticket>> {
            let header = HeaderValue::from_str(&format!("n={}", cookie.value)).unwrap();
            let cookies = RequestCookies::new(&HeaderMap::from_iter([(COOKIE, header)]));
            self.cookie.read(&cookies).await.unwrap()
        }
    }

    fn origin(scheme: UrlScheme) -> RequestOrigin {
        RequestOrigin {
            scheme,
            path_base: PathBase::default(),
            host: HeaderValue::from_static("localhost"),
            named_by: HostNamedBy::Client,
        }
    }

    #[tokio::test]
    async fn a_ticket_counts_until_its_last_instant() {
        let world = world(|_| {});
        let ticket = world.ticket();
        let cookie = world.cookie.seal(&ticket, &origin(UrlScheme::Http)).await.unwrap();
        assert_eq!(cookie.expires, Some(START + 14 * DAY));
        world.advance(14 * DAY);
        assert_eq!(world.read(&cookie).await.as_deref(), Some(&ticket));
        world.advance(Duration::SECOND);
        assert_eq!(world.read(&cookie).await, None);
    }

    #[test]
    fn past_half_of_its_life_a_ticket_is_renewed_for_a_whole_one() {
        let world = world(|_| {});
        let ticket = world.ticket();
        world.advance(7 * DAY);
        assert!(!world.cookie.is_past_half(&ticket));
        world.advance(Duration::SECOND);
        assert!(world.cookie.is_past_half(&ticket));
        let renewed = world.cookie.renewed(&ticket, ticket.principal.clone()).unwrap();
        assert_eq!(renewed.properties.expires(), Some(START + 21 * DAY + Duration::SECOND));
        assert!(renewed.properties.is_persistent());
    }

    #[test]
    fn without_sliding_expiration_a_new_ticket_ends_with_the_old_one() {
        let world = world(|options| options.sliding_expiration = false);
        let ticket = world.ticket();
        world.advance(13 * DAY);
        assert!(!world.cookie.is_past_half(&ticket));
        let renewed = world.cookie.renewed(&ticket, ticket.principal.clone()).unwrap();
        assert_eq!(renewed.properties.issued(), Some(START + 13 * DAY));
        assert_eq!(renewed.properties.expires(), ticket.properties.expires());
    }

    #[test]
    fn whether_a_cookie_is_secure_follows_its_policy() {
        for (policy, over_http, over_https) in [
            (CookieSecurePolicy::SameAsRequest, false, true),
            (CookieSecurePolicy::Always, true, true),
            (CookieSecurePolicy::None, false, false),
        ] {
            let world = world(|options| options.cookie.secure_policy = policy);
            assert_eq!(
                world.cookie.empty(&origin(UrlScheme::Http)).secure,
                over_http,
                "{policy:?}"
            );
            assert_eq!(
                world.cookie.empty(&origin(UrlScheme::Https)).secure,
                over_https,
                "{policy:?}"
            );
        }
    }
}
