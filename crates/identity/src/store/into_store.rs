//! A store as an application hands it over.

use std::sync::Arc;

use super::AccountStore;

/// A store, or a shared one: what takes a store takes any of them.
pub trait IntoStore {
    /// The store, to be shared.
    fn into_store(self) -> Arc<dyn AccountStore>;
}

impl<S: AccountStore> IntoStore for S {
    fn into_store(self) -> Arc<dyn AccountStore> {
        Arc::new(self)
    }
}

impl<S: AccountStore> IntoStore for Arc<S> {
    fn into_store(self) -> Arc<dyn AccountStore> {
        self
    }
}

impl IntoStore for Arc<dyn AccountStore> {
    fn into_store(self) -> Arc<dyn AccountStore> {
        self
    }
}
