//! Authenticator keys, encrypted where they are stored.

use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;
use wicketgate_protection::{DataProtection, ProtectError, Protector, UnprotectError, key_of};
use zeroize::Zeroizing;

use crate::account::UserId;

/// What an encrypted key begins with. No character behind it is in a key that is not encrypted, which is base32.
const PREFIX: &str = "wicketgate.1.";

/// Encrypts authenticator keys with the key ring, each for its account: in another account's row it opens nothing.
#[derive(Debug, Clone)]
pub(crate) struct AuthenticatorKeyProtection {
    protector: Protector,
}

impl AuthenticatorKeyProtection {
    pub(crate) fn new(protection: &DataProtection) -> Self {
        Self {
            protector: protection.protector(&["Wicketgate", "AuthenticatorKeys"]),
        }
    }

    /// The key as it is stored.
    pub(crate) async fn protect(&self, user: &UserId, key: &str) -> Result<String, ProtectError> {
        let protected = self.of(user).protect(key.as_bytes()).await?;
        Ok(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&protected)))
    }

    /// The key in base32, whether or not it is encrypted where it is stored; `None` if it is and cannot be opened, because
    /// the ring's key is lost.
    pub(crate) async fn open(&self, user: &UserId, stored: &str) -> Result<Option<Zeroizing<String>>, ProtectError> {
        let Some(payload) = payload(stored) else {
            return Ok((!is_encrypted(stored)).then(|| Zeroizing::new(stored.to_owned())));
        };
        match self.of(user).unprotect_at_rest(&payload).await {
            Ok(key) => Ok(str::from_utf8(&key).ok().map(|key| Zeroizing::new(key.to_owned()))),
            Err(UnprotectError::Invalid | UnprotectError::Expired) => Ok(None),
            Err(UnprotectError::Repository(error)) => Err(error.into()),
        }
    }

    /// Whether it is encrypted with the ring's current key.
    pub(crate) async fn is_current(&self, stored: &str) -> Result<bool, ProtectError> {
        let current = self.protector.protecting_key().await?;
        Ok(ring_key(stored) == Some(current))
    }

    fn of(&self, user: &UserId) -> Protector {
        self.protector.with_purpose(user.as_str())
    }
}

/// Whether a stored authenticator key is encrypted.
pub fn is_encrypted(stored: &str) -> bool {
    stored.starts_with(PREFIX)
}

/// The key of the ring that a stored authenticator key is encrypted with, if it is.
pub fn ring_key(stored: &str) -> Option<Uuid> {
    key_of(&payload(stored)?)
}

fn payload(stored: &str) -> Option<Vec<u8>> {
    let text = stored.strip_prefix(PREFIX)?;
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use time::macros::datetime;
    use wicketgate_protection::{ManualClock, SeededRandom};

    use super::*;

    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[tokio::test]
    async fn an_encrypted_key_is_its_accounts_alone_and_a_plain_one_is_read_as_it_is() {
        let clock = Arc::new(ManualClock::at(datetime!(2026-01-02 03:04:05 UTC)));
        let ring = DataProtection::ephemeral(clock, Arc::new(SeededRandom::new(1)));
        let protection = AuthenticatorKeyProtection::new(&ring);
        let (ada, grace) = (UserId::from_stored("ada"), UserId::from_stored("grace"));
        let stored = protection.protect(&ada, KEY).await.unwrap();
        assert!(is_encrypted(&stored) && !stored.contains(KEY));
        assert_eq!(protection.open(&ada, &stored).await.unwrap().unwrap().as_str(), KEY);
        assert!(protection.is_current(&stored).await.unwrap());
        assert_eq!(protection.open(&grace, &stored).await.unwrap(), None);
        assert_eq!(protection.open(&ada, PREFIX).await.unwrap(), None);
        assert_eq!(protection.open(&ada, &format!("{PREFIX}!")).await.unwrap(), None);
        assert_eq!(protection.open(&ada, KEY).await.unwrap().unwrap().as_str(), KEY);
        assert!(!is_encrypted(KEY) && !protection.is_current(KEY).await.unwrap());
    }
}
