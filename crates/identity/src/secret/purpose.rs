//! What secrets are for: a type for each purpose, so that the compiler tells them apart.

/// What a one-time secret is for. An application can have purposes of its own:
///
/// ```
/// use wicketgate_identity::secret::SecretPurpose;
///
/// enum Invitation {}
///
/// impl SecretPurpose for Invitation {
///     const NAME: &'static str = "example.invitation";
/// }
/// ```
pub trait SecretPurpose: Send + Sync + 'static {
    /// What a store calls it: at most 32 characters of ASCII, unlike every other purpose, and the same for ever.
    ///
    /// A longer one does not compile where it is used:
    ///
    /// ```compile_fail
    /// use wicketgate_identity::secret::{Secret, SecretPurpose};
    ///
    /// enum Invitation {}
    ///
    /// impl SecretPurpose for Invitation {
    ///     const NAME: &'static str = "example.invitation_to_the_first_meeting";
    /// }
    ///
    /// println!("{:?}", Secret::<Invitation>::from_text("…"));
    /// ```
    const NAME: &'static str;
}

/// For how long a name stores have room.
const LONGEST_NAME: usize = 32;

/// The purpose's name, for which a store has room.
pub(super) const fn name<P: SecretPurpose>() -> &'static str {
    const {
        assert!(
            P::NAME.is_ascii() && P::NAME.len() <= LONGEST_NAME,
            "the name of a secret's purpose has more than 32 characters of ASCII"
        );
    }
    P::NAME
}

macro_rules! purposes {
    ($($(#[$doc:meta])* $purpose:ident => $name:literal,)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub enum $purpose {}

            impl SecretPurpose for $purpose {
                const NAME: &'static str = $name;
            }
        )*

        /// All of ours, for tests.
        #[cfg(test)]
        const NAMES: &[&str] = &[$($name),*];
    };
}

purposes! {
    /// The mailed code that sets a new password.
    PasswordReset => "password_reset",
    /// The mailed link that confirms an address.
    EmailConfirmation => "email_confirmation",
    /// The mailed link that gives an account another address.
    EmailChange => "email_change",
    /// A token of the application's own ([`UserTokenPurpose::Other`](crate::account::UserTokenPurpose::Other)), which nothing
    /// here redeems. For secrets of its own an application has purposes of its own.
    ApplicationToken => "application_token",
    /// What an authenticator shows for 30 seconds.
    AuthenticatorStep => "authenticator_step",
    /// What a passkey signs.
    PasskeyChallenge => "passkey_challenge",
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn purposes_have_names_of_their_own_that_fit() {
        assert_eq!(NAMES.iter().collect::<HashSet<_>>().len(), NAMES.len());
        assert!(NAMES.iter().all(|name| name.len() <= LONGEST_NAME));
    }
}
