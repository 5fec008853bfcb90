//! All stores of an application as one value, so that they share connections and transactions.

use std::fmt::Debug;
use std::sync::Arc;

use super::{AccountStore, DeletionStore, EventLog, LimitStore, MailQueue, PasskeyStore, SecretStore, SessionStore};
use crate::event::EventProtection;

/// All stores of an application, with a trait for each subject. They are one value because they share one database's
/// connections and transactions.
///
/// Every [`AccountStore`] is `Stores` by itself. A type that stores more implements this trait instead, and returns a
/// store for each subject.
pub trait Stores: Debug + Send + Sync + 'static {
    /// Stores accounts.
    fn accounts(&self) -> &dyn AccountStore;

    /// The events that were kept; `None` if these stores keep none.
    fn events(&self) -> Option<&dyn EventLog> {
        None
    }

    /// The mails that wait to be sent; `None` if these stores keep none.
    fn mails(&self) -> Option<&dyn MailQueue> {
        None
    }

    /// The one-time secrets; `None` if these stores keep none.
    fn secrets(&self) -> Option<&dyn SecretStore> {
        None
    }

    /// What is booked under rate limits; `None` if these stores keep none of it, and each process counts by itself.
    fn rate_limits(&self) -> Option<&dyn LimitStore> {
        None
    }

    /// The sessions; `None` if these stores keep none.
    fn sessions(&self) -> Option<&dyn SessionStore> {
        None
    }

    /// The passkeys; `None` if these stores keep none.
    fn passkeys(&self) -> Option<&dyn PasskeyStore> {
        None
    }

    /// Which accounts are to be deleted; `None` if these stores keep none, and owners cannot ask for it.
    fn deletions(&self) -> Option<&dyn DeletionStore> {
        None
    }

    /// The connections to a database server; `None` where there is none.
    fn connections(&self) -> Option<ConnectionCounts> {
        None
    }

    /// From now on the events of all steps are kept, signed with keys that are protected so.
    /// [`Accounts::new`](crate::Accounts::new) calls this; before the first call, and in stores that keep no events, steps
    /// happen without them.
    fn write_events_with(&self, _protection: EventProtection) {}
}

/// How many connections to a database server there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionCounts {
    /// Those that are open.
    pub open: usize,
    /// Those of them that somebody uses.
    pub in_use: usize,
    /// How many may be open.
    pub most: usize,
}

impl<S: AccountStore> Stores for S {
    fn accounts(&self) -> &dyn AccountStore {
        self
    }
}

/// What can be passed for [`Stores`]: a store, stores, or an `Arc` of either.
pub trait IntoStores {
    /// The stores, ready to be shared.
    fn into_stores(self) -> Arc<dyn Stores>;
}

impl<S: Stores> IntoStores for S {
    fn into_stores(self) -> Arc<dyn Stores> {
        Arc::new(self)
    }
}

impl<S: Stores> IntoStores for Arc<S> {
    fn into_stores(self) -> Arc<dyn Stores> {
        self
    }
}

impl IntoStores for Arc<dyn Stores> {
    fn into_stores(self) -> Arc<dyn Stores> {
        self
    }
}
