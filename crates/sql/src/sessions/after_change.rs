//! What a change of an account does to its sessions, in the change's transaction.

use wicketgate_identity::Event;
use wicketgate_identity::account::SecurityStamp;
use wicketgate_identity::session::{GoesOn, SessionsAfterChange};
use wicketgate_identity::store::EndSessions;

use super::rows::end_in;
use crate::database::Transaction;
use crate::database_error::DatabaseError;
use crate::statement::{Statement, statement, values};

pub(super) const DELETE_ALL: Statement = statement!(r#"DELETE FROM wicketgate_sessions WHERE "user_id" = $1"#, [Text]);
/// A session with another stamp than the account had was over before, and is not brought back.
pub(super) const MOVE_ALL: Statement = statement!(
    r#"UPDATE wicketgate_sessions SET security_stamp = $2
    WHERE "user_id" = $1 AND (security_stamp = $3 OR (security_stamp IS NULL AND $3 IS NULL)) AND ended IS NULL"#,
    [Text, Text, NullableText]
);
pub(super) const MOVE_ONE: Statement = statement!(
    r#"UPDATE wicketgate_sessions SET security_stamp = $2
    WHERE "user_id" = $1 AND (security_stamp = $3 OR (security_stamp IS NULL AND $3 IS NULL)) AND ended IS NULL AND id = $4"#,
    [Text, Text, NullableText, Text]
);

/// Does what the event says.
pub(crate) async fn after_change(transaction: &mut impl Transaction, event: &Event) -> Result<(), DatabaseError> {
    let (Some(user), Some(after)) = (&event.user, event.sessions()) else {
        return Ok(());
    };
    match after {
        SessionsAfterChange::Removed => {
            transaction.execute(DELETE_ALL, values![user.as_str()]).await?;
        }
        SessionsAfterChange::GoOn { old, new } => {
            let old = old.as_ref().map(SecurityStamp::as_str);
            let values = values![user.as_str(), new.as_str(), old];
            transaction.execute(MOVE_ALL, values).await?;
        }
        SessionsAfterChange::EndOf { credential } => {
            end_in(transaction, user, EndSessions::OfCredential(credential), event).await?;
        }
        SessionsAfterChange::End { but } => {
            if let Some(GoesOn { session, old, new }) = but {
                let old = old.as_ref().map(SecurityStamp::as_str);
                let values = values![user.as_str(), new.as_str(), old, session.as_str()];
                transaction.execute(MOVE_ONE, values).await?;
            }
            let but = but.as_ref().map(|but| &but.session);
            end_in(transaction, user, EndSessions::AllBut(but), event).await?;
        }
    }
    Ok(())
}
