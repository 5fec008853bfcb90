//! SQL Server's SQL.

use crate::accounts::selections::{authenticator_keys, lock_user, select_users};
use crate::dialect::{Dialect, columns_of_users};
use crate::layout::key_form::KeyForm;
use crate::mails::mail_columns;
use crate::new_guids::NewGuids;
use crate::normalized_names::name_columns;
use crate::schema::dotnet::id_columns::{IdColumns, Numbered};
use crate::schema::dotnet::tables::Tables;
use crate::schema::own::scripts::{Script, ScriptText};
use crate::statement::{Statement, statement};

/// SQL Server, as EF Core's own provider uses it.
#[derive(Debug)]
pub(crate) enum SqlServer {}

impl Dialect for SqlServer {
    const TABLES: Tables = Tables {
        v1: include_str!("v1.sql"),
        v1_to_v2: include_str!("v1-to-v2.sql"),
        v2: include_str!("v2.sql"),
        v2_to_v3: include_str!("v2-to-v3.sql"),
    };
    const ID_COLUMNS: &'static IdColumns = &IdColumns {
        text: "nvarchar(450)",
        guid: "uniqueidentifier",
        guid_form: KeyForm::Guid,
        int: "int",
        bigint: "bigint",
        numbered: Numbered {
            not_null: " NOT NULL",
            end: " IDENTITY",
        },
    };
    const NEW_GUIDS: NewGuids = NewGuids::TicksLast;
    const CREATE_KEYS: &'static str = "CREATE TABLE [DataProtectionKeys] (
    [Id] int NOT NULL IDENTITY,
    [FriendlyName] nvarchar(max) NULL,
    [Xml] nvarchar(max) NULL,
    CONSTRAINT [PK_DataProtectionKeys] PRIMARY KEY ([Id])
)";
    const LIST: Statement = statement!(
        select_users!(
            "TOP ($2) ",
            r#"WHERE "NormalizedUserName" > $1 ORDER BY "NormalizedUserName""#
        ),
        [Text, Integer]
    );
    const FIRST_HASHES: Statement = statement!(
        r#"SELECT TOP ($1) "Id", "PasswordHash" FROM "AspNetUsers" ORDER BY "Id""#,
        [Integer]
    );
    const HASHES: Statement = statement!(
        r#"SELECT TOP ($2) "Id", "PasswordHash" FROM "AspNetUsers" WHERE "Id" > $1 ORDER BY "Id""#,
        [Id, Integer]
    );
    const FIRST_NAMES: Statement = statement!(
        concat!(
            "SELECT TOP ($1) ",
            name_columns!(),
            r#" FROM "AspNetUsers" ORDER BY "Id""#
        ),
        [Integer]
    );
    const NAMES: Statement = statement!(
        concat!(
            "SELECT TOP ($2) ",
            name_columns!(),
            r#" FROM "AspNetUsers" WHERE "Id" > $1 ORDER BY "Id""#
        ),
        [Id, Integer]
    );
    const DUE_MAILS: Statement = statement!(
        concat!(
            "SELECT TOP ($4) ",
            mail_columns!(),
            " FROM wicketgate_mails WHERE due <= $1 AND due >= $2 AND (due > $2 OR id > $3) ORDER BY due, id"
        ),
        [Integer, Integer, Text, Integer]
    );
    const PROTECTED_MAILS: Statement = statement!(
        "SELECT TOP ($2) id, key_id, payload FROM wicketgate_mails WHERE id > $1 ORDER BY id",
        [Text, Integer]
    );
    const LONGEST_NAME: Option<usize> = Some(256);
    /// Two statements in one batch. The first one, which changes nothing, has the lock: not every server that speaks T-SQL
    /// minds `WITH (UPDLOCK)`.
    const LOCK_USER: Statement = statement!(
        concat!(
            r#"UPDATE "AspNetUsers" SET "AccessFailedCount" = "AccessFailedCount" WHERE "Id" = $1; "#,
            lock_user!("")
        ),
        [Id]
    );
    const PING: Statement = statement!(r#"SELECT TOP (1) "Id" FROM "AspNetUsers""#);

    /// Of two that insert the same row one is refused, and does it again.
    const REDEEM_STATELESS: Statement = statement!(
        "INSERT INTO wicketgate_secrets (purpose, hash, subject, expires, redeemed)
        SELECT $1, $2, $3, $4, $5
        WHERE NOT EXISTS (SELECT 1 FROM wicketgate_secrets WHERE purpose = $1 AND hash = $2)",
        [Text, Text, Text, Integer, Integer]
    );
    const EXPIRED_SECRETS: Statement = statement!(
        "SELECT TOP ($2) purpose, hash FROM wicketgate_secrets WHERE expires < $1 ORDER BY expires",
        [Integer, Integer]
    );
    const FIRST_AUTHENTICATOR_KEYS: Statement = statement!(
        concat!("SELECT TOP ($1) ", authenticator_keys!(), r#" ORDER BY "UserId""#),
        [Integer]
    );
    const AUTHENTICATOR_KEYS: Statement = statement!(
        concat!(
            "SELECT TOP ($2) ",
            authenticator_keys!(),
            r#" AND "UserId" > $1 ORDER BY "UserId""#
        ),
        [Id, Integer]
    );

    /// Two statements in one batch. Of two that insert the same row one is refused, and does it again.
    const COUNT_UNKNOWN: Statement = statement!(
        "UPDATE wicketgate_unknown_sign_ins SET sign_ins = sign_ins + 1
        WHERE minute_start = $1 AND client = $2 AND reason = $3 AND part = $4;
        IF @@ROWCOUNT = 0
            INSERT INTO wicketgate_unknown_sign_ins (minute_start, client, reason, part, sign_ins)
            VALUES ($1, $2, $3, $4, 1)",
        [Integer, Text, Text, Integer]
    );

    /// There is no such statement but `MERGE`, which is not atomic by itself.
    const BOOK_LIMIT: Option<Statement> = None;
    const PAGE_OF_LIMITS: Statement = statement!(
        r#"SELECT MAX(page.id) AS "Last" FROM (SELECT TOP ($2) id FROM wicketgate_rate_limits WHERE id > $1 ORDER BY id) AS page"#,
        [Text, Integer]
    );

    /// A name without a schema means a table of the user's own, or else of `dbo`. The `sys` views would do, but do not keep the letters' case on
    /// every server that speaks T-SQL. A `rowversion`, whose older name is `timestamp`, fills itself.
    const COLUMNS: Statement = statement!(
        concat!(
            r#"
    SELECT c.TABLE_SCHEMA AS "Schema",
        CAST(CASE c.TABLE_SCHEMA WHEN SCHEMA_NAME() THEN 1 WHEN 'dbo' THEN 2 END AS bigint) AS "Position",
        c.TABLE_NAME AS "Table", c.COLUMN_NAME AS "Name",
        CASE WHEN c.CHARACTER_MAXIMUM_LENGTH > 0 THEN CONCAT(c.DATA_TYPE, '(', c.CHARACTER_MAXIMUM_LENGTH, ')')
            ELSE c.DATA_TYPE END AS "Type",
        CAST(CASE WHEN c.IS_NULLABLE = 'NO' AND c.COLUMN_DEFAULT IS NULL AND c.DATA_TYPE <> 'timestamp'
            AND COLUMNPROPERTY(OBJECT_ID(CONCAT(QUOTENAME(c.TABLE_SCHEMA), '.', QUOTENAME(c.TABLE_NAME))),
                c.COLUMN_NAME, 'IsIdentity') = 0
            AND COLUMNPROPERTY(OBJECT_ID(CONCAT(QUOTENAME(c.TABLE_SCHEMA), '.', QUOTENAME(c.TABLE_NAME))),
                c.COLUMN_NAME, 'IsComputed') = 0
            THEN 1 ELSE 0 END AS bit) AS "IsRequired"
    FROM INFORMATION_SCHEMA.COLUMNS AS c
    JOIN INFORMATION_SCHEMA.TABLES AS t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
    WHERE t.TABLE_TYPE = 'BASE TABLE' AND (t.TABLE_SCHEMA IN (SCHEMA_NAME(), 'dbo', $1) OR t.TABLE_SCHEMA IN (
        SELECT TOP (100) u.TABLE_SCHEMA FROM (
            SELECT p.TABLE_SCHEMA, CASE p.TABLE_NAME WHEN $2 THEN 1 ELSE 0 END AS is_named
            FROM INFORMATION_SCHEMA.COLUMNS AS p
            GROUP BY p.TABLE_SCHEMA, p.TABLE_NAME
            HAVING p.TABLE_NAME = $2 OR REPLACE(LOWER(p.TABLE_NAME), '_', '') LIKE 'aspnet%'
                OR REPLACE(LOWER(p.TABLE_NAME), '_', '') = 'dataprotectionkeys'
                OR COUNT(CASE WHEN REPLACE(LOWER(p.COLUMN_NAME), '_', '') IN ("#,
            columns_of_users!(),
            r") THEN 1 END) >= 7
        ) AS u GROUP BY u.TABLE_SCHEMA ORDER BY MAX(u.is_named) DESC, u.TABLE_SCHEMA))
    ORDER BY c.TABLE_SCHEMA, c.TABLE_NAME, c.ORDINAL_POSITION"
        ),
        [NullableText, NullableText]
    );
    const COLUMNS_WAIT: bool = true;
    /// With nearly every collation of a database.
    const COLUMNS_HAVE_CASE: bool = false;

    /// In digits, since what looks like a parameter would be read as one.
    fn literal(text: &str) -> String {
        let bytes = text.encode_utf16().flat_map(u16::to_le_bytes);
        let digits: String = bytes.map(|byte| format!("{byte:02X}")).collect();
        format!("CAST(0x{digits} AS nvarchar(max))")
    }

    fn script(script: &'static Script) -> &'static ScriptText {
        &script.mssql
    }
}
