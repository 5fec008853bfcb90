//! The names and details that events have in a store and on the command line. They stay the same for ever: rows have them.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::EventKind;
use crate::claims::AuthenticationMethod;
use crate::text::encode_json_relaxed;

/// How many characters a role's name or a claim's type takes at most, as it is written: stores have room for 1,000 in all.
const LONGEST_NAME: usize = 900;

/// The names of all kinds, in one place, so that none is missing in the list.
macro_rules! names {
    ($($kind:ident $(($($value:tt)*))? $({$($field:tt)*})? => $name:literal,)*) => {
        impl EventKind {
            /// The names of all kinds.
            pub const NAMES: &[&str] = &[$($name),*];

            /// The kind's name, such as `signed_in`.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind $(($($value)*))? $({$($field)*})? => $name,)*
                }
            }
        }
    };
}

names! {
    Registered => "registered",
    RegistrationRefused => "registration_refused",
    Deleted => "deleted",
    SignedIn(_) => "signed_in",
    PasswordAccepted => "password_accepted",
    SignInFailed { .. } => "sign_in_failed",
    PasswordChanged => "password_changed",
    PasswordReset => "password_reset",
    PasswordSet => "password_set",
    PasswordHashSet => "password_hash_set",
    PasswordRemoved => "password_removed",
    PasswordRehashed => "password_rehashed",
    OldPasswordAccepted => "old_password_accepted",
    PasswordChangeFailed { .. } => "password_change_failed",
    PasswordResetFailed => "password_reset_failed",
    EmailConfirmed => "email_confirmed",
    EmailChanged => "email_changed",
    EmailConfirmationFailed => "email_confirmation_failed",
    UserNameChanged => "user_name_changed",
    PhoneNumberConfirmed => "phone_number_confirmed",
    PhoneNumberUnconfirmed => "phone_number_unconfirmed",
    TwoFactorEnabled { .. } => "two_factor_enabled",
    TwoFactorDisabled => "two_factor_disabled",
    TwoFactorPasswordAccepted => "two_factor_password_accepted",
    TwoFactorDisableFailed { .. } => "two_factor_disable_failed",
    TwoFactorReset => "two_factor_reset",
    AuthenticatorKeyCreated => "authenticator_key_created",
    AuthenticatorKeyReset => "authenticator_key_reset",
    RecoveryCodesGenerated => "recovery_codes_generated",
    RecoveryCodesRemoved => "recovery_codes_removed",
    Locked(_) => "locked",
    Unlocked => "unlocked",
    LockoutEnabled => "lockout_enabled",
    LockoutDisabled => "lockout_disabled",
    SignedOutEverywhere => "signed_out_everywhere",
    DeletionRequested(_) => "deletion_requested",
    DeletionCancelled => "deletion_cancelled",
    Confirmed(_) => "confirmed",
    ConfirmationFailed { .. } => "confirmation_failed",
    SignedOut => "signed_out",
    SessionReplaced => "session_replaced",
    SessionEnded => "session_ended",
    RefreshTokenReused => "refresh_token_reused",
    OtherSessionsEnded { .. } => "other_sessions_ended",
    PasskeyAdded => "passkey_added",
    PasskeyRenamed => "passkey_renamed",
    PasskeyRemoved => "passkey_removed",
    RoleAdded { .. } => "role_added",
    RoleRemoved { .. } => "role_removed",
    ClaimAdded { .. } => "claim_added",
    ClaimRemoved { .. } => "claim_removed",
    UnknownSignInsFailed { .. } => "unknown_sign_ins_failed",
    RateLimitReached { .. } => "rate_limit_reached",
    PersonalPartsErased { .. } => "personal_parts_erased",
}

impl EventKind {
    /// What else there is to say about it, as the text of a JSON object. Nothing in it is about a person.
    pub fn detail(&self) -> String {
        match self {
            Self::SignedIn(method) => format!(r#"{{"method":"{}"}}"#, method.name()),
            Self::Confirmed(method) => format!(r#"{{"method":"{}"}}"#, method.name()),
            Self::SignInFailed { reason, locked_until }
            | Self::PasswordChangeFailed { reason, locked_until }
            | Self::TwoFactorDisableFailed { reason, locked_until }
            | Self::ConfirmationFailed { reason, locked_until } => match locked_until {
                Some(until) => {
                    let until = written(*until);
                    format!(r#"{{"reason":"{}","locked_until":"{until}"}}"#, reason.name())
                }
                None => format!(r#"{{"reason":"{}"}}"#, reason.name()),
            },
            Self::TwoFactorEnabled { with_recovery_codes } => {
                format!(r#"{{"with_recovery_codes":{with_recovery_codes}}}"#)
            }
            Self::DeletionRequested(due) => format!(r#"{{"due":"{}"}}"#, written(*due)),
            Self::Locked(until) => format!(r#"{{"locked_until":"{}"}}"#, written(*until)),
            Self::RoleAdded { role } | Self::RoleRemoved { role } => format!(r#"{{"role":"{}"}}"#, name(role)),
            Self::ClaimAdded { claim_type } | Self::ClaimRemoved { claim_type } => {
                format!(r#"{{"claim_type":"{}"}}"#, name(claim_type))
            }
            Self::UnknownSignInsFailed { reason, count } => {
                format!(r#"{{"reason":"{}","count":{count}}}"#, reason.name())
            }
            Self::RateLimitReached { action, scope } => {
                format!(r#"{{"action":"{}","scope":"{}"}}"#, action.name(), scope.name())
            }
            Self::OtherSessionsEnded { count } => format!(r#"{{"count":{count}}}"#),
            Self::PersonalPartsErased { count, tag } => format!(r#"{{"count":{count},"rows":"{tag}"}}"#),
            _ => "{}".to_owned(),
        }
    }
}

impl AuthenticationMethod {
    /// The method's name in an event's detail.
    fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Authenticator => "authenticator",
            Self::RecoveryCode => "recovery_code",
            Self::Passkey { .. } => "passkey",
        }
    }
}

/// As much as there is room for; nothing is cut in the middle of what stands for one character.
fn name(name: &str) -> String {
    let (mut written, mut length) = (String::new(), 0);
    for character in name.chars() {
        let character = encode_json_relaxed(character.encode_utf8(&mut [0; 4])).into_owned();
        length += character.chars().count();
        if length > LONGEST_NAME {
            break;
        }
        written.push_str(&character);
    }
    written
}

fn written(instant: OffsetDateTime) -> String {
    instant.format(&Rfc3339).unwrap_or_default()
}
