//! Which devices an account was used with lately.

use std::collections::BTreeSet;

use time::{Duration, OffsetDateTime};

use super::Device;
use crate::request::RequestContext;

/// A device that began a session of an account, as the session has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenDevice {
    /// What it called itself, in short.
    pub user_agent: Option<String>,
    /// Its network, written as in [events](crate::event).
    pub client: Option<String>,
    /// When the session began.
    pub began: OffsetDateTime,
}

impl SeenDevice {
    /// Within how long a time [`MOST_IN_A_DAY`](Self::MOST_IN_A_DAY) are counted.
    const DAY: Duration = Duration::DAY;
    /// An account that was used with so many devices within a day is one of a program that comes from everywhere: nobody would read
    /// a mail about each.
    const MOST_IN_A_DAY: usize = 10;

    /// The device of the current request.
    pub(super) fn of(device: &Device, now: OffsetDateTime) -> Self {
        let client = RequestContext::current().and_then(|request| request.client);
        Self {
            user_agent: device.user_agent.clone(),
            client: client.map(|client| client.shortened().to_string()),
            began: now,
        }
    }

    /// Whether this one is none of those that were seen, and the owner should hear of it.
    pub(super) fn is_news(&self, seen: &[Self]) -> bool {
        let name = |device: &Self| (device.user_agent.clone(), device.client.clone());
        let of_today = seen.iter().filter(|seen| self.began - seen.began < Self::DAY);
        let different: BTreeSet<_> = of_today.map(name).collect();
        let is_known = seen.iter().any(|seen| name(seen) == name(self));
        !is_known && different.len() < Self::MOST_IN_A_DAY
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

    fn seen(user_agent: &str, client: &str, hours_ago: i64) -> SeenDevice {
        SeenDevice {
            user_agent: Some(user_agent.to_owned()),
            client: Some(client.to_owned()),
            began: NOW - Duration::hours(hours_ago),
        }
    }

    #[test]
    fn another_browser_or_another_network_is_news() {
        let known = [seen("Firefox on Linux", "192.0.2.0/24", 100)];
        assert!(!seen("Firefox on Linux", "192.0.2.0/24", 0).is_news(&known));
        assert!(seen("Chrome on Linux", "192.0.2.0/24", 0).is_news(&known));
        assert!(seen("Firefox on Linux", "198.51.100.0/24", 0).is_news(&known));
        let unknown = SeenDevice {
            user_agent: None,
            client: None,
            began: NOW,
        };
        assert!(unknown.is_news(&known));
    }

    #[test]
    fn of_more_than_ten_devices_a_day_nobody_is_told() {
        let of = |hours_ago| -> Vec<SeenDevice> {
            let numbers = 0..10;
            numbers
                .map(|number| seen(&format!("Program {number}"), "192.0.2.0/24", hours_ago))
                .collect()
        };
        let new = seen("Program 10", "192.0.2.0/24", 0);
        assert!(!new.is_news(&of(23)));
        assert!(new.is_news(&of(23)[1..]));
        assert!(new.is_news(&of(24)));
        // Many sessions of one device are one.
        let often: Vec<_> = (0..50).map(|_| seen("Program", "192.0.2.0/24", 1)).collect();
        assert!(new.is_news(&often));
    }
}
