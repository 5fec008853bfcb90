//! Creating accounts.

use std::borrow::Cow;

use uuid::Builder;
use wicketgate_identity::account::{ConcurrencyStamp, EmailUniqueness, NormalizedName, SecurityStamp};
use wicketgate_identity::mail::QueuedMail;
use wicketgate_identity::store::{CreateOutcome, NewAccountMail};
use wicketgate_identity::{PasswordHash, StoreError, User, UserId};
use wicketgate_protection::Random;

use super::users::{Taken, find_taken, is_email_of_another, is_name_of_another};
use crate::database::{Database, Lock, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::events::StepEvent;
use crate::mails;
use crate::statement::{Statement, Value, statement, values};

pub(super) const INSERT: Statement = statement!(
    r#"
    INSERT INTO "AspNetUsers" ("Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed",
        "PasswordHash", "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
        "LockoutEnd", "LockoutEnabled", "AccessFailedCount")
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"#,
    [
        Id,
        NullableText,
        NullableText,
        NullableText,
        NullableText,
        Boolean,
        NullableText,
        NullableText,
        NullableText,
        NullableText,
        Boolean,
        Boolean,
        NullableInstant,
        Boolean,
        Integer
    ]
);

/// The same where the database makes the id.
pub(super) const INSERT_NUMBERED: Statement = statement!(
    r#"
    INSERT INTO "AspNetUsers" ("UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed",
        "PasswordHash", "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
        "LockoutEnd", "LockoutEnabled", "AccessFailedCount")
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"#,
    [
        NullableText,
        NullableText,
        NullableText,
        NullableText,
        Boolean,
        NullableText,
        NullableText,
        NullableText,
        NullableText,
        Boolean,
        Boolean,
        NullableInstant,
        Boolean,
        Integer
    ]
);
/// By the one column with a unique index that is known before: what it is in each database would be another word for the last id.
pub(super) const FIND_ID: Statement = statement!(
    r#"SELECT "Id" FROM "AspNetUsers" WHERE "NormalizedUserName" = $1"#,
    [Text]
);
pub(super) const FORGET_NAME: Statement = statement!(
    r#"UPDATE "AspNetUsers" SET "NormalizedUserName" = NULL WHERE "NormalizedUserName" = $1"#,
    [Text]
);

/// The mail to the new account.
pub(super) enum Mail<'a> {
    /// None, or one that was made for the id that the account has here, too.
    Made(Option<QueuedMail>),
    /// One that is made for the id which the database makes.
    ForId(Option<&'a dyn NewAccountMail>),
}

/// What is created, and what is written with it.
pub(super) struct Creation<'a> {
    pub(super) user: &'a User,
    pub(super) email: EmailUniqueness,
    pub(super) mail: Mail<'a>,
    pub(super) event: StepEvent<'a>,
    pub(super) random: &'a dyn Random,
}

impl Creation<'_> {
    /// `None` where the database makes it.
    fn id(&self) -> Option<&UserId> {
        match self.mail {
            Mail::Made(_) => Some(&self.user.id),
            Mail::ForId(_) => None,
        }
    }
}

/// A name that another transaction writes meanwhile is a duplicate for the index, and seen by the next attempt.
pub(super) async fn create<D: Database>(database: &D, creation: &Creation<'_>) -> Result<CreateOutcome, DatabaseError> {
    let Creation { user, email, .. } = creation;
    let mut transaction = database.begin().await?;
    let unique_address = match email {
        EmailUniqueness::Required => user.normalized_email.as_ref(),
        EmailUniqueness::NotRequired => None,
    };
    if let Some(address) = unique_address {
        transaction.lock(Lock::Address(address.as_str())).await?;
    }
    if let Some(name) = &user.normalized_user_name
        && is_name_of_another(&mut transaction, name, creation.id()).await?
    {
        return Ok(CreateOutcome::DuplicateUserName);
    }
    if let Some(address) = unique_address
        && is_email_of_another(&mut transaction, address, creation.id()).await?
    {
        return Ok(CreateOutcome::DuplicateEmail);
    }
    match write(transaction, creation).await {
        Ok(id) => Ok(CreateOutcome::Created(id)),
        Err(DatabaseError::Duplicate(reason)) => {
            let (name, email) = (user.normalized_user_name.as_ref(), user.normalized_email.as_ref());
            match find_taken(database, creation.id(), name, email).await? {
                Some(Taken::UserName) => Ok(CreateOutcome::DuplicateUserName),
                Some(Taken::Email) => Ok(CreateOutcome::DuplicateEmail),
                None => Err(DatabaseError::Duplicate(reason)),
            }
        }
        Err(error) => Err(error),
    }
}

