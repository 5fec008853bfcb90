//! The second factor: authenticator codes, and recovery codes for users who have lost their authenticator.

pub mod authenticator;
mod recovery_codes;

pub use recovery_codes::RecoveryCodes;
