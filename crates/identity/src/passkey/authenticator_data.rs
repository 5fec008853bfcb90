//! What an authenticator signs.

use super::cbor::{CborForm, CborReader};
use super::credential_id::CredentialId;
use super::public_key::CredentialPublicKey;
use super::refusal::PasskeyRefusal;

/// Authenticator data (WebAuthn 6.1).
pub(super) struct AuthenticatorData<'b> {
    pub(super) relying_party_id_hash: &'b [u8],
    flags: u8,
    pub(super) sign_count: u32,
    pub(super) attested_credential: Option<AttestedCredentialData<'b>>,
}

/// The new passkey in it (WebAuthn 6.5.2).
pub(super) struct AttestedCredentialData<'b> {
    pub(super) id: CredentialId,
    pub(super) public_key: CredentialPublicKey,
    /// As the authenticator wrote it.
    pub(super) public_key_bytes: &'b [u8],
}

const USER_PRESENT: u8 = 1 << 0;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const HAS_ATTESTED_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

impl<'b> AuthenticatorData<'b> {
    /// Nothing may follow it.
    pub(super) fn read(bytes: &'b [u8]) -> Result<Self, PasskeyRefusal> {
        let too_short = || PasskeyRefusal::InvalidAuthenticatorDataLength(bytes.len());
        let (relying_party_id_hash, rest) = bytes.split_at_checked(32).ok_or_else(too_short)?;
        let (flags, rest) = rest.split_first().ok_or_else(too_short)?;
        let (sign_count, mut rest) = rest.split_first_chunk().ok_or_else(too_short)?;
        let mut attested_credential = None;
        if flags & HAS_ATTESTED_CREDENTIAL != 0 {
            let (attested, behind) = AttestedCredentialData::read(rest)?;
            (attested_credential, rest) = (Some(attested), behind);
        }
        if flags & HAS_EXTENSIONS != 0 {
            let mut reader = CborReader::new(rest, CborForm::Strict);
            reader
                .skip()
                .map_err(|_| PasskeyRefusal::InvalidAuthenticatorDataFormat)?;
            rest = rest.get(reader.position()..).unwrap_or_default();
        }
        if !rest.is_empty() {
            return Err(PasskeyRefusal::InvalidAuthenticatorDataFormat);
        }
        Ok(Self {
            relying_party_id_hash,
            flags: *flags,
            sign_count: u32::from_be_bytes(*sign_count),
            attested_credential,
        })
    }

    pub(super) fn is_user_present(&self) -> bool {
        self.flags & USER_PRESENT != 0
    }

    pub(super) fn is_user_verified(&self) -> bool {
        self.flags & USER_VERIFIED != 0
    }

    pub(super) fn is_backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }

    pub(super) fn is_backed_up(&self) -> bool {
        self.flags & BACKED_UP != 0
    }
}

impl<'b> AttestedCredentialData<'b> {
    /// And what follows it.
    fn read(bytes: &'b [u8]) -> Result<(Self, &'b [u8]), PasskeyRefusal> {
        let too_short = || PasskeyRefusal::InvalidAttestedCredentialDataLength(bytes.len());
        // The first 16 bytes say which make the authenticator is.
        let (_, rest) = bytes.split_at_checked(16).ok_or_else(too_short)?;
        let (length, rest) = rest.split_first_chunk().ok_or_else(too_short)?;
        let length = usize::from(u16::from_be_bytes(*length));
        if length > CredentialId::MAX_LENGTH {
            return Err(PasskeyRefusal::InvalidCredentialIdLength(length));
        }
        let (id, rest) = rest
            .split_at_checked(length)
            .ok_or(PasskeyRefusal::InvalidAttestedCredentialDataFormat)?;
        let id = CredentialId::new(id).ok_or(PasskeyRefusal::InvalidCredentialIdLength(length))?;
        let (public_key, length) = CredentialPublicKey::read(rest)?;
        let (public_key_bytes, rest) = rest
            .split_at_checked(length)
            .ok_or(PasskeyRefusal::InvalidCredentialPublicKey)?;
        let attested = Self {
            id,
            public_key,
            public_key_bytes,
        };
        Ok((attested, rest))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(bytes: &[u8]) -> PasskeyRefusal {
        AuthenticatorData::read(bytes).map(drop).unwrap_err()
    }

    fn data(flags: u8, rest: &[u8]) -> Vec<u8> {
        [&[0; 32][..], &[flags], &[0, 0, 1, 2], rest].concat()
    }

    #[test]
    fn the_smallest_has_37_bytes() {
        let bytes = data(USER_PRESENT | BACKED_UP, b"");
        let read = AuthenticatorData::read(&bytes).unwrap();
        assert!(
            read.is_user_present() && read.is_backed_up() && !read.is_user_verified() && !read.is_backup_eligible()
        );
        assert_eq!(read.sign_count, 0x102);
        for length in 0..37 {
            assert_eq!(
                refusal(&bytes[..length]),
                PasskeyRefusal::InvalidAuthenticatorDataLength(length)
            );
        }
        assert_eq!(refusal(&data(0, b"\0")), PasskeyRefusal::InvalidAuthenticatorDataFormat);
    }

    #[test]
    fn extensions_are_one_value() {
        assert!(AuthenticatorData::read(&data(HAS_EXTENSIONS, b"\xa0")).is_ok());
        for extensions in [&b""[..], b"\xa1", b"\xa0\xa0"] {
            assert_eq!(
                refusal(&data(HAS_EXTENSIONS, extensions)),
                PasskeyRefusal::InvalidAuthenticatorDataFormat
            );
        }
    }

    #[test]
    fn an_attested_credential_that_is_cut_off_says_where() {
        let attested = |rest: &[u8]| refusal(&data(HAS_ATTESTED_CREDENTIAL, rest));
        assert_eq!(
            attested(&[0; 17]),
            PasskeyRefusal::InvalidAttestedCredentialDataLength(17)
        );
        assert_eq!(attested(&[0; 18]), PasskeyRefusal::InvalidCredentialPublicKey);
        let id = |length: [u8; 2]| attested(&[&[0; 16][..], &length].concat());
        assert_eq!(id([4, 0]), PasskeyRefusal::InvalidCredentialIdLength(1024));
        assert_eq!(id([0, 1]), PasskeyRefusal::InvalidAttestedCredentialDataFormat);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(rest: Vec<u8>, flags: u8) {
            let _ = AuthenticatorData::read(&data(flags, &rest));
        }
    }
}
