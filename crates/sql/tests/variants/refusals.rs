//! Databases that are not opened, and what is said about them.

use time::OffsetDateTime;
use wicketgate_identity::Stores;
use wicketgate_identity::account::EmailUniqueness;
use wicketgate_identity::options::{OwnColumn, StoreOptions};
use wicketgate_sql::{inspect, migrate, plan_migration};
use wicketgate_store_tests::fixture::{event, user};
use wicketgate_test_servers::MariaDb;

use crate::{Variant, shape};

async fn refusal(variant: &Variant, options: &StoreOptions) -> String {
    variant.open(options).await.err().unwrap().to_string()
}

#[tokio::test]
async fn a_column_that_new_accounts_would_leave_empty_is_named_with_the_setting() {
    let variant = Variant::sqlite("own-columns");
    let told = refusal(&variant, &variant.options()).await;
    assert!(
        told.contains("Points, Subscribed, Tenant; set stores.column_defaults (Points = "),
        "{told}"
    );
    for (column, value, problem) in [
        ("Points", "many", "Points is no INTEGER"),
        ("Email", "a@b", "Email is a column of ASP.NET Core Identity's own"),
        ("Nobody", "a", "Nobody names no column"),
    ] {
        let options = StoreOptions {
            column_defaults: [(column.parse().unwrap(), value.to_owned())].into(),
            ..variant.options()
        };
        let told = refusal(&variant, &options).await;
        assert!(told.contains(problem), "{told}");
    }
}

#[tokio::test]
async fn no_second_set_of_tables_is_made_beside_those_that_are_there() {
    let Some(variant) = Variant::postgres("schema").await else {
        return;
    };
    let count = "SELECT count(*)::text FROM pg_tables WHERE lower(tablename) LIKE 'aspnet%'";
    let before = shape::texts(&variant.url, count).await;
    let elsewhere = StoreOptions {
        schema: Some("public".to_owned()),
        ..variant.options()
    };
    let told = refusal(&variant, &elsewhere).await;
    assert!(
        told.contains("tables in identity") && told.contains("stores.schema"),
        "{told}"
    );
    shape::run(
        &variant.url,
        "CREATE SCHEMA second; CREATE TABLE second.\"AspNetUsers\" (\"Id\" text)",
    )
    .await;
    let told = refusal(&variant, &variant.options()).await;
    assert!(
        told.contains("identity, second") && told.contains("stores.schema"),
        "{told}"
    );
    shape::run(&variant.url, "DROP SCHEMA second CASCADE").await;
    let other_names = StoreOptions {
        tables: [("users".parse().unwrap(), "Users".to_owned())].into(),
        ..variant.options()
    };
    let told = refusal(&variant, &other_names).await;
    assert!(
        told.contains("identity.AspNetUsers") && told.contains("stores.tables"),
        "{told}"
    );
    assert_eq!(shape::texts(&variant.url, count).await, before);
}

#[tokio::test]
async fn the_search_path_decides_between_two_schemas() {
    let Some(mut variant) = Variant::postgres("schema").await else {
        return;
    };
    shape::run(
        &variant.url,
        "CREATE SCHEMA empty; CREATE SCHEMA second; CREATE TABLE second.\"AspNetUsers\" (\"Id\" text)",
    )
    .await;
    let plain = variant.url.clone();
    variant.url = format!("{plain}?options=-c%20search_path%3Dempty,identity,second");
    variant.open(&variant.options()).await.unwrap();
    variant.url = format!("{plain}?options=-c%20search_path%3Dempty,second,identity");
    let told = refusal(&variant, &variant.options()).await;
    assert!(told.contains("AspNetUsers.UserName"), "{told}");
    variant.url = plain;
    let named = StoreOptions {
        schema: Some("identity".to_owned()),
        ..variant.options()
    };
    variant.check(&named).await;
}

#[tokio::test]
async fn two_tables_that_look_like_the_one_for_users_need_a_name() {
    let variant = Variant::sqlite("renamed-tables");
    shape::run(
        &variant.url,
        "ALTER TABLE Users RENAME TO People; CREATE TABLE OldPeople AS SELECT * FROM People",
    )
    .await;
    let told = refusal(&variant, &variant.options()).await;
    assert!(
        told.contains("OldPeople, People") && told.contains("stores.tables"),
        "{told}"
    );
    let named = StoreOptions {
        tables: [("users".parse().unwrap(), "People".to_owned())].into(),
        ..variant.options()
    };
    variant.check(&named).await;
}

