//! MySQL's and MariaDB's SQL.

use crate::accounts::selections::lock_user;
use crate::dialect::Dialect;
use crate::layout::key_form::KeyForm;
use crate::new_guids::NewGuids;
use crate::passkeys::{find_passkey, find_passkeys};
use crate::schema::dotnet::id_columns::{IdColumns, Numbered};
use crate::schema::dotnet::tables::{ColumnKind, Tables};
use crate::schema::own::scripts::{Script, ScriptText};
use crate::statement::{Statement, statement};

/// MySQL and MariaDB, as Pomelo uses them.
#[derive(Debug)]
pub(crate) enum MySql {}

impl Dialect for MySql {
    const TABLES: Tables = Tables {
        v1: include_str!("v1.sql"),
        v1_to_v2: include_str!("v1-to-v2.sql"),
        v2: include_str!("v2.sql"),
        v2_to_v3: include_str!("v2-to-v3.sql"),
    };
    const ID_COLUMNS: &'static IdColumns = &IdColumns {
        text: "varchar(255) CHARACTER SET utf8mb4",
        guid: "char(36) COLLATE ascii_general_ci",
        guid_form: KeyForm::LowerCaseGuid,
        int: "int",
        bigint: "bigint",
        numbered: Numbered {
            not_null: " NOT NULL",
            end: " AUTO_INCREMENT",
        },
    };
    const NEW_GUIDS: NewGuids = NewGuids::TicksFirst;
    const CREATE_KEYS: &'static str = r"CREATE TABLE `DataProtectionKeys` (
    `Id` int NOT NULL AUTO_INCREMENT,
    `FriendlyName` longtext CHARACTER SET utf8mb4 NULL,
    `Xml` longtext CHARACTER SET utf8mb4 NULL,
    CONSTRAINT `PK_DataProtectionKeys` PRIMARY KEY (`Id`)
) CHARACTER SET=utf8mb4";
    /// With ids that are chosen here, two nodes of a Galera cluster cannot both add the next element.
    const INSERT_KEY: Statement = statement!(
        r#"
            INSERT INTO "DataProtectionKeys" ("Id", "FriendlyName", "Xml")
            SELECT COALESCE(MAX("Id"), 0) + 1, $1, $2 FROM "DataProtectionKeys""#,
        [Text, Text]
    );
    const FIND_PASSKEY: Statement = find_passkey!(r#"CAST("Data" AS char)"#);
    const FIND_PASSKEYS: Statement = find_passkeys!(r#"CAST("Data" AS char)"#);
    const LONGEST_NAME: Option<usize> = Some(256);
    const LOCK_USER: Statement = statement!(lock_user!(" FOR UPDATE"), [Id]);

    /// What `IGNORE` ignores besides, texts that are too long, there is not.
    const REDEEM_STATELESS: Statement = statement!(
        "INSERT IGNORE INTO wicketgate_secrets (purpose, hash, subject, expires, redeemed) VALUES ($1, $2, $3, $4, $5)",
        [Text, Text, Text, Integer, Integer]
    );

    const COUNT_UNKNOWN: Statement = statement!(
        "INSERT INTO wicketgate_unknown_sign_ins (minute_start, client, reason, part, sign_ins)
        VALUES ($1, $2, $3, $4, 1)
        ON DUPLICATE KEY UPDATE sign_ins = sign_ins + 1",
        [Integer, Text, Text, Integer]
    );

    /// A row that was made and one that stays as it is both count as one.
    const BOOK_LIMIT: Option<Statement> = None;

    /// Without the table that stands for the cluster's lock.
    const COLUMNS: Statement = statement!(
        r#"
            SELECT c.table_schema AS "Schema", 1 AS "Position", c.table_name AS "Table", c.column_name AS "Name",
                CAST(c.column_type AS CHAR(255)) AS "Type",
                c.is_nullable = 'NO' AND c.column_default IS NULL AND c.extra = '' AS "IsRequired"
            FROM information_schema.columns AS c
            JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
            WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND c.table_name <> 'wicketgate_lock'
            ORDER BY c.table_name, c.ordinal_position"#,
        [NullableText, NullableText]
    );
    const INDEXES: Option<Statement> = Some(statement!(
        r#"
            SELECT DISTINCT table_schema AS "Schema", table_name AS "Table", index_name AS "Name"
            FROM information_schema.statistics WHERE table_schema = DATABASE()"#,
        [NullableText]
    ));
    const COLUMNS_HAVE_CASE: bool = false;
    /// Names of tables have none with `lower_case_table_names=1`, where the server keeps them in small letters.
    const FOLDS: Option<Statement> = Some(statement!(r#"SELECT @@lower_case_table_names <> 0 AS "Folds""#));

    /// In digits: a backslash means something in MySQL's texts, and what is a name or a parameter here must not be read there.
    fn literal(text: &str) -> String {
        let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("_utf8mb4 X'{digits}'")
    }

    /// Yes and no also in a `tinyint` of another width, which is how it is shown and not what it holds.
    fn suits(definition: &str, declared_type: &str) -> bool {
        let is_tiny = || declared_type.starts_with("tinyint");
        match (ColumnKind::of(definition), ColumnKind::of(declared_type)) {
            (ColumnKind::Boolean, found) => found == ColumnKind::Boolean || is_tiny(),
            (wanted, found) => wanted == found,
        }
    }

    fn script(script: &'static Script) -> &'static ScriptText {
        &script.mysql
    }
}
