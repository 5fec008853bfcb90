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
    Passkey {
        /// Whether that counts as two factors: the device, and the PIN or finger that it asked for.
        is_two_factors: bool,
    },
}

impl AuthenticationMethod {
    /// The value of the `amr` claim (RFC 8176).
    pub fn amr(self) -> &'static str {
        match self {
            // .NET says so of every passkey.
            Self::Password | Self::Passkey { is_two_factors: false } => "pwd",
            Self::Authenticator | Self::RecoveryCode | Self::Passkey { is_two_factors: true } => "mfa",
        }
    }
}
