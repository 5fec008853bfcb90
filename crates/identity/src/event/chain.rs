//! The chain of seals: each signs its events and the seal before it.

use super::key::{EventKey, Signature};
use super::record::{ErasedRows, EventRecord};

/// A seal over events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// 1, 2, 3 …
    pub number: i64,
    /// How many events there are under it.
    pub events: i64,
    /// When the first one happened, in microseconds since 1970.
    pub first_at: i64,
    /// When the last one happened.
    pub last_at: i64,
    /// The signature.
    pub hash: String,
    /// The number of the key that signed it.
    pub key_number: i64,
}

/// Where the chain begins after old seals were removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The number of the last seal that was removed.
    pub seal: i64,
    /// Its hash.
    pub hash: String,
    /// How many events were removed so far.
    pub pruned: i64,
    /// The last of them happened then, in microseconds since 1970.
    pub pruned_until: i64,
    /// Rows with erased personal parts that were removed, less those that removed events of erasing name.
    pub erased: ErasedRows,
    /// The number of the key that signed it.
    pub key_number: i64,
    /// The signature.
    pub mac: String,
}

/// A seal that is being made or checked: its events are added in the order of their ids.
pub struct Sealing {
    signature: Signature,
    number: i64,
    events: i64,
    first_at: i64,
    last_at: i64,
    key_number: i64,
}

impl EventKey {
    /// Begins seal `number`, behind the seal with the hash `previous`, which is empty for the first.
    pub fn begin_seal(&self, number: i64, previous: &str) -> Sealing {
        Sealing {
            signature: self.sign("seal").integer(number).text(previous),
            number,
            events: 0,
            first_at: i64::MAX,
            last_at: i64::MIN,
            key_number: self.number(),
        }
    }

    /// Signs a checkpoint.
    pub fn sign_checkpoint(&self, checkpoint: &mut Checkpoint) {
        checkpoint.key_number = self.number();
        checkpoint.mac = self.signature_of(checkpoint).finish();
    }

    /// Whether the checkpoint is as it was signed.
    pub fn check_checkpoint(&self, checkpoint: &Checkpoint) -> bool {
        checkpoint.key_number == self.number() && self.signature_of(checkpoint).is(&checkpoint.mac)
    }

    fn signature_of(&self, checkpoint: &Checkpoint) -> Signature {
        self.sign("checkpoint")
            .integer(checkpoint.seal)
            .text(&checkpoint.hash)
            .integer(checkpoint.pruned)
            .integer(checkpoint.pruned_until)
            .text(&checkpoint.erased.to_text())
    }
}

impl Sealing {
    /// Adds an event.
    pub fn add(&mut self, at: i64, key_number: i64, mac: &str) {
        self.signature.add(mac);
        self.signature.add(&key_number.to_string());
        self.events += 1;
        self.first_at = self.first_at.min(at);
        self.last_at = self.last_at.max(at);
    }

    /// Adds an event.
    pub fn add_record(&mut self, record: &EventRecord) {
        self.add(record.at, record.key_number, &record.mac);
    }

    /// The seal.
    pub fn finish(self) -> Seal {
        let signature = self
            .signature
            .integer(self.events)
            .integer(self.first_at)
            .integer(self.last_at);
        Seal {
            number: self.number,
            events: self.events,
            first_at: self.first_at,
            last_at: self.last_at,
            hash: signature.finish(),
            key_number: self.key_number,
        }
    }
}
