//! What is booked under rate limits. Stores that keep none of it pass every check here.

use time::{Duration, OffsetDateTime};

use wicketgate_identity::StoreError;
use wicketgate_identity::event::microseconds;
use wicketgate_identity::limit::{LimitKey, Quota};
use wicketgate_identity::store::{Booked, LimitStore};

use crate::Store;
use crate::fixture::{NOW, in_parallel};

const KEY: LimitKey = LimitKey::from_u128(0xADA << 100);
const OTHER_KEY: LimitKey = LimitKey::from_u128(0xB0B);

/// Ten at once, and one more every six seconds.
fn quota() -> Quota {
    match Quota::per_minute(10, 1) {
        Some(quota) => quota,
        None => unreachable!("ten are not none"),
    }
}

/// How many of so many bookings are admitted, one after another.
async fn admitted(
    store: &dyn LimitStore,
    key: LimitKey,
    bookings: usize,
    now: OffsetDateTime,
) -> Result<usize, StoreError> {
    let mut admitted = 0;
    for _ in 0..bookings {
        admitted += usize::from(store.book(key, quota(), now).await? == Booked::Admitted);
    }
    Ok(admitted)
}

/// As many as the quota allows, for each key by itself; then as many as time gives back.
pub async fn bookings_are_admitted_until_the_quota_is_used_up(store: Store) -> Result<(), StoreError> {
    let Some(store) = store.rate_limits() else {
        return Ok(());
    };
    assert_eq!(admitted(store, KEY, 12, NOW).await?, 10);
    assert_eq!(admitted(store, OTHER_KEY, 12, NOW).await?, 10);
    assert_eq!(admitted(store, KEY, 3, NOW + Duration::seconds(5)).await?, 0);
    assert_eq!(admitted(store, KEY, 3, NOW + Duration::seconds(6)).await?, 1);
    assert_eq!(admitted(store, KEY, 3, NOW + Duration::seconds(17)).await?, 1);
    // What is not used up is not saved beyond the quota.
    assert_eq!(admitted(store, KEY, 30, NOW + Duration::HOUR).await?, 10);
    Ok(())
}

/// A refusal tells until when time is booked, and books nothing.
pub async fn a_refused_booking_tells_what_is_booked(store: Store) -> Result<(), StoreError> {
    let Some(store) = store.rate_limits() else {
        return Ok(());
    };
    admitted(store, KEY, 10, NOW).await?;
    let booked_until = microseconds(NOW + Duration::MINUTE);
    for _ in 0..3 {
        let later = NOW + Duration::seconds(1);
        assert_eq!(store.book(KEY, quota(), later).await?, Booked::Refused { booked_until });
    }
    Ok(())
}

/// What is booked too far ahead was booked by a clock that was wrong.
pub async fn what_a_wrong_clock_booked_counts_as_nothing(store: Store) -> Result<(), StoreError> {
    let Some(store) = store.rate_limits() else {
        return Ok(());
    };
    admitted(store, KEY, 10, NOW + Duration::HOUR).await?;
    assert_eq!(admitted(store, KEY, 12, NOW).await?, 10);
    // Seconds are nothing out of the ordinary.
    admitted(store, OTHER_KEY, 10, NOW + Duration::seconds(30)).await?;
    assert_eq!(admitted(store, OTHER_KEY, 12, NOW).await?, 0);
    Ok(())
}

/// Of bookings at once, no more are admitted than one after another.
pub async fn no_more_of_many_bookings_are_admitted_than_the_quota_allows(store: Store) -> Result<(), StoreError> {
    if store.rate_limits().is_none() {
        return Ok(());
    }
    for key in [KEY, OTHER_KEY] {
        let outcomes = in_parallel(40, |_| {
            let store = store.clone();
            async move {
                match store.rate_limits() {
                    Some(store) => store.book(key, quota(), NOW).await,
                    None => Ok(Booked::Admitted),
                }
            }
        })
        .await?;
        let admitted = outcomes.iter().filter(|outcome| **outcome == Booked::Admitted);
        assert_eq!(admitted.count(), 10);
    }
    Ok(())
}

/// How many keys there are, by pages of one; what counts as nothing is removed from each.
async fn keys(store: &dyn LimitStore, now: OffsetDateTime) -> Result<usize, StoreError> {
    let (mut after, mut keys) = (None, 0);
    loop {
        after = store.remove_past(quota(), now, after, 1).await?;
        if after.is_none() {
            return Ok(keys);
        }
        keys += 1;
        assert!(keys < 100);
    }
}

/// Pages of keys are gone through until the end; those whose time is past, or was booked by a clock that was wrong, are removed.
pub async fn bookings_that_count_as_nothing_are_removed_in_pages(store: Store) -> Result<(), StoreError> {
    let Some(store) = store.rate_limits() else {
        return Ok(());
    };
    for number in 1..=5 {
        admitted(store, LimitKey::from_u128(number), 1, NOW).await?;
    }
    admitted(store, LimitKey::from_u128(3), 9, NOW).await?;
    admitted(store, LimitKey::from_u128(6), 1, NOW + Duration::HOUR).await?;
    let later = NOW + Duration::seconds(30);
    let last = store.remove_past(quota(), later, None, 2).await?;
    assert_eq!(last, Some(LimitKey::from_u128(2)));
    // The first two are gone, and the others are looked at.
    assert_eq!(keys(store, later).await?, 4);
    assert_eq!(keys(store, later).await?, 1);
    assert_eq!(admitted(store, LimitKey::from_u128(3), 10, later).await?, 5);
    assert_eq!(admitted(store, LimitKey::from_u128(4), 12, later).await?, 10);
    Ok(())
}
