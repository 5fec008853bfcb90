//! The statements on `wicketgate_secrets`, and what its rows hold.
//!
//! A row is found by purpose and hash. `redeemed` is null until somebody redeems the secret: one conditional statement
//! writes it, and whoever's statement met the row has redeemed it. A stateless secret has a row only once it is redeemed,
//! and whoever's insertion made it was first. Instants are microseconds since 1970.

use time::OffsetDateTime;
use wicketgate_identity::event::microseconds;
use wicketgate_identity::secret::{IssuedSecret, Redemption, StatelessSecret};

use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::statement::{Statement, statement, values};

const ISSUE: Statement = statement!(
    "INSERT INTO wicketgate_secrets (purpose, hash, subject, expires) VALUES ($1, $2, $3, $4)",
    [Text, Text, Text, Integer]
);

pub(super) async fn issue<D: Database>(database: &D, secret: &IssuedSecret) -> Result<(), DatabaseError> {
    let IssuedSecret {
        purpose,
        hash,
        subject,
        expires,
    } = secret;
    let values = values![*purpose, hash.as_str(), subject.as_str(), microseconds(*expires)];
    database.writer().await?.execute(ISSUE, values).await.map(drop)
}

const REDEEM: Statement = statement!(
    "UPDATE wicketgate_secrets SET redeemed = $3
    WHERE purpose = $1 AND hash = $2 AND redeemed IS NULL AND expires > $3",
    [Text, Text, Integer]
);
const FIND_SUBJECT: Statement = statement!(
    "SELECT subject FROM wicketgate_secrets WHERE purpose = $1 AND hash = $2",
    [Text, Text]
);

pub(super) async fn redeem<D: Database>(
    database: &D,
    redemption: &Redemption,
) -> Result<Option<String>, DatabaseError> {
    if redemption.stateless().is_some() {
        return redeem_in(&mut database.writer().await?, redemption).await;
    }
    // Who is not told the subject must not have used up the secret.
    let mut transaction = database.begin().await?;
    let subject = redeem_in(&mut transaction, redemption).await?;
    if subject.is_some() {
        transaction.commit().await?;
    }
    Ok(subject)
}

/// The same among other statements. Whoever has redeemed the secret holds back all who want it, until the transaction
/// ends.
pub(crate) async fn redeem_in<C: Connection>(
    connection: &mut C,
    redemption: &Redemption,
) -> Result<Option<String>, DatabaseError> {
    let (purpose, hash, at) = (redemption.purpose(), redemption.hash(), microseconds(redemption.at()));
    if let Some(StatelessSecret { subject, expires }) = redemption.stateless() {
        let values = values![purpose, hash, subject.as_str(), microseconds(*expires), at];
        let is_first = connection.execute(C::Dialect::REDEEM_STATELESS, values).await? > 0;
        return Ok(is_first.then(|| subject.clone()));
    }
    if connection.execute(REDEEM, values![purpose, hash, at]).await? == 0 {
        return Ok(None);
    }
    let row = connection.fetch_optional(FIND_SUBJECT, values![purpose, hash]).await?;
    Ok(row.map(|row| row.text("subject")).transpose()?.flatten())
}

const DELETE: Statement = statement!(
    "DELETE FROM wicketgate_secrets WHERE purpose = $1 AND hash = $2 AND expires < $3",
    [Text, Text, Integer]
);

/// In the order of the key, so that no two instances wait for each other in a circle.
pub(super) async fn remove_expired<D: Database>(
    database: &D,
    before: OffsetDateTime,
    limit: usize,
) -> Result<u64, DatabaseError> {
    let before = microseconds(before);
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let expired = {
        let mut reader = database.reader().await?;
        let rows = reader
            .fetch_all(D::Dialect::EXPIRED_SECRETS, values![before, limit])
            .await?;
        let key = |row: &_| Ok((text(row, "purpose")?, text(row, "hash")?));
        let mut keys = rows.iter().map(key).collect::<Result<Vec<_>, DatabaseError>>()?;
        keys.sort_unstable();
        keys
    };
    if expired.is_empty() {
        return Ok(0);
    }
    let mut transaction = database.begin().await?;
    let mut removed = 0;
    for (purpose, hash) in expired {
        let values = values![purpose.as_str(), hash.as_str(), before];
        removed += transaction.execute(DELETE, values).await?;
    }
    transaction.commit().await?;
    Ok(removed)
}

fn text(row: &impl Row, column: &'static str) -> Result<String, DatabaseError> {
    Ok(row.text(column)?.unwrap_or_default())
}

/// For tests that look at each.
#[cfg(test)]
pub(crate) fn statements() -> Vec<Statement> {
    vec![ISSUE, REDEEM, FIND_SUBJECT, DELETE]
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use tempfile::TempDir;
    use time::Duration;
    use wicketgate_identity::options::StoreOptions;
    use wicketgate_identity::secret::{PasswordReset, Secret};
    use wicketgate_protection::SystemRandom;

    use super::*;
    use crate::backend::sqlite::SqliteDatabase;
    use crate::database::Purpose;
    use crate::schema::first_start::create_if_empty;
    use crate::schema::migrations::Wanted;

    #[tokio::test]
    async fn a_secret_whose_subject_cannot_be_read_is_not_used_up() {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}/app.db", folder.path().display());
        let database = SqliteDatabase::open(&url.as_str().into(), Purpose::Use).await.unwrap();
        let made = create_if_empty(&database, Wanted::new(&StoreOptions::DEFAULT), &SystemRandom).await;
        made.unwrap();
        let (secret, now) = (Secret::<PasswordReset>::from_text("x"), OffsetDateTime::UNIX_EPOCH);
        issue(&database, &secret.issued("ada", now + Duration::HOUR))
            .await
            .unwrap();
        let redemption = Redemption::of_issued(&secret, now);
        for (statement, subject) in [
            ("ALTER TABLE wicketgate_secrets RENAME COLUMN subject TO away", None),
            (
                "ALTER TABLE wicketgate_secrets RENAME COLUMN away TO subject",
                Some("ada"),
            ),
        ] {
            database.writer().await.unwrap().define(statement).await.unwrap();
            let redeemed = redeem(&database, &redemption).await.ok().flatten();
            assert_eq!(redeemed.as_deref(), subject);
        }
    }
}
