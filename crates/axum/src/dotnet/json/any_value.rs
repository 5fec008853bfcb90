//! A body that may be any JSON.

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny},
};

/// Any JSON but `null`.
#[derive(Debug)]
pub(crate) struct AnyValue;

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Option::<IgnoredAny>::deserialize(deserializer)? {
            Some(_) => Ok(Self),
            None => Err(D::Error::custom("null")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::deserializer::from_slice, *};

    #[test]
    fn anything_but_null_is_any_value() {
        for (json, expected) in [
            ("{}", true),
            ("[]", true),
            ("1", true),
            ("\"x\"", true),
            ("false", true),
            (" {} ", true),
            ("null", false),
            (" null ", false),
            ("", false),
            ("{bad", false),
            ("{}x", false),
        ] {
            assert_eq!(from_slice::<AnyValue>(json.as_bytes()).is_ok(), expected, "{json}");
        }
    }
}
