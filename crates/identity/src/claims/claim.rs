//! A claim.

use std::{borrow::Cow, fmt};

use super::claim_types;

/// A statement about a user (.NET's `Claim`). `Debug` leaves out the value, which may be an address or a stamp.
///
/// Texts that most claims share, such as the types of [`claim_types`], are borrowed from the program.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim {
    /// The type, often a URI of [`claim_types`].
    pub claim_type: Cow<'static, str>,
    /// Its content.
    pub value: String,
    /// The XML Schema type of the value; `http://www.w3.org/2001/XMLSchema#string` by default.
    pub value_type: Cow<'static, str>,
    /// Who issued it; `LOCAL AUTHORITY` by default.
    pub issuer: Cow<'static, str>,
    /// Who issued it first; the issuer by default.
    pub original_issuer: Cow<'static, str>,
    /// Further properties, in the order in which they were added.
    pub properties: Vec<(String, String)>,
}

impl Claim {
    /// A text claim issued by the local authority.
    pub fn new(claim_type: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self {
            claim_type: claim_type.into(),
            value: value.into(),
            value_type: claim_types::STRING.into(),
            issuer: claim_types::LOCAL_AUTHORITY.into(),
            original_issuer: claim_types::LOCAL_AUTHORITY.into(),
            properties: Vec::new(),
        }
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claim({}, …)", self.claim_type)
    }
}
