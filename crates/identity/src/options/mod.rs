//! Options of accounts, with .NET's defaults.

mod identity_tables;
mod needs;
mod passkeys;
mod profile;
mod rate_limits;
mod second_factor;
mod sessions;
mod stores;

use time::Duration;

use crate::claims::claim_types;
use crate::password::{BreachCorpus, PasswordAlgorithm, Pepper, PepperId};

pub use identity_tables::{IdentityColumn, IdentityTable, OwnColumn, UnknownName, snake_case};
pub use passkeys::{
    AttestationConveyancePreference, AuthenticatorAttachment, PasskeyOptions, ResidentKeyRequirement,
    UserVerificationRequirement,
};
pub use profile::Profile;
pub use rate_limits::{RateLimitOptions, RequestsPerMinute};
pub use second_factor::SecondFactorOptions;
pub use sessions::SessionOptions;
pub use stores::{ColumnNaming, KeyType, SchemaVersion, StoreOptions};

/// All options of accounts, with .NET's defaults (`IdentityOptions` and related types).
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which names and addresses are allowed.
    pub user: UserOptions,
    /// Which passwords are allowed.
    pub password: PasswordOptions,
    /// When failures lock an account.
    pub lockout: LockoutOptions,
    /// What must be confirmed before sign-in.
    pub sign_in: SignInOptions,
    /// The database schema.
    pub stores: StoreOptions,
    /// The types of the claims a principal gets.
    pub claims_identity: ClaimsIdentityOptions,
    /// How passwords are hashed.
    pub password_hasher: PasswordHasherOptions,
    /// Lifetime of mailed links and codes.
    pub token_provider: TokenProviderOptions,
    /// How strict the second factor is.
    pub second_factor: SecondFactorOptions,
    /// How often a cookie's security stamp is checked.
    pub security_stamp: SecurityStampOptions,
    /// How many requests are too many.
    pub rate_limits: RateLimitOptions,
    /// Whether sign-ins are sessions.
    pub sessions: SessionOptions,
    /// What passkeys must be like.
    pub passkeys: PasskeyOptions,
}

/// .NET's `UserOptions`.
#[derive(Debug, Clone)]
pub struct UserOptions {
    /// Characters allowed in user names; empty allows all.
    pub allowed_user_name_characters: String,
    /// Whether each account needs an address of its own.
    pub require_unique_email: bool,
    /// Maximum length of an address or user name, in UTF-16 code units: 256, as in EF Core's columns. Longer ones are
    /// rejected and match no account. (.NET has no such limit.)
    pub max_email_length: usize,
    /// Whether nobody learns from an answer or its time which addresses have accounts: registration answers alike for a taken
    /// address, whose owner gets a [mail](crate::mail::AccountNotice::RegistrationAttempted), and a refused sign-in does not
    /// tell why. Whoever may sign in before the address is confirmed can still find out by trying the password that he has just
    /// registered: see [`SignInOptions::require_confirmed_email`].
    pub conceal_existence: bool,
    /// Whether the owner of an account gets a [mail](crate::mail::AccountNotice) when its password, address, passkeys or second factor
    /// changes, and, where there are [sessions](SessionOptions), when somebody signs in with a new device.
    pub notify_owners: bool,
    /// For how long an account whose owner asked to have it deleted is only closed, and can be restored: 30 days.
    pub deletion_grace: Duration,
}

impl Default for UserOptions {
    fn default() -> Self {
        Self {
            allowed_user_name_characters: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._@+"
                .to_owned(),
            require_unique_email: false,
            max_email_length: 256,
            conceal_existence: false,
            notify_owners: false,
            deletion_grace: Duration::days(30),
        }
    }
}

impl UserOptions {
    /// The shortest time that [`deletion_grace`](Self::deletion_grace) should be.
    pub const SHORTEST_DELETION_GRACE: Duration = Duration::HOUR;
}

/// .NET's `PasswordOptions`.
#[derive(Debug, Clone)]
pub struct PasswordOptions {
    /// Minimum length, in UTF-16 code units as .NET counts.
    pub required_length: usize,
    /// Minimum length for an account whose second factor is on; `None` for the same. Such an account may then turn it off only
    /// with its password at hand, and if that is [`required_length`](Self::required_length) long.
    pub required_length_with_second_factor: Option<usize>,
    /// Minimum number of distinct characters.
    pub required_unique_chars: usize,
    /// Require a character that is neither letter nor digit.
    pub require_non_alphanumeric: bool,
    /// Require a letter from `a` to `z`.
    pub require_lowercase: bool,
    /// Require a letter from `A` to `Z`.
    pub require_uppercase: bool,
    /// Require a digit from `0` to `9`.
    pub require_digit: bool,
    /// Maximum length, in bytes of UTF-8: 1,024. Longer ones are rejected without being hashed. (.NET has no such
    /// limit.)
    pub max_length: usize,
    /// Whether to refuse the 100,000 passwords that are used most, in any case and repeated.
    pub refuse_common: bool,
    /// Whether to refuse passwords that are made of the user's name or address or of the
    /// [`context_words`](Self::context_words), with fewer than eight characters beside them.
    pub refuse_context_words: bool,
    /// Names of the service and of who runs it.
    pub context_words: Vec<String>,
    /// Passwords that are known from data breaches, which are refused.
    pub breach_corpus: Option<BreachCorpus>,
}

impl PasswordOptions {
    /// Whether the second factor makes shorter passwords possible, so that turning it off requires the password.
    pub fn may_be_shorter_with_second_factor(&self) -> bool {
        let shorter = self.required_length_with_second_factor;
        shorter.is_some_and(|shorter| shorter < self.required_length)
    }
}

