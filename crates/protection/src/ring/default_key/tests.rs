//! Tests of the choice of the default key.

use proptest::{collection::vec, prelude::*};
use time::macros::datetime;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::*;
use crate::key::{Algorithm, KeyAtRest, KeyLife, KeyProblem, KeySecret};

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

#[test]
fn an_empty_ring_has_no_key_to_offer() {
    let choice = choose(NOW, &[]);
    assert!(choice.preferred.is_none() && choice.fallback.is_none());
}

#[test]
fn the_most_recently_activated_key_protects() {
    let keys = [key(1, -50, -50, 40), key(2, -20, -20, 70), key(3, -10, 5, 80)];
    assert_eq!(preferred(&keys), Some(2));
}

#[test]
fn of_two_keys_that_are_new_the_older_protects() {
    let keys = [hours(2, -1, -1, 2000), hours(1, -2, -2, 2000)];
    assert_eq!(preferred(&keys), Some(1));
}

#[test]
fn of_two_keys_of_one_instant_the_lower_id_protects() {
    assert_eq!(preferred(&[hours(9, 0, 0, 2000), hours(4, 0, 0, 2000)]), Some(4));
    assert_eq!(preferred(&[key(9, -9, -9, 80), key(4, -9, -9, 80)]), Some(4));
}

#[test]
fn a_key_that_activates_within_the_clock_skew_protects_already() {
    let minutes = |minutes| {
        let mut key = spec(1, Duration::ZERO, Duration::ZERO, Duration::days(90));
        key.life.activation_date = NOW + Duration::minutes(minutes);
        [Arc::new(key)]
    };
    assert_eq!(preferred(&minutes(5)), Some(1));
    assert_eq!(preferred(&minutes(6)), None);
}

#[test]
fn a_revoked_an_expired_and_an_unusable_key_protect_no_more() {
    let revoked = Key {
        is_revoked: true,
        ..spec_days(1, -10, -10, 80)
    };
    let expired = spec_days(1, -90, -90, 0);
    let unusable = Key {
        secret: Err(KeyProblem::Malformed { element: "value" }),
        ..spec_days(1, -10, -10, 80)
    };
    for key in [revoked, expired, unusable] {
        let about = format!("{key:?}");
        let choice = choose(NOW, &[Arc::new(key)]);
        assert!(choice.preferred.is_none() && choice.fallback.is_none(), "{about}");
    }
}

#[test]
fn the_newest_key_revoked_does_not_bring_an_older_one_back_but_as_a_fallback() {
    let revoked = Key {
        is_revoked: true,
        ..spec_days(2, -10, -10, 80)
    };
    let choice = choose(NOW, &[key(1, -40, -40, 50), Arc::new(revoked)]);
    assert!(choice.preferred.is_none());
    assert_eq!(id(choice.fallback), Some(1));
}

#[test]
fn a_successor_is_needed_three_days_before_the_end() {
    for (remaining, needed) in [(Duration::days(3), false), (Duration::days(3) - Duration::SECOND, true)] {
        let key = Arc::new(spec(1, Duration::days(-87), Duration::days(-87), remaining));
        assert_eq!(needs_successor(NOW, &key, &[Arc::clone(&key)]), needed, "{remaining}");
    }
}

#[test]
fn a_successor_that_is_there_already_suffices_unless_it_ends_as_soon() {
    let default = key(1, -89, -89, 1);
    for (successor, needed) in [
        (key(2, -1, 1, 89), false),
        (key(2, -1, 1, 2), true),
        (key(2, -1, 2, 89), true),
    ] {
        assert_eq!(
            needs_successor(NOW, &default, &[Arc::clone(&default), successor]),
            needed
        );
    }
}

proptest! {
    #[test]
    fn the_choice_is_the_one_of_the_written_out_rules(keys in vec(any_key(), 0..8)) {
        let choice = choose(NOW, &keys);
        let model = model(&keys);
        prop_assert_eq!((id(choice.preferred), id(choice.fallback)), model);
    }

    #[test]
    fn the_order_in_which_a_repository_lists_its_keys_does_not_matter(
        keys in vec(any_key(), 0..8).prop_shuffle()
    ) {
        let mut sorted = keys.clone();
        sorted.sort_by_key(|key| key.id);
        prop_assert_eq!(id(choose(NOW, &keys).preferred), id(choose(NOW, &sorted).preferred));
    }
}

