//! No statement may read a whole table to find one account: SQLite is asked how it would run each.

use std::collections::BTreeSet;

use rusqlite::Connection;
use wicketgate_identity::options::SchemaVersion;

use super::dialect::Sqlite;
use crate::all_statements;
use crate::dialect::Dialect;
use crate::schema::own::scripts::SCRIPTS;
use crate::statement::{Statement, statement};

fn connect() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    for statement in Sqlite::TABLES.definitions(SchemaVersion::V3) {
        connection.execute_batch(statement.0).unwrap();
    }
    for statement in SCRIPTS.iter().flat_map(|script| Sqlite::script(script).statements()) {
        connection.execute_batch(statement).unwrap();
    }
    connection
}

fn plan(connection: &Connection, statement: Statement) -> Vec<String> {
    let mut explain = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {}", statement.text))
        .unwrap();
    let steps = explain.raw_query().mapped(|row| row.get("detail"));
    steps.map(Result::unwrap).collect()
}

/// Rows that were put together meanwhile are no table: the plan says by which steps.
fn reads_a_whole_table(plan: &[String]) -> bool {
    let scanned = plan.iter().filter_map(|step| step.strip_prefix("SCAN "));
    let mut tables = scanned.filter(|name| *name != "CONSTANT ROW" && !plan.contains(&format!("CO-ROUTINE {name}")));
    tables.next().is_some()
}

#[test]
fn every_statement_goes_by_an_index() {
    let connection = connect();
    for statement in all_statements::indexed::<Sqlite>() {
        let plan = plan(&connection, statement);
        assert!(!reads_a_whole_table(&plan), "{}\n{plan:#?}", statement.text);
    }
}

/// Rows are read by the names of their columns.
#[test]
fn no_answer_has_two_columns_of_one_name() {
    let connection = connect();
    for statement in all_statements::indexed::<Sqlite>() {
        let prepared = connection.prepare(statement.text).unwrap();
        let names = prepared.column_names();
        let different: BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{}", statement.text);
    }
}

#[test]
fn a_statement_without_an_index_would_be_noticed() {
    let connection = connect();
    let statement = statement!(r#"SELECT 1 FROM "AspNetUsers" WHERE "Email" = $1"#, [Text]);
    let plan = plan(&connection, statement);
    assert!(reads_a_whole_table(&plan), "{plan:#?}");
}
