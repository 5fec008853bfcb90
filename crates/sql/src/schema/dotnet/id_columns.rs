//! The columns for ids of users and roles, which are of another type for each type of keys.

use wicketgate_identity::options::KeyType;

use super::tables::{Definition, column};
use crate::layout::key_form::KeyForm;
use crate::static_text::keep;

/// How EF Core's provider defines the columns for ids in one kind of database.
#[derive(Debug)]
pub(crate) struct IdColumns {
    /// For text, as in the scripts.
    pub(crate) text: &'static str,
    pub(crate) guid: &'static str,
    /// How a new database keeps Guids.
    pub(crate) guid_form: KeyForm,
    pub(crate) int: &'static str,
    pub(crate) bigint: &'static str,
    pub(crate) numbered: Numbered,
}

/// How a column is defined whose values the database makes.
#[derive(Debug)]
pub(crate) struct Numbered {
    /// In place of ` NOT NULL`.
    pub(crate) not_null: &'static str,
    /// Behind everything else.
    pub(crate) end: &'static str,
}

impl IdColumns {
    /// How a new database keeps keys of this type.
    pub(crate) fn form(&self, key_type: KeyType) -> KeyForm {
        match key_type {
            KeyType::Text => KeyForm::Text,
            KeyType::Guid => self.guid_form,
            KeyType::Int => KeyForm::Int,
            KeyType::BigInt => KeyForm::BigInt,
        }
    }

    /// Whether columns for Guids are defined as those for texts.
    pub(crate) fn guids_are_texts(&self) -> bool {
        self.guid == self.text
    }

    /// Whether keys that are kept so can be of this type.
    pub(crate) fn can_be(&self, keys: KeyForm, key_type: KeyType) -> bool {
        keys.key_type() == key_type || self.column_type(keys) == self.column_type(self.form(key_type))
    }

    fn column_type(&self, keys: KeyForm) -> &'static str {
        match keys {
            KeyForm::Text => self.text,
            KeyForm::Guid | KeyForm::UpperCaseGuid | KeyForm::LowerCaseGuid => self.guid,
            KeyForm::GuidInDotnetOrder => "BLOB",
            KeyForm::GuidInBytes => "binary(16)",
            KeyForm::Int => self.int,
            KeyForm::BigInt => self.bigint,
        }
    }

    /// The definition of a column of a script, for these keys.
    fn defined(&self, definition: &str, keys: KeyForm, is_made: bool) -> String {
        let definition = definition.replacen(self.text, self.column_type(keys), 1);
        if !is_made {
            return definition;
        }
        let Numbered { not_null, end } = self.numbered;
        let definition = definition.replacen(" NOT NULL", not_null, 1);
        match definition.strip_suffix(',') {
            Some(definition) => format!("{definition}{end},"),
            None => format!("{definition}{end}"),
        }
    }
}

/// Whether a column keeps the id of a user or a role.
pub(crate) fn is_id(table: &str, column: &str) -> bool {
    match column {
        "Id" => matches!(table, "AspNetUsers" | "AspNetRoles"),
        _ => matches!(column, "UserId" | "RoleId"),
    }
}

impl Definition {
    /// The same for a database with these keys.
    pub(crate) fn with_keys(self, keys: KeyForm, columns: &IdColumns) -> Self {
        if columns.column_type(keys) == columns.text {
            return self;
        }
        Self(keep(self.text_with_keys(keys, columns)))
    }

