//! What is told of a ring's keys.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::key::{KeyAtRest, KeyProblem};

/// A key of the ring, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its id, which every payload names.
    pub id: Uuid,
    /// When it was made.
    pub creation_date: OffsetDateTime,
    /// When it starts to protect.
    pub activation_date: OffsetDateTime,
    /// When it ends to protect; it goes on to unprotect.
    pub expiration_date: OffsetDateTime,
    /// Revoked keys neither protect nor unprotect.
    pub is_revoked: bool,
    /// Whether this is the key that protects now, as long as no new one is made.
    pub is_default: bool,
    /// How its secret is kept.
    pub at_rest: KeyAtRest,
    /// Why it cannot be used, if so.
    pub problem: Option<KeyProblem>,
}
