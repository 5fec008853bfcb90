//! How many requests are too many: the generic cell rate algorithm, as a value that neither reads clocks nor keeps anything.

use std::time::Duration;

/// How far ahead of ours another instance's clock may be, in microseconds.
const CLOCK_SLACK: i64 = 60_000_000;
const MINUTE: i64 = 60_000_000;

/// So many requests in a window of time. They may all come at once; from then on they come back one by one, evenly.
///
/// All there is to remember of who sends the requests is one instant, until when their time is booked (the algorithm's
/// "theoretical arrival time"): each request books an interval, and one that would book beyond the window is refused. Instants
/// are microseconds since 1970.
///
/// ```
/// use std::time::Duration;
/// use wicketgate_identity::limit::Quota;
///
/// let now = 1_767_323_045_000_000;
/// let quota = Quota::per_minute(10, 1).unwrap();
/// let mut booked_until = None;
/// for _ in 0..10 {
///     booked_until = Some(quota.book(booked_until, now).unwrap());
/// }
/// assert_eq!(quota.book(booked_until, now), Err(Duration::from_secs(6)));
/// assert!(quota.book(booked_until, now + 6_000_000).is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// What each request books.
    interval: i64,
    requests: i64,
}

/// What a statement of a database needs to know to do what [`Quota::book`] does, for one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booking {
    /// The instant.
    pub now: i64,
    /// How much is added to what is booked already, or to `now` where that is past.
    pub interval: i64,
    /// If more is booked than until here, the request is refused …
    pub latest: i64,
    /// … unless it is beyond here: that was booked by a clock that was wrong, and counts as nothing.
    pub horizon: i64,
}

impl Quota {
    /// So many requests a minute on average, and at once as many as in `burst` minutes. `None`, which means any number of
    /// them, for zero.
    pub fn per_minute(requests: u32, burst: u32) -> Option<Self> {
        if requests == 0 {
            return None;
        }
        Some(Self {
            interval: (MINUTE / i64::from(requests)).max(1),
            requests: i64::from(requests).saturating_mul(i64::from(burst.max(1))),
        })
    }

    /// How many requests may come at once.
    pub fn requests(self) -> u64 {
        self.requests.unsigned_abs()
    }

    /// The time in which that many come back.
    pub fn window(self) -> Duration {
        Duration::from_micros(self.length().unsigned_abs())
    }

    /// Books a request's interval, and says until when time is booked then.
    ///
    /// # Errors
    /// There is no room for it in the window: how long until there will be.
    pub fn book(self, booked_until: Option<i64>, now: i64) -> Result<i64, Duration> {
        let booking = self.booking(now);
        let begin = match booked_until {
            Some(begin) if begin > now && begin <= booking.horizon => begin,
            _ => now,
        };
        match begin.saturating_sub(booking.latest) {
            ..=0 => Ok(begin.saturating_add(self.interval)),
            too_much => Err(Duration::from_micros(too_much.unsigned_abs())),
        }
    }

    /// The same for a statement of a database.
    pub fn booking(self, now: i64) -> Booking {
        let end = now.saturating_add(self.length());
        Booking {
            now,
            interval: self.interval,
            latest: end.saturating_sub(self.interval),
            horizon: end.saturating_add(CLOCK_SLACK),
        }
    }

    fn length(self) -> i64 {
        self.interval.saturating_mul(self.requests)
    }
}
