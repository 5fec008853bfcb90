//! Secrets that work once: codes and links in mails, steps of an authenticator, and whatever else must be used by one
//! request alone.
//!
//! A secret has a [purpose](SecretPurpose), which is a type: what was made for one purpose cannot be passed where another
//! is asked for, and its text means nothing there. Stores keep a hash of it, never the secret, until it expires.
//! [`SecretStore::redeem`](crate::store::SecretStore::redeem) says yes to exactly one of any number of calls, on any
//! instance.

mod issued;
mod purpose;
mod redemption;
mod secrets;

pub use issued::{IssuedSecret, Secret};
pub use purpose::{
    ApplicationToken, AuthenticatorStep, EmailChange, EmailConfirmation, PasskeyChallenge, PasswordReset, SecretPurpose,
};
pub use redemption::{Redemption, StatelessSecret};
pub use secrets::Secrets;
