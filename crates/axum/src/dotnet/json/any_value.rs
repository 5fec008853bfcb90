//! A body that may be any JSON.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::value::RawValue;

/// Any JSON but `null`.
#[derive(Debug)]
pub(crate) struct AnyValue;

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // serde's `IgnoredAny` would skip text that is not valid UTF-8.
        match Option::<&RawValue>::deserialize(deserializer)? {
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
            ("{\"a\":\"\\ud800\"}", true),
        ] {
            assert_eq!(from_slice::<AnyValue>(json.as_bytes()).is_ok(), expected, "{json}");
        }
        for json in [&b"\"\xe4\""[..], b"{\"\xe4\":1}", b"[{\"a\":\"\xe4\"}]"] {
            assert!(from_slice::<AnyValue>(json).is_err(), "text is UTF-8: {json:?}");
        }
    }
}
