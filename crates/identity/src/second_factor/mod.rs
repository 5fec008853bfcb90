//! The second factor: authenticator codes, and recovery codes for users who have lost their authenticator.

mod accepted_code;
pub mod authenticator;
mod key_protection;
mod recovery_codes;

pub use accepted_code::AcceptedCode;
pub(crate) use key_protection::AuthenticatorKeyProtection;
pub use key_protection::{is_encrypted, ring_key};
pub(crate) use recovery_codes::NewRecoveryCodes;
pub use recovery_codes::RecoveryCodes;
