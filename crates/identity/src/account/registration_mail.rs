//! The mail to whoever registers.

use std::fmt::{self, Debug};

use async_trait::async_trait;

use super::accounts::Accounts;
use super::{User, UserId};
use crate::error::Error;
use crate::mail::{EmailMessage, QueuedMail};
use crate::store::{NewAccountMail, StoreError};

/// Writes the mail to a new account's user, which has the account's id in its link.
#[async_trait]
pub trait RegistrationMail: Send + Sync {
    /// The mail to this user; `None` if there is to be none, whatever the id is.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring has no usable key for the code in its link.
    async fn message(&self, user: &User) -> Result<Option<EmailMessage>, Error>;
}

/// The mail that a store writes together with the account.
pub(super) struct QueuedRegistrationMail<'a> {
    accounts: &'a Accounts,
    mail: &'a dyn RegistrationMail,
    /// The account's id, if the store does not give it another one.
    id: &'a UserId,
    /// What is written then. So whatever the key ring has to do is done before the store's transaction.
    first: QueuedMail,
}

impl<'a> QueuedRegistrationMail<'a> {
    pub(super) async fn new(
        accounts: &'a Accounts,
        mail: &'a dyn RegistrationMail,
        user: &'a User,
        message: &EmailMessage,
    ) -> Result<Self, Error> {
        let (id, first) = (&user.id, accounts.mails().protect(message).await?);
        Ok(Self {
            accounts,
            mail,
            id,
            first,
        })
    }
}

#[async_trait]
impl NewAccountMail for QueuedRegistrationMail<'_> {
    async fn queued(&self, user: &User) -> Result<QueuedMail, StoreError> {
        if user.id == *self.id {
            return Ok(self.first.clone());
        }
        let message = self.mail.message(user).await.map_err(into_store_error)?;
        let message = message.ok_or_else(|| StoreError::Failed("there is no mail for this id".into()))?;
        self.accounts.mails().protect(&message).await.map_err(into_store_error)
    }
}

impl Debug for QueuedRegistrationMail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QueuedRegistrationMail")
    }
}

/// Takes it through a store, which hands it on as it is.
fn into_store_error(error: Error) -> StoreError {
    match error {
        Error::Store(error) => error,
        error => StoreError::Failed(Box::new(error)),
    }
}

/// What a store could not do, or what the mail could not.
pub(super) fn from_store_error(error: StoreError) -> Error {
    match error {
        StoreError::Failed(source) => match source.downcast::<Error>() {
            Ok(error) => *error,
            Err(source) => StoreError::Failed(source).into(),
        },
        error => error.into(),
    }
}
