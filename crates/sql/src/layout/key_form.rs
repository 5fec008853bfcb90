//! How ids are kept in columns, and how they stand everywhere else.

use std::borrow::Cow;

use uuid::Uuid;
use wicketgate_identity::options::KeyType;

use crate::schema::dotnet::tables::ColumnKind;
use crate::statement::{Id, Value};

/// How the columns for ids of users and roles keep them.
///
/// In a ticket, a link or a claim, and in all of this program, an id is a text as .NET's `ToString()` writes it: a Guid in small
/// letters, a number in decimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum KeyForm {
    /// `IdentityUser`: as it is.
    #[default]
    Text,
    /// `IdentityUser<Guid>` in a column of that type: `uuid` or `uniqueidentifier`.
    Guid,
    /// `IdentityUser<Guid>` in SQLite: a text in capitals.
    UpperCaseGuid,
    /// `IdentityUser<Guid>` in MySQL: a text in small letters.
    LowerCaseGuid,
    /// `IdentityUser<Guid>` as 16 bytes in the order of .NET's `Guid.ToByteArray()`: a `BLOB` in SQLite.
    GuidInDotnetOrder,
    /// `IdentityUser<Guid>` as 16 bytes in the order of their digits: MySQL's `binary(16)`.
    GuidInBytes,
    /// `IdentityUser<int>`, and in SQLite `IdentityUser<long>`.
    Int,
    /// `IdentityUser<long>`.
    BigInt,
}

impl KeyForm {
    /// The form of a column of this type; `None` where no id is kept in one.
    pub(crate) fn of(declared_type: &str) -> Option<Self> {
        let declared_type = declared_type.to_ascii_lowercase();
        let word = declared_type.split(|c: char| !c.is_ascii_alphanumeric()).next();
        match (word.unwrap_or_default(), &*declared_type) {
            ("uuid" | "uniqueidentifier", _) => Some(Self::Guid),
            (_, "char(36)") => Some(Self::LowerCaseGuid),
            (_, "binary(16)") => Some(Self::GuidInBytes),
            ("blob", _) => Some(Self::GuidInDotnetOrder),
            ("int" | "int4" | "integer", _) => Some(Self::Int),
            ("int8" | "bigint", _) => Some(Self::BigInt),
            _ => (ColumnKind::of(&declared_type) == ColumnKind::Text).then_some(Self::Text),
        }
    }

    /// Whether the database makes the ids of new rows.
    pub(crate) fn is_made_by_database(self) -> bool {
        matches!(self, Self::Int | Self::BigInt)
    }

    /// What .NET has for keys that are kept so.
    pub(crate) fn key_type(self) -> KeyType {
        match self {
            Self::Text => KeyType::Text,
            Self::Guid | Self::UpperCaseGuid | Self::LowerCaseGuid | Self::GuidInDotnetOrder | Self::GuidInBytes => {
                KeyType::Guid
            }
            Self::Int => KeyType::Int,
            Self::BigInt => KeyType::BigInt,
        }
    }

    /// Whether ids that are kept so can be in a column of this type.
    pub(crate) fn fits(self, declared_type: &str) -> bool {
        Self::of(declared_type).is_some_and(|column| match self {
            Self::UpperCaseGuid => column == Self::Text,
            Self::Int | Self::BigInt => column.is_made_by_database(),
            _ => column == self,
        })
    }

    /// The id that .NET reads from a text in a link: of a Guid every form of `Guid.Parse` but the one in four parts, of a number
    /// also one with a sign, zeros or blanks around it. `None` where it reads none.
    pub(crate) fn read(self, text: &str) -> Option<Cow<'_, str>> {
        match self.key_type() {
            KeyType::Text => Some(Cow::Borrowed(text)),
            KeyType::Guid => Some(guid(text.trim())?.to_string().into()),
            KeyType::Int | KeyType::BigInt => Some(text.trim().parse::<i64>().ok()?.to_string().into()),
        }
    }

    /// An id in the form of its column. A text that is no id in this form becomes a null, which equals nothing.
    pub(super) fn value<'a>(self, value: Value<'a>) -> Value<'a> {
        let Value::Id(Id::Text(text)) = value else { return value };
        let guid = || Uuid::try_parse(text).ok().filter(|guid| is_written_as(text, *guid));
        Value::Id(match self {
            Self::Text => Id::Text(text),
            Self::Guid => Id::Guid(guid()),
            Self::UpperCaseGuid => Id::UpperCaseGuid(guid()),
            Self::LowerCaseGuid => Id::LowerCaseGuid(guid()),
            Self::GuidInDotnetOrder => Id::Bytes(guid().map(|guid| guid.to_bytes_le())),
            Self::GuidInBytes => Id::Bytes(guid().map(Uuid::into_bytes)),
            Self::Int | Self::BigInt => Id::Integer(integer(text)),
        })
    }
}

