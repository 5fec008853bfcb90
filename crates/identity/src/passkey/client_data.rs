//! What the browser did.

use subtle::ConstantTimeEq;

use super::json::{JsonValue, MalformedJson, Required};
use super::operation::PasskeyOperation;
use super::origin::is_origin_of_request;
use super::refusal::{PasskeyRefusal, shown};
use super::relying_party::PasskeyRequest;
use crate::options::PasskeyOptions;

/// The client data (WebAuthn 5.8.1).
#[derive(Default)]
pub(super) struct ClientData {
    data_type: String,
    challenge: Vec<u8>,
    origin: String,
    is_cross_origin: bool,
    token_binding_status: Option<String>,
}

const CLIENT_DATA: &str = "Microsoft.AspNetCore.Identity.CollectedClientData";
const TOKEN_BINDING: &str = "Microsoft.AspNetCore.Identity.TokenBinding";

impl ClientData {
    /// Reads client data, and checks that they are of this ceremony.
    pub(super) fn check(
        json: &[u8],
        operation: PasskeyOperation,
        challenge: &[u8],
        options: &PasskeyOptions,
        request: PasskeyRequest<'_>,
    ) -> Result<(), PasskeyRefusal> {
        let client_data = Self::read(json)?;
        let expected = operation.client_data_type();
        if client_data.data_type != expected {
            let actual = shown(&client_data.data_type);
            return Err(PasskeyRefusal::InvalidClientDataType { expected, actual });
        }
        if !bool::from(client_data.challenge.ct_eq(challenge)) {
            return Err(PasskeyRefusal::InvalidChallenge);
        }
        if client_data.is_cross_origin || !is_origin_of_request(&client_data.origin, options, request) {
            return Err(PasskeyRefusal::InvalidOrigin(shown(&client_data.origin)));
        }
        match client_data.token_binding_status.as_deref() {
            None | Some("supported" | "present" | "not-supported") => Ok(()),
            Some(status) => Err(PasskeyRefusal::InvalidTokenBindingStatus(shown(status))),
        }
    }

    fn read(json: &[u8]) -> Result<Self, PasskeyRefusal> {
        let malformed = PasskeyRefusal::InvalidClientDataJson;
        let json = str::from_utf8(json).map_err(|_| malformed(MalformedJson::Syntax))?;
        let value = JsonValue::root(json).map_err(malformed)?;
        if value.is_null() {
            return Err(PasskeyRefusal::NullClientDataJson);
        }
        Self::read_members(&value).map_err(malformed)
    }

    fn read_members(value: &JsonValue<'_>) -> Result<Self, MalformedJson> {
        let members = [
            ("type", Required::Yes),
            ("challenge", Required::Yes),
            ("origin", Required::Yes),
            ("crossOrigin", Required::No),
            ("topOrigin", Required::No),
            ("tokenBinding", Required::No),
        ];
        let mut client_data = Self::default();
        value.members(CLIENT_DATA, members, |index, value| {
            match index {
                0 => client_data.data_type = value.not_null("type", CLIENT_DATA)?.string()?,
                1 => client_data.challenge = value.not_null("challenge", CLIENT_DATA)?.base64url()?,
                2 => client_data.origin = value.not_null("origin", CLIENT_DATA)?.string()?,
                3 => client_data.is_cross_origin = value.optional().map_or(Ok(false), |value| value.boolean())?,
                4 => drop(value.optional().map(|value| value.string()).transpose()?),
                _ => client_data.token_binding_status = value.optional().map(token_binding_status).transpose()?,
            }
            Ok(())
        })?;
        Ok(client_data)
    }
}

fn token_binding_status(value: JsonValue<'_>) -> Result<String, MalformedJson> {
    let mut status = String::new();
    let members = [("status", Required::Yes), ("id", Required::No)];
    value.members(TOKEN_BINDING, members, |index, value| {
        match index {
            0 => status = value.not_null("status", TOKEN_BINDING)?.string()?,
            _ => drop(value.optional().map(|value| value.string()).transpose()?),
        }
        Ok(())
    })?;
    Ok(status)
}
