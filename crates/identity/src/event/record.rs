//! An event as a row: what is signed, and what can be erased.

use std::borrow::Cow;

use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;
use time::OffsetDateTime;
use wicketgate_protection::Random;

use super::key::{EventKey, Signature};
use super::{Event, EventKind};
use crate::text::{guid_of_time, normalize};

/// How many characters of a request's id are kept.
const LONGEST_REQUEST_ID: usize = 100;

/// An event as a store keeps it. All texts are bounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// A UUID of version 7, made from the time and chance.
    pub id: String,
    /// When it happened, in microseconds since 1970.
    pub at: i64,
    /// The kind's [name](EventKind::name).
    pub kind: Cow<'static, str>,
    /// The kind's [detail](EventKind::detail).
    pub detail: String,
    /// What is about a person.
    pub personal: PersonalParts,
    /// The signature of the personal parts, which stays when they are erased. Without their salt nobody finds out from it
    /// what they were.
    pub personal_hash: String,
    /// The number of the key that signed it.
    pub key_number: i64,
    /// The signature of everything except the personal parts, and of their signature.
    pub mac: String,
}

/// What is about a person. All are `None` once they are erased.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonalParts {
    /// The account.
    pub user: Option<String>,
    /// The client's network.
    pub client: Option<String>,
    /// The name that was typed, as a keyed hash in base64url.
    pub name_hash: Option<String>,
    /// The request.
    pub request_id: Option<String>,
    /// 16 random bytes in base64url, which every event has.
    pub salt: Option<String>,
}

/// What checking an event came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordState {
    /// It is as it was written.
    Intact,
    /// So it is, but for the personal parts, which were erased.
    Erased,
    /// The personal parts are not those that it was written with.
    OtherPersonalParts,
    /// It was changed, or somebody without the key wrote it.
    Forged,
}

impl EventRecord {
    /// When it happened.
    pub fn happened_at(&self) -> OffsetDateTime {
        let nanoseconds = i128::from(self.at) * 1_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl EventKey {
    /// The row for an event, with an id and a salt of its own.
    pub fn record(&self, event: &Event, random: &dyn Random) -> EventRecord {
        let request = event.request.as_deref().filter(|request| !request.id.is_empty());
        let personal = PersonalParts {
            user: event.user.as_ref().map(|user| user.as_str().to_owned()),
            client: event.client(),
            name_hash: event.typed_name().map(|name| self.name_hash(name)),
            request_id: request.map(|request| request.id.chars().take(LONGEST_REQUEST_ID).collect()),
            salt: None,
        };
        self.record_as(new_id(event.at, random), event.at, &event.kind, personal, random)
    }

    /// The row for an event with this id. Its personal parts get a salt.
    pub fn record_as(
        &self,
        id: String,
        at: OffsetDateTime,
        kind: &EventKind,
        personal: PersonalParts,
        random: &dyn Random,
    ) -> EventRecord {
        let mut salt = [0; 16];
        random.fill(&mut salt);
        let personal = PersonalParts {
            salt: Some(BASE64URL_NOPAD.encode(&salt)),
            ..personal
        };
        let personal_hash = self.sign_personal(&personal).finish();
        let mut record = EventRecord {
            id,
            at: microseconds(at),
            kind: Cow::Borrowed(kind.name()),
            detail: kind.detail(),
            personal,
            personal_hash,
            key_number: self.number(),
            mac: String::new(),
        };
        record.mac = self.sign_record(&record).finish();
        record
    }

    /// Whether the row is as it was written.
    pub fn check(&self, record: &EventRecord) -> RecordState {
        if record.key_number != self.number() || !self.sign_record(record).is(&record.mac) {
            return RecordState::Forged;
        }
        if record.personal == PersonalParts::default() {
            return RecordState::Erased;
        }
        match record.personal.salt.is_some() && self.sign_personal(&record.personal).is(&record.personal_hash) {
            true => RecordState::Intact,
            false => RecordState::OtherPersonalParts,
        }
    }

    /// A name as a keyed hash, whatever its case.
    pub fn name_hash(&self, name: &str) -> String {
        self.sign("name").text(normalize(name).as_str()).finish()
    }

    fn sign_personal(&self, personal: &PersonalParts) -> Signature {
        self.sign("personal")
            .optional(personal.salt.as_deref())
            .optional(personal.user.as_deref())
            .optional(personal.client.as_deref())
            .optional(personal.name_hash.as_deref())
            .optional(personal.request_id.as_deref())
    }

    fn sign_record(&self, record: &EventRecord) -> Signature {
        self.sign("event")
            .text(&record.id)
            .integer(record.at)
            .text(&record.kind)
            .text(&record.detail)
            .text(&record.personal_hash)
    }
}

/// Which rows had their personal parts erased, as one number: a sum of keyed hashes, to which each row adds its own. Sums
/// over all rows and over all events of erasing are the same, however many there are, if nobody else has erased anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErasedRows([u64; 4]);

impl ErasedRows {
    /// Adds the row `id`, which the event `erased_by` erased.
    pub fn add_row(&mut self, key: &EventKey, id: &str, erased_by: &str) {
        let hash = key.sign("erased").text(erased_by).text(id).bytes();
        self.add(&Self::from_bytes(&hash));
    }

    /// Adds all of another sum.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in self.0.iter_mut().zip(other.0) {
            *sum = sum.wrapping_add(more);
        }
    }

    /// Takes all of another sum away.
    pub fn subtract(&mut self, other: &Self) {
        for (sum, less) in self.0.iter_mut().zip(other.0) {
            *sum = sum.wrapping_sub(less);
        }
    }

    /// Whether it is the same sum.
    pub fn is(&self, other: &Self) -> bool {
        self.to_text().as_bytes().ct_eq(other.to_text().as_bytes()).into()
    }

    /// In base64url.
    pub fn to_text(self) -> String {
        let bytes: Vec<u8> = self.0.iter().flat_map(|part| part.to_be_bytes()).collect();
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The reverse; `None` for any other text.
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        Some(Self::from_bytes(&bytes.try_into().ok()?))
    }

    /// What an event of erasing says of the rows; `None` if it is another event.
    pub fn of_event(record: &EventRecord) -> Option<Self> {
        if record.kind != ERASED {
            return None;
        }
        let (_, tag) = record.detail.split_once(r#""rows":""#)?;
        Self::from_text(tag.split('"').next()?)
    }

    fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut parts = [0; 4];
        for (part, bytes) in parts.iter_mut().zip(bytes.as_chunks().0) {
            *part = u64::from_be_bytes(*bytes);
        }
        Self(parts)
    }
}

/// The name of [`EventKind::PersonalPartsErased`].
const ERASED: &str = "personal_parts_erased";

/// The smallest id that an event at this instant can have.
pub fn first_id_at(at: OffsetDateTime) -> String {
    let mut id = guid_of_time(at, &[0; 10]).to_string();
    // Below the version, too.
    id.replace_range(14.., "0000-0000-000000000000");
    id
}

/// A new id for an event at this instant.
pub fn new_id(at: OffsetDateTime, random: &dyn Random) -> String {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    guid_of_time(at, &bytes).to_string()
}

/// Microseconds since 1970, as rows have them.
pub fn microseconds(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

/// Only whether they are there.
impl std::fmt::Debug for PersonalParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = if *self == Self::default() { "erased" } else { "…" };
        write!(f, "PersonalParts({state})")
    }
}
