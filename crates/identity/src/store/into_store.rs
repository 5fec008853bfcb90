//! A store as an application hands it over.

use std::sync::Arc;

use super::UserStore;

/// A store, or a shared one: what takes a store takes any of them.
pub trait IntoStore {
    /// The store, to be shared.
    fn into_store(self) -> Arc<dyn UserStore>;
}

impl<S: UserStore> IntoStore for S {
    fn into_store(self) -> Arc<dyn UserStore> {
        Arc::new(self)
    }
}

impl<S: UserStore> IntoStore for Arc<S> {
    fn into_store(self) -> Arc<dyn UserStore> {
        self
    }
}

impl IntoStore for Arc<dyn UserStore> {
    fn into_store(self) -> Arc<dyn UserStore> {
        self
    }
}
