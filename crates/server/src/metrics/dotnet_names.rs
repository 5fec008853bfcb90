//! What .NET 10's meter `Microsoft.AspNetCore.Identity` calls what happens: its `UserManagerMetrics` and `SignInManagerMetrics`. All are
//! fixed texts, so that labels are bounded.

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
        AuthenticationMethod::Passkey { .. } => "passkey",
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
        UserTokenPurpose::Other(_) => "_OTHER",
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
        EventKind::UserNameChanged => "set_user_name",
        EventKind::PhoneNumberConfirmed | EventKind::PhoneNumberUnconfirmed => "change_phone_number",
        EventKind::TwoFactorEnabled { .. } | EventKind::TwoFactorDisabled => "set_two_factor_enabled",
        EventKind::AuthenticatorKeyCreated | EventKind::AuthenticatorKeyReset => "reset_authenticator_key",
        EventKind::RecoveryCodesGenerated | EventKind::RecoveryCodesRemoved => "generate_new_two_factor_recovery_codes",
        EventKind::Locked(_) | EventKind::Unlocked => "set_lockout_end_date",
        EventKind::LockoutEnabled | EventKind::LockoutDisabled => "set_lockout_enabled",
        EventKind::SignedOutEverywhere => "update_security_stamp",
        EventKind::RoleAdded { .. } => "add_to_roles",
        EventKind::RoleRemoved { .. } => "remove_from_roles",
        EventKind::ClaimAdded { .. } => "add_claims",
        EventKind::ClaimRemoved { .. } => "remove_claims",
        // A sign-in or confirmation that updates something is one with a passkey, whose counter is written.
        EventKind::PasskeyAdded | EventKind::PasskeyRenamed | EventKind::SignedIn(_) | EventKind::Confirmed(_) => {
            "add_or_update_passkey"
        }
        EventKind::PasskeyRemoved => "remove_passkey",
        _ => "update",
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn changes_have_the_names_that_the_release_of_dotnet_gives_them() {
        let role = || "Manager".to_owned();
        for (kind, name) in [
            (EventKind::PasswordChanged, "change_password"),
            (EventKind::PasswordReset, "reset_password"),
            (EventKind::PasswordSet, "add_password"),
            (EventKind::PasswordHashSet, "add_password"),
            (EventKind::PasswordRemoved, "remove_password"),
            (EventKind::PasswordRehashed, "password_rehash"),
            (EventKind::EmailConfirmed, "confirm_email"),
            (EventKind::EmailChanged, "change_email"),
            (EventKind::UserNameChanged, "set_user_name"),
            (EventKind::PhoneNumberConfirmed, "change_phone_number"),
            (EventKind::PhoneNumberUnconfirmed, "change_phone_number"),
            (
                EventKind::TwoFactorEnabled {
                    with_recovery_codes: true,
                },
                "set_two_factor_enabled",
            ),
            (EventKind::TwoFactorDisabled, "set_two_factor_enabled"),
            (EventKind::AuthenticatorKeyCreated, "reset_authenticator_key"),
            (EventKind::AuthenticatorKeyReset, "reset_authenticator_key"),
            (
                EventKind::RecoveryCodesGenerated,
                "generate_new_two_factor_recovery_codes",
            ),
            (
                EventKind::RecoveryCodesRemoved,
                "generate_new_two_factor_recovery_codes",
            ),
            (EventKind::Locked(OffsetDateTime::UNIX_EPOCH), "set_lockout_end_date"),
            (EventKind::Unlocked, "set_lockout_end_date"),
            (EventKind::LockoutEnabled, "set_lockout_enabled"),
            (EventKind::LockoutDisabled, "set_lockout_enabled"),
            (EventKind::SignedOutEverywhere, "update_security_stamp"),
            (EventKind::RoleAdded { role: role() }, "add_to_roles"),
            (EventKind::RoleRemoved { role: role() }, "remove_from_roles"),
            (EventKind::ClaimAdded { claim_type: role() }, "add_claims"),
            (EventKind::ClaimRemoved { claim_type: role() }, "remove_claims"),
            (EventKind::PasskeyAdded, "add_or_update_passkey"),
            (EventKind::PasskeyRenamed, "add_or_update_passkey"),
            (EventKind::PasskeyRemoved, "remove_passkey"),
            // What .NET does in several steps, or not at all.
            (EventKind::TwoFactorReset, "update"),
            (EventKind::DeletionCancelled, "update"),
        ] {
            assert_eq!(update_type(&kind), name, "{kind:?}");
        }
    }

    #[test]
    fn tokens_have_the_purposes_that_dotnet_knows_and_all_else_is_other() {
        let address = || "ada@example.test".to_owned();
        for (purpose, name) in [
            (UserTokenPurpose::EmailConfirmation, "email_confirmation"),
            (UserTokenPurpose::ResetPassword, "reset_password"),
            (UserTokenPurpose::ChangeEmail(address()), "change_email"),
            (UserTokenPurpose::Other(address()), "_OTHER"),
        ] {
            assert_eq!(token_purpose(&purpose), name);
        }
    }
}
