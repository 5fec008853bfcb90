//! Adding a session, for which others may have to make room.

use wicketgate_identity::account::SecurityStamp;
use wicketgate_identity::event::microseconds;
use wicketgate_identity::session::{Session, SignInMethod};

use crate::accounts::lock;
use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::statement::{Statement, statement, values};

pub(super) const INSERT: Statement = statement!(
    "INSERT INTO wicketgate_sessions (id, user_id, kind, created, last_seen, authenticated, methods, credential, client,
        user_agent, security_stamp)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    [
        Text,
        Text,
        Text,
        Integer,
        Integer,
        Integer,
        Text,
        NullableText,
        NullableText,
        NullableText,
        NullableText
    ]
);
/// Those that make room first come last.
pub(super) const FIND_ALL: Statement = statement!(
    r#"SELECT id FROM wicketgate_sessions WHERE "user_id" = $1
    ORDER BY CASE WHEN ended IS NULL THEN 0 ELSE 1 END, last_seen DESC, id DESC"#,
    [Text]
);
pub(super) const DELETE: Statement = statement!("DELETE FROM wicketgate_sessions WHERE id = $1", [Text]);

/// Under the lock of the account's row: who locks the account, which ends its sessions, does so before this or finds the session, and
/// of several sign-ins at once each counts the others' sessions.
pub(super) async fn add<D: Database>(database: &D, session: &Session, most: usize) -> Result<bool, DatabaseError> {
    let user = &session.user;
    if user.as_str().contains('\0') {
        return Ok(false);
    }
    let mut transaction = database.begin().await?;
    let account = lock(&mut transaction, user).await?;
    let may_be_added = account.is_some_and(|account| {
        account.state.security_stamp == session.security_stamp && !account.state.is_locked_for_ever()
    });
    if !may_be_added {
        return Ok(false);
    }
    let methods = SignInMethod::to_stored(&session.methods);
    let values = values![
        session.id.as_str(),
        user.as_str(),
        session.kind.name(),
        microseconds(session.created),
        microseconds(session.last_seen),
        microseconds(session.authenticated),
        methods.as_str(),
        session.credential.as_deref(),
        session.client.as_deref(),
        session.user_agent.as_deref(),
        session.security_stamp.as_ref().map(SecurityStamp::as_str),
    ];
    transaction.execute(INSERT, values).await?;
    let all = transaction.fetch_all(FIND_ALL, values![user.as_str()]).await?;
    for row in all.iter().skip(most) {
        let id = row.text("id")?.unwrap_or_default();
        transaction.execute(DELETE, values![id.as_str()]).await?;
    }
    transaction.commit().await?;
    Ok(true)
}
