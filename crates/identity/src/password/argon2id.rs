//! Hashes made with argon2id.

use std::{fmt, num::ParseIntError, str::FromStr};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use data_encoding::BASE64_NOPAD;
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

/// The start of every hash: the algorithm, and 1.3, the only version in use.
const PREFIX: &str = "$argon2id$v=19$";
/// The limits of the PHC format, in bytes.
const SALT_LENGTHS: std::ops::RangeInclusive<usize> = 8..=48;
/// In bytes. Below 16 a hash is too weak, as in .NET; 64 is the limit of the PHC format.
const OUTPUT_LENGTHS: std::ops::RangeInclusive<usize> = 16..=64;

/// The costs of an argon2id hash (RFC 9106), written as in a PHC string: `m=19456,t=2,p=1`.
///
/// They are limited, because a stored hash determines its own cost: a row in the database must not be able to exhaust
/// the server. The limits leave room for RFC 9106's second recommendation (`m=65536,t=3,p=4`) and five times its work.
///
/// ```
/// use wicketgate_identity::password::Argon2idCosts;
///
/// let costs: Argon2idCosts = "m=65536,t=3,p=4".parse()?;
/// assert_eq!(costs, Argon2idCosts::new(65_536, 3, 4)?);
/// assert!("m=4294967295,t=3,p=4".parse::<Argon2idCosts>().is_err());
/// assert_eq!(Argon2idCosts::default().to_string(), "m=19456,t=2,p=1");
/// # Ok::<(), wicketgate_identity::password::InvalidArgon2idCosts>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Argon2idCosts {
    memory: u32,
    iterations: u32,
    parallelism: u32,
}

/// The text or the numbers are not valid [`Argon2idCosts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidArgon2idCosts {
    /// Not `m=…,t=…,p=…` with decimal numbers in this order.
    #[error("not of the form m=19456,t=2,p=1")]
    Form,
    /// Below argon2id's minimum, or above the limits.
    #[error(
        "p is from 1 to {}, m from 8 times p to {} (KiB), and t from 1 while m times t is at most {}",
        Argon2idCosts::MAX_PARALLELISM,
        Argon2idCosts::MAX_MEMORY,
        Argon2idCosts::MAX_WORK
    )]
    OutOfBounds,
}

impl Argon2idCosts {
    /// Maximum memory, in KiB.
    pub const MAX_MEMORY: u32 = 256 * 1024;
    /// Maximum number of lanes.
    pub const MAX_PARALLELISM: u32 = 16;
    /// Maximum of memory times iterations: KiB processed in all passes together.
    pub const MAX_WORK: u64 = 1024 * 1024;

    /// `memory` in KiB, the number of passes over it, and of lanes. (Lanes are computed one after another, since the
    /// other hashing threads work on other passwords.)
    ///
    /// # Errors
    /// [`InvalidArgon2idCosts::OutOfBounds`] unless 1 ≤ `parallelism` ≤ [`MAX_PARALLELISM`](Self::MAX_PARALLELISM),
    /// 8 × `parallelism` ≤ `memory` ≤ [`MAX_MEMORY`](Self::MAX_MEMORY), 1 ≤ `iterations` and
    /// `memory` × `iterations` ≤ [`MAX_WORK`](Self::MAX_WORK).
    pub fn new(memory: u32, iterations: u32, parallelism: u32) -> Result<Self, InvalidArgon2idCosts> {
        let is_possible = (1..=Self::MAX_PARALLELISM).contains(&parallelism)
            && (8 * parallelism..=Self::MAX_MEMORY).contains(&memory)
            && iterations >= 1
            && u64::from(memory) * u64::from(iterations) <= Self::MAX_WORK;
        let costs = Self {
            memory,
            iterations,
            parallelism,
        };
        is_possible.then_some(costs).ok_or(InvalidArgon2idCosts::OutOfBounds)
    }

    /// KiB processed in all passes together.
    pub(super) fn work(self) -> u64 {
        u64::from(self.memory) * u64::from(self.iterations)
    }