/// 32 hexadecimal digits, or the same with hyphens, which may be in brackets.
fn guid(text: &str) -> Option<Uuid> {
    const HYPHENATED: usize = 36;
    let within = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    match within('{', '}').or_else(|| within('(', ')')) {
        Some(text) => Uuid::try_parse(text).ok().filter(|_| text.len() == HYPHENATED),
        None => Uuid::try_parse(text)
            .ok()
            .filter(|_| matches!(text.len(), 32 | HYPHENATED)),
    }
}

/// Whether .NET would write it so: what else it can be read from is another id for whoever compares texts.
fn is_written_as(text: &str, guid: Uuid) -> bool {
    let mut buffer = Uuid::encode_buffer();
    *guid.hyphenated().encode_lower(&mut buffer) == *text
}

fn integer(text: &str) -> Option<i64> {
    let integer: i64 = text.parse().ok()?;
    (integer.to_string() == text).then_some(integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "0a3d6a7c-2b7e-4a6f-9d63-f0e1d2c3b4a5";

    fn id(keys: KeyForm, text: &str) -> Value<'_> {
        keys.value(Value::Id(Id::Text(text)))
    }

    #[test]
    fn an_id_is_sent_in_its_columns_form() {
        let guid: Uuid = GUID.parse().unwrap();
        let dotnet = [
            0x7c, 0x6a, 0x3d, 0x0a, 0x7e, 0x2b, 0x6f, 0x4a, 0x9d, 0x63, 0xf0, 0xe1, 0xd2, 0xc3, 0xb4, 0xa5,
        ];
        for (keys, sent) in [
            (KeyForm::Text, Id::Text(GUID)),
            (KeyForm::Guid, Id::Guid(Some(guid))),
            (KeyForm::UpperCaseGuid, Id::UpperCaseGuid(Some(guid))),
            (KeyForm::LowerCaseGuid, Id::LowerCaseGuid(Some(guid))),
            (KeyForm::GuidInDotnetOrder, Id::Bytes(Some(dotnet))),
            (KeyForm::GuidInBytes, Id::Bytes(Some(guid.into_bytes()))),
            (KeyForm::BigInt, Id::Integer(None)),
        ] {
            assert_eq!(id(keys, GUID), Value::Id(sent), "{keys:?}");
        }
        assert_eq!(id(KeyForm::BigInt, "-7"), Value::Id(Id::Integer(Some(-7))));
    }

    #[test]
    fn an_id_in_a_link_is_read_as_dotnet_reads_it() {
        let bare = GUID.replace('-', "");
        for text in [
            GUID,
            &GUID.to_uppercase(),
            &bare,
            &format!("{{{GUID}}}"),
            &format!("({GUID})"),
            &format!(" {GUID}\n"),
        ] {
            assert_eq!(KeyForm::Guid.read(text).as_deref(), Some(GUID), "{text}");
        }
        for text in [
            "",
            "x",
            &format!("{{{bare}}}"),
            &format!("({GUID}}}"),
            &format!("urn:uuid:{GUID}"),
        ] {
            assert_eq!(KeyForm::UpperCaseGuid.read(text), None, "{text}");
        }
        for text in ["7", "+7", " 007 "] {
            assert_eq!(KeyForm::Int.read(text).as_deref(), Some("7"), "{text}");
        }
        for text in ["", "7.0", "0x7", "9223372036854775808"] {
            assert_eq!(KeyForm::BigInt.read(text), None, "{text}");
        }
        let upper = GUID.to_uppercase();
        assert_eq!(KeyForm::Text.read(&upper).as_deref(), Some(&*upper));
    }

    #[test]
    fn what_dotnet_would_write_otherwise_is_nobodys_id() {
        for text in [
            "",
            "x",
            &GUID.to_uppercase(),
            &GUID.replace('-', ""),
            &format!("{{{GUID}}}"),
        ] {
            assert_eq!(id(KeyForm::Guid, text), Value::Id(Id::Guid(None)), "{text}");
        }
        for text in ["", "+7", "07", "7 ", "9223372036854775808"] {
            assert_eq!(id(KeyForm::BigInt, text), Value::Id(Id::Integer(None)), "{text}");
        }
    }

    #[test]
    fn other_values_stay_as_they_are() {
        for value in [Value::from("7"), Value::from(7), Value::from(true)] {
            assert_eq!(KeyForm::BigInt.value(value), value);
        }
    }
}
