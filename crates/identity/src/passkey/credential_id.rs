//! Ids of passkeys.

use std::fmt;

use super::base64url;

/// The id of a passkey, which its authenticator chose. `Display` is base64url, as in JSON and addresses.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialId(Vec<u8>);

impl CredentialId {
    /// The longest id, in bytes.
    pub const MAX_LENGTH: usize = 1023;

    /// An id of these bytes; `None` if they are too many.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Option<Self> {
        let bytes = bytes.into();
        (bytes.len() <= Self::MAX_LENGTH).then_some(Self(bytes))
    }

    /// The id in base64url; `None` for what is none.
    pub fn from_base64url(text: &str) -> Option<Self> {
        // With room for padding, so that no long text is decoded in vain.
        let longest = Self::MAX_LENGTH.div_ceil(3) * 4;
        (text.len() <= longest)
            .then(|| base64url::decode(text))
            .flatten()
            .and_then(Self::new)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_up_to_1023_bytes() {
        let longest = CredentialId::new(vec![7; 1023]).unwrap();
        assert_eq!(CredentialId::from_base64url(&longest.to_string()), Some(longest));
        assert_eq!(CredentialId::new(vec![7; 1024]), None);
        assert_eq!(CredentialId::from_base64url(&"A".repeat(1366)), None);
        assert_eq!(CredentialId::from_base64url("!"), None);
        assert_eq!(CredentialId::from_base64url(""), CredentialId::new([]));
    }
}
