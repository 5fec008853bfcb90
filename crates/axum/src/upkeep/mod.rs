//! What stores need in the background: events are sealed, and what is old is removed.

mod steps;

use std::sync::Arc;
use std::time::Duration;

use tokio::{select, sync::Notify, task::JoinHandle, time::sleep};
use wicketgate_protection::Random;

use self::steps::Steps;
use crate::Identity;

/// Between one turn and the next, with up to a quarter more, so that instances do not meet every time.
const PAUSE: Duration = Duration::from_secs(1);
/// The same after turn upon turn has failed.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The task in the background that puts events under seals, sums up failures for unknown accounts, erases what deleted
/// accounts leave in events, deletes accounts whose owners asked for it, and removes old events, sessions and expired one-time
/// secrets. [`Identity::start_upkeep`] starts it; it ends with this value.
///
/// `wicketgate::run` and `wicketgate::Server` do all of this by themselves. Who serves an [`Identity`] otherwise starts it
/// beside the server, and finishes it when the server has stopped:
///
/// ```no_run
/// # async fn serve(identity: wicketgate_axum::Identity, router: axum::Router) -> std::io::Result<()> {
/// # let (listener, signal) = (tokio::net::TcpListener::bind("127.0.0.1:0").await?, async {});
/// let upkeep = identity.start_upkeep(Some(time::Duration::days(180)));
/// axum::serve(listener, router).with_graceful_shutdown(signal).await?;
/// identity.finish_requests().await;
/// if let Some(upkeep) = upkeep {
///     upkeep.finish().await;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Upkeep {
    stop: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Identity {
    /// Starts the [`Upkeep`], on the Tokio runtime of the caller; `None` if the stores keep nothing that needs it. Any number
    /// of instances may have one.
    ///
    /// Events older than `retention` are removed; `None` keeps them for ever.
    pub fn start_upkeep(&self, retention: Option<time::Duration>) -> Option<Upkeep> {
        let stores = Arc::clone(self.accounts().stores());
        // Sessions may be there although they are off: another instance may have begun some, or this one before.
        let has_some = stores.events().is_some() || stores.secrets().is_some() || stores.sessions().is_some();
        if !has_some && stores.deletions().is_none() {
            return None;
        }
        let sessions = &self.accounts().options().sessions;
        let steps = Steps::new(stores, Arc::clone(&self.parts().clock), retention, sessions);
        let steps = steps.with_accounts(self.accounts());
        let stop = Arc::new(Notify::new());
        let task = tokio::spawn(run(steps, Arc::clone(&self.parts().random), Arc::clone(&stop)));
        Some(Upkeep { stop, task })
    }
}

impl Upkeep {
    /// Seals what was written until now, and ends. To be called after the last request has ended, and with a time limit:
    /// this waits for the database.
    pub async fn finish(mut self) {
        self.stop.notify_one();
        // One that panicked has said so.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(mut steps: Steps, random: Arc<dyn Random>, stop: Arc<Notify>) {
    let mut failures: u32 = 0;
    loop {
        select! {
            () = stop.notified() => break,
            () = sleep(pause(failures, &*random)) => {}
        }
        // Nothing is cut off in the middle: a stop waits for the step that is running.
        failures = if steps.turn().await {
            0
        } else {
            failures.saturating_add(1)
        };
    }
    steps.last_turn().await;
}

fn pause(failures: u32, random: &dyn Random) -> Duration {
    let mut chance = [0];
    random.fill(&mut chance);
    let pause = PAUSE.saturating_mul(1_u32.checked_shl(failures).unwrap_or(u32::MAX));
    let pause = pause.min(LONGEST_PAUSE);
    pause + pause * u32::from(chance[0]) / 1024
}

#[cfg(test)]
mod tests {
    use wicketgate_protection::SeededRandom;

    use super::*;

    #[test]
    fn turns_are_a_second_apart_and_more_while_they_fail_and_never_all_alike() {
        let random = SeededRandom::new(1);
        let pauses: Vec<Duration> = (0..50).map(|_| pause(0, &random)).collect();
        assert!(pauses.iter().all(|pause| (1_000..1_250).contains(&pause.as_millis())));
        assert!(pauses.iter().any(|pause| *pause != pauses[0]));
        for (failures, seconds) in [(1, 2), (3, 8), (5, 30), (40, 30), (u32::MAX, 30)] {
            let shortest = Duration::from_secs(seconds);
            assert!(
                (shortest..shortest * 5 / 4).contains(&pause(failures, &random)),
                "{failures}"
            );
        }
    }
}
