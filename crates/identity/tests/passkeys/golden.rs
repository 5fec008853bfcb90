//! The recorded ceremonies.

use std::{fs, path::PathBuf, sync::Arc};

use serde::Deserialize;
use time::{Duration, OffsetDateTime, macros::datetime};
use wicketgate_identity::options::{
    AttestationConveyancePreference, AuthenticatorAttachment, PasskeyOptions, ResidentKeyRequirement,
    UserVerificationRequirement,
};
use wicketgate_identity::passkey::{CoseAlgorithm, PasskeyOperation, PasskeyRequest};
use wicketgate_identity::ticket::{CookieScheme, Ticket, TicketFormat};
use wicketgate_protection::{DataProtection, FolderKeyRepository, KeyRing, KeyRingOptions, ManualClock, SeededRandom};

/// When everything was written.
pub(crate) const WRITTEN: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

#[derive(Deserialize)]
struct Goldens {
    ceremonies: Vec<Ceremony>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ceremony {
    pub(crate) kind: Kind,
    pub(crate) about: String,
    settings: Settings,
    host: String,
    origin: Option<String>,
    /// Of a registration.
    pub(crate) user_id: Option<String>,
    pub(crate) user_name: Option<String>,
    pub(crate) asked_user_id: Option<String>,
    pub(crate) options_json: Option<String>,
    pub(crate) state: Option<State>,
    pub(crate) credential_json: String,
    pub(crate) name: Option<String>,
    pub(crate) row: Option<String>,
    pub(crate) row_before: Option<String>,
    pub(crate) row_after: Option<String>,
    pub(crate) succeeded: bool,
    pub(crate) failure: Option<String>,
    pub(crate) thrown: Option<String>,
    pub(crate) result: Option<String>,
    pub(crate) updated: Option<Updated>,
    pub(crate) entity: Option<Entity>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Attestation,
    Assertion,
    SignIn,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Settings {
    #[serde(rename = "timeout")]
    timeout: String,
    challenge_size: usize,
    server_domain: Option<String>,
    user_verification_requirement: Option<String>,
    resident_key_requirement: Option<String>,
    attestation_conveyance_preference: Option<String>,
    authenticator_attachment: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct State {
    pub(crate) cookie: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Updated {
    pub(crate) sign_count: u32,
    pub(crate) is_backed_up: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Entity {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) display_name: String,
}

pub(crate) fn ceremonies() -> Vec<Ceremony> {
    let text = fs::read_to_string(path("passkeys.json")).unwrap();
    let goldens: Goldens = serde_json::from_str(&text).unwrap();
    assert_eq!(goldens.ceremonies.len(), 198);
    goldens.ceremonies
}

pub(crate) fn path(name: &str) -> PathBuf {
    let goldens = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../conformance/goldens/passkeys");
    goldens.join(name)
}

impl Ceremony {
    pub(crate) fn options(&self) -> PasskeyOptions {
        let settings = &self.settings;
        let seconds = settings
            .timeout
            .split(':')
            .fold(0, |seconds, part| seconds * 60 + part.parse::<i64>().unwrap());
        // A function in .NET, which no recording shows.
        let algorithms = if self.about.starts_with("only ES256") {
            vec![CoseAlgorithm::Es256]
        } else {
            CoseAlgorithm::DOTNET.to_vec()
        };
        PasskeyOptions {
            authenticator_timeout: Duration::seconds(seconds),
            challenge_size: settings.challenge_size,
            server_domain: settings.server_domain.clone(),
            user_verification_requirement: settings
                .user_verification_requirement
                .as_deref()
                .map(|name| match name {
                    "required" => UserVerificationRequirement::Required,
                    "preferred" => UserVerificationRequirement::Preferred,
                    "discouraged" => UserVerificationRequirement::Discouraged,
                    _ => panic!("{name}"),
                }),
            resident_key_requirement: settings.resident_key_requirement.as_deref().map(|name| match name {
                "required" => ResidentKeyRequirement::Required,
                "preferred" => ResidentKeyRequirement::Preferred,
                "discouraged" => ResidentKeyRequirement::Discouraged,
                _ => panic!("{name}"),
            }),
            attestation_conveyance_preference: settings.attestation_conveyance_preference.as_deref().map(|name| {
                assert_eq!(name, "direct");
                AttestationConveyancePreference::Direct
            }),
            authenticator_attachment: settings.authenticator_attachment.as_deref().map(|name| {
                assert_eq!(name, "platform");
                AuthenticatorAttachment::Platform
            }),
            algorithms,
            ..PasskeyOptions::default()
        }
    }

    pub(crate) fn request(&self) -> PasskeyRequest<'_> {
        PasskeyRequest {
            host: &self.host,
            origin: self.origin.as_deref(),
        }
    }

    pub(crate) fn operation(&self) -> PasskeyOperation {
        match self.kind {
            Kind::Attestation => PasskeyOperation::Attestation,
            Kind::Assertion | Kind::SignIn => PasskeyOperation::Assertion,
        }
    }

    /// The ticket in the cookie that was made with the options.
    pub(crate) async fn ticket(&self) -> Option<Ticket> {
        open(&self.state.as_ref()?.cookie).await
    }

    /// The ticket in the cookie that came with the answer: the recording's words say where it is another one.
    pub(crate) async fn answered_ticket(&self) -> Option<Ticket> {
        match self.about.as_str() {
            "no ceremony" => None,
            "a broken state" => {
                let mut cookie = self.state.as_ref()?.cookie.clone();
                cookie.truncate(cookie.len() - 4);
                open(&cookie).await
            }
            "the ceremony of an assertion" => Some(PasskeyOperation::Assertion.ticket(String::new())),
            "the ceremony of a registration" => Some(PasskeyOperation::Attestation.ticket(String::new())),
            _ => self.ticket().await,
        }
    }
}

async fn open(cookie: &str) -> Option<Ticket> {
    let format = TicketFormat::cookies(&protection(), CookieScheme::TwoFactorUserId);
    format.open(cookie).await.unwrap()
}

/// The data protection that sealed the cookies.
fn protection() -> DataProtection {
    let options = KeyRingOptions {
        auto_generate_keys: false,
        ..KeyRingOptions::default()
    };
    let ring = KeyRing::new(
        Arc::new(FolderKeyRepository::new(path("keys"))),
        options,
        Arc::new(ManualClock::at(WRITTEN)),
        Arc::new(SeededRandom::new(1)),
    );
    DataProtection::new(Arc::new(ring), Some("passkeys"))
}