    fn text_with_keys(self, keys: KeyForm, columns: &IdColumns) -> String {
        let table = self.table().unwrap_or_default();
        let line = |line: &'static str| match column(line) {
            Some((name, definition)) if is_id(table, name) => {
                let is_made = name == "Id" && keys.is_made_by_database();
                let (before, _) = line.split_at(line.len() - definition.len());
                format!("{before}{}", columns.defined(definition, keys, is_made))
            }
            _ => line.to_owned(),
        };
        self.0.lines().map(line).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(all(test, feature = "mssql", feature = "mysql", feature = "postgres", feature = "sqlite"))]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use wicketgate_identity::options::SchemaVersion;

    use super::*;
    use crate::backend::mssql::SqlServerDatabase as SqlServer;
    use crate::backend::mysql::MySqlDatabase as MySql;
    use crate::backend::postgres::PostgresDatabase as Postgres;
    use crate::backend::sqlite::SqliteDatabase as Sqlite;
    use crate::database::Database;
    use crate::dialect::Dialect;

    fn made<D: Database>(version: SchemaVersion, key_type: KeyType) -> BTreeSet<String> {
        let columns = D::Dialect::ID_COLUMNS;
        let keys = columns.form(key_type);
        let definitions = D::Dialect::TABLES.definitions(version);
        definitions
            .map(|definition| definition.with_keys(keys, columns).0.to_owned())
            .collect()
    }

    /// What EF Core says in the recorded script.
    #[expect(clippy::unwrap_used, reason = "what a test cannot read has failed it")]
    fn golden(variant: &str, provider: &str) -> BTreeSet<String> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../conformance/goldens/variants")
            .join(variant)
            .join("ddl")
            .join(format!("{provider}.sql"));
        let golden = fs::read_to_string(file).unwrap().replace("GO\n", "");
        let statements = golden.split(';').map(str::trim);
        let statements = statements.filter(|statement| !statement.is_empty());
        statements.map(str::to_owned).collect()
    }

    #[test]
    fn tables_for_other_keys_than_text_are_made_as_by_ef_core() {
        for (variant, key_type) in [("guid-keys", KeyType::Guid), ("int-keys", KeyType::Int)] {
            let (v2, v3) = (SchemaVersion::V2, SchemaVersion::V3);
            assert_eq!(made::<Sqlite>(v3, key_type), golden(variant, "sqlite"));
            assert_eq!(made::<Postgres>(v3, key_type), golden(variant, "postgresql"));
            assert_eq!(made::<SqlServer>(v3, key_type), golden(variant, "sqlserver"));
            for provider in ["mariadb", "mysql"] {
                assert_eq!(made::<MySql>(v2, key_type), golden(variant, provider));
            }
        }
    }

    /// EF Core makes the tables for `long` as those for `int`, but for the type of these columns.
    #[test]
    fn tables_for_bigint_are_those_for_int_with_wider_ids() {
        fn ids<D: Database>(key_type: KeyType) -> Vec<String> {
            let made = made::<D>(SchemaVersion::V3, key_type);
            let lines = made.iter().flat_map(|definition| definition.lines());
            let quotes = ['"', '`', '[', ']'];
            let is_id = |line: &&str| {
                let name = line.trim_start().trim_start_matches(quotes);
                ["Id", "UserId", "RoleId"]
                    .iter()
                    .any(|id| name.strip_prefix(id).is_some_and(|rest| rest.starts_with(quotes)))
            };
            lines.filter(is_id).map(str::to_owned).collect()
        }
        for (int, bigint) in [
            (ids::<Postgres>(KeyType::Int), ids::<Postgres>(KeyType::BigInt)),
            (ids::<MySql>(KeyType::Int), ids::<MySql>(KeyType::BigInt)),
            (ids::<SqlServer>(KeyType::Int), ids::<SqlServer>(KeyType::BigInt)),
        ] {
            // The ids of claims are always `int`.
            let wider = int.iter().zip(&bigint).filter(|(int, bigint)| int != bigint);
            assert_eq!((int.len(), wider.clone().count()), (11, 9), "{bigint:#?}");
            for (int, bigint) in wider {
                let type_name = if int.contains("integer") { "integer" } else { "int" };
                assert_eq!(*bigint, int.replacen(&format!(" {type_name} "), " bigint ", 1));
            }
        }
        let (int, bigint) = (KeyType::Int, KeyType::BigInt);
        assert_eq!(
            made::<Sqlite>(SchemaVersion::V3, int),
            made::<Sqlite>(SchemaVersion::V3, bigint)
        );
    }
}
