//! Why a browser's answer is not accepted.

use super::algorithm::CoseAlgorithm;
use super::json::MalformedJson;
use super::operation::{NoCeremony, PasskeyOperation};

/// Why a browser's answer is not accepted (.NET's `PasskeyException`). `Display` is .NET's message, for the log and for who adds a
/// passkey: whoever signs in learns no more than that it was refused. Texts that the browser chose are shortened to 256 characters in
/// it, and have no control characters and line ends, so that one refusal is one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasskeyRefusal {
    /// The answer is no JSON of the right form.
    #[error("The {0} credential JSON had an invalid format: {1}")]
    InvalidCredentialJson(PasskeyOperation, MalformedJson),
    /// The answer is `null`.
    #[error("The {0} credential JSON was unexpectedly null.")]
    NullCredentialJson(PasskeyOperation),
    /// The answer has more bytes than
    /// [`MAX_CREDENTIAL_JSON_LENGTH`](super::MAX_CREDENTIAL_JSON_LENGTH). (.NET has no such refusal.)
    #[error("The credential JSON has {0} bytes, which is too long.")]
    CredentialJsonTooLong(usize),
    /// The state is not what was made for this ceremony.
    #[error("The {0} state JSON had an invalid format: {1}")]
    InvalidStateJson(PasskeyOperation, MalformedJson),
    /// The state is `null`.
    #[error("the assertion state json was unexpectedly null.")]
    NullStateJson,
    /// The answer's `type` is this.
    #[error("Expected credential type 'public-key', got '{0}'.")]
    InvalidCredentialType(String),
    /// The client data are no JSON of the right form.
    #[error("The client data JSON had an invalid format: {0}")]
    InvalidClientDataJson(MalformedJson),
    /// The client data are `null`.
    #[error("The client data JSON was unexpectedly null.")]
    NullClientDataJson,
    /// The client data are of another ceremony.
    #[error("Expected the client data JSON 'type' field to be '{expected}', got '{actual}'.")]
    InvalidClientDataType {
        /// What it should be.
        expected: &'static str,
        /// What it is.
        actual: String,
    },
    /// Another challenge was signed.
    #[error("The authenticator response challenge does not match original challenge.")]
    InvalidChallenge,
    /// The browser was at this origin, which is not the request's.
    #[error("The authenticator response had an invalid origin '{0}'.")]
    InvalidOrigin(String),
    /// WebAuthn has no such status of token binding.
    #[error("Invalid token binding status '{0}'.")]
    InvalidTokenBindingStatus(String),
    /// The attestation object is no CBOR of the right form.
    #[error("The attestation object had an invalid format.")]
    InvalidAttestationObjectFormat,
    /// The attestation object has no `fmt`.
    #[error("The attestation object did not include an attestation statement format.")]
    MissingAttestationStatementFormat,
    /// The attestation object has no `attStmt`.
    #[error("The attestation object did not include an attestation statement.")]
    MissingAttestationStatement,
    /// The attestation object has no `authData`.
    #[error("The attestation object did not include authenticator data.")]
    MissingAuthenticatorData,
    /// The authenticator data have this many bytes, which are too few.
    #[error("The authenticator data had an invalid byte count of {0}.")]
    InvalidAuthenticatorDataLength(usize),
    /// The authenticator data have other bytes behind.
    #[error("The authenticator data had an invalid format.")]
    InvalidAuthenticatorDataFormat,
    /// The new passkey has this many bytes, which are too few.
    #[error("The attested credential data had an invalid byte count of {0}.")]
    InvalidAttestedCredentialDataLength(usize),
    /// The new passkey's id is longer than what is there.
    #[error("The attested credential data had an invalid format.")]
    InvalidAttestedCredentialDataFormat,
    /// The new passkey's id has this many bytes.
    #[error("Expected the credential ID to have a length between 1 and 1023 bytes, but got {0}.")]
    InvalidCredentialIdLength(usize),
    /// The public key is none that can be verified with.
    #[error("The credential public key was invalid.")]
    InvalidCredentialPublicKey,
    /// The passkey is bound to another domain.
    #[error("The authenticator data included an invalid Relying Party ID hash.")]
    InvalidRelyingPartyIdHash,
    /// Nobody touched the authenticator.
    #[error("The authenticator data flags did not include the 'UserPresent' flag.")]
    UserNotPresent,
    /// Nobody proved to the authenticator who they are.
    #[error("User verification is required, but the authenticator data flags did not have the 'UserVerified' flag.")]
    UserNotVerified,
    /// The passkey is backed up and cannot be.
    #[error("The credential is backed up, but the authenticator data flags did not have the 'BackupEligible' flag.")]
    NotBackupEligibleYetBackedUp,
    /// There is no new passkey.
    #[error("No attested credential data was provided by the authenticator.")]
    MissingAttestedCredentialData,
    /// The algorithm was not offered.
    #[error("The credential public key algorithm does not match any of the supported algorithms.")]
    UnsupportedCredentialPublicKeyAlgorithm,
    /// The answer's id is not the authenticator's.
    #[error("The provided credential ID does not match the credential ID in the attested credential data.")]
    CredentialIdMismatch,
    /// Somebody has this passkey.
    #[error("The credential is already registered for a user.")]
    CredentialAlreadyRegistered,
    /// The user has no such passkey, or there is no such user.
    #[error("The provided credential does not belong to the specified user.")]
    CredentialDoesNotBelongToUser,
    /// The passkey is of another user than the one who was asked for it.
    #[error("The provided user handle '{asked}' does not match the credential's user handle '{answered}'.")]
    UserHandleMismatch {
        /// Who was asked.
        asked: String,
        /// Who answered.
        answered: String,
    },
    /// Nobody was asked by name, and the answer does not say who it is.
    #[error("The authenticator response was missing a user handle.")]
    MissingUserHandle,
    /// The passkey could be backed up when it was registered.
    #[error(
        "The stored credential is eligible for backup, but the provided credential was unexpectedly ineligible for backup."
    )]
    ExpectedBackupEligibleCredential,
    /// The passkey could not be backed up when it was registered.
    #[error(
        "The stored credential is ineligible for backup, but the provided credential was unexpectedly eligible for backup."
    )]
    ExpectedBackupIneligibleCredential,
    /// The signature is wrong.
    #[error("The assertion signature was invalid.")]
    InvalidAssertionSignature,
    /// The authenticator may have been copied.
    #[error(
        "The authenticator's signature counter is unexpectedly less than or equal to the stored signature counter."
    )]
    SignCountLessThanOrEqualToStoredSignCount,
    /// A passkey whose key cannot sign with its algorithm, which .NET registers all the same.
    #[error("An unexpected error occurred during passkey assertion: Missing or unknown alg {}", .0.name())]
    AlgorithmOfAnotherKey(CoseAlgorithm),
    /// A stored passkey of an algorithm with this number, which is not known.
    #[error("An unexpected error occurred during passkey assertion: Invalid COSE algorithm value.")]
    UnknownAlgorithm(i32),
    /// The user has as many passkeys as are allowed ([`UserPasskey::MAX_PER_USER`](super::UserPasskey::MAX_PER_USER)). (.NET has no
    /// such refusal.)
    #[error("The user has too many passkeys.")]
    TooManyPasskeys,
    /// The user's password or second factor has changed since the ceremony's second request began. (.NET has no such refusal.)
    #[error("The user's credentials have changed meanwhile.")]
    AccountChanged,
    /// The attestation object, or the client data, of a new passkey has this many bytes: more than
    /// [`MAX_STATEMENT_LENGTH`](super::MAX_STATEMENT_LENGTH). (.NET has no such refusal.)
    #[error("The attestation has {0} bytes, which is too long.")]
    AttestationTooLong(usize),
    /// The challenge was answered before, and each may be answered once. (.NET has no such refusal.)
    #[error("The passkey's challenge was answered before.")]
    ReusedChallenge,
    /// The second request of a ceremony came without the first.
    #[error(transparent)]
    NoCeremony(#[from] NoCeremony),
    /// The stores keep no passkeys: the database is older than version 3.
    #[error("Passkeys are not kept here.")]
    NotKept,
    /// More than 16 transports, or one of more than 64 bytes or with a null character. (.NET has no such refusal.)
    #[error("The attestation credential has transports that cannot be kept.")]
    UnusableTransports,
}

const LONGEST_SHOWN: usize = 256;

/// A text that the browser chose, for a message: what ends a line, or tells a terminal something, is `\u{FFFD}`.
pub(super) fn shown(text: &str) -> String {
    let is_cut_off = text.chars().nth(LONGEST_SHOWN).is_some();
    let kept = if is_cut_off { LONGEST_SHOWN - 1 } else { LONGEST_SHOWN };
    let shown = text.chars().take(kept).map(|c| match c {
        '\u{2028}' | '\u{2029}' => char::REPLACEMENT_CHARACTER,
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    });
    shown.chain(is_cut_off.then_some('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_a_stranger_is_one_short_line() {
        assert_eq!(shown("https://é.example"), "https://é.example");
        let hostile = "a\r\nb\0\u{1b}[2J\u{7f}\u{85}\u{9b}\u{2028}\u{2029}c\t";
        assert_eq!(
            shown(hostile),
            "a\u{FFFD}\u{FFFD}b\u{FFFD}\u{FFFD}[2J\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}c\u{FFFD}"
        );
        assert_eq!(shown(&"é".repeat(256)), "é".repeat(256));
        assert_eq!(shown(&"é".repeat(257)), "é".repeat(255) + "…");
    }
}
