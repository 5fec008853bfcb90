//! What a user proved who they are by.

use crate::claims::AuthenticationMethod;

/// What a user proved who they are by. A sign-in with a second factor has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInMethod {
    /// The password.
    Password,
    /// A code of the authenticator.
    Authenticator,
    /// A recovery code.
    RecoveryCode,
    /// A passkey.
    Passkey,
}

impl SignInMethod {
    const ALL: [Self; 4] = [Self::Password, Self::Authenticator, Self::RecoveryCode, Self::Passkey];

    /// Its name, such as `recovery_code`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Authenticator => "authenticator",
            Self::RecoveryCode => "recovery_code",
            Self::Passkey => "passkey",
        }
    }

    /// Whether it is more than a password.
    pub fn is_second_factor(self) -> bool {
        self != Self::Password
    }

    /// Those of a sign-in.
    pub fn of(method: AuthenticationMethod) -> Vec<Self> {
        match method {
            AuthenticationMethod::Password => vec![Self::Password],
            AuthenticationMethod::Authenticator => vec![Self::Password, Self::Authenticator],
            AuthenticationMethod::RecoveryCode => vec![Self::Password, Self::RecoveryCode],
            AuthenticationMethod::Passkey { .. } => vec![Self::Passkey],
        }
    }

    /// As stores keep them: names with commas between.
    pub fn to_stored(methods: &[Self]) -> String {
        let names: Vec<_> = methods.iter().map(|method| method.name()).collect();
        names.join(",")
    }

    /// The reverse. What a newer version wrote is left out.
    pub fn from_stored(text: &str) -> Vec<Self> {
        let named = |name| Self::ALL.into_iter().find(|method| method.name() == name);
        text.split(',').filter_map(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_read_as_they_were_written() {
        for methods in [&SignInMethod::ALL[..], &[], &[SignInMethod::Passkey]] {
            assert_eq!(SignInMethod::from_stored(&SignInMethod::to_stored(methods)), methods);
        }
        assert_eq!(
            SignInMethod::from_stored("password,smoke_signal"),
            [SignInMethod::Password]
        );
    }
}
