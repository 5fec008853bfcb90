//! JSON by System.Text.Json's rules, as a serde deserializer for structs that derive `Deserialize`.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Visitor, value::MapAccessDeserializer},
    forward_to_deserialize_any,
};
use wicketgate_identity::text::is_json_too_deep;

use super::{
    malformed::MalformedJson,
    members::{KnownMembers, Member, Members},
};

/// Reads JSON as System.Text.Json reads it for the web: names ignore case, the last of several members with one name counts,
/// unknown members are skipped, and neither comments nor trailing commas are allowed. For objects inside the outermost one,
/// which no body has so far, `T`'s own rules about names hold instead.
pub(crate) fn from_slice<T: DeserializeOwned>(json: &[u8]) -> Result<T, MalformedJson> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    if is_json_too_deep(json) {
        return Err(MalformedJson::Unreadable);
    }
    let mut overridden = Vec::new();
    let value = T::deserialize(Document {
        json,
        overridden: &mut overridden,
    })?;
    for member in overridden {
        check_type::<T>(member)?;
    }
    Ok(value)
}

/// For a member that may be `null` but not missing: `#[serde(deserialize_with = "present")]`.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// The whole text.
struct Document<'de, 'a> {
    json: &'de [u8],
    /// Members that a later one with the same name overrides.
    overridden: &'a mut Vec<Member<'de>>,
}

impl<'de> Deserializer<'de> for Document<'de, '_> {
    type Error = MalformedJson;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, MalformedJson> {
        let mut json = serde_json::Deserializer::from_slice(self.json);
        let members = json.deserialize_map(KnownMembers {
            fields,
            overridden: self.overridden,
        })?;
        json.end()?;
        visitor.visit_map(Members::new(members))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, MalformedJson> {
        let mut json = serde_json::Deserializer::from_slice(self.json);
        let value = json.deserialize_option(visitor)?;
        json.end()?;
        Ok(value)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, MalformedJson> {
        let mut json = serde_json::Deserializer::from_slice(self.json);
        let value = json.deserialize_any(visitor)?;
        json.end()?;
        Ok(value)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// System.Text.Json reads a member before it knows that another one overrides it, so its value must have the right type as
/// well.
fn check_type<T: DeserializeOwned>(member: Member<'_>) -> Result<(), MalformedJson> {
    match T::deserialize(MapAccessDeserializer::new(Members::new(vec![member]))) {
        Ok(_) | Err(MalformedJson::MissingMember) => Ok(()),
        Err(MalformedJson::Unreadable) => Err(MalformedJson::Unreadable),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Login {
        email: String,
        remember: Option<bool>,
    }

    fn login(json: &str) -> Result<Login, MalformedJson> {
        from_slice(json.as_bytes())
    }

    fn email(json: &str) -> Option<String> {
        login(json).ok().map(|login| login.email)
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
        let remember = |json: &str| login(json).map(|login| login.remember);
        assert_eq!(remember(r#"{"email":"a"}"#), Ok(None));
        assert_eq!(remember(r#"{"email":"a","remember":null}"#), Ok(None));
        assert_eq!(remember(r#"{"email":"a","remember":true}"#), Ok(Some(true)));
        let unreadable = Err(MalformedJson::Unreadable);
        assert_eq!(remember(r#"{"email":"a","remember":"true"}"#), unreadable);
    }

    #[test]
    fn a_member_that_may_be_null_may_be_required_all_the_same() {
        #[derive(Debug, PartialEq, Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct NewPassword {
            #[serde(deserialize_with = "present")]
            new_password: Option<String>,
        }
        let read = |json: &str| from_slice::<NewPassword>(json.as_bytes()).map(|read| read.new_password);
        assert_eq!(read(r#"{"NEWPASSWORD":"a"}"#), Ok(Some("a".to_owned())));
        assert_eq!(read(r#"{"newPassword":null}"#), Ok(None));
        assert_eq!(read("{}"), Err(MalformedJson::MissingMember));
    }

    #[test]
    fn a_member_that_another_overrides_must_have_the_right_type_too() {
        for (json, expected) in [
            (r#"{"email":"a","remember":1,"remember":true}"#, None),
            (r#"{"email":"a","remember":1,"REMEMBER":null}"#, None),
            (r#"{"email":1,"email":"a"}"#, None),
            (r#"{"email":null,"email":"a"}"#, None),
            (r#"{"email":"b","EMAIL":"c","email":"a"}"#, Some("a")),
            (r#"{"remember":null,"email":"a","remember":true}"#, Some("a")),
            (r#"{"x":1,"x":"1","email":"a"}"#, Some("a")),
        ] {
            assert_eq!(email(json).as_deref(), expected, "{json}");
        }
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
        assert_eq!(
            from_slice::<Login>(b"{\"email\":\"\xe4\"}"),
            Err(MalformedJson::Unreadable)
        );
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
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = from_slice::<Login>(&bytes);
        }
    }
}
