//! Tests of the hashing threads and their queue.

use std::future::Future;
use std::num::NonZeroU32;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};

use zeroize::Zeroizing;

use super::*;
use crate::password::PasswordAlgorithm;
use crate::request::Caller;

fn request(password: &str) -> KeyRequest {
    KeyRequest {
        algorithm: PasswordAlgorithm::IdentityV3 {
            prf: Prf::HmacSha512,
            iterations: NonZeroU32::MIN,
        },
        password: Zeroizing::new(password.as_bytes().to_vec()),
        salt: vec![0; 16],
        length: 32,
        extra_rounds: 0,
    }
}

fn job(request: KeyRequest) -> (Job, oneshot::Receiver<Key>) {
    let (reply, key) = oneshot::channel();
    (
        Job {
            number: 0,
            request,
            reply,
        },
        key,
    )
}

/// A pool of one thread that reports each batch and then waits until the test lets it go on.
struct HeldPool {
    pool: HasherPool,
    batches: mpsc::Receiver<Vec<String>>,
    go_on: mpsc::Sender<()>,
}

impl HeldPool {
    /// Takes three requests at a time, and gathers them for as long as it takes.
    fn start(queue_length: usize) -> Self {
        let (report, batches) = mpsc::channel();
        let (go_on, gate) = mpsc::channel();
        let gate = Mutex::new(gate);
        let password = |derivation: &Derivation<'_>| String::from_utf8(derivation.password.to_vec()).unwrap();
        let work = Work {
            derive_many: Box::new(move |_, derivations| {
                report.send(derivations.iter().map(password).collect()).unwrap();
                gate.lock().unwrap().recv().unwrap();
                derivations.iter().map(|_| Zeroizing::new(vec![7])).collect()
            }),
            lanes: |_, _| 3,
            gathering_time_per_round: Duration::MAX,
        };
        Self {
            pool: HasherPool::start(1, queue_length, work),
            batches,
            go_on,
        }
    }
}

/// Lets the future put its request into the queue.
fn begin(future: &mut (impl Future<Output = Result<Key, Error>> + Unpin)) {
    assert!(matches!(poll(future), Poll::Pending));
}

fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::pin::Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn keys_are_those_of_pbkdf2() {
    let pool = HasherPool::new(1);
    let key = pool.derive(request("Passw0rd!")).await.unwrap();
    assert_eq!(
        key,
        wicketgate_pbkdf2::derive(Prf::HmacSha512, &request("Passw0rd!").derivation(NonZeroU32::MIN))
    );
}

