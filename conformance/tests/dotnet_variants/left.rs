//! What .NET left, put where a test can change it.

use std::{
    collections::BTreeSet,
    fs,
    io::{Seek, Write},
    process::Command,
};

use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};
use url::Url;
use wicketgate_conformance::{Application, Database, Store};

use crate::bytes;
use crate::people::People;
use crate::variants::{Alteration, Variant};

/// When .NET wrote everything.
pub(crate) const WRITTEN: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// A database with what the variant's has in it.
pub(crate) async fn database(variant: &Variant) -> Database {
    let database = Database::new(variant.store).await.unwrap();
    let dump = variant.folder().join("dump.sql");
    match variant.store {
        Store::PostgreSql => {
            let mut psql = Command::new("psql");
            psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]);
            run(psql.arg("--dbname").arg(database.url()).arg("--file").arg(dump));
            if variant.alteration == Some(Alteration::Schema) {
                rename_schema(database.url()).await;
            }
        }
        Store::MySql => {
            let url = Url::parse(database.url()).unwrap();
            let mut mariadb = Command::new("mariadb");
            mariadb.arg("--no-defaults").arg("--protocol=tcp");
            mariadb.arg(format!("--host={}", url.host_str().unwrap()));
            mariadb.arg(format!("--port={}", url.port().unwrap()));
            mariadb.arg(format!("--user={}", url.username()));
            mariadb.arg(format!("--password={}", url.password().unwrap_or_default()));
            mariadb.arg(url.path().trim_start_matches('/'));
            let mut dump = fs::read_to_string(dump).unwrap();
            if variant.alteration == Some(Alteration::Bytes) {
                dump = bytes::in_dump(&dump);
            }
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(dump.as_bytes()).unwrap();
            file.rewind().unwrap();
            run(mariadb.stdin(file));
        }
        _ => {
            let file = database.url().strip_prefix("sqlite://").unwrap();
            fs::copy(variant.folder().join("app.db"), file).unwrap();
            match variant.alteration {
                Some(Alteration::SnakeCase) => to_snake_case(file),
                Some(Alteration::Bytes) => bytes::in_sqlite(file),
                _ => {}
            }
        }
    }
    database
}

/// The application after its move, with the folder of its keys.
pub(crate) async fn application(variant: &Variant, database: Database, people: &People) -> (Application, TempDir) {
    let keys = TempDir::new().unwrap();
    for key in fs::read_dir(variant.folder().join("keys")).unwrap() {
        let key = key.unwrap();
        fs::copy(key.path(), keys.path().join(key.file_name())).unwrap();
    }
    let options = variant.options();
    let application = Application::moved(database, keys.path(), &people.application, &options, WRITTEN);
    (application.await.unwrap(), keys)
}

async fn rename_schema(url: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let statements = "ALTER SCHEMA public RENAME TO accounts; CREATE SCHEMA public";
    connection.execute(statements).await.unwrap();
}

/// `AspNetUserRoles.UserId` becomes `user_roles.user_id`.
fn to_snake_case(file: &str) {
    let connection = rusqlite::Connection::open(file).unwrap();
    let query = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
        WHERE t.name LIKE 'AspNet%' AND t.type = 'table' ORDER BY t.name";
    let mut statement = connection.prepare(query).unwrap();
    let columns = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let columns: Vec<(String, String)> = columns.map(Result::unwrap).collect();
    for (table, column) in &columns {
        let to = snake_case(column);
        let statement = format!(r#"ALTER TABLE "{table}" RENAME COLUMN "{column}" TO {to}"#);
        connection.execute_batch(&statement).unwrap();
    }
    let tables: BTreeSet<&String> = columns.iter().map(|(table, _)| table).collect();
    for table in tables {
        let to = snake_case(table.strip_prefix("AspNet").unwrap());
        let statement = format!(r#"ALTER TABLE "{table}" RENAME TO {to}"#);
        connection.execute_batch(&statement).unwrap();
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
