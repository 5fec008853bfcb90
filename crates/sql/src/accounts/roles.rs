//! Roles.

use wicketgate_identity::account::{ConcurrencyStamp, NormalizedName};
use wicketgate_identity::store::ChangeOutcome;
use wicketgate_protection::Random;

use super::new_id;
use super::update::{Target, touch};
use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::events::StepEvent;
use crate::statement::{Id, Statement, Value, statement, values};

/// All roles of which the index on names lets there be one.
pub(super) const FIND_ROLES: Statement = statement!(
    r#"SELECT "Id", "NormalizedName" FROM "AspNetRoles" WHERE "NormalizedName" IN ($1)"#,
    [Text]
);
pub(super) const INSERT_ROLE: Statement = statement!(
    r#"INSERT INTO "AspNetRoles" ("Id", "Name", "NormalizedName", "ConcurrencyStamp") VALUES ($1, $2, $3, $4)"#,
    [Id, Text, Text, Text]
);
/// The same where the database makes the id.
pub(super) const INSERT_NUMBERED_ROLE: Statement = statement!(
    r#"INSERT INTO "AspNetRoles" ("Name", "NormalizedName", "ConcurrencyStamp") VALUES ($1, $2, $3)"#,
    [Text, Text, Text]
);
pub(super) const FIND_USER_ROLE: Statement = statement!(
    r#"SELECT "RoleId" FROM "AspNetUserRoles" WHERE "UserId" = $1 AND "RoleId" = $2"#,
    [Id, Id]
);
pub(super) const INSERT_USER_ROLE: Statement = statement!(
    r#"INSERT INTO "AspNetUserRoles" ("UserId", "RoleId") VALUES ($1, $2)"#,
    [Id, Id]
);

/// A role that another transaction makes meanwhile is a duplicate, and found by the next attempt.
pub(super) async fn add_role<D: Database>(
    database: &D,
    target: Target<'_>,
    name: &str,
    normalized: &NormalizedName,
    event: StepEvent<'_>,
    random: &dyn Random,
) -> Result<ChangeOutcome, DatabaseError> {
    check_tables(database)?;
    let mut transaction = database.begin().await?;
    let touched = touch(&mut transaction, target).await?;
    if touched != ChangeOutcome::Changed {
        return Ok(touched);
    }
    let role_id = match find_role(&mut transaction, normalized).await? {
        FoundRole::Role(id) => id,
        FoundRole::LookAlike => return Ok(ChangeOutcome::DuplicateRoleName),
        FoundRole::None if database.layout().keys().is_made_by_database() => {
            create_numbered_role(&mut transaction, name, normalized, random).await?
        }
        FoundRole::None => {
            let id = RoleId(new_id(database, event.event().at, random));
            create_role(&mut transaction, id, name, normalized, random).await?
        }
    };
    let values = values![target.id, &role_id];
    if transaction.fetch_optional(FIND_USER_ROLE, values).await?.is_none() {
        transaction.execute(INSERT_USER_ROLE, values).await?;
    }
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ChangeOutcome::Changed)
}

/// Roles are for who has tables for them: .NET's `IdentityUserContext` has none.
fn check_tables(database: &impl Database) -> Result<(), DatabaseError> {
    match database.layout().has_roles() {
        true => Ok(()),
        false => Err(DatabaseError::Failed(
            "the database has no tables for roles (AspNetRoles, AspNetUserRoles, AspNetRoleClaims)".into(),
        )),
    }
}

/// A role's id, as a user's.
struct RoleId(String);

impl<'a> From<&'a RoleId> for Value<'a> {
    fn from(RoleId(id): &'a RoleId) -> Self {
        Self::Id(Id::Text(id))
    }
}

/// What there is for a role's name.
enum FoundRole {
    /// Its id.
    Role(RoleId),
    /// A role with another name, which the database's collation takes for the same: `Ádmin` for `Admin`. The index on
    /// names does not let there be both.
    LookAlike,
    None,
}

/// Compares here: who is put into one role must not find themselves in the other.
async fn find_role(
    transaction: &mut impl Transaction,
    normalized: &NormalizedName,
) -> Result<FoundRole, DatabaseError> {
    let rows = transaction.fetch_all(FIND_ROLES, values![normalized.as_str()]).await?;
    for row in &rows {
        if row.text("NormalizedName")?.as_deref() == Some(normalized.as_str()) {
            return Ok(FoundRole::Role(RoleId(row.id("Id")?.unwrap_or_default())));
        }
    }
    Ok(match rows.is_empty() {
        true => FoundRole::None,
        false => FoundRole::LookAlike,
    })
}

async fn create_role(
    transaction: &mut impl Transaction,
    role_id: RoleId,
    name: &str,
    normalized: &NormalizedName,
    random: &dyn Random,
) -> Result<RoleId, DatabaseError> {
    let stamp = ConcurrencyStamp::generate(random);
    let values = values![&role_id, name, normalized.as_str(), stamp.as_str()];
    transaction.execute(INSERT_ROLE, values).await?;
    Ok(role_id)
}

async fn create_numbered_role(
    transaction: &mut impl Transaction,
    name: &str,
    normalized: &NormalizedName,
    random: &dyn Random,
) -> Result<RoleId, DatabaseError> {
    let stamp = ConcurrencyStamp::generate(random);
    let values = values![name, normalized.as_str(), stamp.as_str()];
    transaction.execute(INSERT_NUMBERED_ROLE, values).await?;
    match find_role(transaction, normalized).await? {
        FoundRole::Role(id) => Ok(id),
        FoundRole::LookAlike | FoundRole::None => Err(DatabaseError::Failed("the new role has no id".into())),
    }
}

pub(super) const DELETE_USER_ROLE: Statement = statement!(
    r#"DELETE FROM "AspNetUserRoles" WHERE "UserId" = $1 AND "RoleId" = $2"#,
    [Id, Id]
);

pub(super) async fn remove_role<D: Database>(
    database: &D,
    target: Target<'_>,
    normalized: &NormalizedName,
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    check_tables(database)?;
    let mut transaction = database.begin().await?;
    let touched = touch(&mut transaction, target).await?;
    if touched != ChangeOutcome::Changed {
        return Ok(touched);
    }
    if let FoundRole::Role(role_id) = find_role(&mut transaction, normalized).await? {
        transaction
            .execute(DELETE_USER_ROLE, values![target.id, &role_id])
            .await?;
    }
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ChangeOutcome::Changed)
}
