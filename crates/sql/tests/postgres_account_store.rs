//! The statements that hold for every store, on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[path = "../src/test_databases.rs"]
mod test_databases;

use std::sync::Arc;

use test_databases::new_database;
use wicketgate_identity::Stores;
use wicketgate_identity::options::StoreOptions;
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;

async fn new_store() -> Option<Arc<dyn Stores>> {
    let url = new_database("WICKETGATE_TEST_POSTGRES_URL").await?;
    let options = StoreOptions::default();
    let store = connect(&url, &options, Arc::new(SystemRandom)).await;
    Some(store.unwrap())
}

wicketgate_store_tests::test_store!(optional new_store());
