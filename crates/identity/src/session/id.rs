//! The id of a session.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use wicketgate_protection::Random;

/// How many characters 128 bits take.
const LENGTH: usize = 22;

/// The id of a session: 128 random bits in base64url. It allows nothing by itself; what does is a sealed ticket that names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(String);

impl SessionId {
    /// A new one.
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        Self::from_bytes(bytes)
    }

    /// The id with these bits.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(BASE64URL_NOPAD.encode(&bytes))
    }

    /// The id in a text; `None` if it is none.
    pub fn from_text(text: &str) -> Option<Self> {
        let is_of_it = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (text.len() == LENGTH && text.bytes().all(is_of_it)).then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_random::CountingRandom;

    #[test]
    fn an_id_is_128_random_bits_in_base64url_and_nothing_else_is_one() {
        let id = SessionId::generate(&CountingRandom::default());
        assert_eq!(id.as_str(), "AAECAwQFBgcICQoLDA0ODw");
        assert_eq!(SessionId::from_text(id.as_str()), Some(id));
        for text in [
            "",
            "AAECAwQFBgcICQoLDA0OD",
            "AAECAwQFBgcICQoLDA0OD\0",
            "AAECAwQFBgcICQoLDA0ODw==",
            "' OR 1=1 --          ",
        ] {
            assert_eq!(SessionId::from_text(text), None, "{text:?}");
        }
    }
}
