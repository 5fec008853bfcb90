//! A MariaDB that keeps names of tables in small letters, as MySQL and MariaDB do on Windows.

use std::sync::Arc;

use wicketgate_identity::Stores;
use wicketgate_identity::options::{SchemaVersion, StoreOptions};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{OpenError, connect, connect_keys, migrate, plan_migration};
use wicketgate_test_servers::MariaDb;

async fn open(url: &str, schema_version: SchemaVersion) -> Result<Arc<dyn Stores>, OpenError> {
    connect(
        url,
        &StoreOptions {
            schema_version,
            ..StoreOptions::default()
        },
        Arc::new(SystemRandom),
    )
    .await
}

#[tokio::test]
async fn tables_whose_names_have_no_case_are_made_found_and_brought_up_to_date() {
    let server = MariaDb::start_with(&["--lower-case-table-names=1"]).unwrap();
    server.create_database("app").unwrap();
    let url = format!("{}app", server.url());
    // The first makes the tables, the second finds them.
    for _ in 0..2 {
        open(&url, SchemaVersion::V1)
            .await
            .unwrap()
            .accounts()
            .ping()
            .await
            .unwrap();
        connect_keys(&url, &StoreOptions::default())
            .await
            .unwrap()
            .all_elements()
            .await
            .unwrap();
    }
    let tables = server.query("SHOW TABLES IN app").unwrap();
    assert!(
        tables.contains("aspnetusers") && tables.contains("dataprotectionkeys"),
        "{tables}"
    );

    let newest = StoreOptions::default();
    assert!(!migrate(&url, &newest).await.unwrap().is_empty());
    assert_eq!(plan_migration(&url, &newest).await.unwrap(), [""; 0]);
    open(&url, newest.schema_version)
        .await
        .unwrap()
        .accounts()
        .ping()
        .await
        .unwrap();

    // A migration that was cut off is finished with the statements that are left, and none that are there.
    server
        .query("DELETE FROM app.wicketgate_migrations WHERE number = 1; DROP INDEX UserNameIndex ON app.aspnetusers")
        .unwrap();
    let finishing = migrate(&url, &newest).await.unwrap();
    assert_eq!(finishing.len(), 2, "{finishing:?}");
    assert!(finishing.iter().any(|statement| statement.contains("`UserNameIndex`")));
    open(&url, newest.schema_version)
        .await
        .unwrap()
        .accounts()
        .ping()
        .await
        .unwrap();
}
