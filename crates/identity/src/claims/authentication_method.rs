//! How a user authenticated.

/// How a user authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticationMethod {
    /// With the password alone, or on a remembered machine.
    Password,
    /// With the password and an authenticator code.
    Authenticator,
    /// With the password and a recovery code. .NET's cookies for it are never persistent.
    RecoveryCode,
    /// With a passkey.
    Passkey,
}

impl AuthenticationMethod {
    /// The value of the `amr` claim (RFC 8176).
    pub fn amr(self) -> &'static str {
        match self {
            // .NET says so of a passkey, too.
            Self::Password | Self::Passkey => "pwd",
            Self::Authenticator | Self::RecoveryCode => "mfa",
        }
    }
}
