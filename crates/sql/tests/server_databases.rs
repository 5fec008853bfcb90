//! Opening databases on PostgreSQL, on MySQL or MariaDB, and on a SQL Server where one is named, and making their tables.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

mod shape;
#[path = "../src/test_databases.rs"]
mod test_databases;

use std::path::Path;
use std::sync::Arc;

use shape::{run, shape, without_ours};
use sqlx::{Connection, PgConnection};
use test_databases::{SQL_SERVER, new_database};
use time::macros::datetime;
use tokio::task::JoinSet;
use wicketgate_identity::account::{Change, Expected, NormalizedName};
use wicketgate_identity::options::{SchemaVersion, StoreOptions};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{AccountCounts, OpenError, SchemaState, connect, inspect, migrate, plan_migration};
use wicketgate_store_tests::fixture::event;

const POSTGRES: &str = "WICKETGATE_TEST_POSTGRES_URL";
const MYSQL: &str = "WICKETGATE_TEST_MYSQL_URL";

/// Each of the servers, with the goldens' word for it.
const SERVERS: [(&str, &str); 3] = [(POSTGRES, "postgresql"), (MYSQL, "mariadb"), (SQL_SERVER, "sqlserver")];

const VERSIONS: [(SchemaVersion, &str); 3] = [
    (SchemaVersion::V1, "v1"),
    (SchemaVersion::V2, "v2"),
    (SchemaVersion::V3, "v3"),
];

/// Those that a new database has beside EF Core's.
const OUR_TABLES: [&str; 11] = [
    "wicketgate_migrations",
    "wicketgate_scripts",
    "wicketgate_events",
    "wicketgate_event_keys",
    "wicketgate_event_seals",
    "wicketgate_event_checkpoints",
    "wicketgate_unknown_sign_ins",
    "wicketgate_mails",
    "wicketgate_secrets",
    "wicketgate_rate_limits",
    "wicketgate_sessions",
];

