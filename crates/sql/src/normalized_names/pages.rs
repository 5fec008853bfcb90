//! All accounts with their names, a page at a time.

use wicketgate_identity::UserId;
use wicketgate_identity::account::{ConcurrencyStamp, NormalizedName};
use wicketgate_identity::text::normalize;

use super::NotNormalized;
use crate::database::{Connection, Row};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::statement::{Statement, statement, values};

/// How many accounts are in memory at once.
const PAGE: i32 = 1000;

/// What is read of each account.
macro_rules! name_columns {
    () => {
        r#""Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "ConcurrencyStamp""#
    };
}
pub(crate) use name_columns;

/// Gives an account the normalized names `$3` and `$4` if it still has the names `$6` and `$7` and the stamp `$5`.
pub(crate) const UPDATE: Statement = statement!(
    r#"
    UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2, "NormalizedUserName" = $3, "NormalizedEmail" = $4
    WHERE "Id" = $1 AND ("ConcurrencyStamp" = $5 OR ("ConcurrencyStamp" IS NULL AND $5 IS NULL))
        AND ("UserName" = $6 OR ("UserName" IS NULL AND $6 IS NULL))
        AND ("Email" = $7 OR ("Email" IS NULL AND $7 IS NULL))"#,
    [
        Id,
        Text,
        NullableText,
        NullableText,
        NullableText,
        NullableText,
        NullableText
    ]
);

/// An account as far as its names are concerned.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) id: UserId,
    pub(super) concurrency_stamp: Option<ConcurrencyStamp>,
    pub(super) user_name: Name,
    pub(super) email: Name,
}

/// A name or an address, and what is kept as its normalized form.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) text: Option<String>,
    pub(super) normalized: Option<NormalizedName>,
}

impl Name {
    /// What is to be kept in place of what is; `None` where nothing is wrong. Who has no name is left alone.
    pub(super) fn right(&self) -> Option<NormalizedName> {
        let right = normalize(self.text.as_deref()?);
        (self.normalized.as_ref() != Some(&right)).then_some(right)
    }
}

/// The page after this account, in the order of ids; empty at the end.
pub(super) async fn page<C: Connection>(
    connection: &mut C,
    after: Option<&UserId>,
) -> Result<Vec<Names>, DatabaseError> {
    let rows = match after {
        None => connection.fetch_all(C::Dialect::FIRST_NAMES, values![PAGE]).await?,
        Some(after) => connection.fetch_all(C::Dialect::NAMES, values![after, PAGE]).await?,
    };
    rows.iter().map(names).collect()
}

fn names(row: &impl Row) -> Result<Names, DatabaseError> {
    let normalized = |column| Ok::<_, DatabaseError>(row.text(column)?.map(NormalizedName::from_stored));
    Ok(Names {
        id: UserId::from_stored(row.id("Id")?.unwrap_or_default()),
        concurrency_stamp: row.text("ConcurrencyStamp")?.map(ConcurrencyStamp::from_stored),
        user_name: Name {
            text: row.text("UserName")?,
            normalized: normalized("NormalizedUserName")?,
        },
        email: Name {
            text: row.text("Email")?,
            normalized: normalized("NormalizedEmail")?,
        },
    })
}

/// Counts what is not normalized.
pub(crate) async fn count<C: Connection>(connection: &mut C) -> Result<NotNormalized, DatabaseError> {
    let mut counts = NotNormalized::default();
    let mut last = None;
    loop {
        let accounts = page(connection, last.as_ref()).await?;
        let Some(end) = accounts.last() else { return Ok(counts) };
        for account in &accounts {
            counts.user_names += u64::from(account.user_name.right().is_some());
            counts.emails += u64::from(account.email.right().is_some());
        }
        last = Some(end.id.clone());
    }
}
