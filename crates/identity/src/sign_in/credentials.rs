//! What a user presents to sign in.

use std::fmt;

use crate::ticket::Ticket;

/// What a user presents to sign in.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The account's user name; with the Identity API, its address.
    pub user_name: &'a str,
    /// The password.
    pub password: &'a str,
    /// What they present besides.
    pub second_factor: SecondFactor<'a>,
    /// The opened, unexpired ticket of the cookie `Identity.TwoFactorRememberMe`, if there is one.
    pub remembered_machine: Option<&'a Ticket>,
}

/// What is presented besides the password.
#[derive(Clone, Copy)]
pub enum SecondFactor<'a> {
    /// Nothing.
    None,
    /// A code of the authenticator.
    AuthenticatorCode(&'a str),
    /// A recovery code; each works once.
    RecoveryCode(&'a str),
}

impl<'a> SecondFactor<'a> {
    /// As `POST /login` reads it: the authenticator code takes precedence, and empty codes count as absent.
    pub fn new(authenticator_code: Option<&'a str>, recovery_code: Option<&'a str>) -> Self {
        let given = |code: Option<&'a str>| code.filter(|code| !code.is_empty());
        match (given(authenticator_code), given(recovery_code)) {
            (Some(code), _) => Self::AuthenticatorCode(code),
            (None, Some(code)) => Self::RecoveryCode(code),
            (None, None) => Self::None,
        }
    }
}

/// Leaves out everything secret.
impl fmt::Debug for SecondFactor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::AuthenticatorCode(_) => "AuthenticatorCode(…)",
            Self::RecoveryCode(_) => "RecoveryCode(…)",
        })
    }
}

/// Leaves out everything secret.
impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("second_factor", &self.second_factor)
            .finish_non_exhaustive()
    }
}
