//! The look for values of another kind than their column's.

/// What says of a value whether [`Cell`](super::cell::Cell) reads a date or null: each connection has it.
pub(super) const IS_INSTANT: &str = "wicketgate_is_instant";

/// Counts odd values in a page of accounts: those behind the row `$1`.
pub(super) const ODD_VALUES: &str = r#"
    SELECT MAX(row_number) AS "Last",
        SUM(wicketgate_is_instant(lockout_end) = 0) AS "NoDate",
        SUM(email_confirmed IS NULL) AS "NoBoolean1",
        SUM(phone_number_confirmed IS NULL) AS "NoBoolean2",
        SUM(two_factor_enabled IS NULL) AS "NoBoolean3",
        SUM(lockout_enabled IS NULL) AS "NoBoolean4",
        SUM(typeof(id) = 'blob') AS "BytesInKey",
        SUM(typeof(email_confirmed) = 'text' AND email_confirmed NOT GLOB '[-+0-9]*') AS "TextInBoolean1",
        SUM(typeof(phone_number_confirmed) = 'text' AND phone_number_confirmed NOT GLOB '[-+0-9]*') AS "TextInBoolean2",
        SUM(typeof(two_factor_enabled) = 'text' AND two_factor_enabled NOT GLOB '[-+0-9]*') AS "TextInBoolean3",
        SUM(typeof(lockout_enabled) = 'text' AND lockout_enabled NOT GLOB '[-+0-9]*') AS "TextInBoolean4",
        SUM(typeof(user_name) = 'blob') AS "BytesInText1",
        SUM(typeof(email) = 'blob') AS "BytesInText2",
        SUM(typeof(password_hash) = 'blob') AS "BytesInText3",
        SUM(typeof(security_stamp) = 'blob') AS "BytesInText4",
        SUM(typeof(concurrency_stamp) = 'blob') AS "BytesInText5"
    FROM (
        SELECT rowid AS row_number, "Id" AS id, "NormalizedUserName" AS user_name, "NormalizedEmail" AS email,
            "EmailConfirmed" AS email_confirmed, "PhoneNumberConfirmed" AS phone_number_confirmed,
            "TwoFactorEnabled" AS two_factor_enabled, "LockoutEnd" AS lockout_end, "LockoutEnabled" AS lockout_enabled,
            "PasswordHash" AS password_hash, "SecurityStamp" AS security_stamp, "ConcurrencyStamp" AS concurrency_stamp
        FROM "AspNetUsers" WHERE rowid > $1 ORDER BY rowid LIMIT 10000
    )"#;