#[tokio::test]
async fn a_column_with_a_name_of_its_own_needs_the_setting() {
    let variant = Variant::sqlite("renamed-tables");
    shape::run(
        &variant.url,
        "ALTER TABLE Users RENAME COLUMN Email TO \"E-Mail\"; ALTER TABLE UserTokens RENAME COLUMN Value TO Secret",
    )
    .await;
    let told = refusal(&variant, &variant.options()).await;
    assert!(
        told.contains("Users (without Email)") && told.contains("stores.columns"),
        "{told}"
    );
    let columns = [("users.email", "E-Mail"), ("user_tokens.value", "Secret")];
    let named = StoreOptions {
        columns: columns
            .map(|(column, name)| (column.parse().unwrap(), name.to_owned()))
            .into(),
        ..variant.options()
    };
    variant.check(&named).await;
}

#[tokio::test]
async fn a_server_without_case_keeps_renamed_tables_too() {
    let server = MariaDb::start_with(&["--lower-case-table-names=1"]).unwrap();
    for name in ["plain", "renamed-tables"] {
        let database = name.replace('-', "_");
        server.create_database(&database).unwrap();
        let variant = Variant::mysql_at(format!("{}{database}", server.url()), name)
            .await
            .unwrap();
        let users = if name == "plain" { "aspnetusers" } else { "users" };
        let query = format!("ALTER TABLE {database}.{users} RENAME COLUMN LockoutEnd TO lockoutend");
        server.query(&query).unwrap();
        variant.check(&variant.options()).await;
    }
}

#[tokio::test]
async fn a_table_whose_name_nobody_can_tell_is_not_made() {
    let variant = Variant::sqlite("renamed-tables");
    let rename = "ALTER TABLE Users RENAME TO People; ALTER TABLE Roles RENAME TO Groups; DROP TABLE UserPasskeys";
    shape::run(&variant.url, rename).await;
    let options = variant.options();
    variant.open(&options).await.unwrap();
    for refused in [
        migrate(&variant.url, &options).await,
        plan_migration(&variant.url, &options).await,
    ] {
        let told = refused.unwrap_err().to_string();
        assert!(
            told.contains("(AspNetUserPasskeys)") && told.ends_with("stores.tables (user_passkeys = \"…\")"),
            "{told}"
        );
    }
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%Passkeys'";
    assert_eq!(shape::texts(&variant.url, names).await, [""; 0]);

    let named = StoreOptions {
        tables: [("user_passkeys".parse().unwrap(), "Passkeys".to_owned())].into(),
        ..options
    };
    migrate(&variant.url, &named).await.unwrap();
    assert_eq!(shape::texts(&variant.url, names).await, ["Passkeys"]);
}

#[tokio::test]
async fn tables_that_are_missing_are_named_as_the_database_names_them() {
    let variant = Variant::sqlite("renamed-tables");
    shape::run(&variant.url, "DROP TABLE UserTokens").await;
    let told = refusal(&variant, &variant.options()).await;
    assert!(told.contains("tables are missing: UserTokens;"), "{told}");
    shape::run(&variant.url, "ALTER TABLE Users RENAME TO People").await;
    let told = refusal(&variant, &variant.options()).await;
    assert!(
        told.contains("tables are missing: user_tokens (AspNetUserTokens in EF Core);"),
        "{told}"
    );
}

#[tokio::test]
async fn a_column_of_another_table_that_new_rows_would_leave_empty_gets_the_value_that_is_set() {
    let variant = Variant::sqlite("renamed-tables");
    let tokens = "
        DROP TABLE UserTokens;
        CREATE TABLE UserTokens (UserId TEXT NOT NULL, LoginProvider TEXT NOT NULL, Name TEXT NOT NULL, Value TEXT,
            Tenant TEXT NOT NULL, PRIMARY KEY (UserId, LoginProvider, Name))";
    shape::run(&variant.url, tokens).await;
    let missing: OwnColumn = "user_tokens.Tenant".parse().unwrap();
    let options = variant.options();
    let found = inspect(&variant.url, &options, OffsetDateTime::UNIX_EPOCH)
        .await
        .unwrap();
    assert_eq!(found.unfillable_columns_of_others, std::slice::from_ref(&missing));
    // Nobody needs it to register.
    variant.open(&options).await.unwrap();

    let options = StoreOptions {
        column_defaults: [(missing, "default".to_owned())].into(),
        ..options
    };
    let found = inspect(&variant.url, &options, OffsetDateTime::UNIX_EPOCH)
        .await
        .unwrap();
    assert_eq!(found.unfillable_columns_of_others, []);
    let stores = variant.open(&options).await.unwrap();
    let user = user("ada");
    let accounts = stores.accounts();
    accounts
        .create(&user, EmailUniqueness::Required, None, &event())
        .await
        .unwrap();
    let stamp = user.security_stamp.as_ref().unwrap();
    let key = accounts
        .ensure_authenticator_key(&user.id, Some(stamp), "KEY", stamp, &event())
        .await;
    assert_eq!(key.unwrap().as_deref(), Some("KEY"));
    let tenants = shape::texts(&variant.url, "SELECT Tenant FROM UserTokens").await;
    assert_eq!(tenants, ["default"]);
}
