//! Who sent a request, by one of its tickets.

use std::sync::Arc;

use wicketgate_identity::ticket::Ticket;
use wicketgate_identity::{ClaimsPrincipal, Error, Session};

use crate::Identity;

/// Who sent a request, by one of its tickets.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(crate) principal: Arc<ClaimsPrincipal>,
    /// Where there are sessions.
    pub(crate) session: Option<Arc<Session>>,
}

impl Sender {
    /// The user of a genuine ticket. Where there are sessions, its own must not have ended.
    pub(crate) async fn of(identity: &Identity, ticket: &Ticket) -> Result<Option<Self>, Error> {
        let session = match identity.accounts().sessions() {
            None => None,
            // Boxed, so that without sessions nobody pays for its size.
            Some(sessions) => match Box::pin(sessions.check(ticket)).await? {
                None => return Ok(None),
                session => session.map(Arc::new),
            },
        };
        Ok(Some(Self {
            principal: ticket.principal.clone(),
            session,
        }))
    }
}
