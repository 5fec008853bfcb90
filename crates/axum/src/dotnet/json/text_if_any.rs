//! Members that ASP.NET Core does not know, and so never refuses.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// Text; `None` where the member is anything else: `#[serde(default, deserialize_with = "text_if_any")]`.
pub(crate) fn text_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Zeroizing<String>>, D::Error> {
    let value = Option::<&RawValue>::deserialize(deserializer)?;
    let text = value.and_then(|value| serde_json::from_str(value.get()).ok());
    Ok(text.map(Zeroizing::new))
}

#[cfg(test)]
mod tests {
    use super::{super::deserializer::from_slice, *};

    #[derive(Deserialize)]
    struct Body {
        #[serde(default, deserialize_with = "text_if_any")]
        password: Option<Zeroizing<String>>,
    }

    #[test]
    fn only_text_counts_and_nothing_is_refused() {
        for (json, expected) in [
            (r#"{"password":"x\u0079"}"#, Some("xy")),
            (r#"{"PASSWORD":"x"}"#, Some("x")),
            (r#"{"password":1}"#, None),
            (r#"{"password":null}"#, None),
            (r#"{"password":{"a":[]}}"#, None),
            (r#"{"password":"\ud800"}"#, None),
            (r#"{"password":1,"password":"x"}"#, Some("x")),
            ("{}", None),
        ] {
            let body: Body = from_slice(json.as_bytes()).unwrap();
            assert_eq!(body.password.as_deref().map(String::as_str), expected, "{json}");
        }
    }
}