impl Default for PasswordOptions {
    fn default() -> Self {
        Self {
            required_length: 6,
            required_length_with_second_factor: None,
            required_unique_chars: 1,
            require_non_alphanumeric: true,
            require_lowercase: true,
            require_uppercase: true,
            require_digit: true,
            max_length: 1024,
            refuse_common: false,
            refuse_context_words: false,
            context_words: Vec::new(),
            breach_corpus: None,
        }
    }
}

/// .NET's `LockoutOptions`.
#[derive(Debug, Clone)]
pub struct LockoutOptions {
    /// Whether new accounts can be locked.
    pub allowed_for_new_users: bool,
    /// Failures until an account is locked.
    pub max_failed_access_attempts: i32,
    /// How long it then stays locked.
    pub default_lockout_time_span: Duration,
    /// Whether a wrong old password counts as a failure when a signed-in user changes the password. .NET does not count
    /// them.
    pub count_old_password_failures: bool,
}

impl Default for LockoutOptions {
    fn default() -> Self {
        Self {
            allowed_for_new_users: true,
            max_failed_access_attempts: 5,
            default_lockout_time_span: Duration::minutes(5),
            count_old_password_failures: false,
        }
    }
}

/// .NET's `SignInOptions`.
#[derive(Debug, Clone, Default)]
pub struct SignInOptions {
    /// The e-mail address must be confirmed.
    pub require_confirmed_email: bool,
    /// The telephone number must be confirmed.
    pub require_confirmed_phone_number: bool,
    /// The account must be confirmed: by default, its e-mail address.
    pub require_confirmed_account: bool,
}

/// .NET's `ClaimsIdentityOptions`.
#[derive(Debug, Clone)]
pub struct ClaimsIdentityOptions {
    /// The type of role claims.
    pub role_claim_type: String,
    /// The type of the claim with the user's name.
    pub user_name_claim_type: String,
    /// The type of the claim with the user's id.
    pub user_id_claim_type: String,
    /// The type of the claim with the address.
    pub email_claim_type: String,
    /// The type of the claim with the security stamp.
    pub security_stamp_claim_type: String,
}

impl Default for ClaimsIdentityOptions {
    fn default() -> Self {
        Self {
            role_claim_type: claim_types::ROLE.to_owned(),
            user_name_claim_type: claim_types::NAME.to_owned(),
            user_id_claim_type: claim_types::NAME_IDENTIFIER.to_owned(),
            email_claim_type: claim_types::EMAIL.to_owned(),
            security_stamp_claim_type: claim_types::SECURITY_STAMP.to_owned(),
        }
    }
}

/// How passwords are hashed (.NET's `PasswordHasherOptions`).
#[derive(Debug, Clone)]
pub struct PasswordHasherOptions {
    /// The algorithm of new hashes. Weaker hashes, and those of another kind, are replaced at the next sign-in.
    /// Argon2id may need its memory once for each core.
    pub algorithm: PasswordAlgorithm,
    /// Maximum number of passwords waiting to be hashed; further ones get [`Error::Busy`](crate::Error::Busy).
    pub queue_length: usize,
    /// A secret that new hashes depend on. Hashes without it are replaced at the next sign-in.
    pub pepper: Option<Pepper>,
    /// Peppers that older hashes depend on.
    pub previous_peppers: Vec<Pepper>,
    /// Whether replacing a hash at sign-in leaves the security stamp as it is, and so the account's sessions and pending
    /// links: it is the same password. In .NET it ends them.
    pub rehash_keeps_security_stamp: bool,
}

impl Default for PasswordHasherOptions {
    fn default() -> Self {
        Self {
            algorithm: PasswordAlgorithm::default(),
            queue_length: 1_000,
            pepper: None,
            previous_peppers: Vec::new(),
            rehash_keeps_security_stamp: false,
        }
    }
}

impl PasswordHasherOptions {
    /// The pepper with this id, whether new hashes depend on it or older ones.
    pub fn find_pepper(&self, id: PepperId) -> Option<&Pepper> {
        let all = self.pepper.iter().chain(&self.previous_peppers);
        all.into_iter().find(|pepper| pepper.id() == id)
    }
}

/// .NET's `DataProtectionTokenProviderOptions`.
#[derive(Debug, Clone)]
pub struct TokenProviderOptions {
    /// How long a mailed link or code is valid.
    pub token_lifespan: Duration,
    /// The same for codes that set a new password; `None` for [`token_lifespan`](Self::token_lifespan). (.NET has one
    /// lifetime for all.)
    pub reset_lifespan: Option<Duration>,
    /// Whether a link or code works once only, even if nothing else has ended it. Needs stores that keep
    /// [one-time secrets](crate::store::SecretStore). (In .NET a link that confirms an address works until it expires.)
    pub single_use: bool,
}

impl Default for TokenProviderOptions {
    fn default() -> Self {
        Self {
            token_lifespan: Duration::days(1),
            reset_lifespan: None,
            single_use: false,
        }
    }
}

/// .NET's `SecurityStampValidatorOptions`.
#[derive(Debug, Clone)]
pub struct SecurityStampOptions {
    /// How long a cookie is trusted before its security stamp is checked again; zero checks at every request.
    pub validation_interval: Duration,
}

impl Default for SecurityStampOptions {
    fn default() -> Self {
        Self {
            validation_interval: Duration::minutes(30),
        }
    }
}
