//! Stores the hashes of one-time secrets.

use std::fmt::Debug;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::StoreError;
use crate::secret::{IssuedSecret, Redemption};

/// Stores which one-time secrets there are, and which were used. Every method is one atomic step in the database, so that
/// any number of instances can share it.
///
/// The steps of accounts redeem secrets too, in the same transaction as what they do:
/// [`Expected::Redeeming`](crate::account::Expected::Redeeming) and
/// [`Attempt::Redeeming`](super::Attempt::Redeeming).
#[async_trait]
pub trait SecretStore: Debug + Send + Sync + 'static {
    /// Keeps a secret until it is redeemed or expires.
    async fn issue(&self, secret: &IssuedSecret) -> Result<(), StoreError>;

    /// Uses up a secret, and tells whom it is about. `None` if it was redeemed before, or was neither issued for this purpose
    /// nor is stateless, or has expired. Exactly one of any number of parallel calls gets the subject.
    async fn redeem(&self, redemption: &Redemption) -> Result<Option<String>, StoreError>;

    /// Removes up to `limit` secrets that expired before this instant, and tells how many there were.
    async fn remove_expired(&self, before: OffsetDateTime, limit: usize) -> Result<u64, StoreError>;
}
