//! What is looked up when somebody asks for the metrics.

use std::{
    future::Future,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use wicketgate_axum::Identity;
use wicketgate_identity::StoreError;
use wicketgate_protection::Clock;

use super::exposition::{Exposition, Kind};

/// A database that does not answer costs a scrape so much, once: Prometheus waits for 10 seconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long what was looked up is good enough: the database is asked no more often, however many ask here.
const FRESH: Duration = Duration::from_secs(1);

/// Where gauges come from.
pub(super) struct Sources {
    /// Empty until the database is open.
    identity: Arc<OnceLock<Identity>>,
    clock: Arc<dyn Clock>,
    /// What the database said last, and when.
    last: Mutex<Option<(Instant, Database)>>,
}

/// What the database says. What it does not is `None`, never an old figure or 0.
#[derive(Debug, Clone, Copy, Default)]
struct Database {
    is_up: bool,
    mails: Option<u64>,
    oldest_mail: Option<f64>,
    unsealed: Option<u64>,
}

impl Sources {
    pub(super) fn new(identity: Arc<OnceLock<Identity>>, clock: Arc<dyn Clock>) -> Self {
        Self {
            identity,
            clock,
            last: Mutex::default(),
        }
    }

    pub(super) async fn write(&self, exposition: &mut Exposition) {
        let database = self.database().await;
        let identity = self.identity.get();
        let accounts = identity.map(Identity::accounts);
        exposition.gauge(
            "wicketgate_database_up",
            "Whether the database answers and takes writes",
            Some(u8::from(database.is_up)),
        );
        let connections = accounts.and_then(|accounts| accounts.stores().connections());
        let name = "wicketgate_database_connections";
        let help = "Open connections to the database server for accounts, by whether somebody uses them";
        exposition.metric(name, Kind::Gauge, help);
        if let Some(connections) = connections {
            let idle = connections.open.saturating_sub(connections.in_use);
            exposition.sample(name, [("state", "in_use")], connections.in_use);
            exposition.sample(name, [("state", "idle")], idle);
        }
        exposition.gauge(
            "wicketgate_database_connections_limit",
            "How many connections may be open (`database.max_connections`)",
            connections.map(|connections| connections.most),
        );
        exposition.gauge(
            "wicketgate_mails_waiting",
            "Mails that wait to be sent, by any instance, up to 10000",
            database.mails,
        );
        exposition.gauge(
            "wicketgate_mails_oldest_age_seconds",
            "Age of the oldest mail that waits to be sent; 0 if there is none",
            database.oldest_mail,
        );
        exposition.gauge(
            "wicketgate_events_unsealed",
            "Events that are not sealed yet, up to 1000",
            database.unsealed,
        );
        exposition.gauge(
            "wicketgate_password_queue_length",
            "Passwords that wait for a thread that hashes them",
            accounts.map(|accounts| accounts.waiting_passwords()),
        );
        exposition.gauge(
            "wicketgate_running_requests",
            "Requests to the Identity endpoints that are running",
            identity.map(Identity::running_requests),
        );
        let name = "wicketgate_build_info";
        exposition.metric(name, Kind::Gauge, "The version of this server; always 1");
        exposition.sample(name, [("version", env!("CARGO_PKG_VERSION"))], 1);
    }

    /// Those who ask at the same time wait for one answer.
    async fn database(&self) -> Database {
        let mut last = self.last.lock().await;
        if let Some((at, database)) = *last
            && at.elapsed() < FRESH
        {
            return database;
        }
        let Some(identity) = self.identity.get() else {
            return Database::default();
        };
        let database = self.look_up(identity).await;
        *last = Some((Instant::now(), database));
        database
    }

    async fn look_up(&self, identity: &Identity) -> Database {
        let accounts = identity.accounts();
        let stores = accounts.stores();
        let unsealed = async {
            match stores.events() {
                Some(events) => in_time(events.count_unsealed()).await,
                None => None,
            }
        };
        let (is_up, mails, unsealed) = tokio::join!(
            in_time(stores.accounts().ping()),
            in_time(accounts.mails().counts()),
            unsealed
        );
        let age = |mails: wicketgate_identity::mail::MailCounts| {
            let oldest = mails.oldest?;
            Some((self.clock.now() - oldest).as_seconds_f64().max(0.0))
        };
        Database {
            is_up: is_up.is_some(),
            mails: mails.map(|mails| mails.waiting),
            oldest_mail: mails.map(|mails| age(mails).unwrap_or_default()),
            unsealed,
        }
    }
}

/// What the store says, if it says it soon.
async fn in_time<T>(asked: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
    timeout(PATIENCE, asked).await.ok()?.ok()
}
