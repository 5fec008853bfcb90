//! SQLite's SQL.

use super::odd_values;
use crate::accounts::selections::lock_user;
use crate::dialect::Dialect;
use crate::layout::key_form::KeyForm;
use crate::new_guids::NewGuids;
use crate::passkeys::DocumentForm;
use crate::schema::dotnet::id_columns::{IdColumns, Numbered};
use crate::schema::dotnet::tables::Tables;
use crate::schema::own::scripts::{Script, ScriptText};
use crate::statement::{Statement, statement};

/// SQLite, as EF Core's provider uses it.
#[derive(Debug)]
pub(crate) enum Sqlite {}

impl Dialect for Sqlite {
    /// SQLite's columns have no lengths, which are all that version 2 changed.
    const TABLES: Tables = Tables {
        v1: "",
        v1_to_v2: "",
        v2: include_str!("v2.sql"),
        v2_to_v3: include_str!("v2-to-v3.sql"),
    };
    const ID_COLUMNS: &'static IdColumns = &IdColumns {
        text: "TEXT",
        guid: "TEXT",
        guid_form: KeyForm::UpperCaseGuid,
        int: "INTEGER",
        bigint: "INTEGER",
        numbered: Numbered {
            not_null: " NOT NULL",
            end: " AUTOINCREMENT",
        },
    };
    const NEW_GUIDS: NewGuids = NewGuids::Random;
    const CREATE_KEYS: &'static str = r#"CREATE TABLE "DataProtectionKeys" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_DataProtectionKeys" PRIMARY KEY AUTOINCREMENT,
    "FriendlyName" TEXT NULL,
    "Xml" TEXT NULL
)"#;
    const PASSKEY_DOCUMENT: DocumentForm = DocumentForm::Sqlite;
    /// The transaction is the only writing one anyway.
    const LOCK_USER: Statement = statement!(lock_user!(""), [Id]);

    /// In one statement, so that another process' work is seen whole or not at all. An integer that is the key is made by SQLite.
    const COLUMNS: Statement = statement!(
        r#"
            SELECT 'main' AS "Schema", 1 AS "Position", t.name AS "Table", c.name AS "Name", c.type AS "Type",
                c."notnull" AND c.dflt_value IS NULL AND NOT (c.pk > 0 AND upper(c.type) = 'INTEGER') AS "IsRequired"
            FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
            WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~'"#,
        [NullableText, NullableText]
    );
    const INDEXES: Option<Statement> = Some(statement!(
        r#"SELECT 'main' AS "Schema", tbl_name AS "Table", name AS "Name" FROM sqlite_master WHERE type = 'index'"#,
        [NullableText]
    ));
    const COLUMNS_HAVE_CASE: bool = false;
    const ODD_VALUES: Option<Statement> = Some(statement!(odd_values::ODD_VALUES, [Integer]));

    fn script(script: &'static Script) -> &'static ScriptText {
        &script.sqlite
    }

    /// Types are advice to SQLite: nearly everything can hold what EF Core keeps there. But its `IdentityUser<int>` has
    /// numbers where ids are text here.
    fn suits(definition: &str, declared_type: &str) -> bool {
        !(definition.starts_with("TEXT") && declared_type.to_ascii_uppercase().contains("INT"))
    }
}
