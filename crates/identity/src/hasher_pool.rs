use std::collections::VecDeque;
use std::fmt;
use std::num::{NonZeroU32, NonZeroUsize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::oneshot;
use wicketgate_pbkdf2::{Derivation, Prf};
use zeroize::Zeroizing;

use crate::Error;

/// Threads that derive keys from passwords, one for each core, and the queue before them.
///
/// A request that finds a thread idle starts at once. Those that had to wait are taken several at a time, as many as
/// the processor has vector lanes, because that takes little longer than one alone. Dropping the pool forgets who waits
/// and ends each thread after the batch it is at.
pub(crate) struct HasherPool {
    shared: Arc<Shared>,
}

/// What a key is derived from.
pub(crate) struct KeyRequest {
    pub(crate) prf: Prf,
    pub(crate) password: Zeroizing<Vec<u8>>,
    pub(crate) salt: Vec<u8>,
    pub(crate) iterations: NonZeroU32,
    /// In bytes.
    pub(crate) length: usize,
}

type Key = Zeroizing<Vec<u8>>;
type DeriveMany = dyn Fn(Prf, &[Derivation<'_>]) -> Vec<Key> + Send + Sync;

impl HasherPool {
    /// Starts the threads; beyond those that are at work, `queue_length` requests may wait.
    pub(crate) fn new(queue_length: usize) -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self::start(cores, queue_length, Box::new(wicketgate_pbkdf2::derive_many))
    }

    fn start(threads: usize, queue_length: usize, derive_many: Box<DeriveMany>) -> Self {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            not_empty: Condvar::new(),
            queue_length,
            derive_many,
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

    /// Waits for the key; dropping the future before takes the request back.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many wait already, or if the thread at work on it failed.
    pub(crate) async fn derive(&self, request: KeyRequest) -> Result<Key, Error> {
        let (reply, key) = oneshot::channel();
        self.shared.push(Job { request, reply })?;
        key.await.map_err(|_| Error::Busy)
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
    derive_many: Box<DeriveMany>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Job>,
    /// Threads that are not at a batch; what waits for one of them is as good as started.
    idle_threads: usize,
    closed: bool,
}

struct Job {
    request: KeyRequest,
    reply: oneshot::Sender<Key>,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // nothing that could panic happens under the lock, and the queue would be whole even then
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job) -> Result<(), Error> {
        let mut queue = self.queue();
        let room = self.queue_length.saturating_add(queue.idle_threads);
        if queue.waiting.len() >= room {
            queue.forget_the_gone();
        }
        if queue.waiting.len() >= room || queue.closed {
            return Err(Error::Busy);
        }
        queue.waiting.push_back(job);
        self.not_empty.notify_one();
        Ok(())
    }

    /// What each thread does until the pool is dropped.
    fn work(&self) {
        step_back_for_async_threads();
        while let Some(batch) = self.next_batch() {
            // A panic drops the batch, which tells those who wait for it; the thread goes on.
            if catch_unwind(AssertUnwindSafe(|| self.answer(batch))).is_err() {
                tracing::error!("hashing passwords panicked");
            }
            self.queue().idle_threads += 1;
        }
    }

    /// Waits for work; `None` once the pool is dropped.
    fn next_batch(&self) -> Option<Vec<Job>> {
        let mut queue = self.queue();
        loop {
            if queue.closed {
                return None;
            }
            let batch = queue.take_batch(wicketgate_pbkdf2::lanes);
            if !batch.is_empty() {
                queue.idle_threads -= 1;
                return Some(batch);
            }
            queue = self.not_empty.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn answer(&self, batch: Vec<Job>) {
        let Some(first) = batch.first() else { return };
        let derivations: Vec<_> = batch.iter().map(|job| job.request.derivation()).collect();
        let keys = (self.derive_many)(first.request.prf, &derivations);
        for (job, key) in batch.into_iter().zip(keys) {
            // whoever asked may be gone by now
            let _ = job.reply.send(key);
        }
    }
}

impl Queue {
    /// Takes the oldest request and those that can go with it, because they need the same function and as many rounds;
    /// empty if nobody waits.
    fn take_batch(&mut self, lanes: fn(Prf) -> usize) -> Vec<Job> {
        self.forget_the_gone();
        let Some(first) = self.waiting.pop_front() else {
            return Vec::new();
        };
        let (prf, iterations, lanes) = (first.request.prf, first.request.iterations, lanes(first.request.prf));
        let mut batch = vec![first];
        let mut others = VecDeque::with_capacity(self.waiting.len());
        for job in self.waiting.drain(..) {
            if batch.len() < lanes && job.request.prf == prf && job.request.iterations == iterations {
                batch.push(job);
            } else {
                others.push_back(job);
            }
        }
        self.waiting = others;
        batch
    }

    fn forget_the_gone(&mut self) {
        self.waiting.retain(|job| !job.reply.is_closed());
    }
}

impl KeyRequest {
    fn derivation(&self) -> Derivation<'_> {
        Derivation {
            password: &self.password,
            salt: &self.salt,
            iterations: self.iterations,
            length: self.length,
        }
    }
}

/// Lowers this thread's priority, so that a flood of logins does not slow down requests that need no hash.
fn step_back_for_async_threads() {
    // On Linux alone `nice` means the calling thread, not the whole process.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(10) {
        tracing::debug!(%error, "password hashing runs at the priority of everything else");
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::sync::mpsc;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn request(password: &str) -> KeyRequest {
        KeyRequest {
            prf: Prf::HmacSha512,
            password: Zeroizing::new(password.as_bytes().to_vec()),
            salt: vec![0; 16],
            iterations: NonZeroU32::MIN,
            length: 32,
        }
    }

    fn job(request: KeyRequest) -> (Job, oneshot::Receiver<Key>) {
        let (reply, key) = oneshot::channel();
        (Job { request, reply }, key)
    }

    fn passwords<'a>(requests: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
        requests
            .map(|password| String::from_utf8(password.to_vec()).unwrap())
            .collect()
    }

    /// A pool of one thread that reports each batch and then waits until the test lets it go on.
    struct HeldPool {
        pool: HasherPool,
        batches: mpsc::Receiver<Vec<String>>,
        go_on: mpsc::Sender<()>,
    }

    impl HeldPool {
        fn start(queue_length: usize) -> Self {
            let (report, batches) = mpsc::channel();
            let (go_on, gate) = mpsc::channel();
            let gate = Mutex::new(gate);
            let derive_many = move |_: Prf, derivations: &[Derivation<'_>]| {
                report
                    .send(passwords(derivations.iter().map(|derivation| derivation.password)))
                    .unwrap();
                gate.lock().unwrap().recv().unwrap();
                derivations.iter().map(|_| Zeroizing::new(vec![7])).collect()
            };
            Self {
                pool: HasherPool::start(1, queue_length, Box::new(derive_many)),
                batches,
                go_on,
            }
        }
    }

    /// Lets the future put its request into the queue.
    fn begin(future: &mut (impl Future<Output = Result<Key, Error>> + Unpin)) {
        assert!(matches!(
            Future::poll(std::pin::Pin::new(future), &mut Context::from_waker(Waker::noop())),
            Poll::Pending
        ));
    }

    #[tokio::test]
    async fn keys_are_those_of_pbkdf2() {
        let pool = HasherPool::new(1);
        let key = pool.derive(request("Passw0rd!")).await.unwrap();
        assert_eq!(
            key,
            wicketgate_pbkdf2::derive(Prf::HmacSha512, &request("Passw0rd!").derivation())
        );
    }

    #[test]
    fn a_batch_is_the_oldest_request_and_those_that_can_go_with_it() {
        let other_prf = KeyRequest {
            prf: Prf::HmacSha1,
            ..request("other prf")
        };
        let other_iterations = KeyRequest {
            iterations: NonZeroU32::MAX,
            ..request("other iterations")
        };
        let requests = [
            request("a"),
            other_prf,
            request("b"),
            other_iterations,
            request("c"),
            request("d"),
        ];
        let (jobs, _keys): (VecDeque<_>, Vec<_>) = requests.into_iter().map(job).unzip();
        let mut queue = Queue {
            waiting: jobs,
            ..Queue::default()
        };
        let mut next = || {
            let batch = queue.take_batch(|_| 3);
            passwords(batch.iter().map(|job| job.request.password.as_slice()))
        };
        assert_eq!(next(), ["a", "b", "c"]);
        assert_eq!(next(), ["other prf"]);
        assert_eq!(next(), ["other iterations"]);
        assert_eq!(next(), ["d"]);
        assert!(next().is_empty());
    }

    #[tokio::test]
    async fn a_full_queue_is_busy_until_somebody_is_served() {
        let HeldPool { pool, batches, go_on } = HeldPool::start(1);
        let mut at_work = Box::pin(pool.derive(request("at work")));
        begin(&mut at_work);
        batches.recv().unwrap();
        let mut waiting = Box::pin(pool.derive(request("waiting")));
        begin(&mut waiting);
        assert!(matches!(pool.derive(request("too many")).await, Err(Error::Busy)));

        go_on.send(()).unwrap();
        assert_eq!(*at_work.await.unwrap(), [7]);
        assert_eq!(batches.recv().unwrap(), ["waiting"]);
        let mut next = Box::pin(pool.derive(request("next")));
        begin(&mut next);
        go_on.send(()).unwrap();
        go_on.send(()).unwrap();
        assert_eq!(*waiting.await.unwrap(), [7]);
        assert_eq!(*next.await.unwrap(), [7]);
    }

    #[tokio::test]
    async fn an_idle_thread_takes_a_request_even_if_none_may_wait() {
        let HeldPool {
            pool,
            batches: _batches,
            go_on,
        } = HeldPool::start(0);
        go_on.send(()).unwrap();
        assert_eq!(*pool.derive(request("first")).await.unwrap(), [7]);
    }

    #[tokio::test]
    async fn a_request_whose_asker_is_gone_is_not_hashed_and_leaves_room() {
        let HeldPool { pool, batches, go_on } = HeldPool::start(1);
        let mut at_work = Box::pin(pool.derive(request("at work")));
        begin(&mut at_work);
        batches.recv().unwrap();
        let mut gone = Box::pin(pool.derive(request("gone")));
        begin(&mut gone);
        drop(gone);
        let mut stays = Box::pin(pool.derive(request("stays")));
        begin(&mut stays);

        go_on.send(()).unwrap();
        go_on.send(()).unwrap();
        stays.await.unwrap();
        assert_eq!(batches.recv().unwrap(), ["stays"]);
    }

    #[tokio::test]
    async fn a_panic_costs_one_batch_and_no_thread() {
        let derive_many = |prf: Prf, derivations: &[Derivation<'_>]| {
            assert_ne!(derivations[0].password, b"panic");
            wicketgate_pbkdf2::derive_many(prf, derivations)
        };
        let pool = HasherPool::start(1, 1, Box::new(derive_many));
        assert!(matches!(pool.derive(request("panic")).await, Err(Error::Busy)));
        assert!(pool.derive(request("calm")).await.is_ok());
    }

    #[tokio::test]
    async fn dropping_the_pool_ends_its_threads_and_refuses_who_waits() {
        let HeldPool { pool, batches, go_on } = HeldPool::start(1);
        let (running, running_key) = job(request("running"));
        pool.shared.push(running).unwrap();
        batches.recv().unwrap();
        let (waiting, waiting_key) = job(request("waiting"));
        pool.shared.push(waiting).unwrap();
        drop(pool);
        assert!(waiting_key.await.is_err());

        go_on.send(()).unwrap();
        assert!(running_key.await.is_ok());
        // the closure, and with it the sender, goes when the last thread does
        assert!(batches.recv().is_err());
    }
}
