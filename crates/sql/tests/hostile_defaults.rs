//! Servers whose defaults for sessions would lose, change or refuse what is written, on PostgreSQL and MariaDB.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[expect(dead_code, reason = "of use to other tests, too")]
mod shape;
#[path = "../src/test_accounts.rs"]
mod test_accounts;
#[path = "../src/test_databases.rs"]
#[expect(dead_code, reason = "of use to other tests, too")]
mod test_databases;
mod written_tables;

use std::sync::Arc;

use shape::run;
use test_accounts::user;
use wicketgate_identity::account::{Change, EmailUniqueness, Expected, SecurityStamp};
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::store::ChangeOutcome;
use wicketgate_identity::{PasswordHash, Stores};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{connect, connect_keys};
use wicketgate_store_tests::{fixture::event, test_store};
use wicketgate_test_servers::{MariaDb, PostgreSql};
use written_tables::WRITTEN_TABLES;

/// Each refuses, loses or changes something of its own.
const MARIADB: &str = "SET GLOBAL
    autocommit = 0, completion_type = CHAIN,
    sql_mode = 'ORACLE,EMPTY_STRING_IS_NULL,PAD_CHAR_TO_FULL_LENGTH,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,IGNORE_SPACE,SIMULTANEOUS_ASSIGNMENT',
    tx_isolation = 'READ-UNCOMMITTED', time_zone = '+12:45', default_storage_engine = MyISAM,
    character_set_server = latin1, character_set_client = latin1, collation_connection = latin1_general_cs,
    foreign_key_checks = 0, unique_checks = 0, sql_safe_updates = 1, sql_auto_is_null = 1, max_join_size = 1, sql_big_selects = 0,
    sql_select_limit = 1, max_sort_length = 8, innodb_lock_wait_timeout = 0, lock_wait_timeout = 0,
    max_statement_time = 0.5, idle_transaction_timeout = 0";

const POSTGRESQL: [&str; 15] = [
    "default_transaction_isolation=serializable",
    "default_transaction_deferrable=on",
    "synchronous_commit=off",
    "standard_conforming_strings=off",
    "transform_null_equals=on",
    "quote_all_identifiers=on",
    "statement_timeout=500",
    "lock_timeout=1",
    "idle_in_transaction_session_timeout=1",
    "datestyle=SQL, DMY",
    "intervalstyle=sql_standard",
    "timezone=Pacific/Chatham",
    "client_encoding=LATIN1",
    "bytea_output=escape",
    "extra_float_digits=0",
];

/// Emptied for each check, because making the tables takes longer than all that is checked.
struct Emptied<F> {
    url: String,
    empty: F,
}

impl<F: AsyncFn()> Emptied<F> {
    async fn new(url: String, empty: F) -> Self {
        drop(open(&url).await);
        Self { url, empty }
    }

    /// Opened anew: a store signs all its events with the key that it found first.
    async fn store(&self, _: &str) -> Arc<dyn Stores> {
        (self.empty)().await;
        open(&self.url).await
    }
}

async fn open(url: &str) -> Arc<dyn Stores> {
    let store = connect(url, &StoreOptions::default(), Arc::new(SystemRandom)).await;
    store.unwrap()
}

/// What the server answers to an administrator who knows of its defaults.
fn ask(server: &MariaDb, statement: &str) -> String {
    const USUAL: &str = "SET autocommit = 1, completion_type = NO_CHAIN, sql_mode = '', max_statement_time = 0,
        sql_select_limit = DEFAULT, sql_safe_updates = 0, foreign_key_checks = 1,
        sql_big_selects = 1";
    server.query(&format!("{USUAL}; {statement}")).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_statements_that_hold_for_every_store_hold_on_a_mariadb_with_hostile_defaults() {
    let server = MariaDb::start().unwrap();
    ask(&server, MARIADB);
    ask(&server, "CREATE DATABASE app");
    let empty = WRITTEN_TABLES.map(|table| format!("DELETE FROM app.{table};")).concat();
    let stores = Emptied::new(format!("{}app", server.url()), async || drop(ask(&server, &empty))).await;
    test_store!(in_one_test(stores: &Emptied<impl AsyncFn()>): Emptied::store);
    in_one_test(&stores).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_statements_that_hold_for_every_store_hold_on_a_postgresql_with_hostile_defaults() {
    let server = PostgreSql::start_with(&POSTGRESQL).unwrap();
    let patient = format!("{}?options=-c%20statement_timeout%3D0", server.url());
    let empty = WRITTEN_TABLES
        .map(|table| format!(r#"DELETE FROM "{table}";"#))
        .concat();
    let stores = Emptied::new(server.url(), async || run(&patient, &empty).await).await;
    test_store!(in_one_test(stores: &Emptied<impl AsyncFn()>): Emptied::store);
    in_one_test(&stores).await;
}

#[tokio::test]
async fn what_mariadb_acknowledged_lasts_whatever_defaults_it_has() {
    let server = &MariaDb::start().unwrap();
    for (name, hostile) in [
        ("no_autocommit", "SET GLOBAL autocommit = 0"),
        ("chain", "SET GLOBAL autocommit = 1, completion_type = CHAIN"),
        (
            "no_autocommit_chain",
            "SET GLOBAL autocommit = 0, completion_type = CHAIN",
        ),
        ("releases", "SET GLOBAL autocommit = 1, completion_type = 'RELEASE'"),
        ("all_of_them", MARIADB),
    ] {
        ask(server, hostile);
        ask(server, &format!("CREATE DATABASE {name}"));
        let store = open(&format!("{}{name}", server.url())).await;
        connect_keys(&format!("{}{name}", server.url()), &StoreOptions::default())
            .await
            .unwrap();
        for number in 0..3 {
            let ada = user(&format!("ada{number}"));
            store
                .accounts()
                .create(&ada, EmailUniqueness::Required, None, &event())
                .await
                .unwrap();
            let (hash, stamp) = (PasswordHash::from_stored("changed"), SecurityStamp::from_stored("new"));
            let changed = store
                .accounts()
                .change(
                    &ada.id,
                    Expected::SecurityStamp(ada.security_stamp.as_ref()),
                    &Change::Password {
                        hash: Some(hash),
                        stamp,
                    },
                    &event(),
                )
                .await;
            assert_eq!(changed.unwrap(), ChangeOutcome::Changed, "{name}");
            let claim = Change::AddClaim {
                claim_type: "office".to_owned(),
                value: "3".to_owned(),
            };
            store
                .accounts()
                .change(&ada.id, Expected::Account, &claim, &event())
                .await
                .unwrap();
            let id = ada.id.as_str();
            let seen = ask(
                server,
                &format!(
                    "SELECT PasswordHash, (SELECT COUNT(*) FROM {name}.AspNetUserClaims WHERE UserId = '{id}')
                     FROM {name}.AspNetUsers WHERE Id = '{id}'"
                ),
            );
            assert_eq!(seen.trim(), "changed\t1", "{name}: others see what was acknowledged");
        }
        let engines = "SELECT DISTINCT engine FROM information_schema.tables WHERE table_schema = ";
        assert_eq!(ask(server, &format!("{engines}'{name}'")).trim(), "InnoDB", "{name}");
    }
}
