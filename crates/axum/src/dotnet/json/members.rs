//! The members of a JSON object that a struct is read from.

use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, Visitor, value::BorrowedStrDeserializer};
use serde_json::value::RawValue;

use super::malformed::MalformedJson;

/// A member's name, as the struct's field has it, and its value.
pub(super) type Member<'de> = (&'static str, &'de RawValue);

/// Reads the members whose names a struct has, and skips the others.
pub(super) struct KnownMembers<'de, 'a> {
    pub(super) fields: &'static [&'static str],
    pub(super) overridden: &'a mut Vec<Member<'de>>,
}

impl<'de> Visitor<'de> for KnownMembers<'de, '_> {
    type Value = Vec<Member<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<Member<'de>> = Vec::with_capacity(self.fields.len());
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            let Some(&field) = self.fields.iter().find(|field| field.eq_ignore_ascii_case(&name)) else {
                continue;
            };
            match members.iter_mut().find(|(known, _)| *known == field) {
                Some(known) => self.overridden.push(std::mem::replace(known, (field, value))),
                None => members.push((field, value)),
            }
        }
        Ok(members)
    }
}

/// What a struct is read from.
pub(super) struct Members<'de> {
    members: std::vec::IntoIter<Member<'de>>,
    /// The value of the member whose name was read last.
    value: Option<&'de RawValue>,
}

impl<'de> Members<'de> {
    pub(super) fn new(members: Vec<Member<'de>>) -> Self {
        Self {
            members: members.into_iter(),
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = MalformedJson;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, MalformedJson> {
        let Some((name, value)) = self.members.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, MalformedJson> {
        let value = self.value.take().ok_or(MalformedJson::Unreadable)?;
        Ok(seed.deserialize(value)?)
    }
}
