//! Members of a JSON object, by System.Text.Json's rules.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// How deep arrays and objects may be nested (System.Text.Json's default).
const MAX_DEPTH: usize = 64;

/// A request's body that is no JSON, or not the JSON that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is not the JSON that this endpoint takes")]
pub(crate) struct MalformedJson;

/// What can be read from a request's JSON.
pub(crate) trait FromJson: Sized {
    /// Reads the whole text.
    fn from_json(json: &[u8]) -> Result<Self, MalformedJson>;
}

/// The members of a JSON object, read as System.Text.Json reads them for the web: names ignore case, the last of several
/// with one name counts, unknown ones are skipped, and comments or trailing commas are not taken.
#[derive(Debug)]
pub(crate) struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Reads an object.
    pub(crate) fn read(json: &'a [u8]) -> Result<Self, MalformedJson> {
        let json = text(json)?;
        serde_json::from_slice(json).map_err(|_| MalformedJson)
    }

    /// The value of a member that must be there.
    pub(crate) fn required<T: DeserializeOwned>(&self, name: &str) -> Result<T, MalformedJson> {
        self.optional(name)?.ok_or(MalformedJson)
    }

    /// The value of a member that may be missing or `null`.
    pub(crate) fn nullable<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, MalformedJson> {
        Ok(self.optional(name)?.flatten())
    }

    /// The value of a member that may be missing. A value of another type is refused, even where a later one counts.
    pub(crate) fn optional<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, MalformedJson> {
        let members = self.0.iter().filter(|(member, _)| member.eq_ignore_ascii_case(name));
        let mut last = None;
        for (_, value) in members {
            last = Some(serde_json::from_str(value.get()).map_err(|_| MalformedJson)?);
        }
        Ok(last)
    }
}

/// Any JSON but `null`.
#[derive(Debug)]
pub(crate) struct AnyValue;

impl FromJson for AnyValue {
    fn from_json(json: &[u8]) -> Result<Self, MalformedJson> {
        let value: &RawValue = serde_json::from_slice(text(json)?).map_err(|_| MalformedJson)?;
        match value.get() {
            "null" => Err(MalformedJson),
            _ => Ok(Self),
        }
    }
}

/// The text without a byte order mark, unless it is nested too deep.
fn text(json: &[u8]) -> Result<&[u8], MalformedJson> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    if depth(json) > MAX_DEPTH {
        return Err(MalformedJson);
    }
    Ok(json)
}

/// How deep a JSON text is nested at most. serde_json skips unknown members however deep they are.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
    }
    deepest
}

fn skip_string<'a>(bytes: &mut impl Iterator<Item = &'a u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Login {
        email: String,
        remember: Option<bool>,
    }

    impl FromJson for Login {
        fn from_json(json: &[u8]) -> Result<Self, MalformedJson> {
            let members = Members::read(json)?;
            Ok(Self {
                email: members.required("email")?,
                remember: members.nullable("remember")?,
            })
        }
    }

    fn email(json: &str) -> Option<String> {
        Login::from_json(json.as_bytes()).ok().map(|login| login.email)
    }

    #[test]
    fn names_ignore_case_in_ascii_alone_and_the_last_counts() {
        assert_eq!(email(r#"{"email":"a"}"#).as_deref(), Some("a"));
        assert_eq!(email(r#"{"EMail":"a","email":"b"}"#).as_deref(), Some("b"));
        assert_eq!(email(r#"{"email":"a","EMAIL":"b"}"#).as_deref(), Some("b"));
        assert_eq!(email(r#"{"\u0065mail":"a"}"#).as_deref(), Some("a"));
        assert_eq!(email(r#"{"ｅmail":"a"}"#), None);
        assert_eq!(email(r#"{"emaıl":"a"}"#), None);
    }

    #[test]
    fn unknown_members_are_skipped_whatever_they_hold() {
        assert_eq!(
            email(r#"{"x":[1e999,{"\ud800":"\ud800"}],"":0,"email":"a"}"#).as_deref(),
            Some("a")
        );
    }

    #[test]
    fn optional_members_may_be_missing_or_null_but_not_of_another_type() {
        let remember = |json: &str| Login::from_json(json.as_bytes()).map(|login| login.remember);
        assert_eq!(remember(r#"{"email":"a"}"#), Ok(None));
        assert_eq!(remember(r#"{"email":"a","remember":null}"#), Ok(None));
        assert_eq!(remember(r#"{"email":"a","remember":true}"#), Ok(Some(true)));
        assert_eq!(remember(r#"{"email":"a","remember":"true"}"#), Err(MalformedJson));
        assert_eq!(
            remember(r#"{"email":"a","remember":1,"remember":true}"#),
            Err(MalformedJson)
        );
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for json in [
            "",
            "null",
            "[]",
            "1",
            "\"\"",
            "{",
            "{}{}",
            "{\"email\":\"a\",}",
            "{'email':'a'}",
            "{email:1}",
            "// c\n{\"email\":\"a\"}",
            "/* c */{\"email\":\"a\"}",
            "{\"email\":\"a\"} x",
            "{\"email\":\"\\ud800\"}",
            "{\"email\":\"\t\"}",
            "{\"email\":\"\\x\"}",
            "{\"email\":{}}",
            "{\"email\":null}",
            "{\"email\":1}",
            "{\"x\":00}",
            "{\"x\":-}",
            "{\"x\":1.}",
            "{\"x\":.5}",
            "{\"x\":+1}",
            "\u{a0}{\"email\":\"a\"}",
        ] {
            assert_eq!(email(json), None, "{json}");
        }
        assert_eq!(Login::from_json(b"{\"email\":\"\xe4\"}"), Err(MalformedJson));
    }

    #[test]
    fn a_byte_order_mark_and_white_space_are_passed_over() {
        assert_eq!(email("\u{feff} \t\r\n{\"email\":\"a\"}\n").as_deref(), Some("a"));
    }

    #[test]
    fn nesting_ends_at_sixty_four() {
        let nested = |depth: usize| format!(r#"{{"x":{}{},"email":"a"}}"#, "[".repeat(depth), "]".repeat(depth));
        assert_eq!(email(&nested(63)).as_deref(), Some("a"));
        assert_eq!(email(&nested(64)), None);
        assert_eq!(depth(br#"{"]\"[[[[":1}"#), 1);
    }

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
            assert_eq!(AnyValue::from_json(json.as_bytes()).is_ok(), expected, "{json}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Login::from_json(&bytes);
        }
    }
}
