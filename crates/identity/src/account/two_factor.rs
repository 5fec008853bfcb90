//! Setting up the second factor.

use super::accounts::{Accounts, answer_change};
use crate::account::{Change, Expected, User};
use crate::error::{Error, IdentityResult};
use crate::event::EventKind;
use crate::second_factor::{RecoveryCodes, authenticator};

impl Accounts {
    /// The authenticator's shared key in base32, if there is one.
    pub async fn authenticator_key(&self, user: &User) -> Result<Option<String>, Error> {
        Ok(self.store().authenticator_key(&user.id).await?)
    }

    /// The authenticator's shared key in base32, created now if there is none or an empty one. Concurrent calls get the
    /// same key. Creating it ends the account's sessions and pending links. `None` if the account does not exist.
    pub async fn ensure_authenticator_key(&self, user: &mut User) -> Result<Option<String>, Error> {
        if let Some(key) = self.authenticator_key(user).await?.filter(|key| !key.is_empty()) {
            return Ok(Some(key));
        }
        let new = authenticator::new_key(self.inner.random.as_ref());
        let stamp = self.new_security_stamp();
        let event = self.event(EventKind::AuthenticatorKeyCreated, &user.id);
        let store = self.store();
        let key = store.ensure_authenticator_key(&user.id, &new, &stamp, &event).await?;
        if key.as_ref() == Some(&new) {
            event.log();
            user.security_stamp = Some(stamp);
        }
        Ok(key)
    }

    /// Replaces the authenticator key and returns the new one. Ends the account's sessions and pending links.
    pub async fn reset_authenticator_key(&self, user: &mut User) -> Result<IdentityResult<String>, Error> {
        let key = authenticator::new_key(self.inner.random.as_ref());
        let change = Change::AuthenticatorKey {
            key: key.clone(),
            stamp: self.new_security_stamp(),
        };
        let outcome = self.change_if_unchanged(user, change).await?;
        Ok(answer_change(outcome).map(|()| key))
    }

    /// Whether this is the authenticator's current code, give or take two steps of 30 seconds. An account without a key
    /// has no codes.
    pub async fn verify_authenticator_code(&self, user: &User, code: &str) -> Result<bool, Error> {
        let key = self.authenticator_key(user).await?;
        Ok(key.is_some_and(|key| self.is_authenticator_code(&key, code)))
    }

    /// In .NET an empty key counts as none; decoded, it would be a key of zero bytes, which everybody knows.
    pub(crate) fn is_authenticator_code(&self, key: &str, code: &str) -> bool {
        !key.is_empty() && authenticator::is_valid_code(key, code, self.now())
    }

    /// Switches the second factor on or off. Ends the account's sessions and pending links, even if nothing changes.
    pub async fn set_two_factor_enabled(&self, user: &mut User, enabled: bool) -> Result<IdentityResult, Error> {
        let change = Change::TwoFactorEnabled {
            enabled,
            first_recovery_codes: None,
            stamp: self.new_security_stamp(),
        };
        let outcome = self.change_if_unchanged(user, change).await?;
        Ok(answer_change(outcome))
    }

    /// Switches the second factor on for an account without recovery codes, and creates ten, which are returned: both
    /// or neither. Refused if the account has codes by now. Ends the account's sessions and pending links.
    pub async fn enable_two_factor_with_recovery_codes(
        &self,
        user: &mut User,
    ) -> Result<IdentityResult<Vec<String>>, Error> {
        let codes = RecoveryCodes::generate(self.inner.random.as_ref());
        let change = Change::TwoFactorEnabled {
            enabled: true,
            first_recovery_codes: Some(codes.clone()),
            stamp: self.new_security_stamp(),
        };
        let outcome = self.change_if_unchanged(user, change).await?;
        Ok(answer_change(outcome).map(|()| codes.into_codes()))
    }

    /// The remaining recovery codes.
    pub async fn recovery_codes(&self, user: &User) -> Result<RecoveryCodes, Error> {
        Ok(self.store().recovery_codes(&user.id).await?)
    }

    /// The number of remaining recovery codes.
    pub async fn count_recovery_codes(&self, user: &User) -> Result<usize, Error> {
        Ok(self.recovery_codes(user).await?.len())
    }

    /// Replaces all recovery codes with ten new ones and returns them.
    pub async fn generate_recovery_codes(&self, user: &User) -> Result<IdentityResult<Vec<String>>, Error> {
        let seen = self.recovery_codes(user).await?;
        self.replace_recovery_codes(user, &seen).await
    }

    /// Replaces the recovery codes that the caller saw with ten new ones and returns them. Refused if another request
    /// has replaced them in the meantime, since a user is being shown its codes.
    pub async fn replace_recovery_codes(
        &self,
        user: &User,
        seen: &RecoveryCodes,
    ) -> Result<IdentityResult<Vec<String>>, Error> {
        let codes = RecoveryCodes::generate(self.inner.random.as_ref());
        let (expected, change) = (Expected::RecoveryCodes(seen), Change::RecoveryCodes(codes.clone()));
        let outcome = self.write(&user.id, expected, &change).await?;
        Ok(answer_change(outcome).map(|()| codes.into_codes()))
    }
}
