//! Accounts as rows of `AspNetUsers`.

use wicketgate_identity::account::{ConcurrencyStamp, NormalizedName, SecurityStamp};
use wicketgate_identity::{PasswordHash, User, UserId};

use super::selections::select_users;
use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::deletions;
use crate::dialect::Dialect;
use crate::events::StepEvent;
use crate::statement::{Id, Statement, Value, statement, values};

pub(super) const FIND_BY_ID: Statement = statement!(select_users!(r#"WHERE "Id" = $1"#), [Id]);

pub(super) async fn find_by_id<D: Database>(database: &D, id: &UserId) -> Result<Option<User>, DatabaseError> {
    let mut found = find(database, FIND_BY_ID, Value::Id(Id::Text(id.as_str()))).await?;
    Ok(found.find(|user| user.id == *id))
}

pub(super) const FIND_BY_NORMALIZED_NAME: Statement =
    statement!(select_users!(r#"WHERE "NormalizedUserName" = $1"#), [Text]);

pub(super) async fn find_by_normalized_name<D: Database>(
    database: &D,
    name: &NormalizedName,
) -> Result<Option<User>, DatabaseError> {
    let mut found = find(database, FIND_BY_NORMALIZED_NAME, name.as_str().into()).await?;
    Ok(found.find(|user| user.normalized_user_name.as_ref() == Some(name)))
}

pub(super) const FIND_BY_NORMALIZED_EMAIL: Statement =
    statement!(select_users!(r#"WHERE "NormalizedEmail" = $1"#), [Text]);

/// Of several accounts with the address the first row is taken.
pub(super) async fn find_by_normalized_email<D: Database>(
    database: &D,
    email: &NormalizedName,
) -> Result<Option<User>, DatabaseError> {
    let mut found = find(database, FIND_BY_NORMALIZED_EMAIL, email.as_str().into()).await?;
    Ok(found.find(|user| user.normalized_email.as_ref() == Some(email)))
}

/// The accounts that the database takes for those with this key. A column's collation may find `ADA` for `ÁDA`, in whose
/// name a stranger then asks, so that callers compare again.
async fn find<D: Database>(
    database: &D,
    statement: Statement,
    key: Value<'_>,
) -> Result<impl Iterator<Item = User>, DatabaseError> {
    // PostgreSQL's text cannot hold it, and answers with an error where it is looked for.
    if let Value::Text(Some(text)) | Value::Id(Id::Text(text)) = key
        && text.contains('\0')
    {
        return Ok(Vec::new().into_iter());
    }
    let rows = database.reader().await?.fetch_all(statement, &[key]).await?;
    let users = rows.iter().map(user).collect::<Result<Vec<_>, _>>()?;
    Ok(users.into_iter())
}

/// No name sorts before the empty one; accounts without a name are not listed.
pub(super) async fn list<D: Database>(
    database: &D,
    after: Option<&NormalizedName>,
    limit: usize,
) -> Result<Vec<User>, DatabaseError> {
    let after = after.map_or("", NormalizedName::as_str);
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let rows = database
        .reader()
        .await?
        .fetch_all(D::Dialect::LIST, values![after, limit])
        .await?;
    rows.iter().map(user).collect()
}

/// What another account has already.
pub(super) enum Taken {
    UserName,
    Email,
}

/// Why a unique index refused an account. Addresses have none in EF Core's tables, but somebody else may have made one,
/// and then they are unique whether they must be or not.
pub(super) async fn find_taken<D: Database>(
    database: &D,
    id: Option<&UserId>,
    name: Option<&NormalizedName>,
    email: Option<&NormalizedName>,
) -> Result<Option<Taken>, DatabaseError> {
    let mut reader = database.reader().await?;
    if let Some(name) = name
        && is_name_of_another(&mut reader, name, id).await?
    {
        return Ok(Some(Taken::UserName));
    }
    if let Some(email) = email
        && is_email_of_another(&mut reader, email, id).await?
    {
        return Ok(Some(Taken::Email));
    }
    Ok(None)
}

/// What belongs to the account goes with it by the foreign keys' `ON DELETE CASCADE`.
pub(crate) const DELETE: Statement = statement!(r#"DELETE FROM "AspNetUsers" WHERE "Id" = $1"#, [Id]);

pub(super) async fn delete<D: Database>(
    database: &D,
    id: &UserId,
    has_deletions: bool,
    event: StepEvent<'_>,
) -> Result<bool, DatabaseError> {
    let values = values![id];
    if !has_deletions && !event.needs_transaction() {
        return Ok(database.writer().await?.execute(DELETE, values).await? > 0);
    }
    let mut transaction = database.begin().await?;
    if transaction.execute(DELETE, values).await? == 0 {
        return Ok(false);
    }
    if has_deletions {
        deletions::forget_in(&mut transaction, id).await?;
    }
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(true)
}

pub(super) const IS_NAME_TAKEN: Statement = statement!(
    r#"SELECT "Id" FROM "AspNetUsers" WHERE "NormalizedUserName" IN ($1)"#,
    [Text]
);
pub(super) const IS_NAME_OF_ANOTHER: Statement = statement!(
    r#"SELECT "Id" FROM "AspNetUsers" WHERE "NormalizedUserName" IN ($1) AND "Id" <> $2"#,
    [Text, Id]
);

/// Or a name that the index takes for the same. The index has the last word. Without an id, every account is another one.
pub(crate) async fn is_name_of_another(
    connection: &mut impl Connection,
    name: &NormalizedName,
    id: Option<&UserId>,
) -> Result<bool, DatabaseError> {
    let row = match id {
        Some(id) => {
            connection
                .fetch_optional(IS_NAME_OF_ANOTHER, values![name.as_str(), id])
                .await?
        }
        None => connection.fetch_optional(IS_NAME_TAKEN, values![name.as_str()]).await?,
    };
    Ok(row.is_some())
}

pub(super) const IS_EMAIL_TAKEN: Statement = statement!(
    r#"SELECT "Id" FROM "AspNetUsers" WHERE "NormalizedEmail" IN ($1)"#,
    [Text]
);
pub(super) const IS_EMAIL_OF_ANOTHER: Statement = statement!(
    r#"SELECT "Id" FROM "AspNetUsers" WHERE "NormalizedEmail" IN ($1) AND "Id" <> $2"#,
    [Text, Id]
);

/// Or an address that the database's collation considers equal, which people could mistake for it. Asked by the holder of the
/// address' [`Lock`](crate::database::Lock): no index of EF Core's keeps addresses unique.
pub(crate) async fn is_email_of_another(
    connection: &mut impl Connection,
    email: &NormalizedName,
    id: Option<&UserId>,
) -> Result<bool, DatabaseError> {
    let row = match id {
        Some(id) => {
            connection
                .fetch_optional(IS_EMAIL_OF_ANOTHER, values![email.as_str(), id])
                .await?
        }
        None => {
            connection
                .fetch_optional(IS_EMAIL_TAKEN, values![email.as_str()])
                .await?
        }
    };
    Ok(row.is_some())
}

/// Reads from a table, so that a connection to a server without the database's files is no good.
pub(super) async fn ping<D: Database>(database: &D) -> Result<(), DatabaseError> {
    database.reader().await?.fetch_optional(D::Dialect::PING, &[]).await?;
    Ok(())
}

fn user(row: &impl Row) -> Result<User, DatabaseError> {
    let failures = row.integer("AccessFailedCount")?.unwrap_or_default();
    Ok(User {
        id: UserId::from_stored(row.id("Id")?.unwrap_or_default()),
        user_name: row.text("UserName")?,
        normalized_user_name: row.text("NormalizedUserName")?.map(NormalizedName::from_stored),
        email: row.text("Email")?,
        normalized_email: row.text("NormalizedEmail")?.map(NormalizedName::from_stored),
        email_confirmed: row.boolean("EmailConfirmed")?,
        password_hash: row.text("PasswordHash")?.map(PasswordHash::from_stored),
        security_stamp: row.text("SecurityStamp")?.map(SecurityStamp::from_stored),
        concurrency_stamp: row.text("ConcurrencyStamp")?.map(ConcurrencyStamp::from_stored),
        phone_number: row.text("PhoneNumber")?,
        phone_number_confirmed: row.boolean("PhoneNumberConfirmed")?,
        two_factor_enabled: row.boolean("TwoFactorEnabled")?,
        lockout_end: row.instant("LockoutEnd")?,
        lockout_enabled: row.boolean("LockoutEnabled")?,
        access_failed_count: i32::try_from(failures).unwrap_or(i32::MAX),
    })
}
