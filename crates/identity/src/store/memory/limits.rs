//! Rate limits in memory.

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::event::microseconds;
use crate::limit::{LimitKey, LimitTable, Quota};
use crate::store::{Booked, LimitStore, StoreError};

/// What is booked, in a table of fixed size.
#[derive(Debug)]
pub(super) struct MemoryLimits(LimitTable);

impl Default for MemoryLimits {
    fn default() -> Self {
        Self(LimitTable::new())
    }
}

#[async_trait]
impl LimitStore for MemoryLimits {
    fn is_shared(&self) -> bool {
        false
    }

    async fn book(&self, key: LimitKey, quota: Quota, now: OffsetDateTime) -> Result<Booked, StoreError> {
        let now = microseconds(now);
        Ok(match self.0.book(key, quota, now) {
            Ok(_) => Booked::Admitted,
            Err(wait) => {
                let wait = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
                let latest = quota.booking(now).latest;
                Booked::Refused {
                    booked_until: latest.saturating_add(wait),
                }
            }
        })
    }

    /// The table has no end to be kept from.
    async fn remove_past(
        &self,
        _now: OffsetDateTime,
        _after: Option<LimitKey>,
        _limit: usize,
    ) -> Result<Option<LimitKey>, StoreError> {
        Ok(None)
    }
}
