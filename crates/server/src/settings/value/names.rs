//! Values that go by names: switches, kinds, endpoints.

use wicketgate_axum::{
    Endpoint,
    options::{CookieSecurePolicy, SameSite},
};
use wicketgate_identity::{
    mail::EmailTexts,
    options::{
        AttestationConveyancePreference, AuthenticatorAttachment, ColumnNaming, KeyType, Profile,
        ResidentKeyRequirement, SchemaVersion, UserVerificationRequirement,
    },
    passkey::CoseAlgorithm,
};
use wicketgate_sql::Pooler;

use super::{Refused, SettingValue};
use crate::settings::password_hashes::CompatibilityMode;
use crate::settings::sections::{KeyStore, LogClientAddress, LogFormat, LogLevel};

impl SettingValue for bool {
    fn parse(text: &str) -> Result<Self, Refused> {
        one_of(text, &[("true", true), ("false", false)])
    }
    fn takes() -> String {
        "true or false".to_owned()
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

/// Enums, by the names of their values.
macro_rules! names {
    ($($type:ty { $($name:literal => $value:expr),* $(,)? })*) => {$(
        impl SettingValue for $type {
            fn parse(text: &str) -> Result<Self, Refused> {
                one_of(text, &[$(($name, $value)),*])
            }
            fn takes() -> String {
                let names = [$($name),*];
                let (last, others) = names.split_last().unwrap_or((&"", &[]));
                format!("{} or {last}", others.join(", "))
            }
            fn show(&self) -> String {
                [$(($name, $value)),*]
                    .into_iter()
                    .find(|(_, value)| value == self)
                    .map(|(name, _)| name.to_owned())
                    .unwrap_or_default()
            }
        }
    )*};
}

names! {
    Profile {
        "compatible" => Profile::Compatible,
        "strict" => Profile::Strict,
    }
    LogLevel {
        "off" => LogLevel::Off,
        "error" => LogLevel::Error,
        "warn" => LogLevel::Warn,
        "info" => LogLevel::Info,
        "debug" => LogLevel::Debug,
        "trace" => LogLevel::Trace,
    }
    LogFormat {
        "text" => LogFormat::Text,
        "json" => LogFormat::Json,
    }
    LogClientAddress {
        "full" => LogClientAddress::Full,
        "prefix" => LogClientAddress::Prefix,
        "off" => LogClientAddress::Off,
    }
    Pooler {
        "none" => Pooler::None,
        "transaction" => Pooler::Transaction,
    }
    ColumnNaming {
        "auto" => ColumnNaming::Auto,
        "snake_case" => ColumnNaming::SnakeCase,
    }
    KeyStore {
        "auto" => KeyStore::Auto,
        "folder" => KeyStore::Folder,
        "database" => KeyStore::Database,
    }
    EmailTexts {
        "aspnetcore-10" => EmailTexts::AspNetCore10,
        "aspnetcore-11" => EmailTexts::AspNetCore11,
    }
    SameSite {
        "Unspecified" => SameSite::Unspecified,
        "None" => SameSite::None,
        "Lax" => SameSite::Lax,
        "Strict" => SameSite::Strict,
    }
    CookieSecurePolicy {
        "SameAsRequest" => CookieSecurePolicy::SameAsRequest,
        "Always" => CookieSecurePolicy::Always,
        "None" => CookieSecurePolicy::None,
    }
    CompatibilityMode {
        "IdentityV2" => CompatibilityMode::IdentityV2,
        "IdentityV3" => CompatibilityMode::IdentityV3,
        "Argon2id" => CompatibilityMode::Argon2id,
    }
    SchemaVersion {
        "1" => SchemaVersion::V1,
        "2" => SchemaVersion::V2,
        "3" => SchemaVersion::V3,
    }
    UserVerificationRequirement {
        "required" => UserVerificationRequirement::Required,
        "preferred" => UserVerificationRequirement::Preferred,
        "discouraged" => UserVerificationRequirement::Discouraged,
    }
    ResidentKeyRequirement {
        "required" => ResidentKeyRequirement::Required,
        "preferred" => ResidentKeyRequirement::Preferred,
        "discouraged" => ResidentKeyRequirement::Discouraged,
    }
    AttestationConveyancePreference {
        "none" => AttestationConveyancePreference::None,
        "indirect" => AttestationConveyancePreference::Indirect,
        "direct" => AttestationConveyancePreference::Direct,
        "enterprise" => AttestationConveyancePreference::Enterprise,
    }
    AuthenticatorAttachment {
        "platform" => AuthenticatorAttachment::Platform,
        "cross-platform" => AuthenticatorAttachment::CrossPlatform,
    }
    CoseAlgorithm {
        "ES256" => CoseAlgorithm::Es256,
        "PS256" => CoseAlgorithm::Ps256,
        "ES384" => CoseAlgorithm::Es384,
        "PS384" => CoseAlgorithm::Ps384,
        "PS512" => CoseAlgorithm::Ps512,
        "RS256" => CoseAlgorithm::Rs256,
        "ES512" => CoseAlgorithm::Es512,
        "RS384" => CoseAlgorithm::Rs384,
        "RS512" => CoseAlgorithm::Rs512,
        "EdDSA" => CoseAlgorithm::EdDsa,
    }
    KeyType {
        "text" => KeyType::Text,
        "guid" => KeyType::Guid,
        "int" => KeyType::Int,
        "bigint" => KeyType::BigInt,
    }
}

/// An endpoint goes by its path, with or without the slash in front.
impl SettingValue for Endpoint {
    fn parse(text: &str) -> Result<Self, Refused> {
        let name = text.strip_prefix('/').unwrap_or(text);
        one_of(name, &Self::ALL.map(|endpoint| (name_of(endpoint), endpoint))).map_err(|_| Refused {
            reason: Some(format!("there is no endpoint `{}`", text.escape_debug())),
        })
    }
    fn takes() -> String {
        let names = Self::ALL.map(name_of);
        let (last, others) = names.split_last().unwrap_or((&"", &[]));
        format!("{} or {last}", others.join(", "))
    }
    fn show(&self) -> String {
        name_of(*self).to_owned()
    }
}

fn name_of(endpoint: Endpoint) -> &'static str {
    endpoint.path().trim_start_matches('/')
}

/// The value with this name, in any case of letters, as .NET reads names.
fn one_of<T: Copy>(text: &str, names: &[(&str, T)]) -> Result<T, Refused> {
    names
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text))
        .map(|(_, value)| *value)
        .ok_or_else(Refused::default)
}
