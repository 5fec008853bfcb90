//! Mails that tell owners what happened to their accounts.

/// A mail to the owner of an account about what happened to it, whoever did it: so that the owner notices when somebody else
/// got in, who would change things quietly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccountNotice {
    /// Somebody tried to register with the account's address. Only where
    /// [`conceal_existence`](crate::options::UserOptions::conceal_existence) keeps the answer from telling.
    RegistrationAttempted,
    /// The same for an account whose address nobody has confirmed: its owner can neither sign in nor reset the password
    /// before that.
    RegistrationAttemptedUnconfirmed,
    /// Somebody who knew the old password set a new one.
    PasswordChanged,
    /// Somebody set a new password with a mailed code.
    PasswordReset,
    /// The account has this address now.
    EmailChangedTo,
    /// The account has another address now, and this one no more.
    EmailChangedFrom,
    /// The second factor was switched on.
    TwoFactorEnabled,
    /// The second factor was switched off.
    TwoFactorDisabled,
    /// The authenticator key was replaced, and the second factor is off.
    AuthenticatorKeyReset,
    /// New recovery codes replaced the old ones.
    RecoveryCodesGenerated,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// As [`PasswordReset`](Self::PasswordReset), and the account has passkeys, which still work.
    PasswordResetBesidePasskeys,
    /// A refresh token was used twice, which ended its session.
    RefreshTokenReused,
    /// Somebody signed in with a browser or app, or from a network, that the account was not used with lately.
    NewDevice,
    /// Somebody who was signed in asked to have the account deleted, and it is closed. This one is sent in any case.
    DeletionRequested,
}

