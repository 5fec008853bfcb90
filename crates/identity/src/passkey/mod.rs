//! Passkeys (WebAuthn credentials): what a browser is asked for, and whether its answer is accepted, as ASP.NET Core 10 does it.
//!
//! A ceremony has two requests. The first makes [`PasskeyCreationOptions`] or [`PasskeyRequestOptions`] for the browser and a
//! state, which waits in a [ticket](PasskeyOperation::ticket) for the second. That one hands the browser's answer to
//! [`Attestation::verify`] (a new passkey) or [`Assertion::read`] and [`Assertion::verify`] (a sign-in). These functions are pure:
//! who calls them reads and writes the stores.
//!
//! What .NET accepts and is refused here:
//!
//! - an answer of more than [65,536 bytes](MAX_CREDENTIAL_JSON_LENGTH), and an attestation object or client data of more than
//!   [16,384](MAX_STATEMENT_LENGTH), which each passkey would be kept with;
//! - CBOR that is nested more than 16 levels deep, and an authenticator data or format that is written as a string in several pieces;
//! - RSA keys of fewer than 2,048 bits or more than 8,192;
//! - more than 16 transports, and those of more than 64 bytes or with a null character;
//! - more than [100](UserPasskey::MAX_PER_USER) passkeys of one user.
//!
//! Ed25519 is accepted here where the [options](crate::options::PasskeyOptions::algorithms) have it.
//!
//! ```
//! use wicketgate_identity::options::PasskeyOptions;
//! use wicketgate_identity::passkey::{Assertion, PasskeyRefusal, PasskeyRequest};
//!
//! # let (state_json, credential_json) = (r#"{"challenge":"AAAA"}"#, "{}");
//! let (options, request) = (PasskeyOptions::default(), PasskeyRequest { host: "example.test", origin: None });
//! let verdict = Assertion::read(credential_json, state_json).and_then(|assertion| {
//!     let passkey = None; // the one of `assertion.user_id()` and `assertion.credential_id()`
//!     assertion.verify(passkey, &options, request)
//! });
//! let refusal = verdict.unwrap_err();
//! assert!(matches!(refusal, PasskeyRefusal::InvalidCredentialJson(..)));
//! assert!(refusal.to_string().starts_with("The assertion credential JSON had an invalid format: "));
//! ```

mod algorithm;
mod answer;
mod assertion;
mod attestation;
mod attestation_object;
mod authenticator_data;
mod base64url;
mod cbor;
mod client_data;
mod creation_options;
mod credential;
mod credential_id;
mod descriptor;
mod json;
mod operation;
mod origin;
mod public_key;
mod refusal;
mod relying_party;
mod request_options;
mod signature;
mod state;
mod user_passkey;

pub use algorithm::CoseAlgorithm;
pub use answer::PasskeyAnswer;
pub use assertion::{Assertion, VerifiedAssertion};
pub use attestation::Attestation;
pub use creation_options::PasskeyCreationOptions;
pub use credential_id::CredentialId;
pub use json::MalformedJson;
pub use operation::{NoCeremony, PasskeyOperation};
pub use public_key::CredentialPublicKey;
pub use refusal::PasskeyRefusal;
pub use relying_party::PasskeyRequest;
pub use request_options::PasskeyRequestOptions;
pub use state::{PasskeyAssertionState, PasskeyAttestationState, PasskeyUserEntity};
pub use user_passkey::UserPasskey;

/// The longest answer of a browser that is read, in bytes: 65,536. The longest ones have certificates in them, some 10,000 bytes.
/// (.NET has no such limit.)
pub const MAX_CREDENTIAL_JSON_LENGTH: usize = 65_536;

/// The longest attestation object of a new passkey, and the longest client data, in bytes: 16,384. They are kept with the passkey, and
/// read with it whenever a user's passkeys are listed.
pub const MAX_STATEMENT_LENGTH: usize = 16_384;
