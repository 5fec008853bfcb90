//! The mail that is written together with a new account.

use std::fmt::Debug;

use async_trait::async_trait;

use super::StoreError;
use crate::account::User;
use crate::mail::QueuedMail;

/// A mail to the user of an account that is being created. Its link has the account's id in it, which some stores know only when
/// they have written the account.
#[async_trait]
pub trait NewAccountMail: Debug + Send + Sync {
    /// The mail to this user, as it is kept. Asked again where a step is repeated.
    async fn queued(&self, user: &User) -> Result<QueuedMail, StoreError>;
}

/// The same mail whoever it is for.
#[async_trait]
impl NewAccountMail for QueuedMail {
    async fn queued(&self, _: &User) -> Result<QueuedMail, StoreError> {
        Ok(self.clone())
    }
}
