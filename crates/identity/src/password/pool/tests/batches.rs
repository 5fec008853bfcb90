//! Which requests are derived together.

use super::*;

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
