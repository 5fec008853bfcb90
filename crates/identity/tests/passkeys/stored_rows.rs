//! The rows that .NET wrote, and whose they are.

use data_encoding::{BASE64URL_NOPAD, HEXUPPER};
use serde::Deserialize;
use wicketgate_identity::passkey::{CredentialId, UserPasskey};

use crate::golden::{Ceremony, Kind, WRITTEN};

/// What EF Core wrote on SQLite.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    attestation_object: String,
    client_data_json: String,
    created_at: String,
    is_backed_up: bool,
    is_backup_eligible: bool,
    is_user_verified: bool,
    name: Option<String>,
    public_key: String,
    sign_count: u32,
    transports: Option<Vec<String>>,
}

/// Whose passkeys there are, in the order in which they were registered.
#[derive(Default)]
pub(crate) struct Registered {
    passkeys: Vec<(String, UserPasskey)>,
}

pub(crate) fn passkey(credential_id: CredentialId, row: &str) -> UserPasskey {
    let row: Row = serde_json::from_str(row).unwrap();
    let bytes = |text: &str| HEXUPPER.decode(text.as_bytes()).unwrap();
    assert_eq!(row.created_at, "2026-01-02 03:04:05+00:00");
    UserPasskey {
        credential_id,
        public_key: bytes(&row.public_key),
        name: row.name,
        created_at: WRITTEN,
        sign_count: row.sign_count,
        transports: row.transports,
        is_user_verified: row.is_user_verified,
        is_backup_eligible: row.is_backup_eligible,
        is_backed_up: row.is_backed_up,
        attestation_object: bytes(&row.attestation_object),
        client_data_json: bytes(&row.client_data_json),
    }
}

impl Registered {
    /// Keeps what a ceremony registered.
    pub(crate) fn add(&mut self, ceremony: &Ceremony) {
        if let (Kind::Attestation, Some(row)) = (ceremony.kind, &ceremony.row) {
            let passkey = passkey(answered_id(ceremony), row);
            self.passkeys.push((ceremony.user_id.clone().unwrap(), passkey));
        }
    }

    pub(crate) fn of(&self, user: &str) -> Vec<UserPasskey> {
        let own = self.passkeys.iter().filter(|(owner, _)| owner == user);
        own.map(|(_, passkey)| passkey.clone()).collect()
    }

    pub(crate) fn has(&self, id: &CredentialId) -> bool {
        self.passkeys.iter().any(|(_, passkey)| passkey.credential_id == *id)
    }

    /// The passkey of this user with this id, as it was before the ceremony.
    pub(crate) fn find(&self, ceremony: &Ceremony, user: &str, id: &CredentialId) -> Option<UserPasskey> {
        let (owner, known) = self.passkeys.iter().find(|(_, passkey)| passkey.credential_id == *id)?;
        let row = ceremony.row_before.as_ref()?;
        let before = passkey(id.clone(), row);
        let is_this = before.attestation_object == known.attestation_object;
        let stored = if is_this { before } else { known.clone() };
        (owner == user).then_some(stored)
    }
}

/// The id in the browser's answer.
pub(crate) fn answered_id(ceremony: &Ceremony) -> CredentialId {
    let answer: serde_json::Value = serde_json::from_str(&ceremony.credential_json).unwrap();
    let id = BASE64URL_NOPAD
        .decode(answer["id"].as_str().unwrap().as_bytes())
        .unwrap();
    CredentialId::new(id).unwrap()
}
