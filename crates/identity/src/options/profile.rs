//! The two profiles of options: as ASP.NET Core has them, and hardened.

use std::num::NonZeroU32;

use time::Duration;

use super::{
    LockoutOptions, Options, PasskeyOptions, PasswordHasherOptions, PasswordOptions, SecondFactorOptions,
    SessionOptions, SignInOptions, TokenProviderOptions, UserOptions,
};
use crate::password::PasswordAlgorithm;

/// ASP.NET Core's algorithm with the rounds of OWASP's Password Storage Cheat Sheet, which ASP.NET Core reads.
const STRICT_ALGORITHM: PasswordAlgorithm = PasswordAlgorithm::identity_v3(const { NonZeroU32::new(210_000).unwrap() });

/// Which defaults all options have. Each option can still be set by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// ASP.NET Core's: every answer is the same, byte for byte.
    #[default]
    Compatible,
    /// Hardened, where ASP.NET Core's clients and data still work but some answers differ (NIST SP 800-63B-4, OWASP ASVS 5.0).
    Strict,
}

impl Options {
    /// The options of a profile. The [default](Options::default) is [`Profile::Compatible`].
    ///
    /// ```
    /// use wicketgate_identity::options::{Options, Profile};
    ///
    /// let options = Options::for_profile(Profile::Strict);
    /// assert_eq!(options.password.required_length, 15);
    /// assert!(!options.password.require_digit);
    /// ```
    pub fn for_profile(profile: Profile) -> Self {
        match profile {
            Profile::Compatible => Self::default(),
            Profile::Strict => Self::strict(),
        }
    }

    fn strict() -> Self {
        let compatible = Self::default();
        Self {
            password: PasswordOptions {
                required_length: 15,
                required_length_with_second_factor: Some(8),
                require_non_alphanumeric: false,
                require_lowercase: false,
                require_uppercase: false,
                require_digit: false,
                refuse_common: true,
                refuse_context_words: true,
                ..compatible.password
            },
            user: UserOptions {
                conceal_existence: true,
                notify_owners: true,
                ..compatible.user
            },
            sign_in: SignInOptions {
                // Else whoever registers an address learns whether it was free, by trying the password.
                require_confirmed_email: true,
                ..compatible.sign_in
            },
            lockout: LockoutOptions {
                count_old_password_failures: true,
                ..compatible.lockout
            },
            password_hasher: PasswordHasherOptions {
                algorithm: STRICT_ALGORITHM,
                rehash_keeps_security_stamp: true,
                ..compatible.password_hasher
            },
            token_provider: TokenProviderOptions {
                reset_lifespan: Some(Duration::minutes(10)),
                single_use: true,
                ..compatible.token_provider
            },
            second_factor: SecondFactorOptions {
                window: 1,
                single_use: true,
                hash_recovery_codes: true,
                encrypt_authenticator_keys: true,
            },
            sessions: SessionOptions {
                enabled: true,
                rotate_refresh_tokens: true,
                require_fresh_sign_in: true,
                ..compatible.sessions
            },
            passkeys: PasskeyOptions {
                enabled: true,
                count_as_two_factors: true,
                single_use: true,
                ..compatible.passkeys
            },
            ..compatible
        }
    }
}
