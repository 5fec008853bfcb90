//! The browser's answer: `PublicKeyCredential.toJSON()`.

use super::MAX_CREDENTIAL_JSON_LENGTH;
use super::json::{JsonValue, MalformedJson, Required};
use super::operation::PasskeyOperation;
use super::refusal::{PasskeyRefusal, shown};

/// An answer, with the response of a registration or of a sign-in.
pub(super) struct PublicKeyCredential<R> {
    pub(super) id: Vec<u8>,
    credential_type: String,
    pub(super) response: R,
}

/// The response of a registration.
#[derive(Default)]
pub(super) struct AttestationResponse {
    pub(super) client_data_json: Vec<u8>,
    pub(super) attestation_object: Vec<u8>,
    /// How the authenticator can be reached, as far as the browser knows.
    pub(super) transports: Transports,
}

#[derive(Default)]
pub(super) enum Transports {
    #[default]
    Unknown,
    Known(Vec<String>),
    Unusable,
}

/// The response of a sign-in.
#[derive(Default)]
pub(super) struct AssertionResponse {
    pub(super) client_data_json: Vec<u8>,
    pub(super) authenticator_data: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) user_handle: Option<Vec<u8>>,
}

/// The response in a kind of answer.
pub(super) trait Response: Default {
    const OPERATION: PasskeyOperation;
    const CREDENTIAL_TYPE_NAME: &'static str;

    fn read(value: &JsonValue<'_>) -> Result<Self, MalformedJson>;
}

const MAX_TRANSPORTS: usize = 16;
const MAX_TRANSPORT_LENGTH: usize = 64;

const ATTESTATION_RESPONSE: &str = "Microsoft.AspNetCore.Identity.AuthenticatorAttestationResponse";
const ASSERTION_RESPONSE: &str = "Microsoft.AspNetCore.Identity.AuthenticatorAssertionResponse";

impl<R: Response> PublicKeyCredential<R> {
    pub(super) fn read(json: &str) -> Result<Self, PasskeyRefusal> {
        if json.len() > MAX_CREDENTIAL_JSON_LENGTH {
            return Err(PasskeyRefusal::CredentialJsonTooLong(json.len()));
        }
        let malformed = |problem| PasskeyRefusal::InvalidCredentialJson(R::OPERATION, problem);
        let value = JsonValue::root(json).map_err(malformed)?;
        if value.is_null() {
            return Err(PasskeyRefusal::NullCredentialJson(R::OPERATION));
        }
        Self::read_members(&value).map_err(malformed)
    }

    fn read_members(value: &JsonValue<'_>) -> Result<Self, MalformedJson> {
        let type_name = R::CREDENTIAL_TYPE_NAME;
        let members = [
            ("id", Required::Yes),
            ("type", Required::Yes),
            ("clientExtensionResults", Required::Yes),
            ("response", Required::Yes),
            ("authenticatorAttachment", Required::No),
        ];
        let mut credential = Self {
            id: Vec::new(),
            credential_type: String::new(),
            response: R::default(),
        };
        value.members(type_name, members, |index, value| {
            match index {
                0 => credential.id = value.not_null("id", type_name)?.base64url()?,
                1 => credential.credential_type = value.not_null("type", type_name)?.string()?,
                2 => {}
                3 => credential.response = R::read(&value.not_null("response", type_name)?)?,
                _ => {
                    value.optional().map(|value| value.string()).transpose()?;
                }
            }
            Ok(())
        })?;
        Ok(credential)
    }

    pub(super) fn check_type(&self) -> Result<(), PasskeyRefusal> {
        if self.credential_type == "public-key" {
            Ok(())
        } else {
            Err(PasskeyRefusal::InvalidCredentialType(shown(&self.credential_type)))
        }
    }
}

impl Response for AttestationResponse {
    const OPERATION: PasskeyOperation = PasskeyOperation::Attestation;
    const CREDENTIAL_TYPE_NAME: &'static str = "Microsoft.AspNetCore.Identity.PublicKeyCredential`1\
         [Microsoft.AspNetCore.Identity.AuthenticatorAttestationResponse]";

    fn read(value: &JsonValue<'_>) -> Result<Self, MalformedJson> {
        let type_name = ATTESTATION_RESPONSE;
        let members = [
            ("attestationObject", Required::Yes),
            ("transports", Required::No),
            ("clientDataJSON", Required::Yes),
        ];
        let mut response = Self::default();
        value.members(type_name, members, |index, value| {
            match index {
                0 => response.attestation_object = value.not_null("attestationObject", type_name)?.base64url()?,
                1 => response.transports = Transports::read(value)?,
                _ => response.client_data_json = value.not_null("clientDataJSON", type_name)?.base64url()?,
            }
            Ok(())
        })?;
        Ok(response)
    }
}

impl Response for AssertionResponse {
    const OPERATION: PasskeyOperation = PasskeyOperation::Assertion;
    const CREDENTIAL_TYPE_NAME: &'static str = "Microsoft.AspNetCore.Identity.PublicKeyCredential`1\
         [Microsoft.AspNetCore.Identity.AuthenticatorAssertionResponse]";

    fn read(value: &JsonValue<'_>) -> Result<Self, MalformedJson> {
        let type_name = ASSERTION_RESPONSE;
        let members = [
            ("authenticatorData", Required::Yes),
            ("signature", Required::Yes),
            ("userHandle", Required::No),
            ("clientDataJSON", Required::Yes),
        ];
        let mut response = Self::default();
        value.members(type_name, members, |index, value| {
            match index {
                0 => response.authenticator_data = value.not_null("authenticatorData", type_name)?.base64url()?,
                1 => response.signature = value.not_null("signature", type_name)?.base64url()?,
                2 => response.user_handle = value.optional().map(|value| value.base64url()).transpose()?,
                _ => response.client_data_json = value.not_null("clientDataJSON", type_name)?.base64url()?,
            }
            Ok(())
        })?;
        Ok(response)
    }
}

impl Transports {
    fn read(value: JsonValue<'_>) -> Result<Self, MalformedJson> {
        let Some(value) = value.optional() else {
            return Ok(Self::Unknown);
        };
        // PostgreSQL's JSON cannot hold a null character.
        let can_be_kept = |text: &String| text.len() <= MAX_TRANSPORT_LENGTH && !text.contains('\0');
        let is_good = |transports: &Vec<String>| transports.iter().all(can_be_kept);
        let transports = value.strings(MAX_TRANSPORTS)?;
        Ok(transports.filter(is_good).map_or(Self::Unusable, Self::Known))
    }

    /// `None` if they are unknown.
    pub(super) fn into_known(self) -> Result<Option<Vec<String>>, PasskeyRefusal> {
        match self {
            Self::Unknown => Ok(None),
            Self::Known(transports) => Ok(Some(transports)),
            Self::Unusable => Err(PasskeyRefusal::UnusableTransports),
        }
    }
}