#[tokio::test]
async fn a_full_queue_is_busy_until_somebody_is_served() {
    let HeldPool { pool, batches, go_on } = HeldPool::start(1);
    let mut at_work = Box::pin(pool.derive(request("at work")));
    begin(&mut at_work);
    batches.recv().unwrap();
    let mut waiting = Box::pin(pool.derive(request("waiting")));
    begin(&mut waiting);
    let mut too_many = Box::pin(pool.derive(request("too many")));
    assert!(matches!(poll(&mut too_many), Poll::Ready(Err(Error::Busy))));

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
async fn few_long_passwords_fill_the_queue_like_many_short_ones() {
    let long = "x".repeat(QUEUED_BYTES / 2);
    let HeldPool {
        pool,
        batches,
        go_on: _go_on,
    } = HeldPool::start(1000);
    let mut at_work = Box::pin(pool.derive(request("at work")));
    begin(&mut at_work);
    batches.recv().unwrap();
    // With its salt it is a little more than half.
    let mut first = Box::pin(pool.derive(request(&long)));
    begin(&mut first);
    let mut second = Box::pin(pool.derive(request(&long)));
    assert!(matches!(poll(&mut second), Poll::Ready(Err(Error::Busy))));
    let mut short = Box::pin(pool.derive(request("short")));
    begin(&mut short);
    drop((first, short));

    let mut alone = Box::pin(pool.derive(request(&long.repeat(4))));
    begin(&mut alone);
    let mut short = Box::pin(pool.derive(request("short")));
    assert!(matches!(poll(&mut short), Poll::Ready(Err(Error::Busy))));
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
async fn what_waits_for_a_caller_who_is_gone_is_taken_back_and_what_is_hashed_comes() {
    let HeldPool { pool, batches, go_on } = HeldPool::start(1);
    let callers = [Caller::new(), Caller::new()];
    let mut at_work = Box::pin(callers[0].on_behalf(pool.derive(request("at work"))));
    begin(&mut at_work);
    batches.recv().unwrap();
    let mut waiting = Box::pin(callers[1].on_behalf(pool.derive(request("waiting"))));
    begin(&mut waiting);

    drop(callers);
    assert!(matches!(poll(&mut waiting), Poll::Ready(Err(Error::Abandoned))));
    begin(&mut at_work);
    let mut stays = Box::pin(pool.derive(request("stays")));
    begin(&mut stays);
    go_on.send(()).unwrap();
    assert_eq!(*at_work.await.unwrap(), [7]);
    assert_eq!(batches.recv().unwrap(), ["stays"]);
    go_on.send(()).unwrap();
    stays.await.unwrap();
}

#[tokio::test]
async fn those_who_waited_go_together_and_after_a_crowd_the_next_are_gathered() {
    let HeldPool { pool, batches, go_on } = HeldPool::start(9);
    let [mut first, mut a, mut b, mut c, mut d, mut e] =
        ["first", "a", "b", "c", "d", "e"].map(|password| Box::pin(pool.derive(request(password))));
    begin(&mut first);
    assert_eq!(batches.recv().unwrap(), ["first"]);
    begin(&mut a);
    begin(&mut b);
    go_on.send(()).unwrap();
    assert_eq!(batches.recv().unwrap(), ["a", "b"]);
    go_on.send(()).unwrap();
    b.await.unwrap();

    begin(&mut c);
    let too_soon = batches.recv_timeout(Duration::from_millis(20));
    assert!(too_soon.is_err(), "{too_soon:?}");
    begin(&mut d);
    begin(&mut e);
    assert_eq!(batches.recv().unwrap(), ["c", "d", "e"]);
    go_on.send(()).unwrap();
    e.await.unwrap();
}

#[tokio::test]
async fn after_a_crowd_a_lone_request_is_served_all_the_same() {
    let work = Work {
        derive_many: Box::new(wicketgate_pbkdf2::derive_many),
        lanes: |_, _| 3,
        gathering_time_per_round: Duration::from_millis(1),
    };
    let pool = HasherPool::start(1, 9, work);
    let crowd = ["a", "b", "c", "d"].map(|password| job(request(password)));
    let (jobs, mut keys): (Vec<_>, Vec<_>) = crowd.into_iter().unzip();
    pool.shared.queue().waiting.extend(jobs);
    pool.shared.not_empty.notify_one();
    assert!(keys.pop().unwrap().await.is_ok());
    assert!(pool.derive(request("lone")).await.is_ok());
}

#[test]
fn the_fewer_rounds_a_crowd_needs_the_shorter_the_next_is_waited_for() {
    let work = Work {
        derive_many: Box::new(wicketgate_pbkdf2::derive_many),
        lanes: |prf, _| if prf == Prf::HmacSha1 { 8 } else { 16 },
        gathering_time_per_round: GATHERING_TIME_PER_ROUND,
    };
    let crowd = |prf, iterations, size| {
        let algorithm = PasswordAlgorithm::IdentityV3 {
            prf,
            iterations: NonZeroU32::new(iterations).unwrap(),
        };
        let (jobs, _keys): (Vec<_>, Vec<_>) = (0..size)
            .map(|_| {
                job(KeyRequest {
                    algorithm,
                    ..request("Passw0rd!")
                })
            })
            .unzip();
        let crowd = work.crowd(&jobs);
        crowd.map(|crowd| (crowd.lanes, crowd.gathering_time))
    };
    assert_eq!(crowd(Prf::HmacSha512, 100_000, 1), None);
    assert_eq!(crowd(Prf::HmacSha512, 100_000, 2), Some((16, Duration::from_millis(2))));
    assert_eq!(crowd(Prf::HmacSha1, 1_000, 9), Some((8, Duration::from_micros(20))));
}

/// What ASP.NET Core has written over the years, all at once: each is batched with its own kind alone.
#[tokio::test]
async fn requests_of_different_forms_are_never_mixed() {
    let (report, batches) = mpsc::channel();
    let work = Work {
        derive_many: Box::new(move |prf, derivations| {
            let kinds = derivations.iter().map(|d| (prf, d.iterations.get(), d.length));
            report.send(kinds.collect::<Vec<_>>()).unwrap();
            wicketgate_pbkdf2::derive_many(prf, derivations)
        }),
        lanes: wicketgate_pbkdf2::lanes,
        gathering_time_per_round: Duration::ZERO,
    };
    let pool = HasherPool::start(1, 99, work);
    let kinds = [
        (Prf::HmacSha1, 1_000, 32),
        (Prf::HmacSha256, 10_000, 32),
        (Prf::HmacSha256, 1_000, 32),
        (Prf::HmacSha256, 1_000, 16),
        (Prf::HmacSha512, 1_000, 32),
    ];
    let mut keys = Vec::new();
    {
        let mut queue = pool.shared.queue();
        for (prf, iterations, length) in kinds.repeat(4) {
            let iterations = NonZeroU32::new(iterations).unwrap();
            let algorithm = PasswordAlgorithm::IdentityV3 { prf, iterations };
            let request = KeyRequest {
                algorithm,
                length,
                ..request("Passw0rd!")
            };
            let expected = wicketgate_pbkdf2::derive(prf, &request.derivation(iterations));
            let (job, key) = job(request);
            queue.waiting.push_back(job);
            keys.push((key, expected));
        }
    }
    pool.shared.not_empty.notify_one();
    for (key, expected) in keys {
        assert_eq!(key.await.unwrap(), expected);
    }
    drop(pool);
    for batch in batches {
        assert!(batch.iter().all(|kind| *kind == batch[0]), "{batch:?}");
    }
}

#[tokio::test]
async fn without_threads_nobody_waits() {
    let work = Work {
        derive_many: Box::new(wicketgate_pbkdf2::derive_many),
        lanes: |_, _| 1,
        gathering_time_per_round: Duration::ZERO,
    };
    let pool = HasherPool::start(0, 9, work);
    assert!(matches!(pool.derive(request("Passw0rd!")).await, Err(Error::Busy)));
}

#[tokio::test]
async fn a_panic_costs_one_batch_and_no_thread() {
    let derive_many = |prf: Prf, derivations: &[Derivation<'_>]| {
        assert_ne!(derivations[0].password, b"panic");
        wicketgate_pbkdf2::derive_many(prf, derivations)
    };
    let work = Work {
        derive_many: Box::new(derive_many),
        lanes: |_, _| 1,
        gathering_time_per_round: Duration::ZERO,
    };
    let pool = HasherPool::start(1, 1, work);
    assert!(matches!(pool.derive(request("panic")).await, Err(Error::Busy)));
    assert!(pool.derive(request("calm")).await.is_ok());
}

#[tokio::test]
async fn dropping_the_pool_ends_its_threads_and_refuses_who_waits() {
    let HeldPool { pool, batches, go_on } = HeldPool::start(1);
    let (running, running_key) = job(request("running"));
    pool.shared.push(running.request, running.reply).unwrap();
    batches.recv().unwrap();
    let (waiting, waiting_key) = job(request("waiting"));
    pool.shared.push(waiting.request, waiting.reply).unwrap();
    drop(pool);
    assert!(waiting_key.await.is_err());

    go_on.send(()).unwrap();
    assert!(running_key.await.is_ok());
    // the closure, and with it the sender, goes when the last thread does
    assert!(batches.recv().is_err());
}

/// The mark that Linux schedules by: the higher, the later a thread's turn comes.
#[cfg(target_os = "linux")]
#[test]
fn the_threads_stand_back_for_all_others() {
    let niceness = || rustix::process::nice(0).unwrap();
    let (report, reported) = mpsc::channel();
    let work = Work {
        derive_many: Box::new(move |_, _| {
            report.send(niceness()).unwrap();
            Vec::new()
        }),
        lanes: |_, _| 1,
        gathering_time_per_round: Duration::ZERO,
    };
    let pool = HasherPool::start(1, 1, work);
    let (job, _key) = job(request("Passw0rd!"));
    pool.shared.push(job.request, job.reply).unwrap();
    let own = niceness();
    assert_eq!(reported.recv().unwrap(), LOWEST_PRIORITY);
    assert_eq!(niceness(), own);
}
