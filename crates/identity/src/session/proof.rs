//! What a sign-in proves.

use time::OffsetDateTime;

use super::{Session, SignInMethod};

/// What a sign-in proves about who the user is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// By what.
    pub methods: Vec<SignInMethod>,
    /// When the user gave it; `None` means just now.
    pub at: Option<OffsetDateTime>,
    /// The id of the credential, if it has one, as a passkey has.
    pub credential: Option<String>,
}

impl Proof {
    /// A sign-in that proves nothing, as an application's own may be: its session is not [fresh](crate::Accounts::is_fresh).
    pub fn none() -> Self {
        Self::default()
    }

    /// The user gave it just now.
    pub fn now(methods: Vec<SignInMethod>) -> Self {
        Self {
            methods,
            ..Self::default()
        }
    }

    /// What another session of the user proves.
    pub fn of(session: &Session) -> Self {
        Self {
            methods: session.methods.clone(),
            at: Some(session.authenticated),
            credential: session.credential.clone(),
        }
    }

    /// What a cookie of the sign-in names, if it proves less than that its session has just begun: a later confirmation is not for
    /// its copies.
    pub fn in_cookie(&self) -> Option<OffsetDateTime> {
        match self.methods.is_empty() {
            true => Some(OffsetDateTime::UNIX_EPOCH),
            false => self.at,
        }
    }
}