async fn write(mut transaction: impl Transaction, creation: &Creation<'_>) -> Result<UserId, DatabaseError> {
    let id = match creation.id() {
        Some(id) => {
            let mut values = vec![Value::from(id)];
            values.extend(columns(creation.user, name_of(creation.user)));
            transaction.execute(INSERT, &values).await?;
            id.clone()
        }
        None => insert_numbered(&mut transaction, creation.user, creation.random).await?,
    };
    let mail = match &creation.mail {
        Mail::Made(mail) => mail.as_ref().map(Cow::Borrowed),
        Mail::ForId(None) => None,
        Mail::ForId(Some(mail)) => {
            let user = User {
                id: id.clone(),
                ..creation.user.clone()
            };
            Some(Cow::Owned(mail.queued(&user).await.map_err(into_database_error)?))
        }
    };
    if let Some(mail) = mail {
        mails::insert(&mut transaction, &mail).await?;
    }
    let about_it = |mut event: wicketgate_identity::Event| {
        event.user = Some(id.clone());
        Some(event)
    };
    creation.event.write_as(&mut transaction, about_it).await?;
    transaction.commit().await?;
    Ok(id)
}

/// An account without a name has one until its id is known.
async fn insert_numbered(
    transaction: &mut impl Transaction,
    user: &User,
    random: &dyn Random,
) -> Result<UserId, DatabaseError> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    let provisional = Builder::from_random_bytes(bytes).into_uuid().to_string();
    let name = name_of(user).unwrap_or(&provisional);
    transaction.execute(INSERT_NUMBERED, &columns(user, Some(name))).await?;
    let row = transaction.fetch_optional(FIND_ID, values![name]).await?;
    let id = row.map(|row| row.id("Id")).transpose()?.flatten();
    let id = id.ok_or_else(|| DatabaseError::Failed("the new account has no id".into()))?;
    if user.normalized_user_name.is_none() {
        transaction.execute(FORGET_NAME, values![name]).await?;
    }
    Ok(UserId::from_stored(id))
}

fn name_of(user: &User) -> Option<&str> {
    user.normalized_user_name.as_ref().map(NormalizedName::as_str)
}

/// All columns but the id.
fn columns<'a>(user: &'a User, name: Option<&'a str>) -> [Value<'a>; 14] {
    [
        user.user_name.as_deref().into(),
        name.into(),
        user.email.as_deref().into(),
        user.normalized_email.as_ref().map(NormalizedName::as_str).into(),
        user.email_confirmed.into(),
        user.password_hash.as_ref().map(PasswordHash::as_str).into(),
        user.security_stamp.as_ref().map(SecurityStamp::as_str).into(),
        user.concurrency_stamp.as_ref().map(ConcurrencyStamp::as_str).into(),
        user.phone_number.as_deref().into(),
        user.phone_number_confirmed.into(),
        user.two_factor_enabled.into(),
        user.lockout_end.into(),
        user.lockout_enabled.into(),
        user.access_failed_count.into(),
    ]
}

/// As the store hands it on in the end.
fn into_database_error(error: StoreError) -> DatabaseError {
    match error {
        StoreError::Unavailable(source) => DatabaseError::Unavailable(source),
        StoreError::Failed(source) => DatabaseError::Failed(source),
    }
}
