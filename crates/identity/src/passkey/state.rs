//! The state of a ceremony, which waits on the server's side until the browser answers.

use data_encoding::BASE64;

use super::json::{JsonValue, MalformedJson, Required};
use super::operation::PasskeyOperation;
use super::refusal::PasskeyRefusal;
use crate::account::UserId;
use crate::text::encode_json;

/// Whom a passkey is made for, as the authenticator shows it (.NET's type of this name).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyUserEntity {
    /// The user's id, which the authenticator gives back at sign-in.
    pub id: UserId,
    /// The user's name.
    pub name: String,
    /// The same for people: often the same text.
    pub display_name: String,
}

/// The state of a registration (.NET's type of this name).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyAttestationState {
    /// What the authenticator is to sign.
    pub challenge: Vec<u8>,
    /// Whom the passkey is for.
    pub user_entity: PasskeyUserEntity,
    /// Whether a password manager may make it by itself (`mediation: "conditional"`, .NET 12).
    pub is_conditionally_mediated: bool,
}

/// The state of a sign-in (.NET's type of this name).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyAssertionState {
    /// What the authenticator is to sign.
    pub challenge: Vec<u8>,
    /// Who was asked, unless anybody may answer.
    pub user_id: Option<UserId>,
}

const ATTESTATION_STATE: &str = "Microsoft.AspNetCore.Identity.PasskeyAttestationState";
const ASSERTION_STATE: &str = "Microsoft.AspNetCore.Identity.PasskeyAssertionState";
const USER_ENTITY: &str = "Microsoft.AspNetCore.Identity.PasskeyUserEntity";

impl PasskeyAttestationState {
    /// As .NET 10 writes it.
    pub fn to_json(&self) -> String {
        let challenge = BASE64.encode(&self.challenge);
        let [id, name, display_name] = self.user_entity.encoded();
        let conditional = if self.is_conditionally_mediated {
            r#","isConditionallyMediated":true"#
        } else {
            ""
        };
        format!(
            r#"{{"challenge":"{challenge}","userEntity":{{"id":"{id}","name":"{name}","displayName":"{display_name}"}}{conditional}}}"#
        )
    }

    /// Reads what [`to_json`](Self::to_json) or .NET wrote.
    ///
    /// # Errors
    /// [`PasskeyRefusal::InvalidStateJson`], [`PasskeyRefusal::NullStateJson`].
    pub fn from_json(json: &str) -> Result<Self, PasskeyRefusal> {
        let members = [
            ("challenge", Required::Yes),
            ("userEntity", Required::Yes),
            ("isConditionallyMediated", Required::No),
        ];
        let (mut challenge, mut user_entity) = (Vec::new(), PasskeyUserEntity::empty());
        let mut is_conditionally_mediated = false;
        read_state(json, PasskeyOperation::Attestation, |state| {
            state.members(ATTESTATION_STATE, members, |index, value| {
                match index {
                    0 => challenge = read_challenge(&value)?,
                    1 => user_entity = PasskeyUserEntity::read(&value.not_null("userEntity", ATTESTATION_STATE)?)?,
                    _ => is_conditionally_mediated = value.boolean()?,
                }
                Ok(())
            })
        })?;
        Ok(Self {
            challenge,
            user_entity,
            is_conditionally_mediated,
        })
    }
}

