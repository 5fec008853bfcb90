//! A quota against a bucket, which says the same in other words.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::limit::Quota;

const START: i64 = 1_767_323_045_000_000;
const SECOND: i64 = 1_000_000;

/// A bucket that is full at first, and from which each request takes what flows into it in one interval.
struct Bucket {
    level: i64,
    at: i64,
}

impl Bucket {
    fn take(&mut self, size: i64, interval: i64, now: i64) -> bool {
        self.level = (self.level + (now - self.at)).min(size);
        self.at = now;
        let is_enough = self.level >= interval;
        if is_enough {
            self.level -= interval;
        }
        is_enough
    }
}

fn size(quota: Quota) -> i64 {
    i64::try_from(quota.window().as_micros()).unwrap()
}

proptest! {
    #[test]
    fn a_quota_admits_what_a_bucket_does(
        rate in 1_u32..2_000,
        burst in 1_u32..10,
        pauses in vec(prop_oneof![Just(0), 0..SECOND, 0..600 * SECOND], 1..300),
    ) {
        let quota = Quota::per_minute(rate, burst).unwrap();
        let interval = quota.booking(0).interval;
        let mut bucket = Bucket { level: size(quota), at: START };
        let (mut now, mut booked) = (START, None);
        for pause in pauses {
            now += pause;
            let admitted = quota.book(booked, now);
            prop_assert_eq!(admitted.is_ok(), bucket.take(size(quota), interval, now));
            booked = admitted.ok().or(booked);
        }
    }

    #[test]
    fn in_no_span_of_time_are_there_more_than_the_burst_and_what_comes_back(
        rate in 1_u32..600,
        burst in 1_u32..5,
        pauses in vec(0..10 * SECOND, 1..300),
    ) {
        let quota = Quota::per_minute(rate, burst).unwrap();
        let interval = quota.booking(0).interval;
        let (mut now, mut booked, mut admitted) = (START, None, Vec::new());
        for pause in pauses {
            now += pause;
            if let Ok(until) = quota.book(booked, now) {
                booked = Some(until);
                admitted.push(now);
            }
        }
        for (first, from) in admitted.iter().enumerate() {
            for (last, to) in admitted.iter().enumerate().skip(first) {
                let most = quota.requests() as i64 + (to - from) / interval;
                prop_assert!((last - first + 1) as i64 <= most);
            }
        }
    }

    #[test]
    fn who_waits_as_long_as_was_said_may_pass_and_not_before(rate in 1_u32..2_000, burst in 1_u32..10, ahead in 0..SECOND) {
        let quota = Quota::per_minute(rate, burst).unwrap();
        let latest = quota.booking(START).latest;
        let booked = Some(latest + ahead);
        match quota.book(booked, START) {
            Ok(_) => prop_assert_eq!(ahead, 0),
            Err(wait) => {
                let wait = i64::try_from(wait.as_micros()).unwrap();
                prop_assert_eq!(wait, ahead);
                prop_assert!(quota.book(booked, START + wait).is_ok());
                prop_assert!(quota.book(booked, START + wait - 1).is_err());
            }
        }
    }

    #[test]
    fn no_instant_is_too_far_away_to_be_compared(booked in any::<i64>(), now in any::<i64>(), rate in any::<u32>(), burst in any::<u32>()) {
        if let Some(quota) = Quota::per_minute(rate, burst) {
            let _ = quota.book(Some(booked), now);
        }
    }
}

#[test]
fn what_a_wrong_clock_booked_locks_nobody_out() {
    let quota = Quota::per_minute(10, 4).unwrap();
    let hour = 3_600 * SECOND;
    assert_eq!(quota.book(Some(START + hour), START), Ok(START + 6 * SECOND));
    // Another instance's clock may be ahead by some seconds.
    let ahead = START + 30 * SECOND + size(quota);
    assert_eq!(quota.book(Some(ahead), START), Err(Duration::from_secs(36)));
}

#[test]
fn zero_is_no_limit() {
    assert_eq!(Quota::per_minute(0, 4), None);
    let quota = Quota::per_minute(10, 4).unwrap();
    assert_eq!((quota.requests(), quota.window()), (40, Duration::from_secs(240)));
}
