//! What is sent to SQL Server, held against texts that do not change by themselves: statements against one that somebody
//! has read, tables against EF Core's own.

use std::fs;
use std::path::Path;

use time::OffsetDateTime;
use wicketgate_identity::SchemaVersion;

use super::SqlServerDatabase;
use super::connection::{COLUMNS, GET_LOCK};
use super::driver::SETTINGS;
use super::translation::translate;
use crate::accounts::statements::{self, NULLABLE};
use crate::database::{Database, Value};
use crate::inspect_accounts;
use crate::key_repository;
use crate::tables::ColumnKind;

const OTHERS: [&str; 11] = [
    SETTINGS,
    SqlServerDatabase::LOCK_USER,
    SqlServerDatabase::LIST,
    SqlServerDatabase::HASHES,
    SqlServerDatabase::PING,
    inspect_accounts::COUNT,
    key_repository::FIND_ALL,
    key_repository::COUNT,
    SqlServerDatabase::KEYS.insert,
    GET_LOCK,
    COLUMNS,
];

/// `UPDATE=1 cargo test -p wicketgate-sql --lib reviewed` writes the file again; what it says then wants to be read.
#[test]
fn every_statement_is_as_it_was_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/backend/mssql/statements.sql");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, statements()).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), statements());
}

/// Each statement without nulls, then once more those that can have some, with all of them.
fn statements() -> String {
    let all = statements::all();
    let full = all.iter().chain(&OTHERS).map(|statement| sent(statement, &[]));
    let with_nulls = NULLABLE.iter().map(|(statement, nulls)| sent(statement, nulls));
    let mut text =
        "-- Written by the test `every_statement_is_as_it_was_read`, and read by whoever changed it.\n".to_owned();
    for statement in full.chain(with_nulls) {
        text += &format!("\n{};\n", statement.trim());
    }
    text
}

fn sent(statement: &str, nulls: &[usize]) -> String {
    let values: Vec<Value<'_>> = (1..=20)
        .map(
            |number| match (nulls.contains(&number), is_instant(statement, number)) {
                (true, true) => Value::Instant(None),
                (true, false) => Value::Text(None),
                (false, true) => Value::Instant(Some(OffsetDateTime::UNIX_EPOCH)),
                (false, false) => Value::from(""),
            },
        )
        .collect();
    translate(statement, &values).0
}

fn is_instant(statement: &str, number: usize) -> bool {
    statement.contains(&format!(r#""LockoutEnd" = ${number}"#))
        || (statement.contains("VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13") && number == 13)
}

#[test]
fn tables_are_made_as_by_ef_core() {
    for (version, number) in [
        (SchemaVersion::V1, "v1"),
        (SchemaVersion::V2, "v2"),
        (SchemaVersion::V3, "v3"),
    ] {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../conformance/goldens/ddl")
            .join(format!("sqlserver-{number}.sql"));
        let golden = fs::read_to_string(golden).unwrap();
        let batches = golden.split("GO\n").map(|batch| batch.trim().trim_end_matches(';'));
        let expected: Vec<&str> = batches.filter(|batch| !batch.is_empty()).collect();
        let made: Vec<&str> = SqlServerDatabase::TABLES
            .statements(version)
            .map(|made| made.0)
            .collect();
        assert!(made.len() > 10, "{made:#?}");
        assert_eq!(made, expected);
    }
}

#[test]
fn every_column_that_is_read_is_of_a_known_kind() {
    let tables = SqlServerDatabase::TABLES.tables(SchemaVersion::V1);
    let columns: Vec<_> = tables.flat_map(|table| table.columns()).collect();
    assert_eq!(columns.len(), 37);
    for (name, definition) in columns {
        let kind = ColumnKind::of(definition);
        assert_ne!(kind, ColumnKind::Other, "{name}");
        assert_eq!(kind == ColumnKind::Instant, name == "LockoutEnd", "{name}");
    }
}

#[test]
fn a_column_of_another_kind_is_noticed() {
    for declared_type in ["datetime2", "uniqueidentifier", "varbinary", "rowversion"] {
        assert_eq!(ColumnKind::of(declared_type), ColumnKind::Other, "{declared_type}");
    }
}
