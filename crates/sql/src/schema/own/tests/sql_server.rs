//! What SQL Server would be sent. Somebody has read it; nothing here runs it.

use super::*;
use crate::backend::mssql::SqlServer;
use crate::schema::own::pending::Own;

#[test]
fn the_statements_for_sql_server_are_as_they_were_read() {
    let own = Own {
        journal: None,
        columns: Vec::new(),
        text: SqlServer::script,
    };
    let journal = own.plan_journal(NOTES_AND_AUTHORS);
    let statements = [journal, own.plan(NOTES_AND_AUTHORS, &[])].concat();
    let expected = format!(
        "CREATE TABLE wicketgate_scripts (
    number integer NOT NULL PRIMARY KEY,
    name varchar(100) NOT NULL,
    checksum varchar(64) NOT NULL,
    finished integer NOT NULL
);
INSERT INTO wicketgate_scripts (number, name, checksum, finished) VALUES (1, 'notes', '{notes}', 0);
INSERT INTO wicketgate_scripts (number, name, checksum, finished) VALUES (2, 'authors', '{authors}', 0);
CREATE TABLE wicketgate_notes (
    id bigint NOT NULL IDENTITY PRIMARY KEY,
    text nvarchar(100) NOT NULL
);
CREATE INDEX wicketgate_notes_by_text ON wicketgate_notes (text);
UPDATE wicketgate_scripts SET finished = 1 WHERE number = 1;
ALTER TABLE wicketgate_notes ADD author bigint NULL;
CREATE TABLE wicketgate_authors (
    id bigint NOT NULL IDENTITY PRIMARY KEY
);
UPDATE wicketgate_scripts SET finished = 1 WHERE number = 2",
        notes = NOTES_AND_AUTHORS[0].mssql.checksum,
        authors = NOTES_AND_AUTHORS[1].mssql.checksum,
    );
    assert_eq!(statements.join(";\n"), expected);
}
