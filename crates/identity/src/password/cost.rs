//! The cost of deriving keys, so that every check of a password can be made to cost the same.

use std::time::{Duration, Instant};

use wicketgate_pbkdf2::{Derivation, Prf};

use crate::password::pool::KeyRequest;

/// How many rounds of each function are timed. They take about a millisecond in all.
const TIMED: std::num::NonZeroU32 = std::num::NonZeroU32::new(500).unwrap();
/// How often they are timed; the shortest time counts.
const TIMES: usize = 5;
/// Rounds of PBKDF2-HMAC-SHA512 that take as long as argon2id takes for one KiB in one pass. A rough figure, since
/// argon2id is limited by memory bandwidth, which differs between machines.
const ROUNDS_PER_KIB: u64 = 2;

/// The cost of a round of PBKDF2 on this machine, in thousandths of a round with HMAC-SHA512, for a key of one block.
#[derive(Debug, Clone, Copy)]
pub(super) struct RelativeCosts {
    sha1: u64,
    sha256: u64,
}

impl RelativeCosts {
    /// Measures the costs: some processors have instructions that make SHA-1 and SHA-256 four times as fast.
    pub(super) fn measured() -> Self {
        let sha512 = shortest(Prf::HmacSha512, 64).as_nanos().max(1);
        let relative = |prf, length| {
            let thousandths = shortest(prf, length).as_nanos() * 1_000 / sha512;
            u64::try_from(thousandths).unwrap_or(u64::MAX).clamp(1, 10_000)
        };
        Self {
            sha1: relative(Prf::HmacSha1, 20),
            sha256: relative(Prf::HmacSha256, 32),
        }
    }

    /// The cost of the request's own key, in rounds of PBKDF2-HMAC-SHA512.
    pub(super) fn rounds(self, request: &KeyRequest) -> u64 {
        match request.algorithm.pbkdf2() {
            Ok((prf, iterations)) => {
                let (thousandths, block) = match prf {
                    Prf::HmacSha1 => (self.sha1, 20),
                    Prf::HmacSha256 => (self.sha256, 32),
                    Prf::HmacSha512 => (1_000, 64),
                };
                let blocks = u64::try_from(request.length.div_ceil(block).max(1)).unwrap_or(u64::MAX);
                let rounds = u64::from(iterations.get()).saturating_mul(blocks);
                rounds.saturating_mul(thousandths) / 1_000
            }
            Err(costs) => ROUNDS_PER_KIB * costs.work(),
        }
    }
}

fn shortest(prf: Prf, length: usize) -> Duration {
    let derivation = Derivation {
        password: b"Correct horse battery staple",
        salt: &[7; 16],
        iterations: TIMED,
        length,
    };
    let times = (0..TIMES).map(|_| {
        let start = Instant::now();
        let key = wicketgate_pbkdf2::derive(prf, &derivation);
        let taken = start.elapsed();
        drop(std::hint::black_box(key));
        taken
    });
    times.min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::password::PasswordAlgorithm;

    #[test]
    fn a_round_of_another_function_costs_something_and_not_much_more() {
        let costs = RelativeCosts::measured();
        for (prf, length) in [(Prf::HmacSha1, 32), (Prf::HmacSha256, 32), (Prf::HmacSha512, 32)] {
            let request = KeyRequest {
                algorithm: PasswordAlgorithm::IdentityV3 {
                    prf,
                    iterations: 10_000.try_into().unwrap(),
                },
                password: Zeroizing::default(),
                salt: Vec::new(),
                length,
                extra_rounds: 0,
            };
            let rounds = costs.rounds(&request);
            assert!((100..100_000).contains(&rounds), "{prf:?}: {rounds}");
        }
    }
}
