//! The cookies that a response will carry.

use http::HeaderMap;
use wicketgate_identity::ticket::Ticket;

use super::Schemes;
use crate::{
    answer::Failure,
    dotnet::cookies::{RequestCookies, ResponseCookies},
    network::RequestOrigin,
};

/// What the response does to cookies.
#[derive(Default)]
pub(super) struct OutgoingCookies {
    pub(super) cookies: ResponseCookies,
    pub(super) application: Renewal,
    pub(super) remember_machine: Renewal,
}

/// Whether a scheme's cookie is renewed with the response.
#[derive(Default)]
pub(super) enum Renewal {
    #[default]
    NotDue,
    /// With this ticket.
    Due(Box<Ticket>),
    /// Not any more: the response itself signs in or out.
    Overtaken,
}

impl OutgoingCookies {
    pub(super) fn is_empty(&self) -> bool {
        let are_renewals_due = [&self.application, &self.remember_machine]
            .into_iter()
            .any(|renewal| matches!(renewal, Renewal::Due(_)));
        self.cookies.is_empty() && !are_renewals_due
    }

    /// Adds them to the response's headers; `received` came with the request to `origin`.
    pub(super) async fn write(
        self,
        schemes: &Schemes,
        received: &RequestCookies,
        origin: &RequestOrigin,
        headers: &mut HeaderMap,
    ) -> Result<(), Failure> {
        let Self {
            mut cookies,
            application,
            remember_machine,
        } = self;
        let renewals = [
            (&schemes.application, application),
            (&schemes.remember_machine, remember_machine),
        ];
        for (scheme, renewal) in renewals {
            if let Renewal::Due(ticket) = renewal {
                cookies.append(received, scheme.seal(&ticket, origin).await?);
            }
        }
        Ok(cookies.write(headers)?)
    }
}

impl Renewal {
    /// Requests a renewal with this ticket, unless the response itself signs in or out.
    pub(super) fn request(&mut self, renewed: Option<Ticket>) {
        if let (Self::NotDue | Self::Due(_), Some(renewed)) = (&*self, renewed) {
            *self = Self::Due(Box::new(renewed));
        }
    }
}
