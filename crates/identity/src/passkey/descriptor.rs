//! Passkeys in a browser's options.

use super::user_passkey::UserPasskey;
use crate::text::encode_json;

/// The passkeys as `allowCredentials` and `excludeCredentials` have them.
pub(super) fn to_descriptors(passkeys: &[UserPasskey]) -> String {
    let descriptors: Vec<_> = passkeys.iter().map(to_descriptor).collect();
    descriptors.join(",")
}

fn to_descriptor(passkey: &UserPasskey) -> String {
    let transports = passkey.transports.iter().flatten();
    let transports: Vec<_> = transports.map(|text| format!("\"{}\"", encode_json(text))).collect();
    let (id, transports) = (&passkey.credential_id, transports.join(","));
    format!(r#"{{"type":"public-key","id":"{id}","transports":[{transports}]}}"#)
}
