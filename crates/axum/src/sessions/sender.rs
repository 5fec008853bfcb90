//! Who sent a request, by one of its tickets.

use std::sync::Arc;

use wicketgate_identity::ticket::Ticket;
use wicketgate_identity::{ClaimsPrincipal, Error, Session, User};

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

    /// The user as the store has them now; `None` if they are gone, or have another security stamp than the ticket. That of a session
    /// was compared when the session was read, and is newer than the ticket's after a change that the session has made.
    pub(crate) async fn current_user(&self, identity: &Identity) -> Result<Option<User>, Error> {
        match &self.session {
            Some(session) => identity.accounts().find_by_id(&session.user).await,
            None => identity.sign_in().validate_security_stamp(&self.principal).await,
        }
    }
}
