//! What .NET left, put where a test can change it.

use std::{fs, process::Command};

use url::Url;
use wicketgate_conformance::{Application, Database, Store};

use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};

use crate::people::People;
use crate::variants::Variant;

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
            run(mariadb.stdin(fs::File::open(dump).unwrap()));
        }
        _ => {
            let file = database.url().strip_prefix("sqlite://").unwrap();
            fs::copy(variant.folder().join("app.db"), file).unwrap();
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

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
