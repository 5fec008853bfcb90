//! The statements on `wicketgate_sessions`, and what its rows hold. Instants are microseconds since 1970.
//!
//! The account is found by its id, and not by a condition between the two tables: ids have other types there than here. Who reads a
//! session compares the two in what was read.

use time::OffsetDateTime;
use wicketgate_identity::account::SecurityStamp;
use wicketgate_identity::event::microseconds;
use wicketgate_identity::session::{SeenDevice, Session, SessionId, SessionKind, SignInMethod};
use wicketgate_identity::store::EndSessions;
use wicketgate_identity::{Event, UserId};

use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::events::StepEvent;
use crate::statement::{Statement, statement, values};

/// Sessions with the stamp of their account, with an end that says which.
macro_rules! select_sessions {
    ($rest:literal) => {
        concat!(
            r#"SELECT s.id, s.user_id, s.kind, s.created, s.last_seen, s.authenticated, s.methods, s.credential, s.client,
                s.user_agent, s.security_stamp, u."SecurityStamp"
            FROM wicketgate_sessions AS s CROSS JOIN "AspNetUsers" AS u WHERE u."Id" = $1 AND s.ended IS NULL AND "#,
            $rest
        )
    };
}

pub(super) const FIND: Statement = statement!(select_sessions!("s.id = $2"), [Id, Text]);

pub(super) async fn find<D: Database>(
    database: &D,
    id: &SessionId,
    user: &UserId,
) -> Result<Option<Session>, DatabaseError> {
    // PostgreSQL's text cannot hold it, and no ticket of ours has it.
    if user.as_str().contains('\0') {
        return Ok(None);
    }
    let mut reader = database.reader().await?;
    let row = reader.fetch_optional(FIND, values![user, id.as_str()]).await?;
    row.map_or(Ok(None), |row| good(&row, user))
}

pub(super) const LIST: Statement = statement!(
    select_sessions!("s.\"user_id\" = $2 ORDER BY s.last_seen DESC, s.id DESC LIMIT $3"),
    [Id, Text, Integer]
);

pub(super) async fn list<D: Database>(
    database: &D,
    user: &UserId,
    limit: usize,
) -> Result<Vec<Session>, DatabaseError> {
    if user.as_str().contains('\0') {
        return Ok(Vec::new());
    }
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let mut reader = database.reader().await?;
    let rows = reader.fetch_all(LIST, values![user, user.as_str(), limit]).await?;
    rows.iter().filter_map(|row| good(row, user).transpose()).collect()
}

const DEVICES: Statement = statement!(
    r#"SELECT user_agent, client, created FROM wicketgate_sessions WHERE "user_id" = $1 ORDER BY last_seen DESC LIMIT $2"#,
    [Text, Integer]
);

pub(super) async fn devices<D: Database>(
    database: &D,
    user: &UserId,
    limit: usize,
) -> Result<Vec<SeenDevice>, DatabaseError> {
    if user.as_str().contains('\0') {
        return Ok(Vec::new());
    }
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let mut reader = database.reader().await?;
    let rows = reader.fetch_all(DEVICES, values![user.as_str(), limit]).await?;
    rows.iter().map(device).collect()
}

fn device(row: &impl Row) -> Result<SeenDevice, DatabaseError> {
    Ok(SeenDevice {
        user_agent: row.text("user_agent")?,
        client: row.text("client")?,
        began: instant(row, "created")?,
    })
}

const END_ONE: Statement = statement!(
    r#"UPDATE wicketgate_sessions SET ended = $3, ended_by = $4 WHERE id = $2 AND "user_id" = $1 AND ended IS NULL"#,
    [Text, Text, Integer, Text]
);
/// No session has an empty id.
const END_ALL_BUT: Statement = statement!(
    r#"UPDATE wicketgate_sessions SET ended = $3, ended_by = $4 WHERE "user_id" = $1 AND ended IS NULL AND id <> $2"#,
    [Text, Text, Integer, Text]
);
const END_OF_CREDENTIAL: Statement = statement!(
    r#"UPDATE wicketgate_sessions SET ended = $3, ended_by = $4 WHERE "user_id" = $1 AND ended IS NULL AND credential = $2"#,
    [Text, Text, Integer, Text]
);

/// In a transaction, because of the event.
pub(super) async fn end<D: Database>(
    database: &D,
    user: &UserId,
    which: EndSessions<'_>,
    event: StepEvent<'_>,
) -> Result<u64, DatabaseError> {
    if user.as_str().contains('\0') {
        return Ok(0);
    }
    let mut transaction = database.begin().await?;
    let ended = end_in(&mut transaction, user, which, event.event()).await?;
    if ended > 0 {
        event
            .write_as(&mut transaction, |event| Some(event.ending_sessions(ended)))
            .await?;
        transaction.commit().await?;
    }
    Ok(ended)
}

/// The same in a transaction that does more.
pub(super) async fn end_in(
    transaction: &mut impl Transaction,
    user: &UserId,
    which: EndSessions<'_>,
    why: &Event,
) -> Result<u64, DatabaseError> {
    let (statement, which) = match which {
        EndSessions::One(id) => (END_ONE, id.as_str()),
        EndSessions::OfCredential(credential) => (END_OF_CREDENTIAL, credential),
        EndSessions::AllBut(kept) => (END_ALL_BUT, kept.map_or("", SessionId::as_str)),
    };
    let values = values![user.as_str(), which, microseconds(why.at), why.kind.name()];
    transaction.execute(statement, values).await
}

