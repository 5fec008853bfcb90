//! The statements that hold for every store, on SQLite.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::cell::RefCell;
use std::sync::Arc;

use tempfile::TempDir;
use wicketgate_identity::Stores;
use wicketgate_identity::options::{KeyType, StoreOptions};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;

thread_local! {
    /// Each test has a thread, and its database's folder lives as long.
    static FOLDER: RefCell<Option<TempDir>> = const { RefCell::new(None) };
}

async fn new_store(key_type: Option<KeyType>) -> Option<Arc<dyn Stores>> {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}/app.db", folder.path().display());
    let options = StoreOptions {
        key_type,
        ..StoreOptions::default()
    };
    let store = connect(&url, &options, Arc::new(SystemRandom)).await.unwrap();
    FOLDER.replace(Some(folder));
    Some(store)
}

wicketgate_store_tests::test_store!(optional new_store(None));

mod with_guids {
    wicketgate_store_tests::test_store!(optional super::new_store(Some(super::KeyType::Guid)));
}

mod with_numbers {
    wicketgate_store_tests::test_store!(optional super::new_store(Some(super::KeyType::Int)));
}
