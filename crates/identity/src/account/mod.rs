//! Accounts: their data, the rules for their names, and what can be done with them.

mod accounts;
mod administration;
mod authenticator_keys;
mod change;
mod confirmation;
mod deletion;
mod email;
mod passkey_proof;
mod passkeys;
mod password;
mod redeeming;
mod registration;
mod registration_mail;
mod two_factor;
mod user;
mod user_token;
mod validator;
mod writing;

pub use self::accounts::Accounts;
pub use self::authenticator_keys::AuthenticatorKeysStep;
pub use self::change::{Change, EmailChange, EmailUniqueness, Expected};
pub use self::confirmation::{Confirmation, Confirmed};
pub use self::deletion::{Closing, Deletion, DueDeletion, Lockout};
pub(crate) use self::passkey_proof::{PasskeyProof, RefusedPasskey};
pub use self::registration::NewAccount;
pub use self::registration_mail::RegistrationMail;
pub use self::user::{ConcurrencyStamp, NormalizedName, PasswordHash, SecurityStamp, User, UserId};
pub use self::user_token::{MalformedCode, UserToken, UserTokenProvider, UserTokenPurpose};
