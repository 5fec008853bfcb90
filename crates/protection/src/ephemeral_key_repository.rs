use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::{KeyRepository, KeyRepositoryError, StoredElement};

/// Keys that live only as long as the process (.NET's `EphemeralXmlRepository`).
#[derive(Debug, Default)]
pub struct EphemeralKeyRepository {
    elements: Mutex<Vec<StoredElement>>,
}

#[async_trait]
impl KeyRepository for EphemeralKeyRepository {
    fn place(&self) -> String {
        "the process's memory".to_owned()
    }

    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError> {
        Ok(self.elements.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    async fn store(&self, element: StoredElement) -> Result<(), KeyRepositoryError> {
        self.elements
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(element);
        Ok(())
    }
}
