//! The statements that hold for every store, on SQLite with other names for all of Identity's tables and columns.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::cell::RefCell;
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;
use wicketgate_identity::Stores;
use wicketgate_identity::options::{IdentityColumn, IdentityTable, StoreOptions};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;

thread_local! {
    /// Each test has a thread, and its database's folder lives as long.
    static FOLDER: RefCell<Option<TempDir>> = const { RefCell::new(None) };
}

async fn new_store() -> Option<Arc<dyn Stores>> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("app.db");
    let url = format!("sqlite://{}", path.display());
    drop(connect(&url, &StoreOptions::default(), Arc::new(SystemRandom)).await);
    let options = renamed(&Connection::open(&path).unwrap());
    let store = connect(&url, &options, Arc::new(SystemRandom)).await.unwrap();
    FOLDER.replace(Some(folder));
    Some(store)
}

/// Gives everything another name, and returns the names.
fn renamed(database: &Connection) -> StoreOptions {
    let mut options = StoreOptions::default();
    for table in IdentityTable::ALL {
        let old = table.dotnet_name();
        for column in table.dotnet_columns() {
            let known = IdentityColumn::by_dotnet_name(table, column).unwrap();
            let new = format!("{table} - {column}");
            let rename = format!("ALTER TABLE \"{old}\" RENAME COLUMN \"{column}\" TO \"{new}\"");
            database.execute_batch(&rename).unwrap();
            options.columns.insert(known, new);
        }
        let new = format!("The {table}");
        let rename = format!("ALTER TABLE \"{old}\" RENAME TO \"{new}\"");
        database.execute_batch(&rename).unwrap();
        options.tables.insert(table, new);
    }
    options
}

wicketgate_store_tests::test_store!(optional new_store());
