//! Values in a JSON text.

use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::malformed::MalformedJson;
use crate::passkey::base64url;
use crate::text::is_json_too_deep;

/// A value in a JSON text, with where it is.
#[derive(Clone)]
pub(in crate::passkey) struct JsonValue<'t> {
    /// The whole text.
    text: &'t str,
    /// The part of it that is the value.
    raw: &'t str,
    /// As in System.Text.Json's messages, such as `$.response`.
    path: String,
}

/// Whether an object must have a member.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::passkey) enum Required {
    Yes,
    No,
}

impl<'t> JsonValue<'t> {
    /// The value that a whole text is.
    pub(in crate::passkey) fn root(text: &'t str) -> Result<Self, MalformedJson> {
        if is_json_too_deep(text.as_bytes()) {
            return Err(MalformedJson::Syntax);
        }
        let raw: &RawValue = serde_json::from_str(text).map_err(|_| MalformedJson::Syntax)?;
        Ok(Self {
            text,
            raw: raw.get(),
            path: "$".to_owned(),
        })
    }

    pub(in crate::passkey) fn is_null(&self) -> bool {
        self.raw == "null"
    }

    /// The value, unless it is `null`.
    pub(in crate::passkey) fn optional(self) -> Option<Self> {
        (!self.is_null()).then_some(self)
    }

    /// The value, which must not be `null`, of the member with this name of this .NET type.
    pub(in crate::passkey) fn not_null(
        self,
        name: &'static str,
        type_name: &'static str,
    ) -> Result<Self, MalformedJson> {
        if self.is_null() {
            let place = self.place();
            return Err(MalformedJson::Null { name, type_name, place });
        }
        Ok(self)
    }

    pub(in crate::passkey) fn string(&self) -> Result<String, MalformedJson> {
        serde_json::from_str(self.raw).map_err(|_| self.wrong_type("System.String"))
    }

    pub(in crate::passkey) fn boolean(&self) -> Result<bool, MalformedJson> {
        serde_json::from_str(self.raw).map_err(|_| self.wrong_type("System.Nullable`1[System.Boolean]"))
    }

    /// Up to `limit` texts, of the elements of an array; `Ok(None)` if it has more.
    pub(in crate::passkey) fn strings(&self, limit: usize) -> Result<Option<Vec<String>>, MalformedJson> {
        let wrong_type = || self.wrong_type("System.String[]");
        let elements: Vec<&RawValue> = serde_json::from_str(self.raw).map_err(|_| wrong_type())?;
        if elements.len() > limit {
            return Ok(None);
        }
        let text = |element: &RawValue| serde_json::from_str(element.get()).map_err(|_| wrong_type());
        elements.into_iter().map(text).collect::<Result<_, _>>().map(Some)
    }

    /// Bytes, written as base64url.
    pub(in crate::passkey) fn base64url(&self) -> Result<Vec<u8>, MalformedJson> {
        let quoted = self.raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let text = quoted.ok_or(MalformedJson::NotBase64Url)?;
        if text.contains('\\') {
            return Err(MalformedJson::EscapedBase64Url);
        }
        base64url::decode(text).ok_or(MalformedJson::NotBase64Url)
    }

