//! Looking at a database that belongs to somebody else.

use time::OffsetDateTime;
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::password::{StoredForm, UnreadableHash};
use wicketgate_identity::{PasswordHash, UserId};

use crate::database::{Connection, Database, Row};
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::dialect::Dialect;
use crate::inspection::{AccountCounts, Inspection};
use crate::normalized_names;
use crate::odd_values::{self, OddValues, Oddity};
use crate::pooler;
use crate::schema::found::Schema;
use crate::schema::own::scripts::SCRIPTS;
use crate::schema::state::SchemaState;
use crate::statement::{Statement, statement, values};

/// What the database holds. While others write, the numbers may be of slightly different moments.
pub(crate) async fn inspect<D: Database>(
    database: &D,
    url: &DatabaseUrl,
    options: &StoreOptions,
    now: OffsetDateTime,
) -> Result<Inspection, DatabaseError> {
    let mut reader = database.reader().await?;
    let signs = pooler::look(database, url, &mut reader).await?;
    reader.expect_long_statements().await?;
    let found = Schema::find(&mut reader, options).await?;
    let mut inspection = Inspection {
        schema: found.state(SCRIPTS),
        unfillable_columns: Vec::new(),
        unfillable_columns_of_others: Vec::new(),
        pooler: signs,
        shape: None,
        odd_values: Vec::new(),
        accounts: None,
    };
    if let SchemaState::Complete(_) = inspection.schema {
        inspection.unfillable_columns = found.unfillable_columns();
        inspection.unfillable_columns_of_others = found.unfillable_columns_of_others();
        inspection.shape = Some(found.described());
        let keys = found.layout.keys();
        inspection.odd_values = odd_values::find(&mut reader, keys, None).await?.odd_values;
        // Pages of accounts are in the order of ids.
        let has_order = |odd: &OddValues| odd.oddity != Oddity::BytesInKey;
        if inspection.odd_values.iter().all(has_order) {
            inspection.accounts = Some(count(&mut reader, now).await?);
        }
    }
    Ok(inspection)
}

pub(crate) const COUNT: Statement = statement!(
    r#"
    SELECT COUNT(*) AS "Total",
        COUNT(CASE WHEN "EmailConfirmed" = $1 THEN 1 END) AS "Confirmed",
        COUNT(CASE WHEN "TwoFactorEnabled" = $1 THEN 1 END) AS "TwoFactor",
        COUNT(CASE WHEN "SecurityStamp" IS NULL THEN 1 END) AS "WithoutSecurityStamp",
        (SELECT COUNT(*) FROM "AspNetUserLogins") AS "ExternalLogins"
    FROM "AspNetUsers""#,
    [Boolean]
);

/// What the values begin with, or have in them, that are only written here.
pub(crate) const COUNT_OWN_TOKENS: Statement = statement!(
    r#"
    SELECT COUNT(CASE WHEN "Name" = 'AuthenticatorKey' AND "Value" LIKE 'wicketgate.%' THEN 1 END) AS "EncryptedKeys",
        COUNT(CASE WHEN "Name" = 'RecoveryCodes' AND "Value" LIKE '%sha256.%' THEN 1 END) AS "HashedCodes"
    FROM "AspNetUserTokens" WHERE "LoginProvider" = '[AspNetUserStore]'"#
);

pub(crate) const COUNT_ROLES: Statement = statement!(r#"SELECT COUNT(*) AS "Roles" FROM "AspNetRoles""#);

async fn count<C: Connection>(connection: &mut C, now: OffsetDateTime) -> Result<AccountCounts, DatabaseError> {
    let Some(row) = connection.fetch_optional(COUNT, values![true]).await? else {
        return Ok(AccountCounts::default());
    };
    let roles = match connection.layout().has_roles() {
        true => connection.fetch_optional(COUNT_ROLES, &[]).await?,
        false => None,
    };
    let roles = roles.map(|row| row.integer("Roles")).transpose()?.flatten();
    let roles = roles.unwrap_or_default().unsigned_abs();
    let tokens = connection.fetch_optional(COUNT_OWN_TOKENS, &[]).await?;
    let tokens = |column| {
        let count = tokens.as_ref().map(|row| row.integer(column)).transpose()?.flatten();
        Ok::<_, DatabaseError>(count.unwrap_or_default().unsigned_abs())
    };
    let number = |column| Ok::<_, DatabaseError>(row.integer(column)?.unwrap_or_default().unsigned_abs());
    Ok(AccountCounts {
        total: number("Total")?,
        by_hash: count_by_hash(connection).await?,
        confirmed: number("Confirmed")?,
        locked: connection.count_locked(now).await?,
        two_factor: number("TwoFactor")?,
        without_security_stamp: number("WithoutSecurityStamp")?,
        not_normalized: normalized_names::count(connection).await?,
        encrypted_authenticator_keys: tokens("EncryptedKeys")?,
        hashed_recovery_codes: tokens("HashedCodes")?,
        external_logins: number("ExternalLogins")?,
        roles,
    })
}

/// The most frequent first.
async fn count_by_hash<C: Connection>(connection: &mut C) -> Result<Vec<(Stored, u64)>, DatabaseError> {
    // A page at a time: a large database has more hashes than should be in memory at once.
    const PAGE: i32 = 1000;
    let mut counts: Vec<(Stored, u64)> = Vec::new();
    let mut last = None;
    loop {
        let rows = match &last {
            None => connection.fetch_all(C::Dialect::FIRST_HASHES, values![PAGE]).await?,
            Some(last) => connection.fetch_all(C::Dialect::HASHES, values![last, PAGE]).await?,
        };
        for row in &rows {
            last = row.id("Id")?.map(UserId::from_stored);
            let hash = row.text("PasswordHash")?;
            let stored = hash.map(|hash| StoredForm::of(&PasswordHash::from_stored(hash)));
            match counts.iter_mut().find(|(known, _)| *known == stored) {
                Some((_, count)) => *count += 1,
                None => counts.push((stored, 1)),
            }
        }
        if rows.is_empty() {
            counts.sort_by_key(|(stored, count)| (std::cmp::Reverse(*count), stored.map(described)));
            return Ok(counts);
        }
    }
}

/// What a stored hash was made with, `None` where there is no password.
type Stored = Option<Result<StoredForm, UnreadableHash>>;

fn described(stored: Result<StoredForm, UnreadableHash>) -> String {
    stored.map_or_else(|unreadable| unreadable.to_string(), |form| form.to_string())
}
