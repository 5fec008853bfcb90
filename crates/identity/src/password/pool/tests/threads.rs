//! The threads: how they start, fail and end.

use super::*;

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
