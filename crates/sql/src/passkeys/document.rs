//! The JSON document in a passkey's row, as EF Core writes it: members in the order of their names, null where there is nothing.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use wicketgate_identity::passkey::{CredentialId, UserPasskey, VerifiedAssertion};
use wicketgate_identity::text::encode_json;

use super::form::DocumentForm;
use crate::database_error::DatabaseError;

/// Writes the document of a new passkey.
pub(super) fn write(passkey: &UserPasskey, form: DocumentForm) -> String {
    let bytes = |bytes: &[u8]| format!("\"{}\"", form.write_bytes(bytes));
    let transports = passkey.transports.as_ref().map(|transports| {
        let transports: Vec<String> = transports.iter().map(|text| json_text(text)).collect();
        format!("[{}]", transports.join(","))
    });
    let members = [
        ("AttestationObject", bytes(&passkey.attestation_object)),
        ("ClientDataJson", bytes(&passkey.client_data_json)),
        ("CreatedAt", format!("\"{}\"", form.write_instant(passkey.created_at))),
        ("IsBackedUp", passkey.is_backed_up.to_string()),
        ("IsBackupEligible", passkey.is_backup_eligible.to_string()),
        ("IsUserVerified", passkey.is_user_verified.to_string()),
        ("Name", text_or_null(passkey.name.as_deref())),
        ("PublicKey", bytes(&passkey.public_key)),
        ("SignCount", passkey.sign_count.to_string()),
        ("Transports", transports.unwrap_or_else(|| "null".to_owned())),
    ];
    join(members.iter().map(|(name, value)| (*name, value.as_str())))
}

/// What is read of a document, whatever else is in it and in whichever order.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    attestation_object: String,
    client_data_json: String,
    created_at: String,
    #[serde(default)]
    is_backed_up: bool,
    #[serde(default)]
    is_backup_eligible: bool,
    #[serde(default)]
    is_user_verified: bool,
    name: Option<String>,
    public_key: String,
    #[serde(default)]
    sign_count: u32,
    transports: Option<Vec<String>>,
}

/// Reads a passkey.
pub(super) fn read(
    credential_id: CredentialId,
    document: &str,
    form: DocumentForm,
) -> Result<UserPasskey, DatabaseError> {
    let document: Document = serde_json::from_str(document).map_err(|_| unreadable())?;
    let bytes = |text: &str| form.read_bytes(text).ok_or_else(unreadable);
    Ok(UserPasskey {
        credential_id,
        public_key: bytes(&document.public_key)?,
        created_at: DocumentForm::read_instant(&document.created_at).ok_or_else(unreadable)?,
        sign_count: document.sign_count,
        is_user_verified: document.is_user_verified,
        is_backup_eligible: document.is_backup_eligible,
        is_backed_up: document.is_backed_up,
        attestation_object: bytes(&document.attestation_object)?,
        client_data_json: bytes(&document.client_data_json)?,
        name: document.name,
        transports: document.transports,
    })
}

/// The document after a sign-in.
pub(super) fn used(document: &str, verified: VerifiedAssertion) -> Result<String, DatabaseError> {
    let (backed_up, count) = (verified.is_backed_up.to_string(), verified.sign_count.to_string());
    set(document, &[("IsBackedUp", &backed_up), ("SignCount", &count)])
}

/// The document with another name.
pub(super) fn renamed(document: &str, name: Option<&str>) -> Result<String, DatabaseError> {
    set(document, &[("Name", &text_or_null(name))])
}

/// Every other member stays as it is and where it is, those of newer versions too.
fn set(document: &str, changes: &[(&str, &str)]) -> Result<String, DatabaseError> {
    let Members(mut members) = serde_json::from_str(document).map_err(|_| unreadable())?;
    for (name, value) in changes {
        match members.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => members.push(((*name).to_owned(), value)),
        }
    }
    Ok(join(members.iter().map(|(name, value)| (name.as_str(), *value))))
}

fn join<'a>(members: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let members: Vec<String> = members
        .map(|(name, value)| format!("{}:{value}", json_text(name)))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn json_text(text: &str) -> String {
    format!("\"{}\"", encode_json(text))
}

fn text_or_null(text: Option<&str>) -> String {
    text.map_or_else(|| "null".to_owned(), json_text)
}

fn unreadable() -> DatabaseError {
    DatabaseError::Failed("a row of AspNetUserPasskeys cannot be read".into())
}

/// The members of a document in their order, with their values as they are written.
struct Members<'d>(Vec<(String, &'d str)>);

impl<'d> Deserialize<'d> for Members<'d> {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'d> Visitor<'d> for MembersVisitor {
    type Value = Members<'d>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'d>>(self, mut map: A) -> Result<Members<'d>, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            members.push((name, value.get()));
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_DOTNET_11: &str = r#"{"Aaguid":null,"AttestationObject":"AA","ClientDataJson":"7B7D","CreatedAt":"2026-01-02 03:04:05+00:00","IsBackedUp":false,"IsBackupEligible":true,"IsUserVerified":true,"Name":"caf\u00E9","PublicKey":"","SignCount":7,"Transports":["usb"]}"#;

    #[test]
    fn members_that_are_not_known_are_kept_where_they_are() {
        let verified = VerifiedAssertion {
            sign_count: 9,
            is_backed_up: true,
            is_user_verified: false,
        };
        let expected = OF_DOTNET_11.replace("\"SignCount\":7", "\"SignCount\":9");
        let expected = expected.replace("\"IsBackedUp\":false", "\"IsBackedUp\":true");
        assert_eq!(used(OF_DOTNET_11, verified).unwrap(), expected);
        let expected = OF_DOTNET_11.replace(r"caf\u00E9", r"\u003C\u003E");
        assert_eq!(renamed(OF_DOTNET_11, Some("<>")).unwrap(), expected);
        assert_eq!(
            renamed(r#"{"X": [1, 2]}"#, None).unwrap(),
            r#"{"X":[1, 2],"Name":null}"#
        );
    }

    #[test]
    fn members_may_come_in_any_order_and_be_missing() {
        let document = r#"{"PublicKey": "pA==", "X": {}, "ClientDataJson": "e30=", "AttestationObject": "", "CreatedAt": "2026-01-02T03:04:05+00:00"}"#;
        let id = CredentialId::new([1]).unwrap();
        let passkey = read(id.clone(), document, DocumentForm::Common).unwrap();
        assert_eq!(
            (passkey.public_key, passkey.client_data_json),
            (vec![0xA4], b"{}".to_vec())
        );
        assert_eq!((passkey.sign_count, passkey.name, passkey.transports), (0, None, None));
        for document in ["", "[]", "{}", r#"{"PublicKey":1}"#] {
            assert!(read(id.clone(), document, DocumentForm::Common).is_err(), "{document}");
        }
    }

    #[test]
    fn a_document_is_read_as_it_was_written() {
        for form in [DocumentForm::Common, DocumentForm::Postgres, DocumentForm::Sqlite] {
            let id = CredentialId::new([1, 2]).unwrap();
            let passkey = read(id.clone(), OF_DOTNET_11, DocumentForm::Sqlite).unwrap();
            assert_eq!(read(id, &write(&passkey, form), form).unwrap(), passkey);
        }
        let passkey = read(CredentialId::new([]).unwrap(), OF_DOTNET_11, DocumentForm::Sqlite).unwrap();
        assert_eq!(
            write(&passkey, DocumentForm::Sqlite),
            OF_DOTNET_11.replace(r#""Aaguid":null,"#, "")
        );
    }
}
