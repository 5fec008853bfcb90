//! What becomes of a file that is opened as a database of accounts.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection};
use tempfile::TempDir;
use wicketgate_identity::Stores;
use wicketgate_identity::options::{SchemaVersion, StoreOptions};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{OpenError, OwnTables, connect, plan_migration};

const VERSIONS: [(SchemaVersion, &str); 3] = [
    (SchemaVersion::V1, "sqlite-v1.sql"),
    (SchemaVersion::V2, "sqlite-v2.sql"),
    (SchemaVersion::V3, "sqlite-v3.sql"),
];

/// The table that tells which migrations ran.
const MARKS: &str = "wicketgate_migrations";

fn golden_ddl(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../conformance/goldens/ddl")
        .join(file);
    fs::read_to_string(path).unwrap()
}

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

async fn open(path: &Path, schema_version: SchemaVersion) -> Result<Arc<dyn Stores>, OpenError> {
    connect(&url(path), &StoreOptions { schema_version }, Arc::new(SystemRandom)).await
}

/// The one line that the server prints.
async fn refusal(path: &Path) -> String {
    let message = open(path, SchemaVersion::V3).await.unwrap_err().to_string();
    assert!(message.contains(&path.display().to_string()), "{message}");
    assert!(!message.contains('\n'), "{message}");
    message
}

/// A connection of the application's own.
async fn application(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .connect()
        .await
        .unwrap()
}

async fn database_with(folder: &TempDir, ddl: &str) -> PathBuf {
    let path = folder.path().join("app.db");
    let mut connection = application(&path).await;
    sqlx::raw_sql(AssertSqlSafe(ddl.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    path
}

/// Every table and index.
async fn schema(connection: &mut SqliteConnection) -> Vec<(String, Option<String>)> {
    let rows = sqlx::query("SELECT name, sql FROM sqlite_master ORDER BY name")
        .fetch_all(connection)
        .await
        .unwrap();
    rows.iter().map(|row| (row.get("name"), row.get("sql"))).collect()
}

async fn schema_of(path: &Path) -> Vec<(String, Option<String>)> {
    schema(&mut application(path).await).await
}

#[tokio::test]
async fn a_new_database_has_the_schema_that_ef_core_makes() {
    for (version, golden) in VERSIONS {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("app.db");
        open(&path, version).await.unwrap();

        let mut expected = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(golden_ddl(golden)))
            .execute(&mut expected)
            .await
            .unwrap();
        let (made, marks): (Vec<_>, Vec<_>) = schema_of(&path).await.into_iter().partition(|(name, _)| name != MARKS);
        assert_eq!(made, schema(&mut expected).await, "{golden}");
        assert_eq!(marks.len(), 1, "the one table that EF Core does not make");
    }
}

#[tokio::test]
async fn no_table_of_our_own_is_missing_while_there_is_none() {
    for ddl in ["", &golden_ddl("sqlite-v3.sql")] {
        let folder = TempDir::new().unwrap();
        let path = database_with(&folder, ddl).await;
        let stores = wicketgate_sql::open(&url(&path), &StoreOptions::default(), Arc::new(SystemRandom)).await;
        let stores = stores.unwrap();
        assert_eq!(*stores.own_tables(), OwnTables::Present);
        stores.accounts().ping().await.unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_and_its_folder_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = TempDir::new().unwrap();
    let data = folder.path().join("some/data");
    let store = open(&data.join("app.db"), SchemaVersion::V3).await.unwrap();
    store.accounts().ping().await.unwrap();

    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    let files: Vec<_> = fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 3, "the database, its log and the log's index: {files:?}");
    for file in files {
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600,
            "{}",
            file.display()
        );
    }
}

#[tokio::test]
async fn an_ef_core_database_of_any_version_stays_as_it_is() {
    for (_, golden) in VERSIONS {
        let folder = TempDir::new().unwrap();
        let ddl = golden_ddl(golden)
            + r#"ALTER TABLE "AspNetUsers" ADD COLUMN "DisplayName" TEXT NOT NULL DEFAULT '';
                CREATE TABLE "__EFMigrationsHistory" ("MigrationId" TEXT NOT NULL PRIMARY KEY, "ProductVersion" TEXT NOT NULL);
                CREATE TABLE "Orders" ("Id" INTEGER PRIMARY KEY, "UserId" TEXT REFERENCES "AspNetUsers" ("Id"));"#;
        let path = database_with(&folder, &ddl).await;
        let before = schema_of(&path).await;
        open(&path, SchemaVersion::V3)
            .await
            .unwrap()
            .accounts()
            .ping()
            .await
            .unwrap();
        assert_eq!(schema_of(&path).await, before, "{golden}");
    }
}

