//! The refresh tokens of a session. One conditional statement decides who of many makes the next one; whoever was late reads what
//! there is now, and is answered by that.

use time::OffsetDateTime;
use wicketgate_identity::UserId;
use wicketgate_identity::event::microseconds;
use wicketgate_identity::session::{RefreshState, RefreshStep, Rotation, SessionId};
use wicketgate_identity::store::{EndSessions, Presented};

use super::rows::end;
use crate::database::{Connection, Database, Row};
use crate::database_error::DatabaseError;
use crate::events::StepEvent;
use crate::statement::{Statement, statement, values};

/// How often somebody is late at most.
const TRIES: usize = 5;

pub(super) const ROTATE: Statement = statement!(
    r#"UPDATE wicketgate_sessions
    SET refresh_leaf = $3, refresh_parent = $4, refresh_rotated = $5, refresh_returned = 0
    WHERE id = $1 AND "user_id" = $2 AND ended IS NULL AND refresh_leaf <= $4"#,
    [Text, Text, Integer, Integer, Integer]
);
pub(super) const RETURN: Statement = statement!(
    r#"UPDATE wicketgate_sessions SET refresh_leaf = $3, refresh_rotated = $5, refresh_returned = 1
    WHERE id = $1 AND "user_id" = $2 AND ended IS NULL AND refresh_leaf = $6 AND refresh_parent = $4
        AND refresh_returned = 0"#,
    [Text, Text, Integer, Integer, Integer, Integer]
);
pub(super) const FIND_STATE: Statement = statement!(
    r#"SELECT refresh_leaf, refresh_parent, refresh_rotated, refresh_returned FROM wicketgate_sessions
    WHERE id = $1 AND "user_id" = $2 AND ended IS NULL"#,
    [Text, Text]
);

pub(super) async fn rotate<D: Database>(
    database: &D,
    id: &SessionId,
    user: &UserId,
    presented: Presented,
    event: StepEvent<'_>,
) -> Result<Rotation, DatabaseError> {
    let Presented { number, grace } = presented;
    let now = event.event().at;
    let (row, at) = ((id.as_str(), user.as_str()), microseconds(now));
    for _ in 0..TRIES {
        // Back in its place before another connection is asked for.
        let step = {
            let mut writer = database.writer().await?;
            let next = number.saturating_add(1);
            if writer.execute(ROTATE, values![row.0, row.1, next, number, at]).await? > 0 {
                return Ok(Rotation::Successor(next));
            }
            let Some(found) = writer.fetch_optional(FIND_STATE, values![row.0, row.1]).await? else {
                return Ok(Rotation::Ended);
            };
            let state = state(&found)?;
            let step = state.step(number, now, grace);
            if step == RefreshStep::Again {
                return Ok(Rotation::Successor(state.leaf));
            }
            let next = state.leaf.saturating_add(1);
            let values = values![row.0, row.1, next, number, at, state.leaf];
            if step == RefreshStep::Return && writer.execute(RETURN, values).await? > 0 {
                return Ok(Rotation::Successor(next));
            }
            step
        };
        if step == RefreshStep::Reuse {
            let ended = end(database, user, EndSessions::One(id), event).await?;
            return Ok(if ended > 0 { Rotation::Reused } else { Rotation::Ended });
        }
    }
    Err(DatabaseError::Conflict(
        "others refresh the same session all the time".into(),
    ))
}

fn state(row: &impl Row) -> Result<RefreshState, DatabaseError> {
    let number = |column| Ok::<_, DatabaseError>(row.integer(column)?.unwrap_or_default());
    let rotated = i128::from(number("refresh_rotated")?) * 1_000;
    Ok(RefreshState {
        leaf: number("refresh_leaf")?,
        parent: number("refresh_parent")?,
        rotated: OffsetDateTime::from_unix_timestamp_nanos(rotated).unwrap_or(OffsetDateTime::UNIX_EPOCH),
        has_returned: number("refresh_returned")? != 0,
    })
}
