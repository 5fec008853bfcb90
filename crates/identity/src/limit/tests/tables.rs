//! The table of fixed size.

use std::time::Duration;

use crate::limit::{LimitKey, LimitTable, Quota};

const NOW: i64 = 1_767_323_045_000_000;

fn quota() -> Quota {
    Quota::per_minute(10, 1).unwrap()
}

#[test]
fn each_key_is_counted_by_itself() {
    let table = LimitTable::with_sets(2);
    let [one, other] = [1, 2].map(LimitKey::from_u128);
    for _ in 0..10 {
        assert!(table.check(one, quota(), NOW).is_ok());
        assert!(table.book(one, quota(), NOW).is_ok());
    }
    assert_eq!(table.book(one, quota(), NOW), Err(Duration::from_secs(6)));
    assert_eq!(table.check(one, quota(), NOW), Err(Duration::from_secs(6)));
    assert!(table.book(other, quota(), NOW).is_ok());
    assert!(table.book(one, quota(), NOW + 6_000_000).is_ok());
}

#[test]
fn many_keys_do_not_have_those_forgotten_that_are_over_the_limit() {
    let table = LimitTable::with_sets(2);
    let over: Vec<LimitKey> = (1..=7).map(|key| LimitKey::from_u128(key << 1)).collect();
    for key in &over {
        (0..10).for_each(|_| assert!(table.book(*key, quota(), NOW).is_ok()));
    }
    for key in 100..100_000 {
        assert!(table.book(LimitKey::from_u128(key), quota(), NOW).is_ok());
    }
    for key in over {
        assert!(table.book(key, quota(), NOW).is_err());
    }
}

#[test]
fn what_a_wrong_clock_booked_makes_room_first() {
    let (table, hour) = (LimitTable::with_sets(1), 3_600_000_000);
    for key in 1..=8 {
        assert!(table.book(LimitKey::from_u128(key), quota(), NOW + hour).is_ok());
    }
    let keys: Vec<LimitKey> = (11..=18).map(LimitKey::from_u128).collect();
    for _ in 0..10 {
        for key in &keys {
            assert!(table.book(*key, quota(), NOW).is_ok());
        }
    }
    for key in keys {
        assert!(table.book(key, quota(), NOW).is_err());
    }
}

#[test]
fn of_a_key_something_is_told_once_in_a_window() {
    let table = LimitTable::with_sets(2);
    let (key, window) = (LimitKey::from_u128(3), quota().window());
    table.put(key, quota(), NOW, NOW + 60_000_000);
    assert!(table.is_to_be_told(key, NOW, window));
    assert!(!table.is_to_be_told(key, NOW + 59_000_000, window));
    assert!(table.is_to_be_told(key, NOW + 61_000_000, window));
    // The clock was set back.
    assert!(table.is_to_be_told(key, NOW - 600_000_000, window));
}
