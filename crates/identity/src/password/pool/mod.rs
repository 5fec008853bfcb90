//! The hashing threads and their queue.

mod observed;
mod queue;
#[cfg(test)]
mod tests;

use std::fmt;
use std::num::{NonZeroU32, NonZeroUsize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use wicketgate_pbkdf2::{Derivation, Prf};

use self::observed::Observed;
pub(crate) use self::queue::KeyRequest;
use self::queue::{Job, Key, Lanes, Queue};
use crate::error::Error;
use crate::password::argon2id::Argon2idMemory;
use crate::request::caller_gone;

/// How long an idle thread keeps its memory for argon2id.
const KEEP_MEMORY: Duration = Duration::from_secs(5);

/// After a batch of several requests, the next ones often arrive together too. This is how long a thread waits for more
/// of them, for each round of PBKDF2: 2 ms for 100,000 rounds, a few hundredths of the hashing time, so that waiting
/// costs less than hashing smaller batches.
const GATHERING_TIME_PER_ROUND: Duration = Duration::from_nanos(20);

/// Threads that derive keys from passwords, one for each core, and their queue.
///
/// A request that finds an idle thread starts at once. Waiting requests are taken in batches, as many as the processor
/// has vector lanes, because that takes little longer than one alone. Argon2id is computed one at a time, so that each
/// thread needs its memory at most once; a thread keeps it for the next hash, and frees it when it has been idle for a
/// while. Dropping the pool fails waiting requests and ends each thread after its current batch.
pub(crate) struct HasherPool {
    shared: Arc<Shared>,
}

/// Uses idle cores fully, and yields to everything else.
#[cfg(target_os = "linux")]
const LOWEST_PRIORITY: i32 = 19;

type DeriveMany = dyn Fn(Prf, &[Derivation<'_>]) -> Vec<Key> + Send + Sync;

/// What the threads do, and how.
struct Work {
    derive_many: Box<DeriveMany>,
    /// The best batch size.
    lanes: Lanes,
    gathering_time_per_round: Duration,
}

/// The requests of the previous batch.
struct Crowd {
    /// The best batch size for requests of this kind.
    lanes: usize,
    gathering_time: Duration,
}

impl HasherPool {
    /// Starts the threads. Besides the requests in progress, `queue_length` requests may wait, of no more than
    /// [`QUEUED_BYTES`](queue::QUEUED_BYTES) in all.
    pub(crate) fn new(queue_length: usize) -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let work = Work {
            derive_many: Box::new(wicketgate_pbkdf2::derive_many),
            lanes: wicketgate_pbkdf2::lanes,
            gathering_time_per_round: GATHERING_TIME_PER_ROUND,
        };
        Self::start(cores, queue_length, work)
    }

    fn start(threads: usize, queue_length: usize, work: Work) -> Self {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            not_empty: Condvar::new(),
            queue_length,
            work,
        });
        // Locked, so that no thread starts work before it is counted.
        let mut queue = shared.queue();
        for _ in 0..threads {
            let worker = shared.clone();
            let thread = thread::Builder::new().name("password-hasher".to_owned());
            match thread.spawn(move || worker.work()) {
                Ok(_) => queue.idle_threads += 1,
                Err(error) => tracing::error!(%error, "a thread for hashing passwords could not be started"),
            }
        }
        // Without any thread, nobody should wait.
        queue.closed = queue.idle_threads == 0;
        drop(queue);
        Self { shared }
    }

    /// Waits for the key. The request is withdrawn if the future is dropped, or if the caller leaves before a thread
    /// has taken it. After that, the key is derived and its result counts.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many are waiting already, or if the thread failed or ran out of memory;
    /// [`Error::Abandoned`] if the caller left in time.
    pub(crate) async fn derive(&self, request: KeyRequest) -> Result<Key, Error> {
        let (reply, mut key) = oneshot::channel();
        let number = self.shared.push(request, reply)?;
        let derived = tokio::select! {
            biased;
            derived = &mut key => derived,
            () = caller_gone() => match self.shared.withdraw(number) {
                true => return Err(Error::Abandoned),
                false => key.await,
            },
        };
        derived.map_err(|_| Error::Busy)
    }

    /// How many requests wait for a thread.
    pub(crate) fn waiting(&self) -> usize {
        self.shared.queue().waiting.len()
    }
}

impl Drop for HasherPool {
    fn drop(&mut self) {
        let mut queue = self.shared.queue();
        queue.closed = true;
        queue.waiting.clear();
        self.shared.not_empty.notify_all();
    }
}

impl fmt::Debug for HasherPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HasherPool").finish_non_exhaustive()
    }
}

