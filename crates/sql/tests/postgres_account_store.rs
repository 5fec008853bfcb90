//! The statements that hold for every store, on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[path = "../src/test_databases.rs"]
mod test_databases;

use std::sync::Arc;

use test_databases::new_database;
use wicketgate_identity::Stores;
use wicketgate_identity::options::{KeyType, StoreOptions};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;

async fn new_store(key_type: Option<KeyType>) -> Option<Arc<dyn Stores>> {
    let url = new_database("WICKETGATE_TEST_POSTGRES_URL").await?;
    let options = StoreOptions {
        key_type,
        ..StoreOptions::default()
    };
    let store = connect(&url, &options, Arc::new(SystemRandom)).await;
    Some(store.unwrap())
}

wicketgate_store_tests::test_store!(optional new_store(None));

mod with_guids {
    wicketgate_store_tests::test_store!(optional super::new_store(Some(super::KeyType::Guid)));
}

mod with_numbers {
    wicketgate_store_tests::test_store!(optional super::new_store(Some(super::KeyType::Int)));
}
