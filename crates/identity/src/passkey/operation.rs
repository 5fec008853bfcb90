//! What waits between the two requests of a ceremony.

use std::fmt;

use crate::claims::{ClaimsIdentity, ClaimsPrincipal};
use crate::schemes;
use crate::ticket::Ticket;

/// What a ceremony is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PasskeyOperation {
    /// To register a passkey.
    Attestation,
    /// To sign in with one.
    Assertion,
}

/// The second request of a ceremony came without the first. `Display` is the message of .NET, which answers 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCeremony {
    /// There is no state, or none that can be read.
    #[error(
        "No passkey {0} is underway. Make sure to call 'SignInManager.{method}()' to initiate a passkey {0}.",
        method = .0.method()
    )]
    NotUnderway(PasskeyOperation),
    /// There is the state of the other kind of ceremony.
    #[error(
        "Expected passkey operation '{expected}', but got '{actual}'. This may indicate that you have not previously called \
         'SignInManager.{method}()'.",
        expected = .0.name(),
        actual = .0.other().name(),
        method = .0.method()
    )]
    OtherOperation(PasskeyOperation),
}

const OPERATION: &str = "PasskeyOperation";
const STATE: &str = "PasskeyState";

impl PasskeyOperation {
    /// The ticket of the cookie `Identity.TwoFactorUserId` that keeps a state for the second request. The caller sets when it
    /// was issued and expires. It names nobody, so that it cannot be taken for a password that was accepted.
    pub fn ticket(self, state_json: String) -> Ticket {
        let identity = ClaimsIdentity::new(schemes::TWO_FACTOR_USER_ID);
        let principal = ClaimsPrincipal {
            identities: vec![identity],
        };
        let mut ticket = Ticket::new(schemes::TWO_FACTOR_USER_ID, principal);
        ticket.properties.set(OPERATION, Some(self.name().to_owned()));
        ticket.properties.set(STATE, Some(state_json));
        ticket
    }

    /// The state in an opened, unexpired ticket of that cookie. The caller deletes the cookie, whatever comes of it.
    pub fn state(self, ticket: Option<&Ticket>) -> Result<&str, NoCeremony> {
        let properties = ticket.map(|ticket| &ticket.properties);
        let items = properties.and_then(|properties| Some((properties.get(OPERATION)?, properties.get(STATE)?)));
        match items {
            Some((operation, state)) if operation == self.name() => Ok(state),
            Some((operation, _)) if operation == self.other().name() => Err(NoCeremony::OtherOperation(self)),
            _ => Err(NoCeremony::NotUnderway(self)),
        }
    }

    /// Its name, such as `Attestation`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attestation => "Attestation",
            Self::Assertion => "Assertion",
        }
    }

    /// The type of the client data.
    pub(super) fn client_data_type(self) -> &'static str {
        match self {
            Self::Attestation => "webauthn.create",
            Self::Assertion => "webauthn.get",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Attestation => Self::Assertion,
            Self::Assertion => Self::Attestation,
        }
    }

    /// What begins it in .NET.
    fn method(self) -> &'static str {
        match self {
            Self::Attestation => "MakePasskeyCreationOptionsAsync",
            Self::Assertion => "MakePasskeyRequestOptionsAsync",
        }
    }
}

/// As in messages: in lower case.
impl fmt::Display for PasskeyOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attestation => "attestation",
            Self::Assertion => "assertion",
        })
    }
}
