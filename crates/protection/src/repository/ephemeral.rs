//! A repository in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{KeyRepository, KeyRepositoryError, StoredElement};

/// Keeps keys until the process ends (.NET's `EphemeralXmlRepository`).
#[derive(Debug, Default)]
pub struct EphemeralKeyRepository {
    elements: Mutex<Vec<StoredElement>>,
}

impl EphemeralKeyRepository {
    /// A repository with these elements.
    pub fn with_elements(elements: Vec<StoredElement>) -> Self {
        Self {
            elements: Mutex::new(elements),
        }
    }
}

#[async_trait]
impl KeyRepository for EphemeralKeyRepository {
    fn place(&self) -> String {
        "the process's memory".to_owned()
    }

    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError> {
        Ok(self.lock().clone())
    }

    async fn store(&self, element: StoredElement) -> Result<(), KeyRepositoryError> {
        self.lock().push(element);
        Ok(())
    }

    async fn store_if_unchanged(&self, element: StoredElement, seen: usize) -> Result<bool, KeyRepositoryError> {
        let mut elements = self.lock();
        let is_unchanged = elements.len() == seen;
        if is_unchanged {
            elements.push(element);
        }
        Ok(is_unchanged)
    }
}

impl EphemeralKeyRepository {
    fn lock(&self) -> MutexGuard<'_, Vec<StoredElement>> {
        self.elements.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
