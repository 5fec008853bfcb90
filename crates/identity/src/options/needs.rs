//! What options need of the stores.

use super::Options;

impl Options {
    /// Whether something is to be accepted once only, so that the stores have to keep
    /// [one-time secrets](crate::store::SecretStore).
    pub fn need_secrets(&self) -> bool {
        self.token_provider.single_use
            || self.second_factor.single_use
            || (self.passkeys.enabled && self.passkeys.single_use)
    }
}