const MARK_SEEN: Statement = statement!(
    "UPDATE wicketgate_sessions SET last_seen = $2 WHERE id = $1 AND last_seen < $2",
    [Text, Integer]
);

pub(super) async fn mark_seen<D: Database>(
    database: &D,
    id: &SessionId,
    at: OffsetDateTime,
) -> Result<(), DatabaseError> {
    let mut writer = database.writer().await?;
    let values = values![id.as_str(), microseconds(at)];
    writer.execute(MARK_SEEN, values).await.map(drop)
}

const MARK_AUTHENTICATED: Statement = statement!(
    r#"UPDATE wicketgate_sessions SET authenticated = $3, methods = $4 WHERE id = $2 AND "user_id" = $1 AND ended IS NULL"#,
    [Text, Text, Integer, Text]
);

pub(super) async fn mark_authenticated<D: Database>(
    database: &D,
    id: &SessionId,
    user: &UserId,
    methods: &[SignInMethod],
    at: OffsetDateTime,
) -> Result<bool, DatabaseError> {
    let methods = SignInMethod::to_stored(methods);
    let values = values![user.as_str(), id.as_str(), microseconds(at), methods.as_str()];
    let mut writer = database.writer().await?;
    Ok(writer.execute(MARK_AUTHENTICATED, values).await? > 0)
}

const FIND_UNSEEN: Statement = statement!(
    "SELECT id FROM wicketgate_sessions WHERE last_seen < $1 ORDER BY last_seen LIMIT $2",
    [Integer, Integer]
);
/// Unless it was seen meanwhile.
const DELETE_UNSEEN: Statement = statement!(
    "DELETE FROM wicketgate_sessions WHERE id = $1 AND last_seen < $2",
    [Text, Integer]
);

/// In the order of the key, so that no two instances wait for each other in a circle.
pub(super) async fn remove_unseen<D: Database>(
    database: &D,
    before: OffsetDateTime,
    limit: usize,
) -> Result<u64, DatabaseError> {
    let before = microseconds(before);
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let unseen = {
        let mut reader = database.reader().await?;
        let rows = reader.fetch_all(FIND_UNSEEN, values![before, limit]).await?;
        let ids = rows.iter().map(|row| Ok(row.text("id")?.unwrap_or_default()));
        let mut ids = ids.collect::<Result<Vec<_>, DatabaseError>>()?;
        ids.sort_unstable();
        ids
    };
    if unseen.is_empty() {
        return Ok(0);
    }
    let mut transaction = database.begin().await?;
    let mut removed = 0;
    for id in unseen {
        removed += transaction.execute(DELETE_UNSEEN, values![id.as_str(), before]).await?;
    }
    transaction.commit().await?;
    Ok(removed)
}

/// The session in a row, if it is this user's, and the account has its stamp.
fn good(row: &impl Row, user: &UserId) -> Result<Option<Session>, DatabaseError> {
    let session = session(row)?;
    let stamp = row.text("SecurityStamp")?.map(SecurityStamp::from_stored);
    let is_good = session.user == *user && session.security_stamp == stamp;
    Ok(is_good.then_some(session))
}

fn session(row: &impl Row) -> Result<Session, DatabaseError> {
    let kind = row.text("kind")?.unwrap_or_default();
    Ok(Session {
        id: SessionId::from_text(&row.text("id")?.unwrap_or_default()).ok_or_else(|| unreadable("id"))?,
        user: UserId::from_stored(row.text("user_id")?.unwrap_or_default()),
        kind: SessionKind::from_name(&kind).ok_or_else(|| unreadable("kind"))?,
        created: instant(row, "created")?,
        last_seen: instant(row, "last_seen")?,
        authenticated: instant(row, "authenticated")?,
        methods: SignInMethod::from_stored(&row.text("methods")?.unwrap_or_default()),
        credential: row.text("credential")?,
        client: row.text("client")?,
        user_agent: row.text("user_agent")?,
        security_stamp: row.text("security_stamp")?.map(SecurityStamp::from_stored),
    })
}

fn instant(row: &impl Row, column: &'static str) -> Result<OffsetDateTime, DatabaseError> {
    let microseconds = row.integer(column)?.unwrap_or_default();
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(microseconds) * 1_000).map_err(|_| unreadable(column))
}

fn unreadable(column: &str) -> DatabaseError {
    DatabaseError::Failed(format!("wicketgate_sessions.{column} cannot be read").into())
}

/// All that run for requests, for tests that look at each.
#[cfg(test)]
pub(crate) fn statements() -> Vec<Statement> {
    use super::add::{DELETE, FIND_ALL, INSERT};
    use super::after_change::{DELETE_ALL, MOVE_ALL, MOVE_ONE};
    use super::refresh::{FIND_STATE, RETURN, ROTATE};
    vec![
        INSERT,
        FIND_ALL,
        DELETE,
        FIND,
        LIST,
        END_ONE,
        END_ALL_BUT,
        END_OF_CREDENTIAL,
        MARK_SEEN,
        MARK_AUTHENTICATED,
        DEVICES,
        FIND_UNSEEN,
        DELETE_UNSEEN,
        DELETE_ALL,
        MOVE_ALL,
        MOVE_ONE,
        ROTATE,
        RETURN,
        FIND_STATE,
    ]
}