impl PasskeyAssertionState {
    /// As .NET writes it.
    pub fn to_json(&self) -> String {
        let challenge = BASE64.encode(&self.challenge);
        match &self.user_id {
            Some(id) => format!(
                r#"{{"challenge":"{challenge}","userId":"{}"}}"#,
                encode_json(id.as_str())
            ),
            None => format!(r#"{{"challenge":"{challenge}"}}"#),
        }
    }

    /// Reads what [`to_json`](Self::to_json) or .NET wrote.
    ///
    /// # Errors
    /// [`PasskeyRefusal::InvalidStateJson`], [`PasskeyRefusal::NullStateJson`].
    pub fn from_json(json: &str) -> Result<Self, PasskeyRefusal> {
        let members = [("challenge", Required::Yes), ("userId", Required::No)];
        let (mut challenge, mut user_id) = (Vec::new(), None);
        read_state(json, PasskeyOperation::Assertion, |state| {
            state.members(ASSERTION_STATE, members, |index, value| {
                match index {
                    0 => challenge = read_challenge(&value)?,
                    _ => user_id = value.optional().map(|value| value.string()).transpose()?,
                }
                Ok(())
            })
        })?;
        let user_id = user_id.map(UserId::from_stored);
        Ok(Self { challenge, user_id })
    }
}

impl PasskeyUserEntity {
    /// Its texts as JSON has them.
    pub(super) fn encoded(&self) -> [String; 3] {
        [self.id.as_str(), &self.name, &self.display_name].map(|text| encode_json(text).into_owned())
    }

    fn empty() -> Self {
        Self {
            id: UserId::from_stored(""),
            name: String::new(),
            display_name: String::new(),
        }
    }

    fn read(value: &JsonValue<'_>) -> Result<Self, MalformedJson> {
        let members = [
            ("id", Required::Yes),
            ("name", Required::Yes),
            ("displayName", Required::Yes),
        ];
        let mut entity = Self::empty();
        value.members(USER_ENTITY, members, |index, value| {
            match index {
                0 => entity.id = UserId::from_stored(value.not_null("id", USER_ENTITY)?.string()?),
                1 => entity.name = value.not_null("name", USER_ENTITY)?.string()?,
                _ => entity.display_name = value.not_null("displayName", USER_ENTITY)?.string()?,
            }
            Ok(())
        })?;
        Ok(entity)
    }
}

fn read_state(
    json: &str,
    operation: PasskeyOperation,
    read: impl FnOnce(&JsonValue<'_>) -> Result<(), MalformedJson>,
) -> Result<(), PasskeyRefusal> {
    let malformed = |problem| PasskeyRefusal::InvalidStateJson(operation, problem);
    let value = JsonValue::root(json).map_err(malformed)?;
    if value.is_null() {
        return Err(PasskeyRefusal::NullStateJson);
    }
    read(&value).map_err(malformed)
}

fn read_challenge(value: &JsonValue<'_>) -> Result<Vec<u8>, MalformedJson> {
    let text = value.string()?;
    BASE64
        .decode(text.as_bytes())
        .map_err(|_| value.wrong_type("System.ReadOnlyMemory`1[System.Byte]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_as_they_were_written() {
        for is_conditionally_mediated in [false, true] {
            let state = PasskeyAttestationState {
                challenge: vec![0xFB; 32],
                user_entity: PasskeyUserEntity {
                    id: UserId::from_stored("1"),
                    name: "ada+1@example.test".to_owned(),
                    display_name: "Ada \"é\"".to_owned(),
                },
                is_conditionally_mediated,
            };
            assert_eq!(PasskeyAttestationState::from_json(&state.to_json()), Ok(state));
        }
        for user_id in [None, Some(UserId::from_stored("<1>"))] {
            let challenge = vec![1; 16];
            let state = PasskeyAssertionState { challenge, user_id };
            assert_eq!(PasskeyAssertionState::from_json(&state.to_json()), Ok(state));
        }
    }

    #[test]
    fn what_is_no_state_is_refused() {
        for json in [
            "",
            "{}",
            r#"{"challenge":"!"}"#,
            r#"{"challenge":null}"#,
            r#"{"challenge":"AAAA","userId":1}"#,
        ] {
            assert!(PasskeyAssertionState::from_json(json).is_err(), "{json}");
            assert!(PasskeyAttestationState::from_json(json).is_err(), "{json}");
        }
        assert_eq!(
            PasskeyAssertionState::from_json("null"),
            Err(PasskeyRefusal::NullStateJson)
        );
    }
}