/// The rules, one sentence a line: sort all, then take the first that passes.
fn model(keys: &[Arc<Key>]) -> (Option<u128>, Option<u128>) {
    let two_days_ago = NOW - Duration::days(2);
    let (mut old, mut young): (Vec<_>, Vec<_>) = keys
        .iter()
        .cloned()
        .partition(|key| key.life.creation_date <= two_days_ago);

    old.sort_by(|a, b| {
        b.life
            .activation_date
            .cmp(&a.life.activation_date)
            .then(a.id.cmp(&b.id))
    });
    young.sort_by(|a, b| {
        a.life
            .activation_date
            .cmp(&b.life.activation_date)
            .then(a.id.cmp(&b.id))
    });
    let is_active = |key: &&Arc<Key>| key.life.activation_date <= NOW + Duration::minutes(5);
    let candidate = old.iter().chain(&young).find(is_active);
    if let Some(key) = candidate
        && !key.is_revoked
        && key.life.expiration_date > NOW
        && key.secret.is_ok()
    {
        return (Some(key.id.as_u128()), None);
    }

    let candidate_id = candidate.map(|key| key.id);
    // Back in the order of the repository, since ties go to the first there.
    let in_order = |part: &[Arc<Key>]| {
        keys.iter()
            .filter(|key| part.iter().any(|other| Arc::ptr_eq(key, other)))
            .cloned()
            .collect::<Vec<_>>()
    };
    let (mut old, mut young) = (in_order(&old), in_order(&young));
    old.retain(|key| Some(key.id) != candidate_id);
    old.sort_by_key(|key| Reverse(key.life.creation_date));
    young.sort_by_key(|key| key.life.creation_date);
    let fallback = old
        .iter()
        .chain(&young)
        .find(|key| !key.is_revoked && key.secret.is_ok());
    (None, fallback.map(|key| key.id.as_u128()))
}

/// Few distinct dates, so that ties are common.
fn any_key() -> impl Strategy<Value = Arc<Key>> {
    let day = prop::sample::select(vec![-100, -50, -3, -2, -1, 0, 1, 50]);
    (
        any::<u128>(),
        day.clone(),
        day.clone(),
        day,
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(id, creation, activation, expiration, is_revoked, is_unusable)| {
            let mut key = spec_days(id, creation, activation, expiration);
            key.is_revoked = is_revoked;
            if is_unusable {
                key.secret = Err(KeyProblem::Malformed { element: "value" });
            }
            Arc::new(key)
        })
}

fn key(id: u128, creation: i64, activation: i64, expiration: i64) -> Arc<Key> {
    Arc::new(spec_days(id, creation, activation, expiration))
}

fn hours(id: u128, creation: i64, activation: i64, expiration: i64) -> Arc<Key> {
    let [creation, activation, expiration] = [creation, activation, expiration].map(Duration::hours);
    Arc::new(spec(id, creation, activation, expiration))
}

fn spec_days(id: u128, creation: i64, activation: i64, expiration: i64) -> Key {
    let [creation, activation, expiration] = [creation, activation, expiration].map(Duration::days);
    spec(id, creation, activation, expiration)
}

/// A key whose dates are so far from now.
fn spec(id: u128, creation: Duration, activation: Duration, expiration: Duration) -> Key {
    Key {
        id: Uuid::from_u128(id),
        life: KeyLife {
            creation_date: NOW + creation,
            activation_date: NOW + activation,
            expiration_date: NOW + expiration,
        },
        is_revoked: false,
        at_rest: KeyAtRest::InClear,
        secret: Ok(KeySecret {
            algorithm: Algorithm::default(),
            master_key: Zeroizing::new(vec![1; 64]),
        }),
    }
}

fn preferred(keys: &[Arc<Key>]) -> Option<u128> {
    id(choose(NOW, keys).preferred)
}

fn id(key: Option<Arc<Key>>) -> Option<u128> {
    key.map(|key| key.id.as_u128())
}
