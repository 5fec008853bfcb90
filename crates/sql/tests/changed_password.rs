//! A password that is changed on the database's server while instances run.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test cannot set up has failed it"
)]

#[expect(dead_code, reason = "of use to other tests, too")]
mod shape;
#[path = "../src/test_databases.rs"]
mod test_databases;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use shape::{run, texts};
use tempfile::TempDir;
use test_databases::new_database;
use url::Url;
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::{StoreError, Stores};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{DatabaseUrl, connect, connect_keys};

/// A user of a new database, as its owner sees it.
struct User {
    owner_url: String,
    /// As a statement that has to do with the user names it.
    name: String,
    is_postgres: bool,
}

impl User {
    async fn new(server: &str) -> Option<Self> {
        let owner_url = new_database(server).await?;
        let (_, database) = owner_url.rsplit_once('/').unwrap();
        let user = Self {
            is_postgres: owner_url.starts_with("postgres"),
            // MySQL's users have at most 32 characters, PostgreSQL's 63.
            name: format!("ada_{}", &database[database.len() - 16..]),
            owner_url: owner_url.clone(),
        };
        let grants = match user.is_postgres {
            true => format!(
                "CREATE ROLE {name} LOGIN PASSWORD 'first'; GRANT CREATE, USAGE ON SCHEMA public TO {name}",
                name = user.name
            ),
            false => format!(
                "CREATE USER {name}@'127.0.0.1' IDENTIFIED BY 'first'; GRANT ALL ON {database}.* TO {name}@'127.0.0.1'",
                name = user.name
            ),
        };
        run(&owner_url, &grants).await;
        Some(user)
    }

    fn url(&self, password: &str) -> String {
        let mut url = Url::parse(&self.owner_url).unwrap();
        url.set_username(&self.name).unwrap();
        url.set_password(Some(password)).unwrap();
        url.into()
    }

    /// Ends all of the user's connections, too: those that are open are not asked for a password again.
    async fn change_password(&self, password: &str) {
        let name = &self.name;
        if self.is_postgres {
            run(&self.owner_url, &format!("ALTER ROLE {name} PASSWORD '{password}'")).await;
            let end = format!("SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE usename = '{name}'");
            texts(&self.owner_url, &end).await;
        } else {
            let statements = format!("ALTER USER {name}@'127.0.0.1' IDENTIFIED BY '{password}'; KILL USER {name}");
            run(&self.owner_url, &statements).await;
        }
    }
}

async fn open(file: &Path) -> Arc<dyn Stores> {
    let url = DatabaseUrl::read(file).unwrap();
    connect(&url, &StoreOptions::default(), Arc::new(SystemRandom))
        .await
        .unwrap()
}

/// Until the store has met the connections that have ended, each of which fails somebody once.
async fn until_refused(store: &Arc<dyn Stores>) -> String {
    loop {
        match store.accounts().ping().await {
            Err(StoreError::Unavailable(reason)) if reason.to_string().contains("denied") => return reason.to_string(),
            Err(StoreError::Unavailable(reason)) if reason.to_string().contains("authentication") => {
                return reason.to_string();
            }
            Err(StoreError::Failed(reason)) => panic!("it may pass: {reason}"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_url_in_a_file_is_read_again_when_its_password_was_changed() {
    for server in ["WICKETGATE_TEST_POSTGRES_URL", "WICKETGATE_TEST_MYSQL_URL"] {
        let Some(user) = User::new(server).await else { continue };
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("url");
        fs::write(&file, format!("{}\n", user.url("first"))).unwrap();
        let store = open(&file).await;
        let keys = connect_keys(&DatabaseUrl::read(&file).unwrap(), &StoreOptions::default())
            .await
            .unwrap();

        // While the file has the old one, requests are told to come back.
        user.change_password("second").await;
        let reason = until_refused(&store).await;
        assert!(!reason.contains("first") && !reason.contains("second"), "{reason}");
        // A file that makes no sense, or leads elsewhere, changes nothing.
        for text in ["postg".to_owned(), user.url("second") + "_of_others"] {
            fs::write(&file, text).unwrap();
            until_refused(&store).await;
        }
        fs::write(&file, user.url("second")).unwrap();
        store.accounts().ping().await.unwrap();
        // Another pool meets its lost connections first.
        while keys.all_elements().await.is_err() {}

        user.change_password("third").await;
        fs::write(&file, user.url("third")).unwrap();
        while store.accounts().ping().await.is_err() {}
        store.accounts().ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_password_that_is_not_in_a_file_is_asked_for_with_a_restart() {
    for server in ["WICKETGATE_TEST_POSTGRES_URL", "WICKETGATE_TEST_MYSQL_URL"] {
        let Some(user) = User::new(server).await else { continue };
        let store = connect(&user.url("first"), &StoreOptions::default(), Arc::new(SystemRandom))
            .await
            .unwrap();
        user.change_password("second").await;
        until_refused(&store).await;
        user.change_password("first").await;
        store.accounts().ping().await.unwrap();
    }
}