    /// Hands the members with these names to `each`, by their position among the names, in the order in which they are written.
    pub(in crate::passkey) fn members<const N: usize>(
        &self,
        type_name: &'static str,
        names: [(&'static str, Required); N],
        mut each: impl FnMut(usize, JsonValue<'t>) -> Result<(), MalformedJson>,
    ) -> Result<(), MalformedJson> {
        if !self.raw.starts_with('{') {
            return Err(self.wrong_type(type_name));
        }
        let (mut is_there, mut problem) = ([false; N], None);
        let on_member = |name: &str, raw: &'t RawValue| {
            let Some(index) = names.iter().position(|(known, _)| known.eq_ignore_ascii_case(name)) else {
                return true;
            };
            is_there[index] = true;
            let value = JsonValue {
                text: self.text,
                raw: raw.get(),
                path: format!("{}.{name}", self.path),
            };
            problem = each(index, value).err();
            problem.is_none()
        };
        let read = serde_json::Deserializer::from_str(self.raw).deserialize_map(EachMember(on_member));
        if let Some(problem) = problem {
            return Err(problem);
        }
        read.map_err(|_| MalformedJson::Syntax)?;
        let missing = names
            .iter()
            .zip(is_there)
            .filter(|((_, required), is_there)| *required == Required::Yes && !is_there);
        let names: Vec<_> = missing.map(|((name, _), _)| *name).collect();
        if !names.is_empty() {
            return Err(MalformedJson::MissingProperties { type_name, names });
        }
        Ok(())
    }

    pub(in crate::passkey) fn wrong_type(&self, type_name: &'static str) -> MalformedJson {
        let place = self.place();
        MalformedJson::WrongType { type_name, place }
    }

    /// Where System.Text.Json stands when it has read the value's first token.
    fn place(&self) -> String {
        let offset = self.raw.as_ptr() as usize - self.text.as_ptr() as usize;
        let first_token = if self.raw.starts_with(['{', '[']) {
            1
        } else {
            self.raw.len()
        };
        let before = &self.text.as_bytes()[..offset + first_token];
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count();
        format!(
            "Path: {} | LineNumber: {lines} | BytePositionInLine: {column}",
            self.path
        )
    }
}

/// Goes through an object until the function says `false`.
struct EachMember<F>(F);

impl<'t, F: FnMut(&str, &'t RawValue) -> bool> Visitor<'t> for EachMember<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            if !(self.0)(&name, value) {
                return Err(A::Error::custom("a member has the wrong form"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The member `a`, if it is a string, and the member `b`.
    fn read(text: &str) -> Result<(String, Option<bool>), MalformedJson> {
        let (mut a, mut b) = (String::new(), None);
        let names = [("a", Required::Yes), ("b", Required::No)];
        JsonValue::root(text)?.members("T", names, |index, value| {
            match index {
                0 => a = value.not_null("a", "T")?.string()?,
                _ => b = value.optional().map(|value| value.boolean()).transpose()?,
            }
            Ok(())
        })?;
        Ok((a, b))
    }

    #[test]
    fn names_ignore_case_and_the_last_counts() {
        for text in [
            r#"{"a":"x","b":true}"#,
            r#" {"A":"x","z":{"a":1},"B":true} "#,
            r#"{"b":false,"a":"y","\u0061":"\u0078","B":true}"#,
        ] {
            assert_eq!(read(text), Ok(("x".to_owned(), Some(true))), "{text}");
        }
        assert_eq!(read(r#"{"b":null,"a":"x"}"#), Ok(("x".to_owned(), None)));
    }

    #[test]
    fn what_is_wrong_is_said_as_in_dotnet() {
        for (text, message) in [
            (
                "{}",
                "JSON deserialization for type 'T' was missing required properties including: 'a'.",
            ),
            (
                "[]",
                "The JSON value could not be converted to T. Path: $ | LineNumber: 0 | BytePositionInLine: 1.",
            ),
            (
                "{\n \"a\": 12}",
                "The JSON value could not be converted to System.String. Path: $.a | LineNumber: 1 | BytePositionInLine: 8.",
            ),
            (
                r#"{"a":null}"#,
                "The property or field 'a' on type 'T' doesn't allow setting null values. \
                 Consider updating its nullability annotation. Path: $.a | LineNumber: 0 | BytePositionInLine: 9.",
            ),
            ("{", "The text is no valid JSON."),
        ] {
            assert_eq!(read(text).unwrap_err().to_string(), message, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused_wherever_it_is() {
        for text in [
            "",
            "{}{}",
            "{\"a\":\"x\",}",
            "{\"a\":\"x\"/**/}",
            "{\"a\":\"x\",\"z\":01}",
            "{\"a\":\"\\ud800\"}",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let deep = format!("{{\"a\":\"x\",\"z\":{}{}}}", "[".repeat(64), "]".repeat(64));
        assert_eq!(read(&deep), Err(MalformedJson::Syntax));
    }

    #[test]
    fn a_member_that_another_overrides_must_have_the_right_type_too() {
        assert!(read(r#"{"a":1,"a":"x"}"#).is_err());
        assert!(read(r#"{"a":null,"a":"x"}"#).is_err());
    }
}
