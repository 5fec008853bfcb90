//! A ring of keys in PostgreSQL, MySQL or MariaDB, and SQL Server where one is named.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[path = "../src/test_databases.rs"]
mod test_databases;

use std::sync::Arc;

use test_databases::{SQL_SERVER, new_database};
use wicketgate_identity::options::StoreOptions;
use wicketgate_protection::{
    DataProtection, KeyRepository, KeyRing, KeyRingOptions, StoredElement, SystemClock, SystemRandom,
};
use wicketgate_sql::{connect, connect_keys, inspect_keys, migrate, migrate_keys, plan_keys_migration};
use zeroize::Zeroizing;

const SERVERS: [&str; 3] = ["WICKETGATE_TEST_POSTGRES_URL", "WICKETGATE_TEST_MYSQL_URL", SQL_SERVER];

fn element(name: &str, xml: &str) -> StoredElement {
    StoredElement {
        name: name.to_owned(),
        xml: Zeroizing::new(xml.to_owned()),
    }
}

fn instance(keys: Arc<dyn KeyRepository>) -> DataProtection {
    let options = KeyRingOptions::default();
    let ring = KeyRing::new(keys, options, Arc::new(SystemClock), Arc::new(SystemRandom));
    DataProtection::new(Arc::new(ring), None)
}

#[tokio::test]
async fn what_is_stored_is_there_for_the_next_process() {
    for server in SERVERS {
        let Some(url) = new_database(server).await else {
            continue;
        };
        let keys = connect_keys(&url, &StoreOptions::default()).await.unwrap();
        let long = format!("<key id='1'>{}</key>", "x".repeat(100_000));
        keys.store(element("key-1", &long)).await.unwrap();
        keys.store(element("revocation-2", "<revocation/>")).await.unwrap();
        drop(keys);
        let keys = connect_keys(&url, &StoreOptions::default()).await.unwrap();
        assert_eq!(
            keys.all_elements().await.unwrap(),
            [element("key-1", &long), element("revocation-2", "<revocation/>")]
        );
        let copy = inspect_keys(&url, &StoreOptions::default()).await.unwrap().unwrap();
        assert_eq!(copy.all_elements().await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn the_table_is_made_once_and_the_plan_says_how() {
    for server in SERVERS {
        let Some(url) = new_database(server).await else {
            continue;
        };
        let planned = plan_keys_migration(&url, &StoreOptions::default()).await.unwrap();
        assert!(inspect_keys(&url, &StoreOptions::default()).await.unwrap().is_none());
        assert_eq!(migrate_keys(&url, &StoreOptions::default()).await.unwrap(), planned);
        assert_eq!(migrate_keys(&url, &StoreOptions::default()).await.unwrap(), [""; 0]);
        assert_eq!(
            plan_keys_migration(&url, &StoreOptions::default()).await.unwrap(),
            [""; 0]
        );
    }
}

#[tokio::test]
async fn instances_that_start_together_on_an_empty_database_make_one_key_and_understand_each_other() {
    for server in SERVERS {
        let Some(url) = new_database(server).await else {
            continue;
        };
        let starts: Vec<_> = (0..10)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move {
                    let instance = instance(connect_keys(&url, &StoreOptions::default()).await.unwrap());
                    let text = instance.protector(&["test"]).protect_text(b"hello").await.unwrap();
                    (instance, text)
                })
            })
            .collect();
        let mut started = Vec::new();
        for start in starts {
            started.push(start.await.unwrap());
        }
        for (_, text) in &started {
            for (instance, _) in &started {
                let opened = instance.protector(&["test"]).unprotect_text(text).await.unwrap();
                assert_eq!(&**opened, b"hello");
            }
        }
        let keys = connect_keys(&url, &StoreOptions::default()).await.unwrap();
        assert_eq!(keys.all_elements().await.unwrap().len(), 1, "{server}");
    }
}

#[tokio::test]
async fn an_element_is_kept_only_while_nobody_else_wrote() {
    for server in SERVERS {
        let Some(url) = new_database(server).await else {
            continue;
        };
        let keys = connect_keys(&url, &StoreOptions::default()).await.unwrap();
        assert!(keys.store_if_unchanged(element("a", "<a/>"), 0).await.unwrap());
        assert!(!keys.store_if_unchanged(element("b", "<b/>"), 0).await.unwrap());
        assert!(keys.store_if_unchanged(element("c", "<c/>"), 1).await.unwrap());
        assert_eq!(keys.all_elements().await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_database_with_keys_alone_still_gets_its_accounts() {
    for server in SERVERS {
        let Some(url) = new_database(server).await else {
            continue;
        };
        let keys = connect_keys(&url, &StoreOptions::default()).await.unwrap();
        keys.store(element("key-1", "<key/>")).await.unwrap();
        let options = StoreOptions::default();
        let store = connect(&url, &options, Arc::new(SystemRandom)).await.unwrap();
        store.accounts().ping().await.unwrap();
        assert_eq!(migrate(&url, &options).await.unwrap(), [""; 0]);
        assert_eq!(keys.all_elements().await.unwrap().len(), 1);
    }
}
