//! The threads that hash, and their queue.

mod queue;
#[cfg(test)]
mod tests;

use std::fmt;
use std::num::{NonZeroU32, NonZeroUsize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use wicketgate_pbkdf2::{Derivation, Prf};

pub(crate) use self::queue::KeyRequest;
use self::queue::{Job, Key, Lanes, Queue};
use crate::error::Error;
use crate::password::argon2id::Argon2idMemory;
use crate::request::caller_gone;

/// How many bytes of passwords and salts may wait, however few they are: a thousand of the longest passwords that the
/// options allow by default, four times. Somebody who finds nobody waiting may always wait.
const QUEUED_BYTES: usize = 4 * 1024 * 1024;

/// How long a thread keeps the memory of argon2id for the next login.
const KEEP_MEMORY: Duration = Duration::from_secs(5);

/// After a batch of several, those who got their keys often have company for the next one: how long a thread waits for
/// more of them, for each round of PBKDF2 that they need. It is some hundredths of what the rounds take, so that waiting
/// costs less than hashing fewer together: 2 ms for 100,000 rounds.
const GATHERING_TIME_PER_ROUND: Duration = Duration::from_nanos(20);

/// Threads that derive keys from passwords, one for each core, and the queue before them.
///
/// A request that finds a thread idle starts at once. Those that had to wait are taken several at a time, as many as
/// the processor has vector lanes, because that takes little longer than one alone; argon2id goes one at a time, so that
/// its memory is needed at most once for each thread, which keeps it from one to the next and gives it back when it has
/// been idle for a while. Dropping the pool forgets who waits and ends each thread after the batch it is at.
pub(crate) struct HasherPool {
    shared: Arc<Shared>,
}

/// Nearly all of a core where nobody else wants it, and soon out of the way where somebody does.
#[cfg(target_os = "linux")]
const LOWEST_PRIORITY: i32 = 19;

type DeriveMany = dyn Fn(Prf, &[Derivation<'_>]) -> Vec<Key> + Send + Sync;

/// What the threads do, and how.
struct Work {
    derive_many: Box<DeriveMany>,
    /// How many derivations are best done together.
    lanes: Lanes,
    gathering_time_per_round: Duration,
}

/// Those who waited together for the batch before.
struct Crowd {
    /// How many of their kind are best done together.
    lanes: usize,
    gathering_time: Duration,
}

impl HasherPool {
    /// Starts the threads; beyond those that are at work, `queue_length` requests may wait, of no more than
    /// [`QUEUED_BYTES`] in all.
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
        // locked, so that no thread is at work before it is counted
        let mut queue = shared.queue();
        for _ in 0..threads {
            let worker = shared.clone();
            let thread = thread::Builder::new().name("password-hasher".to_owned());
            match thread.spawn(move || worker.work()) {
                Ok(_) => queue.idle_threads += 1,
                Err(error) => tracing::error!(%error, "a thread for hashing passwords could not be started"),
            }
        }
        // where nobody works, nobody should wait
        queue.closed = queue.idle_threads == 0;
        drop(queue);
        Self { shared }
    }

    /// Waits for the key. Dropping the future takes the request back, and so does its caller's going before a thread takes
    /// it; from then on the key comes, and what it says is acted on.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many wait already, or if the thread at work on it failed or had no memory for it;
    /// [`Error::Abandoned`] if the caller went in time.
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
        // nothing that could panic happens under the lock, and the queue would be whole even then
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number is for [`withdraw`](Self::withdraw).
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
        queue.waiting.push_back(Job { number, request, reply });
        self.not_empty.notify_one();
        Ok(number)
    }

    /// Takes back what no thread has taken yet; `false` if one has.
    fn withdraw(&self, number: u64) -> bool {
        let mut queue = self.queue();
        let place = queue.waiting.iter().position(|job| job.number == number);
        place.and_then(|place| queue.waiting.remove(place)).is_some()
    }

    /// What each thread does until the pool is dropped.
    fn work(&self) {
        step_back_for_async_threads();
        let mut crowd = None;
        let mut memory = Argon2idMemory::default();
        while let Some(batch) = self.next_batch(crowd, &mut memory) {
            crowd = self.work.crowd(&batch);
            // A panic drops the batch, which tells those who wait for it; the thread goes on.
            if catch_unwind(AssertUnwindSafe(|| self.answer(batch, &mut memory))).is_err() {
                tracing::error!("hashing passwords panicked");
            }
            self.queue().idle_threads += 1;
        }
    }

    /// Waits for work, and a moment for more of it after a `crowd`; `None` once the pool is dropped. Gives the memory back
    /// when there is nothing to do for a while.
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
                    // the call to take the others may have been heard here
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
            // whoever asked may be gone by now
            let _ = job.reply.send(key);
        }
    }
}

impl Shared {
    /// What hashes that cost less than new ones are topped up with.
    fn waste_time(&self, batch: &[Job]) {
        let rounds = batch
            .first()
            .and_then(|first| NonZeroU32::new(first.request.extra_rounds));
        if let Some(rounds) = rounds {
            // Of one block, whatever was asked for.
            let mut derivations: Vec<_> = batch.iter().map(|job| job.request.derivation(rounds)).collect();
            derivations.iter_mut().for_each(|derivation| derivation.length = 64);
            drop((self.work.derive_many)(Prf::HmacSha512, &derivations));
        }
    }
}

impl Work {
    /// `None` for a request that went alone.
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
