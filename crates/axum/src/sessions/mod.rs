//! Sessions: what a request's ticket belongs to.

mod device;
mod routes;
mod sender;
mod user_agent;

use wicketgate_identity::ticket::Ticket;
use wicketgate_identity::{Error, SessionId, User};

pub(crate) use self::device::RequestDevice;
pub(crate) use self::routes::routes;
pub(crate) use self::sender::Sender;
use crate::Identity;

/// Whose refresh token this is, and the session that it belongs to, where there are sessions.
pub(crate) async fn refreshed(
    identity: &Identity,
    ticket: &Ticket,
) -> Result<Option<(User, Option<SessionId>)>, Error> {
    let Some(sessions) = identity.accounts().sessions() else {
        let user = identity.sign_in().validate_security_stamp(&ticket.principal).await?;
        return Ok(user.map(|user| (user, None)));
    };
    // The account's stamp is compared with the session's, which a change by the session itself keeps up to date.
    let Some(session) = sessions.check(ticket).await? else {
        return Ok(None);
    };
    let user = identity.accounts().find_by_id(&session.user).await?;
    Ok(user.map(|user| (user, Some(session.id))))
}
