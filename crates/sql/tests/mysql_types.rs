//! Columns of other types than Pomelo gives them.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[expect(dead_code, reason = "other tests compare shapes")]
mod shape;
#[path = "../src/test_databases.rs"]
mod test_databases;

use std::sync::Arc;

use shape::run;
use test_databases::new_database;
use wicketgate_identity::account::EmailUniqueness;
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::{Stores, User};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{OpenError, connect};
use wicketgate_store_tests::fixture::{event, user};

async fn open(url: &str) -> Result<Arc<dyn Stores>, OpenError> {
    connect(url, &StoreOptions::default(), Arc::new(SystemRandom)).await
}

/// As Oracle's MySQL provider and others make them.
#[tokio::test]
async fn other_types_of_mysql_hold_accounts_or_are_named_with_the_type_to_use() {
    let Some(url) = new_database("WICKETGATE_TEST_MYSQL_URL").await else {
        return;
    };
    open(&url).await.unwrap();
    run(
        &url,
        "ALTER TABLE AspNetUsers MODIFY EmailConfirmed tinyint(4) NOT NULL, MODIFY LockoutEnd datetime NULL",
    )
    .await;
    let stores = open(&url).await.unwrap();
    let ada = User {
        email_confirmed: true,
        ..user("ada")
    };
    let created = stores
        .accounts()
        .create(&ada, EmailUniqueness::Required, None, &event())
        .await;
    created.unwrap();
    assert_eq!(stores.accounts().find_by_id(&ada.id).await.unwrap(), Some(ada));
    run(&url, "ALTER TABLE AspNetUsers MODIFY LockoutEnd timestamp NULL").await;
    let unsuitable = "AspNetUsers.LockoutEnd is timestamp and must be datetime(6)";
    let refused = open(&url).await.unwrap_err();
    assert!(refused.to_string().ends_with(unsuitable), "{refused}");
}
