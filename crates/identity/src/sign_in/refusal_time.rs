//! When a refusal is told: no sooner than a failure takes to be counted, so that the disk that waits for a count does not
//! tell which accounts there are.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How many failures are remembered. One in so many takes longer than all before it, and is told when it is counted.
const REMEMBERED: usize = 64;
/// What takes less is lost among other differences; a store in memory is that fast.
const NOTHING: Duration = Duration::from_micros(200);
/// Refusals wait no longer than this, however slow the database is.
const LONGEST: Duration = Duration::from_millis(100);

/// How long the last failures took to be counted.
#[derive(Debug, Default)]
pub(super) struct RefusalTime {
    recent: Mutex<Recent>,
}

#[derive(Debug)]
struct Recent {
    durations: [Duration; REMEMBERED],
    next: usize,
}

impl RefusalTime {
    /// A failure was counted that began to be counted then.
    pub(super) fn counted_since(&self, start: Instant) {
        self.remember(start.elapsed());
    }

    fn remember(&self, taken: Duration) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let next = recent.next % REMEMBERED;
        recent.durations[next] = taken;
        recent.next = next + 1;
    }

    /// Waits until so much time has gone by since `start` as the slowest of the last failures took.
    pub(super) async fn wait_since(&self, start: Instant) {
        let floor = self.floor();
        if floor > Duration::ZERO {
            sleep_until(start + floor).await;
        }
    }

    /// In whole milliseconds, as timers count.
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