#[tokio::test]
async fn a_database_is_opened_again_with_what_it_holds() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("app.db");
    open(&path, SchemaVersion::V2).await.unwrap();
    let before = schema_of(&path).await;
    open(&path, SchemaVersion::V3).await.unwrap();
    assert_eq!(schema_of(&path).await, before);
}

#[tokio::test]
async fn an_open_database_has_a_write_ahead_log() {
    let folder = TempDir::new().unwrap();
    let path = database_with(&folder, &golden_ddl("sqlite-v3.sql")).await;
    open(&path, SchemaVersion::V3).await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut application(&path).await)
        .await
        .unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_may_open_a_new_database_at_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("data/app.db");
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move { open(&path, SchemaVersion::V3).await })
        })
        .collect();
    for task in opening {
        task.await.unwrap().unwrap().accounts().ping().await.unwrap();
    }
    assert_eq!(
        plan_migration(&url(&path), &StoreOptions::default()).await.unwrap(),
        [""; 0]
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("app.db");
    let text = "Dear diary, ".repeat(100);
    fs::write(&path, &text).unwrap();
    assert!(refusal(&path).await.ends_with("app.db: file is not a database"));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_folder_in_the_files_place_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("app.db");
    fs::create_dir(&path).unwrap();
    assert!(refusal(&path).await.contains("app.db: Is a directory"));
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("data"), "a file").unwrap();
    let path = folder.path().join("data/more/app.db");
    let message = open(&path, SchemaVersion::V3).await.unwrap_err().to_string();
    assert!(
        message.starts_with(&format!(
            "cannot create the folder {}/data/more",
            folder.path().display()
        )),
        "{message}"
    );
}

#[tokio::test]
async fn another_applications_database_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = database_with(&folder, r#"CREATE TABLE "Orders" ("Id" INTEGER PRIMARY KEY)"#).await;
    let before = fs::read(&path).unwrap();
    assert!(
        refusal(&path)
            .await
            .contains("it has tables, but none of ASP.NET Core Identity's")
    );
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn missing_tables_are_named() {
    let folder = TempDir::new().unwrap();
    let ddl = golden_ddl("sqlite-v2.sql") + r#"DROP TABLE "AspNetUserTokens"; DROP TABLE "AspNetRoleClaims";"#;
    let path = database_with(&folder, &ddl).await;
    assert!(
        refusal(&path)
            .await
            .contains("tables are missing: AspNetRoleClaims, AspNetUserTokens")
    );
}

#[tokio::test]
async fn the_tables_of_an_older_identity_are_refused() {
    let folder = TempDir::new().unwrap();
    let ddl = golden_ddl("sqlite-v2.sql")
        + r#"DROP INDEX "UserNameIndex"; ALTER TABLE "AspNetUsers" DROP COLUMN "NormalizedUserName";
            ALTER TABLE "AspNetUsers" RENAME COLUMN "LockoutEnd" TO "LockoutEndDateUtc""#;
    let path = database_with(&folder, &ddl).await;
    assert!(
        refusal(&path).await.ends_with(
            "columns are missing or of another type: AspNetUsers.NormalizedUserName, AspNetUsers.LockoutEnd"
        )
    );
}

#[tokio::test]
async fn ids_that_are_numbers_are_refused() {
    let folder = TempDir::new().unwrap();
    let ddl = golden_ddl("sqlite-v3.sql").replacen(
        r#"CREATE TABLE "AspNetUsers" (
    "Id" TEXT NOT NULL"#,
        r#"CREATE TABLE "AspNetUsers" (
    "Id" INTEGER NOT NULL"#,
        1,
    );
    let path = database_with(&folder, &ddl).await;
    assert!(
        refusal(&path)
            .await
            .ends_with("columns are missing or of another type: AspNetUsers.Id")
    );
}

#[tokio::test]
async fn a_url_of_an_unknown_database_is_refused_without_showing_its_password() {
    for (url, expected) in [
        (
            "oracle://me:secret@db/app",
            "the database URL's scheme `oracle` is not known; write sqlite://PATH, postgres://…, mysql://… or mssql://…",
        ),
        (
            "app.db",
            "the database URL has no scheme; write sqlite://PATH, postgres://…, mysql://… or mssql://…",
        ),
        ("sqlite://", "the database URL names no file; write sqlite://PATH"),
    ] {
        let refused = connect(url, &StoreOptions::default(), Arc::new(SystemRandom))
            .await
            .unwrap_err();
        assert_eq!(refused.to_string(), expected);
    }
}
