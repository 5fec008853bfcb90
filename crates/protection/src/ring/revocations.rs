//! Which keys of a ring are revoked.

use std::collections::HashSet;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::key::Key;
use crate::key::xml::Revocation;

/// All revocations of a ring.
#[derive(Debug, Clone, Default)]
pub(super) struct Revocations {
    keys: HashSet<Uuid>,
    all_before: Option<OffsetDateTime>,
}

impl Revocations {
    /// Adds what an element of the ring says.
    pub(super) fn add(&mut self, revocation: Revocation) {
        match revocation {
            Revocation::One(id) => drop(self.keys.insert(id)),
            Revocation::AllCreatedBefore(date) => self.all_before = self.all_before.max(Some(date)),
        }
    }

    /// Adds what only `known` has, and returns it.
    pub(super) fn keep(&mut self, known: &Self) -> Vec<String> {
        let lost_ones = known.keys.difference(&self.keys);
        let mut losses: Vec<String> = lost_ones
            .map(|id| format!("the revocation of {id} is missing"))
            .collect();
        if let Some(date) = known.all_before.filter(|date| self.all_before < Some(*date)) {
            losses.push(format!("the revocation of all keys made before {date} is missing"));
        }
        losses.sort();
        self.keys.extend(&known.keys);
        self.all_before = self.all_before.max(known.all_before);
        losses
    }

    /// Whether a key is revoked.
    pub(super) fn concern(&self, key: &Key) -> bool {
        // Strictly before: a key created in the same instant as the revocation is its replacement.
        self.keys.contains(&key.id) || self.all_before.is_some_and(|date| key.life.creation_date < date)
    }
}
