//! What is limited, and by whom it is counted.

/// What is limited, named after the endpoint that does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LimitedAction {
    /// A sign-in, with whatever second factor comes with it, or a confirmation by who is signed in (`POST /manage/confirm`).
    Login,
    /// A change of the second factor by who is signed in, with the code or password that it needs.
    TwoFactor,
    /// A change of password or address by who is signed in, or an export or the deletion of their account.
    Info,
    /// A new pair of tokens for a refresh token.
    Refresh,
    /// A registration.
    Register,
    /// A mail with a code for a new password.
    ForgotPassword,
    /// A new password for such a code.
    ResetPassword,
    /// A mail with a link to confirm an address.
    ResendConfirmationEmail,
    /// Such a link.
    ConfirmEmail,
}

/// By whom requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LimitScope {
    /// By the account that they are about, whether or not there is such an account, and wherever they come from.
    Account,
    /// By where they come from, whatever accounts they are about: an IPv4 address, or the first 64 bits of an IPv6 address.
    Client,
}

impl LimitedAction {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Login,
        Self::TwoFactor,
        Self::Info,
        Self::Refresh,
        Self::Register,
        Self::ForgotPassword,
        Self::ResetPassword,
        Self::ResendConfirmationEmail,
        Self::ConfirmEmail,
    ];

    /// Its name, such as `reset_password`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::TwoFactor => "two_factor",
            Self::Info => "info",
            Self::Refresh => "refresh",
            Self::Register => "register",
            Self::ForgotPassword => "forgot_password",
            Self::ResetPassword => "reset_password",
            Self::ResendConfirmationEmail => "resend_confirmation_email",
            Self::ConfirmEmail => "confirm_email",
        }
    }
}

impl LimitScope {
    /// Its name: `account` or `client`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Client => "client",
        }
    }
}
