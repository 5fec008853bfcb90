//! Claims, those of a user's roles included.

use wicketgate_identity::UserId;
use wicketgate_identity::store::{ChangeOutcome, UserClaims};

use super::update::{Target, touch};
use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::events::StepEvent;
use crate::statement::{Statement, statement, values};

/// The user's claims as part 0, then as part 1 each role once for each of its claims, and once if it has none.
pub(super) const FIND_CLAIMS: Statement = statement!(
    r#"
    SELECT 0 AS "Part", NULL AS "RoleId", '' AS "RoleName", '' AS "RoleNormalizedName",
        o."ClaimType", o."ClaimValue", o."Id" AS "ClaimId"
    FROM "AspNetUserClaims" AS o WHERE o."UserId" = $1
    UNION ALL
    SELECT 1, r."Id", r."Name", r."NormalizedName", c."ClaimType", c."ClaimValue", c."Id"
    FROM "AspNetUserRoles" AS u
    JOIN "AspNetRoles" AS r ON r."Id" = u."RoleId"
    LEFT JOIN "AspNetRoleClaims" AS c ON c."RoleId" = r."Id"
    WHERE u."UserId" = $1
    ORDER BY "Part", "RoleNormalizedName", "RoleId", "ClaimId""#,
    [Id]
);

/// The same where there are no tables for roles.
pub(super) const FIND_CLAIMS_WITHOUT_ROLES: Statement = statement!(
    r#"
    SELECT 0 AS "Part", o."ClaimType", o."ClaimValue", o."Id" AS "ClaimId"
    FROM "AspNetUserClaims" AS o WHERE o."UserId" = $1
    ORDER BY "ClaimId""#,
    [Id]
);

pub(super) async fn find_claims<D: Database>(database: &D, id: &UserId) -> Result<UserClaims, DatabaseError> {
    let statement = match database.layout().has_roles() {
        true => FIND_CLAIMS,
        false => FIND_CLAIMS_WITHOUT_ROLES,
    };
    let rows = database.reader().await?.fetch_all(statement, values![id]).await?;
    let mut found = UserClaims::default();
    let mut last_role_id = None;
    for row in &rows {
        if row.integer("Part")? == Some(1) {
            let role_id = row.id("RoleId")?;
            if role_id != last_role_id {
                let name = row.text("RoleName")?.unwrap_or_default();
                found.roles.push((name, Vec::new()));
                last_role_id = role_id;
            }
        }
        // A role without claims has no claim id. The columns for types and values may be null although .NET never
        // writes that; a claim cannot be.
        if row.integer("ClaimId")?.is_some() {
            let claim = (
                row.text("ClaimType")?.unwrap_or_default(),
                row.text("ClaimValue")?.unwrap_or_default(),
            );
            match found.roles.last_mut() {
                Some((_, claims)) => claims.push(claim),
                None => found.claims.push(claim),
            }
        }
    }
    Ok(found)
}

pub(super) const INSERT_CLAIM: Statement = statement!(
    r#"INSERT INTO "AspNetUserClaims" ("UserId", "ClaimType", "ClaimValue") VALUES ($1, $2, $3)"#,
    [Id, Text, Text]
);

pub(super) async fn add_claim<D: Database>(
    database: &D,
    target: Target<'_>,
    claim_type: &str,
    value: &str,
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let transaction = database.begin().await?;
    match insert_claim(transaction, target, claim_type, value, event).await {
        // Somebody else has made an index that keeps claims unique, and the user has this one.
        Err(DatabaseError::Duplicate(_)) if has_claim(database, target.id, claim_type, value).await? => {
            Ok(ChangeOutcome::Changed)
        }
        outcome => outcome,
    }
}

async fn insert_claim(
    mut transaction: impl Transaction,
    target: Target<'_>,
    claim_type: &str,
    value: &str,
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let touched = touch(&mut transaction, target).await?;
    if touched != ChangeOutcome::Changed {
        return Ok(touched);
    }
    transaction
        .execute(INSERT_CLAIM, values![target.id, claim_type, value])
        .await?;
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ChangeOutcome::Changed)
}

async fn has_claim<D: Database>(
    database: &D,
    id: &UserId,
    claim_type: &str,
    value: &str,
) -> Result<bool, DatabaseError> {
    let found = find_claims(database, id).await?;
    Ok(found
        .claims
        .iter()
        .any(|claim| claim.0 == claim_type && claim.1 == value))
}

pub(super) const FIND_USER_CLAIMS: Statement = statement!(
    r#"SELECT "Id", "ClaimType", "ClaimValue" FROM "AspNetUserClaims" WHERE "UserId" = $1"#,
    [Id]
);
pub(super) const DELETE_CLAIM: Statement = statement!(r#"DELETE FROM "AspNetUserClaims" WHERE "Id" = $1"#, [Integer]);

/// Compares here: a database may take `Admin` and `admin` for the same.
pub(super) async fn remove_claim<D: Database>(
    database: &D,
    target: Target<'_>,
    claim_type: &str,
    value: &str,
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    let touched = touch(&mut transaction, target).await?;
    if touched != ChangeOutcome::Changed {
        return Ok(touched);
    }
    let rows = transaction.fetch_all(FIND_USER_CLAIMS, values![target.id]).await?;
    for row in &rows {
        let is_meant =
            row.text("ClaimType")?.as_deref() == Some(claim_type) && row.text("ClaimValue")?.as_deref() == Some(value);
        if let (true, Some(claim_id)) = (is_meant, row.integer("Id")?) {
            transaction.execute(DELETE_CLAIM, values![claim_id]).await?;
        }
    }
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ChangeOutcome::Changed)
}
