//! A cache of opened tickets.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use constant_time_eq::constant_time_eq;
use time::OffsetDateTime;
use wicketgate_protection::ring::RingEdition;
use zeroize::Zeroizing;

use crate::claims::{Claim, ClaimsIdentity};
use crate::ticket::Ticket;

/// Recently opened tickets of one kind, by their whole protected text.
///
/// A cached ticket replaces deriving subkeys, verifying and decrypting its text, so it is returned only while that
/// would succeed: under the edition of the key ring that opened it, and until it expires. The number of tickets and
/// their memory are limited; at least half of the most recent ones are kept.
pub(crate) struct TicketCache {
    /// Its keys are secret and random, so nobody can construct collisions.
    hasher: RandomState,
    /// Each text belongs to one shard, so that threads rarely wait for each other.
    shards: [Mutex<Shard>; SHARDS],
    bounds: Bounds,
}

/// The limits of one generation of one shard.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    entries: usize,
    /// In bytes.
    memory: usize,
}

/// How many bytes at the end of a text are hashed: more than the longest authentication code in base64.
const HASHED: usize = 96;
const SHARDS: usize = 16;
/// Limit for the whole cache.
const MOST_ENTRIES: usize = 4096;
/// Limit for the whole cache, in bytes.
const MOST_MEMORY: usize = 8 * 1024 * 1024;

const BOUNDS: Bounds = Bounds {
    entries: MOST_ENTRIES / (2 * SHARDS),
    memory: MOST_MEMORY / (2 * SHARDS),
};

#[derive(Default)]
struct Shard {
    edition: RingEdition,
    /// The entries added or used most recently.
    young: Generation,
    /// The previous young generation. Entries that are not used again are dropped when the next generation ages.
    old: Generation,
}

#[derive(Default)]
struct Generation {
    entries: HashMap<u64, Entry>,
    memory: usize,
}

struct Entry {
    text: Zeroizing<Box<str>>,
    ticket: Arc<Ticket>,
    expires: OffsetDateTime,
    memory: usize,
}

impl TicketCache {
    pub(crate) fn new() -> Self {
        Self {
            hasher: RandomState::new(),
            shards: Default::default(),
            bounds: BOUNDS,
        }
    }

    /// The ticket in this text, if it was opened under this edition and has not expired.
    pub(crate) fn get(&self, text: &str, edition: RingEdition, now: OffsetDateTime) -> Option<Arc<Ticket>> {
        let hash = self.hash(text);
        let mut shard = self.shard(hash, edition);
        shard.young.forget_if_ended(hash, now);
        shard.old.forget_if_ended(hash, now);
        // A text with the same end and another beginning must not evict the entry.
        if let Some(entry) = shard.young.entries.get(&hash) {
            return entry.is(text).then(|| Arc::clone(&entry.ticket));
        }
        if !shard.old.entries.get(&hash).is_some_and(|entry| entry.is(text)) {
            return None;
        }
        let entry = shard.old.remove(hash)?;
        let ticket = Arc::clone(&entry.ticket);
        shard.keep(hash, entry, self.bounds);
        Some(ticket)
    }

    /// Keeps the ticket that was opened from this text under this edition, unless it has no expiry.
    pub(crate) fn insert(&self, text: &str, edition: RingEdition, ticket: &Arc<Ticket>) {
        let Some(expires) = ticket.properties.expires() else {
            return;
        };
        let entry = Entry {
            text: Zeroizing::new(text.into()),
            ticket: Arc::clone(ticket),
            expires,
            memory: memory(text, ticket),
        };
        if entry.memory > self.bounds.memory {
            return;
        }
        let hash = self.hash(text);
        let mut shard = self.shard(hash, edition);
        shard.old.remove(hash);
        shard.keep(hash, entry, self.bounds);
    }

    /// Hashes only the end of the text, which has its authentication code: hashing all of it would cost more than
    /// everything else here.
    fn hash(&self, text: &str) -> u64 {
        let bytes = text.as_bytes();
        self.hasher.hash_one(&bytes[bytes.len().saturating_sub(HASHED)..])
    }

    /// The shard for this hash, without tickets opened under another edition.
    fn shard(&self, hash: u64, edition: RingEdition) -> MutexGuard<'_, Shard> {
        let shard = &self.shards[hash as usize % SHARDS];
        // A shard is consistent between any two statements.
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.edition != edition {
            *shard = Shard {
                edition,
                ..Shard::default()
            };
        }
        shard
    }
}

impl Shard {
    fn keep(&mut self, hash: u64, entry: Entry, bounds: Bounds) {
        self.young.remove(hash);
        let is_full = self.young.entries.len() >= bounds.entries || self.young.memory + entry.memory > bounds.memory;
        if is_full {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.memory += entry.memory;
        self.young.entries.insert(hash, entry);
    }
}

impl Generation {
    fn forget_if_ended(&mut self, hash: u64, now: OffsetDateTime) {
        if self.entries.get(&hash).is_some_and(|entry| entry.expires < now) {
            self.remove(hash);
        }
    }

    fn remove(&mut self, hash: u64) -> Option<Entry> {
        let entry = self.entries.remove(&hash)?;
        self.memory -= entry.memory;
        Some(entry)
    }
}

impl Entry {
    /// Whether the ticket came from exactly this text. Compared here in words, because `subtle` compares byte by byte: with
    /// a token of 800 bytes it takes 4 µs instead of 0.07, on every authenticated request.
    fn is(&self, text: &str) -> bool {
        constant_time_eq(self.text.as_bytes(), text.as_bytes())
    }
}

/// The approximate size of an entry, in bytes: all texts in a ticket are shorter than its protected form.
fn memory(text: &str, ticket: &Ticket) -> usize {
    let identities = ticket.principal.identities.iter();
    size_of::<Entry>() + size_of::<Ticket>() + 2 * text.len() + identities.map(parts).sum::<usize>()
}

fn parts(identity: &ClaimsIdentity) -> usize {
    let claims = identity.claims.iter();
    let properties: usize = claims.map(|claim| claim.properties.len()).sum();
    let actor = identity.actor.as_deref().map_or(0, parts);
    size_of::<ClaimsIdentity>()
        + identity.claims.len() * size_of::<Claim>()
        + properties * size_of::<(String, String)>()
        + actor
}

#[cfg(test)]
mod tests;
