//! Secrets that are made here and kept, as a hash, until they expire.

use std::fmt;
use std::marker::PhantomData;

use data_encoding::BASE64URL_NOPAD;
use time::OffsetDateTime;
use wicketgate_protection::Random;
use zeroize::Zeroizing;

use super::purpose::{SecretPurpose, name};
use super::redemption::hash;

/// 256 random bits.
const LENGTH: usize = 32;

/// A secret for one purpose, as text for a link or a mail. `Debug` does not show it.
///
/// A secret for another purpose is another type:
///
/// ```compile_fail
/// use wicketgate_identity::secret::{EmailConfirmation, PasswordReset, Secret};
///
/// fn reset(code: Secret<PasswordReset>) {}
///
/// reset(Secret::<EmailConfirmation>::from_text("…"));
/// ```
pub struct Secret<P> {
    text: Zeroizing<String>,
    purpose: PhantomData<fn() -> P>,
}

/// An issued secret, as a store keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedSecret {
    /// Its purpose's name.
    pub purpose: &'static str,
    /// As [`Redemption::hash`](super::Redemption::hash).
    pub hash: String,
    /// Whom it is about: a user's id.
    pub subject: String,
    /// It cannot be redeemed at this instant any more, nor later.
    pub expires: OffsetDateTime,
}

impl<P: SecretPurpose> Secret<P> {
    pub(super) fn generate(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        random.fill(&mut *bytes);
        Self::from_text(BASE64URL_NOPAD.encode(&*bytes))
    }

    /// Text that may be such a secret.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self {
            text: Zeroizing::new(text.into()),
            purpose: PhantomData,
        }
    }

    /// The secret's text: 43 characters of base64url.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn hash(&self) -> String {
        hash(name::<P>(), &[self.text.as_bytes()])
    }

    /// What a store keeps of it: that it is about this subject, until it expires.
    pub fn issued(&self, subject: &str, expires: OffsetDateTime) -> IssuedSecret {
        IssuedSecret {
            purpose: name::<P>(),
            hash: self.hash(),
            subject: subject.to_owned(),
            expires,
        }
    }
}

impl<P: SecretPurpose> fmt::Debug for Secret<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", name::<P>())
    }
}

impl fmt::Debug for IssuedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuedSecret({})", self.purpose)
    }
}
