//! A log of events that somebody is about to change.

use std::sync::Arc;

use tempfile::TempDir;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use wicketgate_identity::account::EmailUniqueness;
use wicketgate_identity::claims::AuthenticationMethod;
use wicketgate_identity::event::{EventHead, EventProtection, VerifyReport};
use wicketgate_identity::options::{LockoutOptions, StoreOptions};
use wicketgate_identity::store::Attempt;
use wicketgate_identity::{Event, EventKind, EventLog, Stores};
use wicketgate_protection::{DataProtection, ManualClock, SystemRandom};
use wicketgate_store_tests::fixture::user;

use crate::shape;
use crate::test_databases::new_database;

pub(crate) const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
pub(crate) const SERVERS: [Option<&str>; 3] = [
    None,
    Some("WICKETGATE_TEST_POSTGRES_URL"),
    Some("WICKETGATE_TEST_MYSQL_URL"),
];

/// A log with three seals of two events each, and one event that is not sealed.
pub(crate) struct Log {
    pub(crate) url: String,
    pub(crate) stores: Arc<dyn Stores>,
    _folder: Option<TempDir>,
}

impl Log {
    pub(crate) async fn new(server: Option<&str>, keys: &DataProtection) -> Option<Self> {
        let (url, folder) = match server {
            Some(server) => (new_database(server).await?, None),
            None => {
                let folder = TempDir::new().unwrap();
                (format!("sqlite://{}/app.db", folder.path().display()), Some(folder))
            }
        };
        let stores = wicketgate_sql::connect(&url, &StoreOptions::default(), Arc::new(SystemRandom)).await;
        let log = Self {
            url,
            stores: stores.unwrap(),
            _folder: folder,
        };
        let clock = Arc::new(ManualClock::at(NOW));
        let protection = EventProtection::new(keys, clock, Arc::new(SystemRandom));
        log.stores.write_events_with(protection);
        let ada = user("ada");
        let registered = Event::new(EventKind::Registered, Some(ada.id.clone()), NOW);
        let accounts = log.stores.accounts();
        accounts
            .create(&ada, EmailUniqueness::NotRequired, None, &registered)
            .await
            .unwrap();
        for second in 1..7 {
            if second % 2 == 0 {
                assert_eq!(log.events().seal().await.unwrap(), 2);
            }
            let at = NOW + Duration::seconds(second);
            let kind = EventKind::SignedIn(AuthenticationMethod::Password);
            let event = Event::new(kind, Some(ada.id.clone()), at).with_typed_name("ada");
            let (stamp, options) = (ada.security_stamp.as_ref(), LockoutOptions::default());
            let settled = accounts.settle_attempt(&ada.id, stamp, Attempt::Succeeded, at, &options, &event);
            settled.await.unwrap();
        }
        Some(log)
    }

    pub(crate) fn events(&self) -> &dyn EventLog {
        self.stores.events().unwrap()
    }

    pub(crate) async fn run(&self, statements: &str) {
        shape::run(&self.url, statements).await;
    }

    pub(crate) async fn verify(&self, expected: Option<&EventHead>) -> VerifyReport {
        self.events().verify(expected).await.unwrap()
    }

    /// The events, oldest first.
    pub(crate) async fn ids(&self) -> Vec<String> {
        shape::texts(&self.url, "SELECT id FROM wicketgate_events ORDER BY id").await
    }

    /// A column of an event, as it stands in a statement.
    pub(crate) async fn text(&self, column: &str, id: &str) -> String {
        let query = format!("SELECT {column} FROM wicketgate_events WHERE id = '{id}'");
        shape::texts(&self.url, &query).await.remove(0)
    }
}

pub(crate) fn keys() -> DataProtection {
    DataProtection::ephemeral(Arc::new(ManualClock::at(NOW)), Arc::new(SystemRandom))
}

/// Runs a test on a new log in each kind of database that there is here.
pub(crate) async fn on_each<F: Future<Output = ()>>(test: impl Fn(Log) -> F) {
    for server in SERVERS {
        if let Some(log) = Log::new(server, &keys()).await {
            let report = log.verify(None).await;
            assert!(report.is_intact(), "{report:#?}");
            assert_eq!((report.seals, report.sealed, report.unsealed), (3, 6, 1));
            test(log).await;
        }
    }
}
