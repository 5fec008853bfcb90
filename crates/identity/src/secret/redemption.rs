//! A secret that somebody presents, as a store gets it.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::Secret;
use super::purpose::{SecretPurpose, name};

/// A secret that is to be redeemed now: its purpose and its hash, and the rest that a store needs. `Debug` shows the
/// purpose alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Redemption {
    purpose: &'static str,
    hash: String,
    at: OffsetDateTime,
    stateless: Option<StatelessSecret>,
}

/// A secret that no store was told of before: it proves by itself that it is genuine, and a store only keeps that it was
/// used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatelessSecret {
    /// Whom it is about: a user's id.
    pub subject: String,
    /// After this nobody accepts it, so that nobody needs to know any more that it was used.
    pub expires: OffsetDateTime,
}

impl Redemption {
    /// Of a secret that was [issued](super::Secrets::issue).
    pub fn of_issued<P: SecretPurpose>(secret: &Secret<P>, at: OffsetDateTime) -> Self {
        Self {
            purpose: name::<P>(),
            hash: secret.hash(),
            at,
            stateless: None,
        }
    }

    /// Of a secret that was found to be genuine, unexpired and this subject's. `parts` have to be enough to tell it from
    /// every other secret of the subject, and what nobody can guess has to be among them.
    pub fn of_stateless<P: SecretPurpose>(secret: StatelessSecret, parts: &[&[u8]], at: OffsetDateTime) -> Self {
        Self {
            purpose: name::<P>(),
            hash: hash(name::<P>(), &[&[secret.subject.as_bytes()], parts].concat()),
            at,
            stateless: Some(secret),
        }
    }

    /// The purpose's name.
    pub fn purpose(&self) -> &'static str {
        self.purpose
    }

    /// SHA-256 of the purpose and the secret, in base64url: 43 characters.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// When it is redeemed.
    pub fn at(&self) -> OffsetDateTime {
        self.at
    }

    /// What has to be kept of it, if no store was told of it before. Otherwise it must have been issued, and not have
    /// expired at [`at`](Self::at).
    pub fn stateless(&self) -> Option<&StatelessSecret> {
        self.stateless.as_ref()
    }
}

impl fmt::Debug for Redemption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redemption({})", self.purpose)
    }
}

/// Each part is hashed with its length, so that no two lists of parts are the same bytes.
pub(super) fn hash(purpose: &str, parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in [b"Wicketgate secret", purpose.as_bytes()].iter().chain(parts) {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        hash.update(length.to_be_bytes());
        hash.update(part);
    }
    BASE64URL_NOPAD.encode(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::super::{EmailConfirmation, PasswordReset};
    use super::*;

    fn redemption<P: SecretPurpose>(subject: &str, parts: &[&[u8]]) -> Redemption {
        let secret = StatelessSecret {
            subject: subject.to_owned(),
            expires: OffsetDateTime::UNIX_EPOCH,
        };
        Redemption::of_stateless::<P>(secret, parts, OffsetDateTime::UNIX_EPOCH)
    }

    #[test]
    fn purpose_subject_and_every_part_count_and_none_runs_into_the_next() {
        let all = [
            redemption::<PasswordReset>("ada", &[b"secret"]),
            redemption::<EmailConfirmation>("ada", &[b"secret"]),
            redemption::<PasswordReset>("adas", &[b"ecret"]),
            redemption::<PasswordReset>("ada", &[b"secret", b""]),
            redemption::<PasswordReset>("ada", &[b"sec", b"ret"]),
        ];
        for (number, one) in all.iter().enumerate() {
            assert_eq!(one.hash().len(), 43);
            assert!(
                all[number + 1..].iter().all(|other| other.hash() != one.hash()),
                "{number}"
            );
        }
        assert_eq!(all[0], redemption::<PasswordReset>("ada", &[b"secret"]));
        assert_eq!(format!("{:?}", all[0]), "Redemption(password_reset)");
    }
}
