//! Roles and claims.

use sqlx::{Row, SqliteConnection};
use uuid::Builder;
use wicketgate_identity::{ConcurrencyStamp, NormalizedName, UpdateOutcome, UserClaims, UserId};
use wicketgate_protection::Random;

use super::begin;
use super::users::touch;

/// The user's claims, then each role once for each of its claims, and once if it has none.
pub(super) const FIND_CLAIMS: &str = r#"
    SELECT 0 AS "Part", NULL AS "RoleId", NULL AS "RoleName", NULL AS "RoleNormalizedName",
        "ClaimType", "ClaimValue", "Id" AS "ClaimId"
    FROM "AspNetUserClaims" WHERE "UserId" = ?1
    UNION ALL
    SELECT 1, r."Id", r."Name", r."NormalizedName", c."ClaimType", c."ClaimValue", c."Id"
    FROM "AspNetUserRoles" AS u
    JOIN "AspNetRoles" AS r ON r."Id" = u."RoleId"
    LEFT JOIN "AspNetRoleClaims" AS c ON c."RoleId" = r."Id"
    WHERE u."UserId" = ?1
    ORDER BY "Part", "RoleNormalizedName", "RoleId", "ClaimId""#;

pub(super) async fn find_claims(connection: &mut SqliteConnection, id: &UserId) -> sqlx::Result<UserClaims> {
    let rows = sqlx::query(FIND_CLAIMS).bind(id.as_str()).fetch_all(connection).await?;
    let mut found = UserClaims::default();
    let mut last_role_id: Option<&str> = None;
    for row in &rows {
        let role_id: Option<&str> = row.try_get("RoleId")?;
        if let Some(role_id) = role_id
            && last_role_id != Some(role_id)
        {
            found.roles.push((
                row.try_get::<Option<String>, _>("RoleName")?.unwrap_or_default(),
                Vec::new(),
            ));
            last_role_id = Some(role_id);
        }
        // A role without claims has no claim id. The columns for types and values may be null although .NET never
        // writes that; a claim cannot be.
        if row.try_get::<Option<i64>, _>("ClaimId")?.is_some() {
            let claim = (
                row.try_get::<Option<String>, _>("ClaimType")?.unwrap_or_default(),
                row.try_get::<Option<String>, _>("ClaimValue")?.unwrap_or_default(),
            );
            match found.roles.last_mut() {
                Some((_, claims)) => claims.push(claim),
                None => found.claims.push(claim),
            }
        }
    }
    Ok(found)
}

pub(super) const FIND_ROLE: &str = r#"SELECT "Id" FROM "AspNetRoles" WHERE "NormalizedName" = ?1"#;
pub(super) const INSERT_ROLE: &str =
    r#"INSERT INTO "AspNetRoles" ("Id", "Name", "NormalizedName", "ConcurrencyStamp") VALUES (?1, ?2, ?3, ?4)"#;
pub(super) const INSERT_USER_ROLE: &str =
    r#"INSERT INTO "AspNetUserRoles" ("UserId", "RoleId") VALUES (?1, ?2) ON CONFLICT DO NOTHING"#;

pub(super) async fn add_role(
    connection: &mut SqliteConnection,
    id: &UserId,
    name: &str,
    normalized: &NormalizedName,
    random: &dyn Random,
) -> sqlx::Result<UpdateOutcome> {
    let mut transaction = begin(connection).await?;
    if !touch(&mut transaction, id, &ConcurrencyStamp::generate(random)).await? {
        return Ok(UpdateOutcome::Conflict);
    }
    let existing: Option<String> = sqlx::query_scalar(FIND_ROLE)
        .bind(normalized.as_str())
        .fetch_optional(&mut *transaction)
        .await?;
    let role_id = match existing {
        Some(role_id) => role_id,
        None => create_role(&mut transaction, name, normalized, random).await?,
    };
    sqlx::query(INSERT_USER_ROLE)
        .bind(id.as_str())
        .bind(role_id)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(UpdateOutcome::Updated)
}

async fn create_role(
    transaction: &mut SqliteConnection,
    name: &str,
    normalized: &NormalizedName,
    random: &dyn Random,
) -> sqlx::Result<String> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    let role_id = Builder::from_random_bytes(bytes).into_uuid().to_string();
    sqlx::query(INSERT_ROLE)
        .bind(role_id.as_str())
        .bind(name)
        .bind(normalized.as_str())
        .bind(ConcurrencyStamp::generate(random).as_str())
        .execute(transaction)
        .await?;
    Ok(role_id)
}

pub(super) const DELETE_USER_ROLE: &str = r#"
    DELETE FROM "AspNetUserRoles"
    WHERE "UserId" = ?1 AND "RoleId" = (SELECT "Id" FROM "AspNetRoles" WHERE "NormalizedName" = ?2)"#;

pub(super) async fn remove_role(
    connection: &mut SqliteConnection,
    id: &UserId,
    normalized: &NormalizedName,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let mut transaction = begin(connection).await?;
    if !touch(&mut transaction, id, concurrency_stamp).await? {
        return Ok(UpdateOutcome::Conflict);
    }
    sqlx::query(DELETE_USER_ROLE)
        .bind(id.as_str())
        .bind(normalized.as_str())
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(UpdateOutcome::Updated)
}

pub(super) const INSERT_CLAIM: &str =
    r#"INSERT INTO "AspNetUserClaims" ("UserId", "ClaimType", "ClaimValue") VALUES (?1, ?2, ?3)"#;

pub(super) async fn add_claim(
    connection: &mut SqliteConnection,
    id: &UserId,
    claim_type: &str,
    value: &str,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    change_claims(connection, INSERT_CLAIM, id, claim_type, value, concurrency_stamp).await
}

pub(super) const DELETE_CLAIM: &str =
    r#"DELETE FROM "AspNetUserClaims" WHERE "UserId" = ?1 AND "ClaimType" = ?2 AND "ClaimValue" = ?3"#;

pub(super) async fn remove_claim(
    connection: &mut SqliteConnection,
    id: &UserId,
    claim_type: &str,
    value: &str,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    change_claims(connection, DELETE_CLAIM, id, claim_type, value, concurrency_stamp).await
}

async fn change_claims(
    connection: &mut SqliteConnection,
    statement: &'static str,
    id: &UserId,
    claim_type: &str,
    value: &str,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let mut transaction = begin(connection).await?;
    if !touch(&mut transaction, id, concurrency_stamp).await? {
        return Ok(UpdateOutcome::Conflict);
    }
    sqlx::query(statement)
        .bind(id.as_str())
        .bind(claim_type)
        .bind(value)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(UpdateOutcome::Updated)
}
