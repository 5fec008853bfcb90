//! Numbers that only grow, one for each combination of labels.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::exposition::{Exposition, Kind};

/// Counters of one name. Labels have values that are written in the program, never what somebody sent: so there are not many.
#[derive(Debug)]
pub(super) struct Counters<const LABELS: usize> {
    name: &'static str,
    help: &'static str,
    labels: [&'static str; LABELS],
    counts: Mutex<BTreeMap<[&'static str; LABELS], u64>>,
}

impl<const LABELS: usize> Counters<LABELS> {
    pub(super) fn new(name: &'static str, help: &'static str, labels: [&'static str; LABELS]) -> Self {
        Self {
            name,
            help,
            labels,
            counts: Mutex::default(),
        }
    }

    /// Shows these from the beginning, so that their first event is a change from 0.
    pub(super) fn starting_with(self, values: impl IntoIterator<Item = [&'static str; LABELS]>) -> Self {
        for values in values {
            self.add(values, 0);
        }
        self
    }

    pub(super) fn increment(&self, values: [&'static str; LABELS]) {
        self.add(values, 1);
    }

    pub(super) fn add(&self, values: [&'static str; LABELS], count: u64) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = counts.entry(values).or_default();
        *counter = counter.saturating_add(count);
    }

    pub(super) fn write(&self, exposition: &mut Exposition) {
        // Nobody who counts waits for the text.
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone();
        exposition.metric(self.name, Kind::Counter, self.help);
        for (values, count) in counts {
            exposition.sample(self.name, self.labels.into_iter().zip(values), count);
        }
    }
}
