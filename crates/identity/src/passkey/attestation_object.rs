//! What an authenticator says about a new passkey.

use std::collections::BTreeSet;

use super::cbor::{CborForm, CborReader, MalformedCbor};
use super::refusal::PasskeyRefusal;

/// An attestation object (WebAuthn 6.5). Its statement is kept, not verified: it says which make the authenticator is.
pub(super) struct AttestationObject<'b> {
    pub(super) authenticator_data: &'b [u8],
}

impl<'b> AttestationObject<'b> {
    /// Reads CBOR. As in .NET, other members are skipped, and so is what follows the object.
    pub(super) fn read(bytes: &'b [u8]) -> Result<Self, PasskeyRefusal> {
        let members = Members::read(bytes).map_err(|MalformedCbor| PasskeyRefusal::InvalidAttestationObjectFormat)?;
        if !members.has_format {
            return Err(PasskeyRefusal::MissingAttestationStatementFormat);
        }
        if !members.has_statement {
            return Err(PasskeyRefusal::MissingAttestationStatement);
        }
        let authenticator_data = members
            .authenticator_data
            .ok_or(PasskeyRefusal::MissingAuthenticatorData)?;
        Ok(Self { authenticator_data })
    }
}

#[derive(Default)]
struct Members<'b> {
    has_format: bool,
    has_statement: bool,
    authenticator_data: Option<&'b [u8]>,
}

impl<'b> Members<'b> {
    fn read(bytes: &'b [u8]) -> Result<Self, MalformedCbor> {
        let mut reader = CborReader::new(bytes, CborForm::Strict);
        let mut entries = reader.map()?;
        let mut keys = BTreeSet::new();
        let mut members = Self::default();
        while reader.has_next(&mut entries)? {
            let key = reader.text()?;
            if !keys.insert(key) {
                return Err(MalformedCbor);
            }
            match key {
                "fmt" => {
                    reader.text()?;
                    members.has_format = true;
                }
                "attStmt" => {
                    reader.skip()?;
                    members.has_statement = true;
                }
                "authData" => members.authenticator_data = Some(reader.bytes()?),
                _ => reader.skip()?,
            }
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<&[u8], PasskeyRefusal> {
        AttestationObject::read(bytes).map(|object| object.authenticator_data)
    }

    #[test]
    fn members_may_come_in_any_order_and_beside_others() {
        let whole = b"\xa4\x68authData\x41\x07\x61x\x81\x01\x67attStmt\xa0\x63fmt\x64none";
        assert_eq!(read(whole).unwrap(), [7]);
        let indefinite = b"\xbf\x63fmt\x64none\x67attStmt\xa0\x68authData\x40\xff";
        assert!(read(indefinite).unwrap().is_empty());
    }

    #[test]
    fn what_follows_the_object_does_not_matter() {
        assert_eq!(
            read(b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x41\x07\x00").unwrap(),
            [7]
        );
    }

    #[test]
    fn a_missing_member_is_named() {
        for (bytes, refusal) in [
            (&b"\xa0"[..], PasskeyRefusal::MissingAttestationStatementFormat),
            (b"\xa1\x63fmt\x60", PasskeyRefusal::MissingAttestationStatement),
            (
                b"\xa2\x63fmt\x60\x67attStmt\xa0",
                PasskeyRefusal::MissingAuthenticatorData,
            ),
        ] {
            assert_eq!(read(bytes).unwrap_err(), refusal);
        }
    }

    #[test]
    fn what_is_no_map_of_texts_without_two_equal_ones_is_refused() {
        for bytes in [
            &b""[..],
            b"\x80",
            b"\xa1\x01\x02",
            b"\xa1\x63fmt\x01",
            b"\xa2\x63fmt\x60\x63fmt\x60",
            b"\xa1\x68authData\x60",
            b"\xa3\x63fmt\x64none\x67attStmt\xa0",
        ] {
            assert_eq!(read(bytes).unwrap_err(), PasskeyRefusal::InvalidAttestationObjectFormat);
        }
    }
}