impl AccountNotice {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::RegistrationAttempted,
        Self::RegistrationAttemptedUnconfirmed,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::EmailChangedTo,
        Self::EmailChangedFrom,
        Self::TwoFactorEnabled,
        Self::TwoFactorDisabled,
        Self::AuthenticatorKeyReset,
        Self::RecoveryCodesGenerated,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::PasswordResetBesidePasskeys,
        Self::RefreshTokenReused,
        Self::NewDevice,
        Self::DeletionRequested,
    ];

    /// Its name, such as `password_changed`. Names stay the same: mails that wait have them.
    pub fn name(self) -> &'static str {
        match self {
            Self::RegistrationAttempted => "registration_attempted",
            Self::RegistrationAttemptedUnconfirmed => "registration_attempted_unconfirmed",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::EmailChangedTo => "email_changed_to",
            Self::EmailChangedFrom => "email_changed_from",
            Self::TwoFactorEnabled => "two_factor_enabled",
            Self::TwoFactorDisabled => "two_factor_disabled",
            Self::AuthenticatorKeyReset => "authenticator_key_reset",
            Self::RecoveryCodesGenerated => "recovery_codes_generated",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::PasswordResetBesidePasskeys => "password_reset_beside_passkeys",
            Self::RefreshTokenReused => "refresh_token_reused",
            Self::NewDevice => "new_device",
            Self::DeletionRequested => "deletion_requested",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.name() == name)
    }

    /// Whether the account was changed, or what it is signed in with: no stranger can cause such a notice.
    pub(super) fn is_of_a_change(self) -> bool {
        !matches!(
            self,
            Self::RegistrationAttempted | Self::RegistrationAttemptedUnconfirmed
        )
    }

    pub(super) fn subject(self) -> &'static str {
        match self {
            Self::RegistrationAttempted | Self::RegistrationAttemptedUnconfirmed => {
                "Somebody tried to register with your address"
            }
            Self::PasswordChanged => "Your password was changed",
            Self::PasswordReset | Self::PasswordResetBesidePasskeys => "Your password was reset",
            Self::PasskeyAdded => "Your account has a new passkey",
            Self::PasskeyRemoved => "A passkey of your account was removed",
            Self::EmailChangedTo | Self::EmailChangedFrom => "The address of your account was changed",
            Self::TwoFactorEnabled => "Two-factor authentication was turned on",
            Self::TwoFactorDisabled => "Two-factor authentication was turned off",
            Self::AuthenticatorKeyReset => "Your authenticator key was replaced",
            Self::RecoveryCodesGenerated => "You have new recovery codes",
            Self::RefreshTokenReused => "You were signed out on one of your devices",
            Self::NewDevice => "New sign-in to your account",
            Self::DeletionRequested => "Your account is closed and will be deleted",
        }
    }

    pub(super) fn html(self) -> &'static str {
        match self {
            Self::RegistrationAttempted => {
                "Somebody tried to create an account with this address, which has one already. If it was you, sign in, or ask \
                 for a new password. If it was not you, there is nothing that you have to do."
            }
            Self::RegistrationAttemptedUnconfirmed => {
                "Somebody tried to create an account with this address, which has one already that is not confirmed. If it was \
                 you, ask for another confirmation mail and follow the link in it. The account has the password of the first \
                 registration: if you do not know that one, reset it then. If it was not you, there is nothing that you have to \
                 do."
            }
            Self::PasswordChanged => {
                "The password of your account was changed. If it was not you, reset your password now."
            }
            Self::PasswordReset => {
                "The password of your account was reset with a code that was mailed to this address. If it was not you, \
                 somebody else reads your mail: change the password of your mailbox first, and then reset this one."
            }
            Self::PasswordResetBesidePasskeys => {
                "The password of your account was reset with a code that was mailed to this address. The passkeys of your account \
                 still work: look at them, and remove those that are not yours. If it was not you who reset the password, somebody \
                 else reads your mail: change the password of your mailbox first, and then reset this one."
            }
            Self::PasskeyAdded => {
                "A passkey was added to your account, and whoever has it can sign in. If it was not you, remove it, and reset your \
                 password now."
            }
            Self::PasskeyRemoved => {
                "A passkey of your account was removed, and no longer signs anybody in. If it was not you, reset your password now."
            }
            Self::EmailChangedTo => "The address of your account was changed: it is this one now.",
            Self::EmailChangedFrom => {
                "Your account has another address now, and mails about it no longer come here. If it was not you, ask for help \
                 where you have the account."
            }
            Self::TwoFactorEnabled => {
                "Two-factor authentication was turned on for your account. If it was not you, reset your password now, and ask \
                 for help where you have the account: signing in now needs a code of the authenticator that was set up."
            }
            Self::TwoFactorDisabled => {
                "Two-factor authentication was turned off for your account. If it was not you, reset your password now, and \
                 turn it on again."
            }
            Self::AuthenticatorKeyReset => {
                "The key of your authenticator app was replaced, and two-factor authentication is off until a code of the new \
                 key is entered. If it was not you, reset your password now."
            }
            Self::RecoveryCodesGenerated => {
                "New recovery codes were made for your account, and the old ones no longer work. If it was not you, reset your \
                 password now, and make new recovery codes."
            }
            Self::RefreshTokenReused => {
                "A device or application was signed out of your account, because it used a token that had been used before. This \
                 can be a mistake of the application, or somebody may have a copy of the token. Look at your sessions, and if you \
                 find one that is not yours, end it and reset your password."
            }
            Self::NewDevice => {
                "Somebody signed in to your account with a browser or app, or from a place, that it was not used with lately. If it \
                 was you, there is nothing that you have to do. If it was not you, reset your password now, and end the sessions \
                 that are not yours."
            }
            Self::DeletionRequested => {
                "Somebody who was signed in to your account asked to have it deleted. It is closed: nobody can sign in, and all \
                 devices are signed out. Until it is deleted for good, it can be restored. If it was not you, or you have changed \
                 your mind, ask for that soon, where you have the account, and change your password afterwards."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_notice_is_found_by_its_name_and_says_something_of_its_own() {
        for notice in AccountNotice::ALL {
            assert_eq!(AccountNotice::from_name(notice.name()), Some(notice));
        }
        let texts: BTreeSet<_> = AccountNotice::ALL.map(AccountNotice::html).into();
        assert_eq!(texts.len(), AccountNotice::ALL.len());
        assert_eq!(AccountNotice::from_name("x"), None);
    }
}
