//! What checking the chain of seals found.

use std::fmt;
use std::str::FromStr;

use time::OffsetDateTime;

/// The newest seal. Who keeps it elsewhere finds out whether seals were cut off from the end of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventHead {
    /// The seal's number: 1, 2, 3 …
    pub number: u64,
    /// Its hash, in base64url.
    pub hash: String,
}

/// `NUMBER:HASH`
impl fmt::Display for EventHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.hash)
    }
}

/// The text is no head of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not NUMBER:HASH, as `events verify` prints it")]
pub struct InvalidEventHead;

impl FromStr for EventHead {
    type Err = InvalidEventHead;

    fn from_str(text: &str) -> Result<Self, InvalidEventHead> {
        let (number, hash) = text.trim().split_once(':').ok_or(InvalidEventHead)?;
        let is_hash = hash.len() == 43
            && hash
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        match (number.parse(), is_hash) {
            (Ok(number), true) => Ok(Self {
                number,
                hash: hash.to_owned(),
            }),
            _ => Err(InvalidEventHead),
        }
    }
}

/// What checking all events found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// How many seals were checked.
    pub seals: u64,
    /// How many events are under them.
    pub sealed: u64,
    /// How many events are not sealed yet: those of the last second, while a server runs.
    pub unsealed: u64,
    /// How many events have had their personal parts erased.
    pub erased: u64,
    /// How many events cannot be checked, because the key that they were signed with is lost.
    pub unverifiable: u64,
    /// How many seals cannot be checked for the same reason: whether events under them were removed is not known.
    pub unverifiable_seals: u64,
    /// How many events were removed because they were old enough.
    pub pruned: u64,
    /// The newest event that was removed is older than this.
    pub pruned_until: Option<OffsetDateTime>,
    /// The newest seal; `None` before the first one.
    pub head: Option<EventHead>,
    /// How many things are wrong.
    pub problem_count: u64,
    /// The first of them, at most [`MAX_PROBLEMS`](Self::MAX_PROBLEMS).
    pub problems: Vec<EventProblem>,
}

impl VerifyReport {
    /// How many problems are named.
    pub const MAX_PROBLEMS: usize = 100;

    /// Whether everything was checked, and nothing is wrong.
    pub fn is_intact(&self) -> bool {
        self.problem_count == 0 && self.unverifiable == 0 && self.unverifiable_seals == 0
    }
}

/// Something that is wrong with the events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventProblem {
    /// It was changed, or somebody without the key wrote it.
    #[error("event {0} was changed or forged")]
    Event(String),
    /// Its personal parts are not those that it was written with.
    #[error("the personal parts of event {0} were changed")]
    PersonalParts(String),
    /// Its personal parts are gone, and no event tells who erased them.
    #[error("the personal parts of event {0} were erased, and no event says so")]
    Erased(String),
    /// The rows with erased personal parts are not those that were erased.
    #[error("the events with erased personal parts are not those that the events of erasing name")]
    ErasedRows,
    /// The events under this seal are not those that were sealed, or the seal was changed or forged.
    #[error("seal {0} does not fit its events and the seal before it: events were removed, added, moved or changed")]
    Seal(u64),
    /// Seals are missing.
    #[error("the seals from {first} to {last} are missing")]
    MissingSeals {
        /// The first.
        first: u64,
        /// The last.
        last: u64,
    },
    /// Events name a seal that does not exist.
    #[error("events name seal {0}, which does not exist")]
    UnknownSeal(u64),
    /// The place where the chain begins after old events were removed was changed or forged.
    #[error("the checkpoint that old events left was changed or forged")]
    Checkpoint,
    /// The chain does not have the head that it was expected to have.
    #[error("seal {number} of the expected head is {found}")]
    Head {
        /// The expected number.
        number: u64,
        /// What is there.
        found: &'static str,
    },
}
