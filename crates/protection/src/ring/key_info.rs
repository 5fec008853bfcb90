//! Information about a ring's keys.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::key::{KeyAtRest, KeyProblem};

/// Information about a key of the ring, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its id, which is part of every payload.
    pub id: Uuid,
    /// When it was created.
    pub creation_date: OffsetDateTime,
    /// When it starts protecting.
    pub activation_date: OffsetDateTime,
    /// When it stops protecting. It can still unprotect.
    pub expiration_date: OffsetDateTime,
    /// Revoked keys neither protect nor unprotect.
    pub is_revoked: bool,
    /// Whether this is the key that protects now, unless a new one is created.
    pub is_default: bool,
    /// How its secret is stored.
    pub at_rest: KeyAtRest,
    /// Why it cannot be used, if it cannot.
    pub problem: Option<KeyProblem>,
}
