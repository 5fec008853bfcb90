//! What is kept in one place: a trait for each subject, held together so that they share connections and transactions.

use std::fmt::Debug;
use std::sync::Arc;

use super::AccountStore;

/// The stores of one application, a trait for each subject. They are one value because they share what they stand on: the
/// connections of one database, and its transactions.
///
/// An [`AccountStore`] alone is enough: it is `Stores` by itself. A type that keeps more implements this trait instead, and
/// hands out a store for each subject.
pub trait Stores: Debug + Send + Sync + 'static {
    /// Where accounts are kept.
    fn accounts(&self) -> &dyn AccountStore;
}

impl<S: AccountStore> Stores for S {
    fn accounts(&self) -> &dyn AccountStore {
        self
    }
}

/// What an application may pass where [`Stores`] are asked for: a store, stores, or an `Arc` of either.
pub trait IntoStores {
    /// The stores, to be shared.
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
