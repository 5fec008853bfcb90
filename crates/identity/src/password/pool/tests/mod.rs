//! Tests of the hashing threads and their queue.

mod batches;
mod threads;
mod waiting;

use std::future::Future;
use std::num::NonZeroU32;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};

use zeroize::Zeroizing;

use super::*;
use crate::password::PasswordAlgorithm;

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
            queued: Instant::now(),
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
