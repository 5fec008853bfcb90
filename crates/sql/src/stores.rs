//! The stores of one database.

use std::fmt;
use std::sync::Arc;

use wicketgate_identity::event::EventProtection;
use wicketgate_identity::store::{
    ConnectionCounts, DeletionStore, LimitStore, MailQueue, PasskeyStore, SecretStore, SessionStore,
};
use wicketgate_identity::{AccountStore, EventLog, Stores};
use wicketgate_protection::Random;

use crate::accounts::SqlAccountStore;
use crate::database::Database;
use crate::deletions::{self, SqlDeletionStore};
use crate::events::{self, SqlEventLog};
use crate::limits::{self, SqlLimitStore};
use crate::mails::{self, SqlMailQueue};
use crate::passkeys::SqlPasskeyStore;
use crate::schema::own::tables::OwnTables;
use crate::secrets::{self, SqlSecretStore};
use crate::sessions::{self, SqlSessionStore};

/// The stores in a database, over one pool of connections.
#[derive(Debug, Clone)]
pub struct SqlStores {
    accounts: Arc<dyn AccountStore>,
    events: Option<Arc<dyn SharedEventLog>>,
    /// With their table.
    mails: Option<Arc<dyn MailQueue>>,
    /// With their table.
    secrets: Option<Arc<dyn SecretStore>>,
    /// With their table, on a server.
    rate_limits: Option<Arc<dyn LimitStore>>,
    /// With their table.
    sessions: Option<Arc<dyn SessionStore>>,
    /// With their table, which is .NET's.
    passkeys: Option<Arc<dyn PasskeyStore>>,
    /// With their table.
    deletions: Option<Arc<dyn DeletionStore>>,
    connections: Arc<dyn Connections>,
    own_tables: OwnTables,
}

impl SqlStores {
    pub(crate) fn new<D: Database>(
        database: D,
        own_tables: OwnTables,
        has_passkeys: bool,
        random: Arc<dyn Random>,
    ) -> Self {
        let database = Arc::new(database);
        let connections: Arc<dyn Connections> = Arc::<D>::clone(&database);
        let has_events = own_tables.has(events::SCRIPT);
        let events = has_events.then(|| Arc::new(SqlEventLog::new(Arc::clone(&database))));
        let has_deletions = own_tables.has(deletions::SCRIPT);
        let accounts = SqlAccountStore::new(database, events.clone(), random).with_deletions(has_deletions);
        let accounts = Arc::new(accounts);
        let mails = own_tables.has(mails::SCRIPT).then(|| {
            let queue: Arc<dyn MailQueue> = Arc::new(SqlMailQueue::new(Arc::clone(&accounts)));
            queue
        });
        let secrets = own_tables.has(secrets::SCRIPT).then(|| {
            let secrets: Arc<dyn SecretStore> = Arc::new(SqlSecretStore::new(Arc::clone(&accounts)));
            secrets
        });
        // One process has a file's accounts, and writes for each request would only hold others up.
        let are_limits_shared = D::IS_SERVER && own_tables.has(limits::SCRIPT);
        let rate_limits = are_limits_shared.then(|| {
            let limits: Arc<dyn LimitStore> = Arc::new(SqlLimitStore::new(Arc::clone(&accounts)));
            limits
        });
        let sessions = own_tables.has(sessions::SCRIPT).then(|| {
            let store: Arc<dyn SessionStore> = Arc::new(SqlSessionStore::new(Arc::clone(&accounts)));
            store
        });
        let passkeys = has_passkeys.then(|| {
            let store: Arc<dyn PasskeyStore> = Arc::new(SqlPasskeyStore::new(Arc::clone(&accounts)));
            store
        });
        let deletions = has_deletions.then(|| {
            let store: Arc<dyn DeletionStore> = Arc::new(SqlDeletionStore::new(Arc::clone(&accounts)));
            store
        });
        Self {
            accounts,
            events: events.map(|events| events as Arc<dyn SharedEventLog>),
            mails,
            secrets,
            rate_limits,
            sessions,
            passkeys,
            deletions,
            connections,
            own_tables,
        }
    }

    /// Whether the database has our own tables, for what has no place in Identity's.
    #[must_use]
    pub fn own_tables(&self) -> &OwnTables {
        &self.own_tables
    }
}

impl Stores for SqlStores {
    fn accounts(&self) -> &dyn AccountStore {
        &*self.accounts
    }

    fn mails(&self) -> Option<&dyn MailQueue> {
        self.mails.as_deref()
    }

    fn secrets(&self) -> Option<&dyn SecretStore> {
        self.secrets.as_deref()
    }

    fn rate_limits(&self) -> Option<&dyn LimitStore> {
        self.rate_limits.as_deref()
    }

    fn sessions(&self) -> Option<&dyn SessionStore> {
        self.sessions.as_deref()
    }

    fn passkeys(&self) -> Option<&dyn PasskeyStore> {
        self.passkeys.as_deref()
    }

    fn deletions(&self) -> Option<&dyn DeletionStore> {
        self.deletions.as_deref()
    }

    fn events(&self) -> Option<&dyn EventLog> {
        self.events.as_deref().map(SharedEventLog::as_log)
    }

    fn connections(&self) -> Option<ConnectionCounts> {
        self.connections.counts()
    }

    fn write_events_with(&self, protection: EventProtection) {
        if let Some(events) = &self.events {
            events.write_with(protection);
        }
    }
}

/// Connections to a database of whatever kind.
trait Connections: fmt::Debug + Send + Sync {
    fn counts(&self) -> Option<ConnectionCounts>;
}

impl<D: Database> Connections for D {
    fn counts(&self) -> Option<ConnectionCounts> {
        self.connections()
    }
}

/// A log of events in a database of whatever kind.
trait SharedEventLog: EventLog {
    fn as_log(&self) -> &dyn EventLog;
    fn write_with(&self, protection: EventProtection);
}

impl<D: Database> SharedEventLog for SqlEventLog<D> {
    fn as_log(&self) -> &dyn EventLog {
        self
    }

    fn write_with(&self, protection: EventProtection) {
        SqlEventLog::write_with(self, protection);
    }
}
