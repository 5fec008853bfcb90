//! What is sent to SQL Server, held against texts that do not change by themselves: statements against one that somebody
//! has read, tables against EF Core's own.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use wicketgate_identity::options::SchemaVersion;

use super::dialect::SqlServer;
use super::driver::{GET_LOCK, SETTINGS};
use super::translation::translate;
use crate::all_statements;
use crate::dialect::Dialect;
use crate::schema::dotnet::tables::ColumnKind;
use crate::statement::{Statement, Value, statement};

const OTHERS: [Statement; 3] = [statement!(SETTINGS), GET_LOCK, SqlServer::COLUMNS];

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
    let all: Vec<Statement> = all_statements::all::<SqlServer>().chain(OTHERS).collect();
    let full = all.iter().map(|statement| sent(*statement, &statement.some_values("")));
    let nullable = all.iter().filter(|statement| statement.takes_nulls());
    let with_nulls = nullable.map(|statement| sent(*statement, &statement.some_values_and_nulls("")));
    let mut text =
        "-- Written by the test `every_statement_is_as_it_was_read`, and read by whoever changed it.\n".to_owned();
    for statement in full.chain(with_nulls) {
        text += &format!("\n{};\n", statement.trim());
    }
    text
}

fn sent(statement: Statement, values: &[Value<'_>]) -> String {
    translate(statement.text, values).0
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
        let expected: BTreeSet<&str> = batches.filter(|batch| !batch.is_empty()).collect();
        let made: BTreeSet<&str> = SqlServer::TABLES.definitions(version).map(|made| made.0).collect();
        assert!(made.len() > 10, "{made:#?}");
        assert_eq!(made, expected);
    }
}

#[test]
fn every_column_that_is_read_is_of_a_known_kind() {
    let tables = SqlServer::TABLES.tables(SchemaVersion::V1);
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
