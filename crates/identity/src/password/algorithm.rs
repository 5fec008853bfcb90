//! How passwords are hashed.

use std::fmt;
use std::num::NonZeroU32;

use wicketgate_pbkdf2::Prf;

use super::argon2id::Argon2idCosts;

/// How a password is hashed and its hash is encoded. Hashes of every algorithm are accepted, whichever one is used for
/// new hashes.
///
/// ```
/// use wicketgate_identity::{PasswordAlgorithm, PasswordHash};
///
/// let stored = PasswordHash::from_stored("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4");
/// assert_eq!(PasswordAlgorithm::of(&stored), Ok(PasswordAlgorithm::Argon2id("m=256,t=2,p=1".parse()?)));
/// # Ok::<(), wicketgate_identity::password::InvalidArgon2idCosts>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PasswordAlgorithm {
    /// Version 2 of ASP.NET Identity: PBKDF2-HMAC-SHA1, 1,000 rounds.
    IdentityV2,
    /// Version 3 of ASP.NET Identity, which ASP.NET Core writes: PBKDF2.
    IdentityV3 {
        /// The function under PBKDF2.
        prf: Prf,
        /// Rounds of PBKDF2.
        iterations: NonZeroU32,
    },
    /// Argon2id, as a PHC string; ASP.NET Core cannot read it.
    Argon2id(Argon2idCosts),
}

/// The hash matches no password: its algorithm is unknown, it is damaged, or verifying it would cost more than is
/// allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not readable")]
pub struct UnreadableHash;

impl PasswordAlgorithm {
    /// Maximum number of rounds of PBKDF2, a hundred times the default: a stored hash determines its own cost, and must
    /// not keep a core busy for minutes. (.NET allows up to `i32::MAX`.)
    pub const MAX_ITERATIONS: u32 = 10_000_000;

    const V2_ITERATIONS: NonZeroU32 = NonZeroU32::new(1_000).unwrap();

    /// ASP.NET Core's algorithm, PBKDF2-HMAC-SHA512, with this many rounds. Hashes with more than
    /// [`MAX_ITERATIONS`](Self::MAX_ITERATIONS) are not accepted.
    pub const fn identity_v3(iterations: NonZeroU32) -> Self {
        Self::IdentityV3 {
            prf: Prf::HmacSha512,
            iterations,
        }
    }

    /// Function and rounds of PBKDF2, or else the costs of argon2id.
    pub(super) fn pbkdf2(self) -> Result<(Prf, NonZeroU32), Argon2idCosts> {
        match self {
            Self::IdentityV2 => Ok((Prf::HmacSha1, Self::V2_ITERATIONS)),
            Self::IdentityV3 { prf, iterations } => Ok((prf, iterations)),
            Self::Argon2id(costs) => Err(costs),
        }
    }
}

/// .NET's: version 3 with 100,000 rounds.
impl Default for PasswordAlgorithm {
    fn default() -> Self {
        Self::identity_v3(const { NonZeroU32::new(100_000).unwrap() })
    }
}

impl fmt::Display for PasswordAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IdentityV2 => f.write_str("version 2"),
            Self::IdentityV3 { prf, iterations } => {
                let function = match prf {
                    Prf::HmacSha1 => "HMAC-SHA1",
                    Prf::HmacSha256 => "HMAC-SHA256",
                    Prf::HmacSha512 => "HMAC-SHA512",
                };
                write!(f, "version 3, {function}, {iterations} rounds")
            }
            Self::Argon2id(costs) => write!(f, "argon2id, {costs}, which ASP.NET Core cannot read"),
        }
    }
}
