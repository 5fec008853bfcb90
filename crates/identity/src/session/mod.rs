//! Sessions: what a sign-in began, who may use it and until when.

mod after_change;
mod cache;
mod id;
mod kind;
mod method;
mod proof;
mod reads;
mod refresh;
mod seen;
mod seen_device;
mod sessions;

use time::{Duration, OffsetDateTime};

pub use self::after_change::{GoesOn, SessionsAfterChange};
pub use self::id::SessionId;
pub use self::kind::SessionKind;
pub use self::method::SignInMethod;
pub use self::proof::Proof;
pub use self::refresh::{RefreshState, RefreshStep, Rotation};
pub use self::seen_device::SeenDevice;
pub use self::sessions::{Device, Sessions};
use crate::account::{SecurityStamp, UserId};
use crate::event::microseconds;
use crate::ticket::Ticket;

/// What a sign-in began. The tickets of its cookie or tokens name it in their properties, which .NET ignores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// 128 random bits.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// What it was begun with.
    pub kind: SessionKind,
    /// When it began.
    pub created: OffsetDateTime,
    /// When it was last used, to about a minute.
    pub last_seen: OffsetDateTime,
    /// When the user last proved who they are.
    pub authenticated: OffsetDateTime,
    /// By what; empty if an application has signed them in without a proof.
    pub methods: Vec<SignInMethod>,
    /// The id of the credential that was used, if it has one, as a passkey has.
    pub credential: Option<String>,
    /// The client's network, written as in [events](crate::event).
    pub client: Option<String>,
    /// What the client calls itself, in short: `Firefox on Windows`.
    pub user_agent: Option<String>,
    /// The account's security stamp when the session began, or when it was changed by the session itself. The session ends when
    /// the account has another one, whoever gave it to the account.
    pub security_stamp: Option<SecurityStamp>,
}

impl Session {
    /// Whether it was read before the confirmation that this ticket of it names, of another instance perhaps.
    fn is_older_than(&self, ticket: &Ticket) -> bool {
        ticket.properties.confirmed() > Some(microseconds(self.authenticated))
    }

    /// As this ticket of it proves it. A confirmation gives the browser a new cookie: a copy of the old one, which somebody else may
    /// have, gets no fresher by it. Tokens are not replaced, so a confirmation counts for all of a session.
    fn proved_by(mut self, ticket: &Ticket) -> Self {
        let created = microseconds(self.created);
        let proved = ticket.properties.confirmed().unwrap_or(created);
        if self.kind == SessionKind::Cookie && proved < microseconds(self.authenticated) {
            self.authenticated = OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::microseconds(proved.min(created)));
            // It was the confirmation that may have given a code.
            self.methods.retain(|method| !method.is_second_factor());
        }
        self
    }
}
