//! The second factor: codes of an authenticator, and recovery codes for whoever has lost it.

pub mod authenticator;
mod recovery_codes;

pub use recovery_codes::RecoveryCodes;
