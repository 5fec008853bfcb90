//! Which key of a ring protects, and when it needs a successor: the rules of .NET's `DefaultKeyResolver` and
//! `KeyRingProvider`.

#[cfg(test)]
mod tests;

use std::{cmp::Reverse, sync::Arc};

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::key::Key;

/// Maximum time until a new key has reached all instances.
pub(crate) const PROPAGATION_WINDOW: Duration = Duration::days(2);
/// Maximum time between two readings of an instance.
pub(crate) const REFRESH_PERIOD: Duration = Duration::hours(24);
/// Maximum clock difference between instances.
pub(crate) const CLOCK_SKEW: Duration = Duration::minutes(5);

/// The choice among the keys of a ring.
#[derive(Debug, Clone, Default)]
pub(crate) struct DefaultKey {
    /// The key that protects.
    pub(crate) preferred: Option<Arc<Key>>,
    /// If none is preferred and none can be created: the best of the others, possibly expired, but never revoked.
    pub(crate) fallback: Option<Arc<Key>>,
}

/// Chooses at the instant `now`.
pub(crate) fn choose(now: OffsetDateTime, keys: &[Arc<Key>]) -> DefaultKey {
    let propagated = |key: &Key| key.life.creation_date <= now.saturating_sub(PROPAGATION_WINDOW);
    let activated = || {
        keys.iter()
            .filter(|key| key.life.activation_date <= now.saturating_add(CLOCK_SKEW))
    };

    // Among keys that every instance has, the newest; else the oldest, which most instances have. Only this one is
    // looked at: if it is revoked, expired or unusable, .NET makes a new key rather than going back to an older one.
    let candidate = activated()
        .filter(|key| propagated(key))
        .min_by_key(|key| (Reverse(key.life.activation_date), key.id))
        .or_else(|| {
            activated()
                .filter(|key| !propagated(key))
                .min_by_key(|key| (key.life.activation_date, key.id))
        });
    if let Some(key) = candidate.filter(|key| !key.is_revoked && !key.is_expired(now) && key.is_usable()) {
        return DefaultKey {
            preferred: Some(Arc::clone(key)),
            fallback: None,
        };
    }

    // .NET does not come back to a propagated candidate that it has just turned down, not even if it only expired.
    let is_candidate = |key: &Arc<Key>| candidate.is_some_and(|candidate| Arc::ptr_eq(candidate, key));
    let usable = || keys.iter().filter(|key| !key.is_revoked && key.is_usable());
    let fallback = usable()
        .filter(|key| propagated(key) && !is_candidate(key))
        .min_by_key(|key| Reverse(key.life.creation_date))
        .or_else(|| {
            usable()
                .filter(|key| !propagated(key))
                .min_by_key(|key| key.life.creation_date)
        });
    DefaultKey {
        preferred: None,
        fallback: fallback.cloned(),
    }
}

/// The first instant, from `now` on, at which the key with this id protects, unless another is created.
pub(crate) fn protects_from(id: Uuid, now: OffsetDateTime, keys: &[Arc<Key>]) -> Option<OffsetDateTime> {
    // The choice changes at these instants alone.
    let changes = keys.iter().flat_map(|key| {
        [
            key.life.activation_date.saturating_sub(CLOCK_SKEW),
            key.life.creation_date.saturating_add(PROPAGATION_WINDOW),
            key.life.expiration_date,
        ]
    });
    let mut instants: Vec<_> = changes.filter(|instant| *instant > now).chain([now]).collect();
    instants.sort();
    instants
        .into_iter()
        .find(|instant| choose(*instant, keys).preferred.is_some_and(|key| key.id == id))
}

/// Whether `default` needs a successor now, so that all instances get it in time.
///
/// In time is two days before the default key's end; and since the next look at the ring may be a day away, the
/// question is asked three days ahead.
pub(crate) fn needs_successor(now: OffsetDateTime, default: &Key, keys: &[Arc<Key>]) -> bool {
    let horizon = now.saturating_add(REFRESH_PERIOD + PROPAGATION_WINDOW);
    default.life.expiration_date < horizon
        && choose(default.life.expiration_date, keys)
            .preferred
            .is_none_or(|successor| successor.life.expiration_date < horizon)
}
