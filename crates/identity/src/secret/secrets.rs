//! Issuing and redeeming.

use time::Duration;
use wicketgate_protection::{Clock, Random};

use super::{Redemption, Secret, SecretPurpose};
use crate::store::{SecretStore, StoreError};

/// The one-time secrets of an application; see [`Accounts::secrets`](crate::Accounts::secrets).
#[derive(Debug, Clone, Copy)]
pub struct Secrets<'a> {
    store: &'a dyn SecretStore,
    clock: &'a dyn Clock,
    random: &'a dyn Random,
}

impl<'a> Secrets<'a> {
    pub(crate) fn new(store: &'a dyn SecretStore, clock: &'a dyn Clock, random: &'a dyn Random) -> Self {
        Self { store, clock, random }
    }

    /// A new secret about this subject, which can be redeemed once until it expires.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn issue<P: SecretPurpose>(&self, subject: &str, lifespan: Duration) -> Result<Secret<P>, StoreError> {
        let secret = Secret::generate(self.random);
        let expires = self.clock.now().saturating_add(lifespan);
        self.store.issue(&secret.issued(subject, expires)).await?;
        Ok(secret)
    }

    /// Uses up the secret, and tells whom it is about. `None` if it was never issued for this purpose, has expired, or was
    /// redeemed before: exactly one of any number of calls gets the subject.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn redeem<P: SecretPurpose>(&self, secret: &Secret<P>) -> Result<Option<String>, StoreError> {
        self.store
            .redeem(&Redemption::of_issued(secret, self.clock.now()))
            .await
    }
}
