//! How slow a client may be (.NET's `MinDataRate`).

use std::time::Duration;

use crate::settings::LimitSettings;

/// However much came or went before, nobody may stand still for longer than this many bytes take. A socket tells
/// only of steps of about this size that something was read.
const STEP: usize = 32 * 1024;

/// Fewest bytes a second, on average over what exceeds the grace period.
#[derive(Debug, Clone, Copy)]
pub(super) struct MinDataRate {
    bytes_per_second: u32,
    grace_period: Duration,
}

impl MinDataRate {
    /// For bodies of requests; `None` if they may take any time.
    pub(super) fn of_request_bodies(settings: &LimitSettings) -> Option<Self> {
        Self::new(settings.min_request_body_data_rate, settings)
    }

    /// For answers; `None` if clients may take any time to read them.
    pub(super) fn of_responses(settings: &LimitSettings) -> Option<Self> {
        Self::new(settings.min_response_data_rate, settings)
    }

    fn new(bytes_per_second: u32, settings: &LimitSettings) -> Option<Self> {
        let grace_period = settings.min_data_rate_grace_period.unsigned_abs();
        (bytes_per_second > 0).then_some(Self {
            bytes_per_second,
            grace_period,
        })
    }

    /// How long a client may take for nothing.
    pub(super) fn grace_period(&self) -> Duration {
        self.grace_period
    }

    /// How long it may take for so many bytes beyond that.
    pub(super) fn time_for(&self, bytes: usize) -> Duration {
        Duration::from_secs_f64(bytes.min(STEP) as f64 / f64::from(self.bytes_per_second))
    }

    /// How long one step may take that moves up to so many bytes.
    pub(super) fn time_for_step(&self, bytes: usize) -> Duration {
        self.time_for(bytes).max(self.grace_period)
    }
}
