//! Where a ring is kept.

mod ephemeral;
mod folder;

use std::fmt::{self, Debug};

use async_trait::async_trait;
use zeroize::Zeroizing;

pub use self::{ephemeral::EphemeralKeyRepository, folder::FolderKeyRepository};

/// One XML element of a key ring: a key or a revocation, as .NET writes them.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredElement {
    /// The friendly name: `key-GUID` or `revocation-…`, without `.xml`.
    pub name: String,
    /// The element as XML, wiped from memory when dropped since it may hold a key. What the ring writes has neither
    /// byte order mark nor XML declaration; what it reads may have both.
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
    /// Which folder, table or the like.
    pub place: String,
    /// What went wrong there.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl KeyRepositoryError {
    /// Whether the same may succeed in a moment: the storage is away, and says so with [`Away`].
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.source.is::<Away>()
    }
}

/// What a repository gives as its error's source where its storage is away for now, such as a database that restarts.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Away(pub Box<dyn std::error::Error + Send + Sync>);

/// Where a key ring is kept (.NET's `IXmlRepository`).
#[async_trait]
pub trait KeyRepository: Debug + Send + Sync + 'static {
    /// Where that is, for messages: `the folder /var/lib/…`, `the table DataProtectionKeys`.
    fn place(&self) -> String;
    /// All elements, in no particular order.
    ///
    /// # Errors
    /// When the repository cannot be read. One that does not exist yet is empty.
    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError>;
    /// Adds an element.
    ///
    /// # Errors
    /// When it could not be kept for good.
    async fn store(&self, element: StoredElement) -> Result<(), KeyRepositoryError>;
    /// Adds an element if nobody has added one since [`all_elements`](Self::all_elements) gave as many as `seen`;
    /// `false`, and nothing is kept, if somebody has. No element is ever taken away, so their number tells.
    ///
    /// Counting and adding are one step, whoever else does the same in this or another process: that is how instances
    /// which start together make one key and not one each. .NET's repositories have nothing like it.
    ///
    /// # Errors
    /// When it could not be kept for good.
    async fn store_if_unchanged(&self, element: StoredElement, seen: usize) -> Result<bool, KeyRepositoryError>;
}
