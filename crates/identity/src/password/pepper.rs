//! Peppers: secrets that hashes depend on and that are not in the database.

use std::fmt;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Length of an id, in bytes.
const ID_LENGTH: usize = 8;
/// What is hashed is either of these and something else, so that an id is no hash of anything.
const FOR_ID: &[u8] = b"id";
const FOR_SUBKEY: &[u8] = b"subkey";

/// A secret that password hashes depend on (NIST SP 800-63B-4, section 3.1.1.2): without it, a copy of the database is of no use
/// for guessing passwords. ASP.NET Core cannot verify hashes with one.
#[derive(Clone)]
pub struct Pepper {
    id: PepperId,
    secret: Zeroizing<Vec<u8>>,
}

/// Which pepper a hash was made with. Tells nothing about the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PepperId([u8; ID_LENGTH]);

/// The secret is shorter than [`Pepper::SHORTEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a pepper has at least {} bytes, such as those of `openssl rand -base64 32`",
    Pepper::SHORTEST
)]
pub struct PepperTooShort;

impl Pepper {
    /// Minimum length of a secret, in bytes.
    pub const SHORTEST: usize = 32;
    /// Length of what is stored, in bytes.
    pub(super) const SEALED_LENGTH: usize = 32;

    /// # Errors
    /// [`PepperTooShort`].
    pub fn new(secret: Zeroizing<Vec<u8>>) -> Result<Self, PepperTooShort> {
        if secret.len() < Self::SHORTEST {
            return Err(PepperTooShort);
        }
        let mac = mac(&secret, FOR_ID, &[]);
        let mut id = [0; ID_LENGTH];
        id.copy_from_slice(&mac[..ID_LENGTH]);
        let id = PepperId(id);
        Ok(Self { id, secret })
    }

    /// Its id, which stored hashes name.
    pub fn id(&self) -> PepperId {
        self.id
    }

    /// What is stored instead of a subkey of a hash. It has [`SEALED_LENGTH`](Self::SEALED_LENGTH) bytes.
    pub(super) fn seal(&self, subkey: &[u8]) -> Zeroizing<Vec<u8>> {
        mac(&self.secret, FOR_SUBKEY, subkey)
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pepper({})", self.id)
    }
}

impl PepperId {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for PepperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

fn mac(secret: &[u8], purpose: &[u8], text: &[u8]) -> Zeroizing<Vec<u8>> {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        unreachable!("HMAC takes keys of every length");
    };
    mac.update(purpose);
    mac.update(text);
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_belongs_to_its_secret_and_does_not_show_it() {
        let pepper = |byte| Pepper::new(Zeroizing::new(vec![byte; 32])).unwrap();
        assert_eq!(pepper(1).id(), pepper(1).id());
        assert_ne!(pepper(1).id(), pepper(2).id());
        assert_eq!(PepperId::parse(&pepper(1).id().to_string()), Some(pepper(1).id()));
        assert_eq!(format!("{:?}", pepper(1)), format!("Pepper({})", pepper(1).id()));
        for text in ["", "0011", "00112233445566", "001122334455667G", "00112233445566AA"] {
            assert_eq!(PepperId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(matches!(Pepper::new(Zeroizing::new(vec![1; 31])), Err(PepperTooShort)));
    }
}
