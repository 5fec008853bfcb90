//! What is refused, and left as it is.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use wicketgate_identity::options::{SchemaVersion, StoreOptions};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;

use crate::{database_with, golden_ddl, open};

/// The one line that the server prints.
async fn refusal(path: &Path) -> String {
    let message = open(path, SchemaVersion::V3).await.unwrap_err().to_string();
    assert!(message.contains(&path.display().to_string()), "{message}");
    assert!(!message.contains('\n'), "{message}");
    message
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
    let path = database_with(&folder, r#"CREATE TABLE "Orders" ("Id" INTEGER PRIMARY KEY)"#);
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
    let path = database_with(&folder, &ddl);
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
    let path = database_with(&folder, &ddl);
    assert!(refusal(&path).await.ends_with(
        "app.db: it has the tables of ASP.NET Identity 2 (.NET Framework), which are not served: upgrade them to ASP.NET Core \
         Identity's first"
    ));
}

#[tokio::test]
async fn the_tables_of_memberships_are_refused_and_left_alone() {
    for (tables, name) in [
        (
            r#"CREATE TABLE "aspnet_Users" ("UserId" TEXT, "LoweredUserName" TEXT);
            CREATE TABLE "aspnet_Membership" ("UserId" TEXT, "Password" TEXT, "PasswordFormat" INTEGER);"#,
            "ASP.NET membership",
        ),
        (
            r#"CREATE TABLE "UserProfile" ("UserId" INTEGER PRIMARY KEY, "UserName" TEXT);
            CREATE TABLE "webpages_Membership" ("UserId" INTEGER PRIMARY KEY, "Password" TEXT);"#,
            "SimpleMembership",
        ),
    ] {
        let folder = TempDir::new().unwrap();
        let path = database_with(&folder, tables);
        let before = fs::read(&path).unwrap();
        let expected =
            format!("app.db: it has the tables of {name} (.NET Framework), which are not served, and none of");
        let refused = refusal(&path).await;
        assert!(refused.contains(&expected), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[tokio::test]
async fn ids_of_two_types_are_refused() {
    let folder = TempDir::new().unwrap();
    let ddl = golden_ddl("sqlite-v3.sql").replacen(
        r#"CREATE TABLE "AspNetUsers" (
    "Id" TEXT NOT NULL"#,
        r#"CREATE TABLE "AspNetUsers" (
    "Id" INTEGER NOT NULL"#,
        1,
    );
    let path = database_with(&folder, &ddl);
    let refusal = refusal(&path).await;
    let (_, columns) = refusal.split_once("columns of its tables cannot be used: ").unwrap();
    for column in ["AspNetRoles.Id", "AspNetUserClaims.UserId", "AspNetUserRoles.RoleId"] {
        assert!(columns.contains(column), "{refusal}");
    }
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
