//! What .NET 10's meter `Microsoft.AspNetCore.Identity` calls what happens. All are fixed texts, so that labels are bounded.

use wicketgate_identity::{
    EventKind, SignInResult, account::UserTokenPurpose, claims::AuthenticationMethod, observer::CheckedAccount,
    password::PasswordVerification,
};

/// `aspnetcore.identity.sign_in.type`
pub(super) fn sign_in_type(method: AuthenticationMethod) -> &'static str {
    match method {
        AuthenticationMethod::Password => "password",
        AuthenticationMethod::Authenticator => "two_factor_authenticator",
        AuthenticationMethod::RecoveryCode => "two_factor_recovery_code",
        AuthenticationMethod::Passkey => "passkey",
    }
}

/// `aspnetcore.identity.sign_in.result`
pub(super) fn sign_in_result(result: &SignInResult) -> &'static str {
    match result {
        SignInResult::Succeeded(_) => "success",
        SignInResult::LockedOut => "locked_out",
        SignInResult::NotAllowed => "not_allowed",
        SignInResult::RequiresTwoFactor => "requires_two_factor",
        SignInResult::Failed => "failure",
    }
}

/// `aspnetcore.identity.sign_in.result` of the password alone.
pub(super) fn password_result(result: &SignInResult) -> &'static str {
    match result {
        SignInResult::RequiresTwoFactor => "success",
        result => sign_in_result(result),
    }
}

/// `aspnetcore.identity.password_check_result`
pub(super) fn password_check(owner: CheckedAccount, verification: PasswordVerification) -> &'static str {
    match (owner, verification) {
        (CheckedAccount::Missing, _) => "user_missing",
        (CheckedAccount::WithoutPassword, _) => "password_missing",
        (CheckedAccount::WithPassword, PasswordVerification::Success) => "success",
        (CheckedAccount::WithPassword, PasswordVerification::SuccessRehashNeeded) => "success_rehash_needed",
        (CheckedAccount::WithPassword, PasswordVerification::Failed) => "failure",
    }
}

/// `aspnetcore.identity.result`, and `aspnetcore.identity.token_verified`
pub(super) fn success_or_failure(succeeded: bool) -> &'static str {
    match succeeded {
        true => "success",
        false => "failure",
    }
}

/// `aspnetcore.identity.token_purpose`
pub(super) fn token_purpose(purpose: &UserTokenPurpose) -> &'static str {
    match purpose {
        UserTokenPurpose::EmailConfirmation => "email_confirmation",
        UserTokenPurpose::ResetPassword => "reset_password",
        UserTokenPurpose::ChangeEmail(_) => "change_email",
        UserTokenPurpose::Other(_) => "_UNKNOWN",
    }
}

/// `aspnetcore.identity.user.update_type`
pub(super) fn update_type(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::PasswordChanged => "change_password",
        EventKind::PasswordReset => "reset_password",
        EventKind::PasswordSet | EventKind::PasswordHashSet => "add_password",
        EventKind::PasswordRemoved => "remove_password",
        EventKind::PasswordRehashed => "password_rehash",
        EventKind::EmailConfirmed => "confirm_email",
        EventKind::EmailChanged => "change_email",
        EventKind::UserNameChanged => "user_name",
        EventKind::PhoneNumberConfirmed | EventKind::PhoneNumberUnconfirmed => "change_phone_number",
        EventKind::TwoFactorEnabled { .. } | EventKind::TwoFactorDisabled => "set_two_factor_enabled",
        EventKind::AuthenticatorKeyCreated | EventKind::AuthenticatorKeyReset => "reset_authenticator_key",
        EventKind::RecoveryCodesGenerated | EventKind::RecoveryCodesRemoved => "generate_new_two_factor_recovery_codes",
        EventKind::Locked(_) | EventKind::Unlocked => "set_lockout_end_date",
        EventKind::LockoutEnabled | EventKind::LockoutDisabled => "set_lockout_enabled",
        EventKind::SignedOutEverywhere => "security_stamp",
        EventKind::RoleAdded { .. } => "add_to_roles",
        EventKind::RoleRemoved { .. } => "remove_from_roles",
        EventKind::ClaimAdded { .. } => "add_claims",
        EventKind::ClaimRemoved { .. } => "remove_claims",
        _ => "update",
    }
}
