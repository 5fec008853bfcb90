//! The statements on `wicketgate_mails`, and what its rows hold.
//!
//! Instants are microseconds since 1970. While somebody has a mail under a lease, `due` is the lease's end, so that one
//! column and its index say what may be sent.

use time::OffsetDateTime;
use uuid::Uuid;
use wicketgate_identity::event::microseconds;
use wicketgate_identity::mail::{LeasedMail, MailCounts, ProtectedMail, QueuedMail, WaitingMail};

use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::statement::{Statement, statement, values};

/// What is read of a mail that waits.
macro_rules! mail_columns {
    () => {
        "id, created, due, attempts, recipient, domain"
    };
}
pub(crate) use mail_columns;

const INSERT: Statement = statement!(
    "INSERT INTO wicketgate_mails (id, created, due, attempts, recipient, domain, key_id, payload)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    [Text, Integer, Integer, Integer, Text, Text, Text, Text]
);

pub(crate) async fn insert(connection: &mut impl Connection, mail: &QueuedMail) -> Result<(), DatabaseError> {
    let QueuedMail { waiting, protected } = mail;
    let (id, key_id) = (waiting.id.to_string(), protected.key_id.to_string());
    let values = values![
        id.as_str(),
        microseconds(waiting.created),
        microseconds(waiting.due),
        i64::from(waiting.attempts),
        waiting.recipient.as_str(),
        waiting.domain.as_str(),
        key_id.as_str(),
        protected.payload.as_str(),
    ];
    connection.execute(INSERT, values).await.map(drop)
}

pub(super) async fn add<D: Database>(database: &D, mail: &QueuedMail) -> Result<(), DatabaseError> {
    insert(&mut database.writer().await?, mail).await
}

const COUNT_FOR: Statement = statement!(
    r#"SELECT COUNT(*) AS "Count" FROM wicketgate_mails WHERE recipient = $1"#,
    [Text]
);

pub(super) async fn count_for<D: Database>(database: &D, recipient: &str) -> Result<u64, DatabaseError> {
    let mut reader = database.reader().await?;
    count(reader.fetch_optional(COUNT_FOR, values![recipient]).await?)
}

pub(super) async fn due<D: Database>(
    database: &D,
    now: OffsetDateTime,
    after: Option<&WaitingMail>,
    limit: usize,
) -> Result<Vec<WaitingMail>, DatabaseError> {
    let (due, id) = after.map_or((i64::MIN, String::new()), |mail| {
        (microseconds(mail.due), mail.id.to_string())
    });
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let values = values![microseconds(now), due, id.as_str(), limit];
    let rows = database
        .reader()
        .await?
        .fetch_all(D::Dialect::DUE_MAILS, values)
        .await?;
    rows.iter().map(waiting).collect()
}

const LEASE: Statement = statement!(
    "UPDATE wicketgate_mails SET lease = $1, due = $2 WHERE id = $3 AND due = $4",
    [Text, Integer, Text, Integer]
);
const FIND: Statement = statement!("SELECT id, key_id, payload FROM wicketgate_mails WHERE id = $1", [Text]);

/// A mail that another instance leased meanwhile is due at another time by now, and is left to it.
pub(super) async fn lease<D: Database>(
    database: &D,
    seen: &[WaitingMail],
    lease: Uuid,
    until: OffsetDateTime,
) -> Result<Vec<LeasedMail>, DatabaseError> {
    let lease = lease.to_string();
    // In one order, so that no two wait for each other.
    let mut seen: Vec<_> = seen.iter().collect();
    seen.sort_unstable_by_key(|mail| mail.id);
    let mut transaction = database.begin().await?;
    let mut leased = Vec::new();
    for mail in seen {
        let id = mail.id.to_string();
        let values = values![lease.as_str(), microseconds(until), id.as_str(), microseconds(mail.due)];
        if transaction.execute(LEASE, values).await? > 0
            && let Some(row) = transaction.fetch_optional(FIND, values![id.as_str()]).await?
        {
            leased.push(protected_mail(&row)?);
        }
    }
    transaction.commit().await?;
    Ok(leased)
}

const DELETE: Statement = statement!("DELETE FROM wicketgate_mails WHERE id = $1", [Text]);

pub(super) async fn remove<D: Database>(database: &D, ids: &[Uuid]) -> Result<(), DatabaseError> {
    if let [id] = ids {
        let id = id.to_string();
        let mut writer = database.writer().await?;
        return writer.execute(DELETE, values![id.as_str()]).await.map(drop);
    }
    // In one order, so that no two wait for each other.
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    let mut transaction = database.begin().await?;
    for id in ids {
        transaction.execute(DELETE, values![id.to_string().as_str()]).await?;
    }
    transaction.commit().await
}

const TRY_LATER: Statement = statement!(
    "UPDATE wicketgate_mails SET lease = $1, due = $2, attempts = $3 WHERE id = $4 AND lease = $5",
    [NullableText, Integer, Integer, Text, Text]
);

pub(super) async fn try_later<D: Database>(
    database: &D,
    id: Uuid,
    lease: Uuid,
    attempts: u32,
    due: OffsetDateTime,
) -> Result<(), DatabaseError> {
    let (id, lease) = (id.to_string(), lease.to_string());
    let values = values![
        NOBODY,
        microseconds(due),
        i64::from(attempts),
        id.as_str(),
        lease.as_str()
    ];
    let mut writer = database.writer().await?;
    writer.execute(TRY_LATER, values).await.map(drop)
}