    /// A key of `length` bytes, computed in `memory`; `None` if memory runs out or the parameters are invalid.
    pub(crate) fn derive(
        self,
        password: &[u8],
        salt: &[u8],
        length: usize,
        memory: &mut Argon2idMemory,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let params = Params::new(self.memory, self.iterations, self.parallelism, Some(length)).ok()?;
        let blocks = memory.blocks(params.block_count())?;
        let mut key = Zeroizing::new(vec![0; length]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(password, salt, &mut key, &mut *blocks.0)
            .ok()?;
        Some(key)
    }
}

/// The memory in which one thread computes argon2id hashes, one after another. With a new allocation for each hash, the
/// allocator would keep many times as much after a burst of logins.
#[derive(Default)]
pub(crate) struct Argon2idMemory(Vec<Block>);

impl Argon2idMemory {
    /// This many blocks, if there is memory for them.
    fn blocks(&mut self, count: usize) -> Option<WipedBlocks<'_>> {
        if self.0.len() < count {
            self.release();
            self.0.try_reserve_exact(count).ok()?;
            self.0.resize(count, Block::new());
        }
        self.0.get_mut(..count).map(WipedBlocks)
    }

    /// Whether there is nothing to [`release`](Self::release).
    pub(crate) fn is_released(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives the memory back.
    pub(crate) fn release(&mut self) {
        self.0 = Vec::new();
    }
}

/// Its contents would make guessing passwords cheaper, so they are wiped after use.
struct WipedBlocks<'a>(&'a mut [Block]);

impl Drop for WipedBlocks<'_> {
    fn drop(&mut self) {
        self.0.iter_mut().zeroize();
    }
}

/// OWASP's recommendation: 19 MiB, two passes, one lane.
impl Default for Argon2idCosts {
    fn default() -> Self {
        Self {
            memory: 19 * 1024,
            iterations: 2,
            parallelism: 1,
        }
    }
}

impl fmt::Display for Argon2idCosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={},t={},p={}", self.memory, self.iterations, self.parallelism)
    }
}

impl FromStr for Argon2idCosts {
    type Err = InvalidArgon2idCosts;

    fn from_str(text: &str) -> Result<Self, InvalidArgon2idCosts> {
        let parts: Vec<&str> = text.splitn(4, ',').collect();
        let [memory, iterations, parallelism] = parts[..] else {
            return Err(InvalidArgon2idCosts::Form);
        };
        Self::new(
            number(memory, "m=")?,
            number(iterations, "t=")?,
            number(parallelism, "p=")?,
        )
    }
}

fn number(text: &str, name: &str) -> Result<u32, InvalidArgon2idCosts> {
    let digits = text.strip_prefix(name).ok_or(InvalidArgon2idCosts::Form)?;
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(InvalidArgon2idCosts::Form);
    }
    digits.parse().map_err(|error: ParseIntError| match error.kind() {
        std::num::IntErrorKind::PosOverflow => InvalidArgon2idCosts::OutOfBounds,
        _ => InvalidArgon2idCosts::Form,
    })
}

/// Costs, salt and output of `$argon2id$v=19$m=…,t=…,p=…$salt$output`; `None` if no password can match.
pub(super) fn decode(hash: &str) -> Option<(Argon2idCosts, Vec<u8>, Vec<u8>)> {
    let mut parts = hash.strip_prefix(PREFIX)?.splitn(3, '$');
    let costs = parts.next()?.parse().ok()?;
    let salt = BASE64_NOPAD.decode(parts.next()?.as_bytes()).ok()?;
    let output = BASE64_NOPAD.decode(parts.next()?.as_bytes()).ok()?;
    (SALT_LENGTHS.contains(&salt.len()) && OUTPUT_LENGTHS.contains(&output.len())).then_some((costs, salt, output))
}