#[tokio::test]
async fn a_new_database_is_like_one_that_ef_core_made() {
    for (server, dialect) in SERVERS {
        for (version, number) in VERSIONS {
            let golden = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../conformance/goldens/ddl")
                .join(format!("{dialect}-{number}.sql"));
            // Pomelo has no release for .NET 10.
            let Ok(golden) = std::fs::read_to_string(golden) else {
                assert_eq!((dialect, version), ("mariadb", SchemaVersion::V3));
                continue;
            };
            let (Some(made), Some(expected)) = (new_database(server).await, new_database(server).await) else {
                continue;
            };
            run(&expected, &golden).await;
            open(&made, version).await.unwrap();
            let made_shape = shape(&made).await;
            assert!(made_shape.len() > 40, "{made_shape:#?}");
            let (made_shape, ours) = without_ours(made_shape);
            assert_eq!(made_shape, shape(&expected).await, "{dialect} {number}");
            for table in OUR_TABLES {
                assert!(ours.iter().any(|line| line.contains(table)), "{table} {ours:#?}");
            }
            for url in [made, expected] {
                assert_eq!(state(&url).await, SchemaState::Complete(version));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_instances_may_start_at_once_on_an_empty_database() {
    for (server, _) in SERVERS {
        let Some(url) = new_database(server).await else {
            continue;
        };
        let mut starting = JoinSet::new();
        for _ in 0..10 {
            let url = url.clone();
            starting.spawn(async move { open(&url, SchemaVersion::V3).await });
        }
        for started in starting.join_all().await {
            started.unwrap();
        }
        assert_eq!(state(&url).await, SchemaState::Complete(SchemaVersion::V3));
    }
}

#[tokio::test]
async fn tables_of_others_get_company_only_by_an_explicit_migration() {
    for (server, _) in SERVERS {
        let Some(url) = new_database(server).await else {
            continue;
        };
        run(&url, "CREATE TABLE orders (id integer NOT NULL PRIMARY KEY)").await;
        assert_eq!(refused(&url).await, SchemaState::Foreign);
        let options = StoreOptions::default();
        let plan = plan_migration(&url, &options).await.unwrap();
        assert_eq!(refused(&url).await, SchemaState::Foreign);
        assert_eq!(migrate(&url, &options).await.unwrap(), plan);
        assert_eq!(plan_migration(&url, &options).await.unwrap(), [""; 0]);
        open(&url, SchemaVersion::V3).await.unwrap();
    }
}

#[tokio::test]
async fn missing_tables_are_named_and_added() {
    for (server, _) in SERVERS {
        let Some(url) = new_database(server).await else {
            continue;
        };
        open(&url, SchemaVersion::V3).await.unwrap();
        run(&url, &quoted(server, r#"DROP TABLE "AspNetUserTokens""#)).await;
        assert_eq!(
            refused(&url).await,
            SchemaState::MissingTables(vec!["AspNetUserTokens".to_owned()])
        );
        assert_eq!(migrate(&url, &StoreOptions::default()).await.unwrap().len(), 1);
        open(&url, SchemaVersion::V3).await.unwrap();
    }
}

#[tokio::test]
async fn keys_of_no_known_type_are_refused() {
    for (server, _) in SERVERS {
        let Some(url) = new_database(server).await else {
            continue;
        };
        let table = r#"CREATE TABLE "AspNetRoles" ("Id" date NOT NULL PRIMARY KEY, "Name" varchar(256),
            "NormalizedName" varchar(256), "ConcurrencyStamp" text)"#;
        run(&url, &quoted(server, table)).await;
        let unsuitable = SchemaState::UnsuitableColumns(vec![
            "AspNetRoles.Id is date and must be a text, a Guid or an integer".to_owned(),
        ]);
        assert_eq!(refused(&url).await, unsuitable);
        let migrated = migrate(&url, &StoreOptions::default()).await;
        assert!(matches!(migrated, Err(OpenError::Schema { state, .. }) if state == unsuitable));
    }
}

#[tokio::test]
async fn accounts_are_counted() {
    for (server, _) in SERVERS {
        let Some(url) = new_database(server).await else {
            continue;
        };
        open(&url, SchemaVersion::V3).await.unwrap();
        let insert = r#"INSERT INTO "AspNetUsers" ("Id", "UserName", "NormalizedUserName", "EmailConfirmed",
                "PhoneNumberConfirmed", "TwoFactorEnabled", "LockoutEnd", "LockoutEnabled", "AccessFailedCount")
            VALUES ('1', 'ada', 'ADA', '1', '0', '1', '2026-01-02 03:04:05', '1', 0),
                ('2', 'bob', 'BOB', '0', '0', '0', NULL, '1', 0)"#;
        run(&url, &quoted(server, insert)).await;
        for (now, locked) in [
            (datetime!(2026-01-02 03:04:05 UTC), 1),
            (datetime!(2026-01-02 03:04:06 UTC), 0),
        ] {
            let expected = AccountCounts {
                total: 2,
                by_hash: vec![(None, 2)],
                confirmed: 1,
                locked,
                two_factor: 1,
                without_security_stamp: 2,
                ..AccountCounts::default()
            };
            assert_eq!(
                inspect(&url, &StoreOptions::default(), now).await.unwrap().accounts,
                Some(expected)
            );
        }
    }
}

#[tokio::test]
async fn for_ever_in_postgresql_is_infinity_as_npgsql_writes_it() {
    let Some(url) = new_database(POSTGRES).await else {
        return;
    };
    let options = StoreOptions::default();
    let store = connect(&url, &options, Arc::new(SystemRandom)).await.unwrap();
    run(
        &url,
        r#"INSERT INTO "AspNetUsers" ("Id", "NormalizedUserName", "EmailConfirmed", "PhoneNumberConfirmed",
            "TwoFactorEnabled", "LockoutEnd", "LockoutEnabled", "AccessFailedCount")
        VALUES ('1', 'ADA', true, false, true, 'infinity', true, 0)"#,
    )
    .await;
    let ada = store
        .accounts()
        .find_by_normalized_name(&NormalizedName::from_stored("ADA"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ada.lockout_end, Some(datetime!(9999-12-31 23:59:59.999_999_9 UTC)));
    store
        .accounts()
        .change(&ada.id, Expected::Account, &Change::LockoutEnd(None), &event())
        .await
        .unwrap();
    store
        .accounts()
        .change(
            &ada.id,
            Expected::Account,
            &Change::LockoutEnd(ada.lockout_end),
            &event(),
        )
        .await
        .unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let written: String = sqlx::query_scalar(r#"SELECT "LockoutEnd"::text FROM "AspNetUsers""#)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(written, "infinity");
}

#[tokio::test]
async fn a_refusal_names_the_database_and_never_the_password() {
    for url in [
        "postgres://ada:S3cret@127.0.0.1:1/app",
        "mysql://ada:S3cret@127.0.0.1:1/app",
        "mssql://ada:S3cret@127.0.0.1:1/app",
    ] {
        let refusal = open(url, SchemaVersion::V3).await.unwrap_err();
        let text = format!("{refusal} {refusal:?}");
        assert!(text.contains("127.0.0.1:1/app"), "{text}");
        assert!(!text.contains("S3cret"), "{text}");
    }
    for url in [
        "postgres://ada:S3cret@127.0.0.1:x/app",
        "mariadb://ada:S3cret@127.0.0.1:x/app",
        "sqlserver://ada:S3cret@127.0.0.1:x/app",
    ] {
        let refusal = open(url, SchemaVersion::V3).await.unwrap_err();
        assert!(matches!(refusal, OpenError::InvalidUrl(_)), "{refusal:?}");
        assert!(!format!("{refusal} {refusal:?}").contains("S3cret"), "{refusal:?}");
    }
    for url in [
        "postgres://ada@127.0.0.1",
        "mysql://ada@127.0.0.1/",
        "mssql://ada@127.0.0.1",
    ] {
        let refusal = open(url, SchemaVersion::V3).await.unwrap_err();
        assert!(matches!(refusal, OpenError::NoDatabase), "{refusal:?}");
    }
}

async fn open(url: &str, schema_version: SchemaVersion) -> Result<(), OpenError> {
    let options = StoreOptions {
        schema_version,
        ..StoreOptions::default()
    };
    connect(url, &options, Arc::new(SystemRandom)).await.map(drop)
}

async fn refused(url: &str) -> SchemaState {
    let refusal = open(url, SchemaVersion::V3).await.unwrap_err();
    assert!(matches!(refusal, OpenError::Schema { .. }), "{refusal:?}");
    state(url).await
}

async fn state(url: &str) -> SchemaState {
    inspect(url, &StoreOptions::default(), datetime!(2026-01-02 03:04:05 UTC))
        .await
        .unwrap()
        .schema
}

/// With the server's marks around names.
fn quoted(server: &str, statement: &str) -> String {
    match server {
        MYSQL => statement.replace('"', "`"),
        _ => statement.to_owned(),
    }
}
