//! Delays refusals for as long as counting a failure takes, so that the time of a disk write does not reveal which
//! accounts exist.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How many recent failures are remembered. About one in that many takes longer than all the others.
const REMEMBERED: usize = 64;
/// Shorter times disappear in the noise; an in-memory store is that fast.
const NOTHING: Duration = Duration::from_micros(200);
/// The longest delay, however slow the database is.
const LONGEST: Duration = Duration::from_millis(100);

/// How long it recently took to write what an answer must not tell of, such as a failure that is counted. What writes less takes
/// as long.
#[derive(Debug, Default)]
pub struct RefusalTime {
    recent: Mutex<Recent>,
}

#[derive(Debug)]
struct Recent {
    durations: [Duration; REMEMBERED],
    next: usize,
}

impl RefusalTime {
    /// Records that a failure was counted, or the like, which began at `start`.
    pub fn counted_since(&self, start: Instant) {
        self.remember(start.elapsed());
    }

    fn remember(&self, taken: Duration) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let next = recent.next % REMEMBERED;
        recent.durations[next] = taken;
        recent.next = next + 1;
    }

    /// Waits until as much time has passed since `start` as the slowest recent one took.
    pub async fn wait_since(&self, start: Instant) {
        let floor = self.floor();
        if floor > Duration::ZERO {
            sleep_until(start + floor).await;
        }
    }

    /// In whole milliseconds, the resolution of timers.
    fn floor(&self) -> Duration {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let slowest = recent.durations.iter().max().copied().unwrap_or_default();
        if slowest < NOTHING {
            return Duration::ZERO;
        }
        let milliseconds = u64::try_from(slowest.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        Duration::from_millis(milliseconds).min(LONGEST)
    }
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            durations: [Duration::ZERO; REMEMBERED],
            next: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_waits_as_long_as_the_slowest_of_the_last_failures_took() {
        let time = RefusalTime::default();
        assert_eq!(time.floor(), Duration::ZERO, "none was counted yet");
        for (took, waits) in [(3_400, 4), (1_000, 4), (7_000, 8), (5_000_000, 100)] {
            time.remember(Duration::from_micros(took));
            assert_eq!(time.floor(), Duration::from_millis(waits), "{took}");
        }
        for _ in 0..REMEMBERED {
            time.remember(Duration::from_micros(50));
        }
        assert_eq!(
            time.floor(),
            Duration::ZERO,
            "long ago, and a store in memory takes no time"
        );
    }

    #[tokio::test]
    async fn no_refusal_is_told_before_that() {
        let time = RefusalTime::default();
        time.remember(Duration::from_millis(3));
        let start = Instant::now();
        time.wait_since(start).await;
        assert!(start.elapsed() >= Duration::from_millis(4));
    }
}