struct Shared {
    queue: Mutex<Queue>,
    not_empty: Condvar,
    queue_length: usize,
    work: Work,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing that could panic happens under the lock, and the queue would be intact even then.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a number for [`withdraw`](Self::withdraw).
    fn push(&self, request: KeyRequest, reply: oneshot::Sender<Key>) -> Result<u64, Error> {
        let mut queue = self.queue();
        let room = self.queue_length.saturating_add(queue.idle_threads);
        let size = request.size();
        if !queue.has_room(room, size) {
            queue.forget_the_gone();
        }
        if !queue.has_room(room, size) || queue.closed {
            return Err(Error::Busy);
        }
        let number = queue.next_number;
        queue.next_number = number.wrapping_add(1);
        let queued = Instant::now();
        queue.waiting.push_back(Job {
            number,
            request,
            reply,
            queued,
        });
        self.not_empty.notify_one();
        Ok(number)
    }

    /// Withdraws a request; `false` if a thread has already taken it.
    fn withdraw(&self, number: u64) -> bool {
        let mut queue = self.queue();
        let place = queue.waiting.iter().position(|job| job.number == number);
        place.and_then(|place| queue.waiting.remove(place)).is_some()
    }

    /// The loop of each thread, until the pool is dropped.
    fn work(&self) {
        step_back_for_async_threads();
        let mut crowd = None;
        let mut memory = Argon2idMemory::default();
        while let Some(batch) = self.next_batch(crowd, &mut memory) {
            crowd = self.work.crowd(&batch);
            let observed = Observed::begin(&batch);
            // A panic drops the batch, which fails its requests; the thread continues.
            if catch_unwind(AssertUnwindSafe(|| self.answer(batch, &mut memory))).is_err() {
                tracing::error!("hashing passwords panicked");
            }
            observed.end();
            self.queue().idle_threads += 1;
        }
    }

    /// Waits for work, and after a `crowd` a moment longer for more of it; `None` once the pool is dropped. Frees the
    /// memory after being idle for a while.
    fn next_batch(&self, crowd: Option<Crowd>, memory: &mut Argon2idMemory) -> Option<Vec<Job>> {
        let mut queue = self.queue();
        if let Some(Crowd { lanes, gathering_time }) = crowd {
            let room = |queue: &mut Queue| !queue.closed && queue.waiting.len() < lanes;
            let gathered = self.not_empty.wait_timeout_while(queue, gathering_time, room);
            (queue, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        }
        loop {
            if queue.closed {
                return None;
            }
            let batch = queue.take_batch(self.work.lanes);
            if !batch.is_empty() {
                queue.idle_threads -= 1;
                if !queue.waiting.is_empty() {
                    // The wake-up for the others may have been consumed here.
                    self.not_empty.notify_one();
                }
                return Some(batch);
            }
            if memory.is_released() {
                queue = self.not_empty.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let waited = self.not_empty.wait_timeout(queue, KEEP_MEMORY);
            let timeout;
            (queue, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            if timeout.timed_out() {
                memory.release();
            }
        }
    }

    fn answer(&self, batch: Vec<Job>, memory: &mut Argon2idMemory) {
        let Some(first) = batch.first() else { return };
        let keys = match first.request.algorithm.pbkdf2() {
            Ok((prf, iterations)) => {
                let derivations: Vec<_> = batch.iter().map(|job| job.request.derivation(iterations)).collect();
                (self.work.derive_many)(prf, &derivations)
            }
            Err(costs) => {
                let KeyRequest {
                    password, salt, length, ..
                } = &first.request;
                let Some(key) = costs.derive(password, salt, *length, memory) else {
                    return tracing::error!(%costs, "argon2id got no memory");
                };
                vec![key]
            }
        };
        self.waste_time(&batch);
        for (job, key) in batch.into_iter().zip(keys) {
            // The caller may be gone by now.
            let _ = job.reply.send(key);
        }
    }
}

impl Shared {
    /// The dummy rounds for hashes that cost less than new ones.
    fn waste_time(&self, batch: &[Job]) {
        let rounds = batch
            .first()
            .and_then(|first| NonZeroU32::new(first.request.extra_rounds));
        if let Some(rounds) = rounds {
            // Always one block.
            let mut derivations: Vec<_> = batch.iter().map(|job| job.request.derivation(rounds)).collect();
            derivations.iter_mut().for_each(|derivation| derivation.length = 64);
            drop((self.work.derive_many)(Prf::HmacSha512, &derivations));
        }
    }
}

impl Work {
    /// `None` for a batch of one.
    fn crowd(&self, batch: &[Job]) -> Option<Crowd> {
        let [first, _, ..] = batch else { return None };
        let rounds = match first.request.algorithm.pbkdf2() {
            Ok((_, iterations)) => iterations.get().saturating_add(first.request.extra_rounds),
            Err(_argon2id) => 0,
        };
        Some(Crowd {
            lanes: first.request.lanes(self.lanes),
            gathering_time: self.gathering_time_per_round.saturating_mul(rounds),
        })
    }
}

/// Lowers this thread's priority, so that a flood of logins does not slow down requests that need no hash.
fn step_back_for_async_threads() {
    // On Linux alone `nice` means the calling thread, not the whole process.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(LOWEST_PRIORITY) {
        tracing::debug!(%error, "password hashing runs at the priority of everything else");
    }
}
