//! Guids as 16 bytes, which an application may tell EF Core to keep: `BLOB` in SQLite, `binary(16)` in MySQL.

use std::sync::LazyLock;

use regex::Regex;

/// In the order of .NET's `Guid.ToByteArray`.
pub(crate) fn in_sqlite(file: &str) {
    let connection = rusqlite::Connection::open(file).unwrap();
    let types = r#"
        PRAGMA foreign_keys = OFF; PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(replace(replace(
            sql, '"Id" TEXT', '"Id" BLOB'), '"UserId" TEXT', '"UserId" BLOB'), '"RoleId" TEXT', '"RoleId" BLOB');
        PRAGMA writable_schema = RESET"#;
    connection.execute_batch(types).unwrap();
    let query = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
        WHERE t.type = 'table' AND c.type = 'BLOB' AND c.name LIKE '%Id' AND c.name <> 'CredentialId'";
    let mut statement = connection.prepare(query).unwrap();
    let columns = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let columns: Vec<(String, String)> = columns.map(Result::unwrap).collect();
    assert_eq!(columns.len(), 9);
    for (table, column) in columns {
        let digits = format!(r#"replace("{column}", '-', '')"#);
        let pairs = [7, 5, 3, 1, 11, 9, 15, 13].map(|at| format!("substr({digits}, {at}, 2)"));
        let in_order = format!("{} || substr({digits}, 17)", pairs.join(" || "));
        let update = format!(r#"UPDATE "{table}" SET "{column}" = unhex({in_order})"#);
        connection.execute_batch(&update).unwrap();
    }
}

/// MySQL's dump, with the bytes of ids in the order of their digits.
pub(crate) fn in_dump(dump: &str) -> String {
    let dump = dump.replace("char(36) CHARACTER SET ascii COLLATE ascii_general_ci", "binary(16)");
    let bytes = |id: &regex::Captures<'_>| format!("0x{}", id[1].replace('-', ""));
    ID.replace_all(&dump, bytes).into_owned()
}

/// All begin with the moment at which they were made; stamps are Guids, too.
static ID: LazyLock<Regex> = LazyLock::new(|| Regex::new("'(08de49ab-96b7-4008-[0-9a-f]{4}-[0-9a-f]{12})'").unwrap());
