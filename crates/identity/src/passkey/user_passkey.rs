//! Passkeys that users have.

use time::OffsetDateTime;

use super::credential_id::CredentialId;

/// A user's passkey (.NET's `UserPasskeyInfo`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPasskey {
    /// Its id, which no other passkey has.
    pub credential_id: CredentialId,
    /// Its public key, as the authenticator wrote it (a COSE key).
    pub public_key: Vec<u8>,
    /// What the user calls it.
    pub name: Option<String>,
    /// When it was registered, in UTC and whole ticks of 100 nanoseconds.
    pub created_at: OffsetDateTime,
    /// The authenticator's counter at the last sign-in: 0 if it has none.
    pub sign_count: u32,
    /// How the authenticator can be reached, such as `internal` and `usb`, as far as the browser knew.
    pub transports: Option<Vec<String>>,
    /// Whether the authenticator made sure who its user is when the passkey was registered.
    pub is_user_verified: bool,
    /// Whether the passkey can be on several devices.
    pub is_backup_eligible: bool,
    /// Whether it was on several devices at the last sign-in.
    pub is_backed_up: bool,
    /// What the authenticator said about it.
    pub attestation_object: Vec<u8>,
    /// What the browser said about it.
    pub client_data_json: Vec<u8>,
}

impl UserPasskey {
    /// How many passkeys a user may have: 100, as in .NET's templates.
    pub const MAX_PER_USER: usize = 100;
    /// The longest name, in UTF-16 code units: 200, as in .NET's templates.
    pub const MAX_NAME_LENGTH: usize = 200;

    /// Whether a passkey may have this name. A null character is nothing that every database could keep.
    pub fn is_name(name: &str) -> bool {
        name.encode_utf16().count() <= Self::MAX_NAME_LENGTH && !name.contains('\0')
    }
}
