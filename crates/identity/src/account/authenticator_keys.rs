//! The keys that accounts share with their authenticators, which may be encrypted where they are stored.

use zeroize::Zeroizing;

use super::accounts::Accounts;
use crate::account::{User, UserId};
use crate::error::Error;
use crate::second_factor::{is_encrypted, ring_key};
use crate::store::StoreError;

/// What a step of [`Accounts::reprotect_authenticator_keys`] did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthenticatorKeysStep {
    /// How many keys are stored in another way now.
    pub changed: u64,
    /// How many are encrypted with a key that the ring has lost, and stay as they are.
    pub unreadable: u64,
    /// Where the next step goes on; `None` after the last one.
    pub next: Option<UserId>,
}

impl Accounts {
    /// The authenticator's shared key in base32, if there is one.
    ///
    /// # Errors
    /// [`Error::Store`] also if the key is encrypted and cannot be opened, [`Error::Protect`] if the key ring cannot be read.
    pub async fn authenticator_key(&self, user: &User) -> Result<Option<String>, Error> {
        let Some(stored) = self.stored_authenticator_key(user).await? else {
            return Ok(None);
        };
        match self.try_open_authenticator_key(user, &stored).await? {
            Some(key) => Ok(Some(key.as_str().to_owned())),
            None => Err(Error::Store(StoreError::Failed(
                "an authenticator key cannot be opened: the ring's key that it is encrypted with is lost".into(),
            ))),
        }
    }

    /// The key as it is stored.
    pub(crate) async fn stored_authenticator_key(&self, user: &User) -> Result<Option<String>, Error> {
        Ok(self.store().authenticator_key(&user.id).await?)
    }

    /// `None` if it cannot be opened, which the log says.
    pub(super) async fn try_open_authenticator_key(
        &self,
        user: &User,
        stored: &str,
    ) -> Result<Option<Zeroizing<String>>, Error> {
        let key = self.inner.authenticator_keys.open(&user.id, stored).await?;
        if key.is_none() {
            let key = ring_key(stored).map(tracing::field::display);
            tracing::error!(user = %user.id, key, "the authenticator key cannot be opened: the ring has lost its key");
        }
        Ok(key)
    }

    /// As it is to be stored.
    pub(super) async fn protect_authenticator_key(&self, id: &UserId, key: &str) -> Result<String, Error> {
        match self.options().second_factor.encrypt_authenticator_keys {
            true => Ok(self.inner.authenticator_keys.protect(id, key).await?),
            false => Ok(key.to_owned()),
        }
    }

    /// Stores up to `limit` authenticator keys, those of the accounts after `after`, as the options want: encrypted with
    /// the ring's current key, or not encrypted.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring has no usable key or cannot be read.
    pub async fn reprotect_authenticator_keys(
        &self,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<AuthenticatorKeysStep, Error> {
        let wants_encryption = self.options().second_factor.encrypt_authenticator_keys;
        let page = self.store().authenticator_keys(after, limit).await?;
        let mut step = AuthenticatorKeysStep {
            next: page.last().filter(|_| page.len() == limit).map(|(id, _)| id.clone()),
            ..AuthenticatorKeysStep::default()
        };
        for (id, stored) in page {
            let is_right = match wants_encryption {
                true => stored.is_empty() || self.inner.authenticator_keys.is_current(&stored).await?,
                false => !is_encrypted(&stored),
            };
            if is_right {
                continue;
            }
            let Some(key) = self.inner.authenticator_keys.open(&id, &stored).await? else {
                step.unreadable += 1;
                continue;
            };
            let new = self.protect_authenticator_key(&id, &key).await?;
            // Whoever has changed it meanwhile has stored it as it should be.
            step.changed += u64::from(self.store().replace_authenticator_key(&id, &stored, &new).await?);
        }
        Ok(step)
    }
}
