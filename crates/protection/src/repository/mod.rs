//! Where key rings are stored.

mod ephemeral;
mod folder;
mod key_file;

use std::fmt::{self, Debug};

use async_trait::async_trait;
use zeroize::Zeroizing;

pub use self::{ephemeral::EphemeralKeyRepository, folder::FolderKeyRepository};

/// One XML element of a key ring: a key or a revocation, as .NET writes them.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredElement {
    /// The friendly name: `key-GUID` or `revocation-…`, without `.xml`.
    pub name: String,
    /// The element as XML, wiped from memory when dropped, since it may contain a key. The ring writes it without byte
    /// order mark and XML declaration, but accepts both.
    pub xml: Zeroizing<String>,
}

impl Debug for StoredElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredElement")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The ring's storage failed.
#[derive(Debug, thiserror::Error)]
#[error("the key ring in {place}: {source}")]
pub struct KeyRepositoryError {
    /// The folder, table or the like.
    pub place: String,
    /// What went wrong.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl KeyRepositoryError {
    /// Whether the same may succeed in a moment, because the storage is only temporarily unavailable ([`Away`]).
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.source.is::<Away>()
    }
}

/// The source of a repository's error if its storage is temporarily unavailable, such as a restarting database.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Away(pub Box<dyn std::error::Error + Send + Sync>);

/// Stores a key ring (.NET's `IXmlRepository`).
#[async_trait]
pub trait KeyRepository: Debug + Send + Sync + 'static {
    /// The place, for messages: `the folder /var/lib/…`, `the table DataProtectionKeys`.
    fn place(&self) -> String;
    /// All elements, in no particular order.
    ///
    /// # Errors
    /// If the repository cannot be read. One that does not exist yet is empty.
    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError>;
    /// Adds an element.
    ///
    /// # Errors
    /// If it could not be stored durably.
    async fn store(&self, element: StoredElement) -> Result<(), KeyRepositoryError>;
    /// Adds an element if nobody has added one since [`all_elements`](Self::all_elements) returned `seen` elements;
    /// otherwise returns `false` and stores nothing. Elements are never removed, so their number is enough to tell.
    ///
    /// Counting and adding are one atomic step, in this and in other processes, so that instances that start together
    /// create one key and not one each. .NET's repositories have no such operation.
    ///
    /// # Errors
    /// If it could not be stored durably.
    async fn store_if_unchanged(&self, element: StoredElement, seen: usize) -> Result<bool, KeyRepositoryError>;
}
