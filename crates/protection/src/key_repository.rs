use std::{fmt::Debug, path::PathBuf};

use async_trait::async_trait;

/// One XML element of a key ring: a key or a revocation, as .NET writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredElement {
    /// The friendly name: `key-GUID` or `revocation-…`, without `.xml`.
    pub name: String,
    /// The XML document.
    pub xml: String,
}

/// The ring's storage failed.
#[derive(Debug, thiserror::Error)]
#[error("the key ring in {place}: {source}")]
pub struct KeyRepositoryError {
    /// Which folder, table or the like.
    pub place: String,
    /// What went wrong there.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Where a key ring is kept (.NET's `IXmlRepository`).
#[async_trait]
pub trait KeyRepository: Debug + Send + Sync + 'static {
    /// All elements, in no particular order.
    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError>;
    /// Adds an element.
    async fn store(&self, element: StoredElement) -> Result<(), KeyRepositoryError>;
}

/// A folder with one XML file for each element (.NET's `FileSystemXmlRepository`).
#[derive(Debug)]
pub struct FolderKeyRepository {
    folder: PathBuf,
}

/// Keys that live only as long as the process (.NET's `EphemeralXmlRepository`).
#[derive(Debug, Default)]
pub struct EphemeralKeyRepository {
    elements: std::sync::Mutex<Vec<StoredElement>>,
}

impl FolderKeyRepository {
    /// Uses `folder`; it is made (mode 0700) when the first key is written.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }
}

#[async_trait]
impl KeyRepository for FolderKeyRepository {
    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError> {
        todo!("{:?}", self.folder)
    }
    async fn store(&self, _element: StoredElement) -> Result<(), KeyRepositoryError> {
        todo!()
    }
}

#[async_trait]
impl KeyRepository for EphemeralKeyRepository {
    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError> {
        todo!("{:?}", self.elements)
    }
    async fn store(&self, _element: StoredElement) -> Result<(), KeyRepositoryError> {
        todo!()
    }
}