/// The inverse of [`decode`].
pub(super) fn encode(costs: Argon2idCosts, salt: &[u8], output: &[u8]) -> String {
    let (salt, output) = (BASE64_NOPAD.encode(salt), BASE64_NOPAD.encode(output));
    format!("{PREFIX}{costs}${salt}${output}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn costs_have_bounds() {
        for (text, expected) in [
            ("m=8,t=1,p=1", Ok(())),
            ("m=65536,t=3,p=4", Ok(())),
            ("m=262144,t=4,p=16", Ok(())),
            ("m=8,t=131072,p=1", Ok(())),
            ("m=7,t=1,p=1", Err(InvalidArgon2idCosts::OutOfBounds)),
            ("m=15,t=1,p=2", Err(InvalidArgon2idCosts::OutOfBounds)),
            ("m=19456,t=0,p=1", Err(InvalidArgon2idCosts::OutOfBounds)),
            ("m=19456,t=2,p=0", Err(InvalidArgon2idCosts::OutOfBounds)),
            ("m=19456,t=2,p=17", Err(InvalidArgon2idCosts::OutOfBounds)),
            ("m=262145,t=1,p=1", Err(InvalidArgon2idCosts::OutOfBounds)),
            ("m=262144,t=5,p=1", Err(InvalidArgon2idCosts::OutOfBounds)),
            ("m=8,t=131073,p=1", Err(InvalidArgon2idCosts::OutOfBounds)),
            (
                "m=4294967295,t=4294967295,p=4294967295",
                Err(InvalidArgon2idCosts::OutOfBounds),
            ),
            ("m=4294967296,t=1,p=1", Err(InvalidArgon2idCosts::OutOfBounds)),
            ("m=+19456,t=2,p=1", Err(InvalidArgon2idCosts::Form)),
            ("m=-1,t=2,p=1", Err(InvalidArgon2idCosts::Form)),
            ("t=2,m=19456,p=1", Err(InvalidArgon2idCosts::Form)),
            ("m=19456,t=2,p=1,data=AAAA", Err(InvalidArgon2idCosts::Form)),
            ("m=19456,t=2", Err(InvalidArgon2idCosts::Form)),
            ("", Err(InvalidArgon2idCosts::Form)),
        ] {
            assert_eq!(text.parse::<Argon2idCosts>().map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn memory_that_is_used_again_makes_the_same_key_and_holds_nothing_in_between() {
        let mut memory = Argon2idMemory::default();
        let mut keys = Vec::new();
        for costs in ["m=64,t=2,p=1", "m=16,t=1,p=2", "m=128,t=1,p=1", "m=64,t=2,p=1"] {
            let costs: Argon2idCosts = costs.parse().unwrap();
            let fresh = costs.derive(b"password", b"some salt", 32, &mut Argon2idMemory::default());
            let reused = costs.derive(b"password", b"some salt", 32, &mut memory);
            assert!(reused.is_some() && reused == fresh, "{costs}");
            assert!(
                memory
                    .0
                    .iter()
                    .all(|block| block.as_ref().iter().all(|word| *word == 0))
            );
            keys.push(reused);
        }
        assert_eq!(memory.0.len(), 128, "the largest is kept");
        assert_eq!(keys[0], keys[3]);
        memory.release();
        assert!(memory.is_released());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: String) {
            let _ = decode(&text);
            let _ = decode(&format!("{PREFIX}{text}"));
            let _ = decode(&format!("{PREFIX}m=8,t=1,p=1${text}"));
        }

        #[test]
        fn what_is_encoded_is_decoded(
            costs in (1..=16_u32, 128..=65_536_u32, 1..=16_u32).prop_map(|(p, m, t)| Argon2idCosts::new(m, t, p).unwrap()),
            salt in proptest::collection::vec(any::<u8>(), SALT_LENGTHS),
            output in proptest::collection::vec(any::<u8>(), OUTPUT_LENGTHS),
        ) {
            prop_assert_eq!(decode(&encode(costs, &salt, &output)), Some((costs, salt, output)));
        }
    }
}
