use tracing::info;

use super::{Accounts, answer_change};
use crate::{Error, IdentityResult, User, authenticator, recovery_codes};

impl Accounts {
    /// The authenticator's shared key in base32, if there is one.
    pub async fn authenticator_key(&self, user: &User) -> Result<Option<String>, Error> {
        Ok(self.store().authenticator_key(&user.id).await?)
    }

    /// Makes a new authenticator key and returns it. Ends the account's sessions and pending links.
    pub async fn reset_authenticator_key(&self, user: &mut User) -> Result<IdentityResult<String>, Error> {
        let key = authenticator::new_key(self.inner.random.as_ref());
        let stamp = self.new_security_stamp();
        let outcome = self.store().replace_authenticator_key(&user.id, &key, &stamp).await?;
        Ok(answer_change(outcome).map(|()| {
            info!(user = %user.id, "authenticator key reset");
            user.security_stamp = Some(stamp);
            key
        }))
    }

    /// Whether this is the authenticator's code now, give or take two steps of 30 seconds. An account without a key has
    /// no codes.
    pub async fn verify_authenticator_code(&self, user: &User, code: &str) -> Result<bool, Error> {
        let key = self.authenticator_key(user).await?;
        Ok(key.is_some_and(|key| self.is_authenticator_code(&key, code)))
    }

    /// In .NET an empty key is none; as base32 it would be a key of no bytes, which everybody knows.
    pub(crate) fn is_authenticator_code(&self, key: &str, code: &str) -> bool {
        !key.is_empty() && authenticator::is_valid_code(key, code, self.now())
    }

    /// Switches the second factor on or off. Ends the account's sessions and pending links, also if it was so already.
    pub async fn set_two_factor_enabled(&self, user: &mut User, enabled: bool) -> Result<IdentityResult, Error> {
        let stamp = self.new_security_stamp();
        let outcome = self.store().set_two_factor_enabled(&user.id, enabled, &stamp).await?;
        Ok(answer_change(outcome).inspect(|()| {
            info!(user = %user.id, enabled, "second factor switched");
            user.two_factor_enabled = enabled;
            user.security_stamp = Some(stamp);
        }))
    }

    /// How many recovery codes are left.
    pub async fn count_recovery_codes(&self, user: &User) -> Result<usize, Error> {
        Ok(self.store().count_recovery_codes(&user.id).await?)
    }

    /// Replaces all recovery codes by ten new ones and returns those.
    pub async fn generate_recovery_codes(&self, user: &User) -> Result<IdentityResult<Vec<String>>, Error> {
        let codes = recovery_codes::generate(self.inner.random.as_ref());
        let outcome = self.store().replace_recovery_codes(&user.id, &codes).await?;
        Ok(answer_change(outcome).map(|()| {
            info!(user = %user.id, "recovery codes generated");
            codes
        }))
    }
}
