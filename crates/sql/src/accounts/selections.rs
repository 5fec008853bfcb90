//! What is read of accounts' rows, with an end that each kind of database says in its own way.

/// Whole accounts.
macro_rules! select_users {
    ($rest:literal) => {
        select_users!("", $rest)
    };
    ($limit:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $limit,
            r#""Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "AspNetUsers" "#,
            $rest
        )
    };
}
pub(crate) use select_users;

/// What decides about an attempt, from a row that is locked until the transaction ends: `$at_end` says so in the
/// database's own way.
macro_rules! lock_user {
    ($at_end:literal) => {
        concat!(
            r#"SELECT "SecurityStamp", "ConcurrencyStamp", "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "AspNetUsers" WHERE "Id" = $1"#,
            $at_end
        )
    };
}
pub(crate) use lock_user;

/// The authenticator keys of accounts, with what is behind the keyword `SELECT` and its limit.
macro_rules! authenticator_keys {
    () => {
        r#""UserId", "Value" FROM "AspNetUserTokens"
        WHERE "LoginProvider" = '[AspNetUserStore]' AND "Name" = 'AuthenticatorKey' AND "Value" IS NOT NULL"#
    };
}
pub(crate) use authenticator_keys;