/// Runs when an instance stops. What is under a lease is due later.
const RELEASE: Statement = statement!(
    "UPDATE wicketgate_mails SET lease = $1, due = $2 WHERE due > $2 AND lease = $3",
    [NullableText, Integer, Text]
);

pub(super) async fn release<D: Database>(database: &D, lease: Uuid, now: OffsetDateTime) -> Result<(), DatabaseError> {
    let lease = lease.to_string();
    let values = values![NOBODY, microseconds(now), lease.as_str()];
    let mut writer = database.writer().await?;
    writer.execute(RELEASE, values).await.map(drop)
}

/// Ids begin with the time, so the oldest is among the first. As many as [`MailCounts::MOST`].
const COUNTS: Statement = statement!(
    r#"SELECT COUNT(*) AS "Count", MIN(page.created) AS "Oldest" FROM (
        SELECT created FROM wicketgate_mails WHERE id > $1 AND domain <> $2 ORDER BY id LIMIT 10000
    ) AS page"#,
    [Text, Text]
);

pub(super) async fn counts<D: Database>(database: &D) -> Result<MailCounts, DatabaseError> {
    let mut reader = database.reader().await?;
    let Some(row) = reader.fetch_optional(COUNTS, values!["", ""]).await? else {
        return Ok(MailCounts::default());
    };
    Ok(MailCounts {
        waiting: row.integer("Count")?.unwrap_or_default().unsigned_abs(),
        oldest: row.integer("Oldest")?.map(instant).transpose()?,
    })
}

const COUNT_PROTECTED_WITH: Statement = statement!(
    r#"SELECT COUNT(*) AS "Count" FROM wicketgate_mails WHERE key_id = $1"#,
    [Text]
);

pub(super) async fn count_protected_with<D: Database>(database: &D, key_id: Uuid) -> Result<u64, DatabaseError> {
    let key_id = key_id.to_string();
    let mut reader = database.reader().await?;
    count(
        reader
            .fetch_optional(COUNT_PROTECTED_WITH, values![key_id.as_str()])
            .await?,
    )
}

pub(super) async fn protected<D: Database>(
    database: &D,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<LeasedMail>, DatabaseError> {
    let after = after.map_or_else(String::new, |id| id.to_string());
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let mut reader = database.reader().await?;
    let values = values![after.as_str(), limit];
    let rows = reader.fetch_all(D::Dialect::PROTECTED_MAILS, values).await?;
    rows.iter().map(protected_mail).collect()
}

const PROTECT_ANEW: Statement = statement!(
    "UPDATE wicketgate_mails SET key_id = $1, payload = $2 WHERE id = $3 AND key_id = $4",
    [Text, Text, Text, Text]
);

pub(super) async fn protect_anew<D: Database>(
    database: &D,
    id: Uuid,
    old: Uuid,
    new: &ProtectedMail,
) -> Result<bool, DatabaseError> {
    let (id, old, key_id) = (id.to_string(), old.to_string(), new.key_id.to_string());
    let values = values![key_id.as_str(), new.payload.as_str(), id.as_str(), old.as_str()];
    let mut writer = database.writer().await?;
    Ok(writer.execute(PROTECT_ANEW, values).await? > 0)
}

/// Whose lease it is when it is nobody's.
const NOBODY: Option<&str> = None;

fn waiting(row: &impl Row) -> Result<WaitingMail, DatabaseError> {
    let attempts = row.integer("attempts")?.unwrap_or_default();
    Ok(WaitingMail {
        id: id(row, "id")?,
        created: instant(row.integer("created")?.unwrap_or_default())?,
        due: instant(row.integer("due")?.unwrap_or_default())?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        recipient: row.text("recipient")?.unwrap_or_default(),
        domain: row.text("domain")?.unwrap_or_default(),
    })
}

fn protected_mail(row: &impl Row) -> Result<LeasedMail, DatabaseError> {
    Ok(LeasedMail {
        id: id(row, "id")?,
        protected: ProtectedMail {
            key_id: id(row, "key_id")?,
            payload: row.text("payload")?.unwrap_or_default(),
        },
    })
}

fn id(row: &impl Row, column: &'static str) -> Result<Uuid, DatabaseError> {
    let text = row.text(column)?.unwrap_or_default();
    text.parse()
        .map_err(|_| DatabaseError::Failed(format!("wicketgate_mails.{column} holds no UUID").into()))
}

fn count(row: Option<impl Row>) -> Result<u64, DatabaseError> {
    let count = row.map(|row| row.integer("Count")).transpose()?.flatten();
    Ok(count.unwrap_or_default().unsigned_abs())
}

fn instant(microseconds: i64) -> Result<OffsetDateTime, DatabaseError> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(microseconds) * 1_000)
        .map_err(|_| DatabaseError::Failed("wicketgate_mails holds no instant".into()))
}

/// Those that run for requests and for each mail, which an index has to find rows for.
#[cfg(test)]
pub(crate) fn statements() -> Vec<Statement> {
    vec![
        INSERT,
        COUNT_FOR,
        LEASE,
        FIND,
        DELETE,
        TRY_LATER,
        RELEASE,
        COUNTS,
        PROTECT_ANEW,
    ]
}

/// Those that may read all rows, of which there are few.
#[cfg(test)]
pub(crate) fn rare_statements() -> Vec<Statement> {
    vec![COUNT_PROTECTED_WITH]
}
