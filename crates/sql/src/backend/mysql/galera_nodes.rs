//! What many do at once at all nodes of a Galera cluster comes out as at one server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use futures_util::future::try_join_all;
use tokio::task::JoinSet;
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::{StoreError, Stores};
use wicketgate_protection::SystemRandom;
use wicketgate_store_tests::checks;
use wicketgate_test_servers::{Error, Galera};

use super::MySqlDatabase;
use super::dialect::MySql;
use crate::accounts::SqlAccountStore;
use crate::database::{Database, Purpose};
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::layout::Layout;
use crate::open_error::OpenError;

/// A database that is another node's for each statement and each transaction.
#[derive(Debug)]
struct AnyNode {
    nodes: Vec<MySqlDatabase>,
    next: AtomicUsize,
}

impl AnyNode {
    fn next(&self) -> &MySqlDatabase {
        &self.nodes[self.next.fetch_add(1, Relaxed) % self.nodes.len()]
    }
}

impl Database for AnyNode {
    type Dialect = MySql;
    type Connection = <MySqlDatabase as Database>::Connection;
    type Transaction = <MySqlDatabase as Database>::Transaction;

    /// The nodes' URLs, with spaces between.
    async fn open(urls: &DatabaseUrl, purpose: Purpose) -> Result<Self, OpenError> {
        let urls: Vec<_> = urls.as_str().split(' ').map(DatabaseUrl::from).collect();
        let nodes = urls.iter().map(|url| MySqlDatabase::open(url, purpose));
        Ok(Self {
            nodes: try_join_all(nodes).await?,
            next: AtomicUsize::new(0),
        })
    }

    fn place(&self) -> &str {
        "all nodes"
    }

    fn lay_out(&mut self, layout: Arc<Layout>) {
        for node in &mut self.nodes {
            node.lay_out(Arc::clone(&layout));
        }
    }

    fn layout(&self) -> &Layout {
        self.nodes[0].layout()
    }

    async fn reader(&self) -> Result<Self::Connection, DatabaseError> {
        self.next().reader().await
    }

    async fn writer(&self) -> Result<Self::Connection, DatabaseError> {
        self.next().writer().await
    }

    async fn begin(&self) -> Result<Self::Transaction, DatabaseError> {
        self.next().begin().await
    }

    async fn try_write(&self) -> Result<(), DatabaseError> {
        self.next().try_write().await
    }

    async fn close(self) {}
}

/// How often a race may be run. Who loses too often is told to come back, on a machine that has other work.
const TRIES: usize = 5;

/// A store over all nodes, in a new database whose tables are made at all nodes at once.
async fn new_store(cluster: &Galera, name: &str) -> Arc<dyn Stores> {
    cluster.create_database(name).unwrap();
    let urls: Vec<String> = (0..cluster.size()).map(|node| cluster.url(node, name)).collect();
    let mut starting = JoinSet::new();
    for url in urls.iter().cycle().take(2 * urls.len()) {
        let url = url.clone();
        starting.spawn(async move { crate::connect(&url, &StoreOptions::default(), Arc::new(SystemRandom)).await });
    }
    for started in starting.join_all().await {
        started.unwrap();
    }
    let database = AnyNode::open(&DatabaseUrl::from(&urls.join(" ")), Purpose::Use)
        .await
        .unwrap();
    Arc::new(SqlAccountStore::new(Arc::new(database), None, Arc::new(SystemRandom)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn races_are_settled_among_all_nodes() {
    let cluster = match Galera::start(3) {
        Err(missing @ Error::Missing { .. }) => {
            assert!(std::env::var_os("CI").is_none(), "{missing}");
            eprintln!("nothing was tested: {missing}");
            return;
        }
        cluster => cluster.unwrap(),
    };
    macro_rules! hold {
        ($($statement:ident)*) => {
            $(
                let mut tries = 0..TRIES;
                loop {
                    let number = tries.next().unwrap();
                    let store = new_store(&cluster, &format!("{}_{number}", stringify!($statement))).await;
                    match checks::$statement(store).await {
                        Err(StoreError::Unavailable(reason)) => eprintln!("{}: {reason}", stringify!($statement)),
                        outcome => break outcome.unwrap(),
                    }
                }
            )*
        };
    }
    hold! {
        many_registrations_of_one_name_give_one_account
        many_registrations_of_one_unique_address_give_one_account
        many_renames_to_one_name_give_it_to_one_account
        parallel_failures_are_all_counted
        parallel_failures_lock_once
        one_of_many_password_changes_wins
        no_guess_is_accepted_once_others_at_once_have_locked
        many_requests_for_a_first_key_get_one_key
        one_of_many_replacements_of_recovery_codes_wins
        a_recovery_code_works_for_one_of_many
        different_recovery_codes_are_redeemed_in_parallel
        many_tasks_make_one_role
    }
}
