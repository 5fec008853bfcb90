//! The queue of passwords to hash.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Instant;

use tokio::sync::oneshot;
use wicketgate_pbkdf2::{Derivation, Prf};
use zeroize::Zeroizing;

use crate::password::PasswordAlgorithm;

/// Maximum number of bytes of waiting passwords and salts: four times a thousand of the longest passwords allowed by
/// default. An empty queue accepts any password.
pub(super) const QUEUED_BYTES: usize = 4 * 1024 * 1024;

/// A derived key.
pub(super) type Key = Zeroizing<Vec<u8>>;

/// The best number of PBKDF2 keys, of this many bytes, to derive together.
pub(super) type Lanes = fn(Prf, usize) -> usize;

/// A key to derive.
pub(crate) struct KeyRequest {
    pub(crate) algorithm: PasswordAlgorithm,
    pub(crate) password: Zeroizing<Vec<u8>>,
    pub(crate) salt: Vec<u8>,
    /// In bytes.
    pub(crate) length: usize,
    /// Dummy rounds of PBKDF2-HMAC-SHA512, so that the key takes as long as others.
    pub(crate) extra_rounds: u32,
}

impl KeyRequest {
    /// Whether both fit into one batch: the same algorithm, length and number of dummy rounds.
    fn goes_with(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.length == other.length && self.extra_rounds == other.extra_rounds
    }

    /// The best number of such keys to derive together. For argon2id, which is limited by memory, it is one.
    pub(super) fn lanes(&self, lanes: Lanes) -> usize {
        match self.algorithm.pbkdf2() {
            Ok((prf, _)) if self.extra_rounds == 0 => lanes(prf, self.length),
            Ok((prf, _)) => lanes(prf, self.length).min(lanes(Prf::HmacSha512, 64)),
            Err(_argon2id) => 1,
        }
    }

    /// Its size in the queue, in bytes.
    pub(super) fn size(&self) -> usize {
        self.password.len() + self.salt.len()
    }

    /// The derivation, with this many rounds of PBKDF2.
    pub(super) fn derivation(&self, iterations: NonZeroU32) -> Derivation<'_> {
        Derivation {
            password: &self.password,
            salt: &self.salt,
            iterations,
            length: self.length,
        }
    }
}

/// A request and the channel for its key.
pub(super) struct Job {
    pub(super) number: u64,
    pub(super) request: KeyRequest,
    pub(super) reply: oneshot::Sender<Key>,
    /// When it came.
    pub(super) queued: Instant,
}

/// The waiting jobs, oldest first, and the state of the threads.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) waiting: VecDeque<Job>,
    /// The next job's number.
    pub(super) next_number: u64,
    /// The number of idle threads; jobs waiting for them are as good as started.
    pub(super) idle_threads: usize,
    pub(super) closed: bool,
}

impl Queue {
    /// Takes the oldest request and those that fit into one batch with it; empty if nothing is waiting.
    pub(super) fn take_batch(&mut self, lanes: Lanes) -> Vec<Job> {
        self.forget_the_gone();
        let Some(first) = self.waiting.pop_front() else {
            return Vec::new();
        };
        let lanes = first.request.lanes(lanes);
        let mut batch = vec![first];
        let mut others = VecDeque::with_capacity(self.waiting.len());
        for job in self.waiting.drain(..) {
            if batch.len() < lanes && job.request.goes_with(&batch[0].request) {
                batch.push(job);
            } else {
                others.push_back(job);
            }
        }
        self.waiting = others;
        batch
    }

    /// Whether one more request of this size may wait.
    pub(super) fn has_room(&self, room: usize, size: usize) -> bool {
        let waiting: usize = self.waiting.iter().map(|job| job.request.size()).sum();
        self.waiting.len() < room && (self.waiting.is_empty() || waiting.saturating_add(size) <= QUEUED_BYTES)
    }

    pub(super) fn forget_the_gone(&mut self) {
        self.waiting.retain(|job| !job.reply.is_closed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::Argon2idCosts;

    fn request(password: &str, prf: Prf, iterations: u32) -> KeyRequest {
        KeyRequest {
            algorithm: PasswordAlgorithm::IdentityV3 {
                prf,
                iterations: NonZeroU32::new(iterations).unwrap(),
            },
            password: Zeroizing::new(password.as_bytes().to_vec()),
            salt: vec![0; 16],
            length: 32,
            extra_rounds: 0,
        }
    }

    fn queue(requests: impl IntoIterator<Item = KeyRequest>) -> (Queue, Vec<oneshot::Receiver<Key>>) {
        let jobs = requests.into_iter().map(|request| {
            let (reply, key) = oneshot::channel();
            (
                Job {
                    number: 0,
                    request,
                    reply,
                    queued: Instant::now(),
                },
                key,
            )
        });
        let (waiting, keys) = jobs.unzip();
        (
            Queue {
                waiting,
                ..Queue::default()
            },
            keys,
        )
    }

    fn passwords(batch: &[Job]) -> Vec<&str> {
        batch
            .iter()
            .map(|job| str::from_utf8(&job.request.password).unwrap())
            .collect()
    }

    #[test]
    fn a_batch_is_the_oldest_request_and_those_that_can_go_with_it() {
        let (mut queue, _keys) = queue([
            request("a", Prf::HmacSha512, 1),
            request("other prf", Prf::HmacSha1, 1),
            request("b", Prf::HmacSha512, 1),
            request("other iterations", Prf::HmacSha512, 2),
            KeyRequest {
                length: 16,
                ..request("other length", Prf::HmacSha512, 1)
            },
            KeyRequest {
                extra_rounds: 1,
                ..request("other extra rounds", Prf::HmacSha512, 1)
            },
            request("c", Prf::HmacSha512, 1),
            request("d", Prf::HmacSha512, 1),
        ]);
        assert_eq!(passwords(&queue.take_batch(|_, _| 3)), ["a", "b", "c"]);
        assert_eq!(passwords(&queue.take_batch(|_, _| 3)), ["other prf"]);
        assert_eq!(passwords(&queue.take_batch(|_, _| 3)), ["other iterations"]);
        assert_eq!(passwords(&queue.take_batch(|_, _| 3)), ["other length"]);
        assert_eq!(passwords(&queue.take_batch(|_, _| 3)), ["other extra rounds"]);
        assert_eq!(passwords(&queue.take_batch(|_, _| 3)), ["d"]);
        assert!(queue.take_batch(|_, _| 3).is_empty());
    }

    #[test]
    fn argon2id_goes_alone() {
        let argon2id = |password| KeyRequest {
            algorithm: PasswordAlgorithm::Argon2id(Argon2idCosts::default()),
            ..request(password, Prf::HmacSha512, 1)
        };
        let (mut queue, _keys) = queue([argon2id("a"), argon2id("b"), request("c", Prf::HmacSha512, 1)]);
        assert_eq!(passwords(&queue.take_batch(|_, _| 3)), ["a"]);
        assert_eq!(passwords(&queue.take_batch(|_, _| 3)), ["b"]);
        assert_eq!(passwords(&queue.take_batch(|_, _| 3)), ["c"]);
    }

    #[test]
    fn a_request_whose_asker_is_gone_is_in_no_batch() {
        let (mut queue, mut keys) = queue(["gone", "stays"].map(|password| request(password, Prf::HmacSha512, 1)));
        keys.remove(0);
        assert_eq!(passwords(&queue.take_batch(|_, _| 3)), ["stays"]);
    }
}
