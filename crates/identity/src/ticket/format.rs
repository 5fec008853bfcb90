//! Sealing and opening tickets.

use std::{fmt, marker::PhantomData, sync::Arc};

use time::OffsetDateTime;
use wicketgate_protection::{DataProtection, ProtectError, Protector, UnprotectError};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::schemes;
use crate::ticket::Ticket;
use crate::ticket::cache::TicketCache;

/// Seals tickets of one kind, and opens them (.NET's `TicketDataFormat`). What was sealed as one kind does not open as
/// another.
///
/// # Examples
/// ```
/// # use std::sync::Arc;
/// use wicketgate_identity::{ClaimsPrincipal, schemes};
/// use wicketgate_identity::ticket::{Ticket, TicketFormat};
/// # use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), wicketgate_identity::Error> {
/// # let protection = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
/// let access_tokens = TicketFormat::access_tokens(&protection);
/// let refresh_tokens = TicketFormat::refresh_tokens(&protection);
///
/// let ticket = Ticket::new(schemes::BEARER_ACCESS_TOKEN, ClaimsPrincipal::default());
/// let token = access_tokens.seal(&ticket).await?;
/// assert_eq!(access_tokens.open(token.as_str()).await?, Some(ticket));
/// assert_eq!(refresh_tokens.open(token.as_str()).await?, None);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct TicketFormat<Kind> {
    protector: Protector,
    kind: PhantomData<Kind>,
}

/// The same for what is opened again and again, such as the access tokens and cookies of requests: opened tickets are
/// remembered, a bounded number of them, until they end or the key ring is read again. Each value remembers for itself.
pub struct CachedTicketFormat<Kind> {
    format: TicketFormat<Kind>,
    cache: TicketCache,
}

/// A sealed ticket of one kind: base64url text. Not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Protected<Kind> {
    text: String,
    kind: PhantomData<Kind>,
}

/// The kind of tokens that open the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessToken {}

/// The kind of tokens that fetch new access tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshToken {}

/// The kind of cookies' values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {}

/// The schemes that keep a ticket in a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CookieScheme {
    /// A signed-in user.
    Application,
    /// A login with another provider that is not finished.
    External,
    /// Between password and second factor.
    TwoFactorUserId,
    /// A machine that needs no second factor.
    TwoFactorRememberMe,
}

impl CookieScheme {
    /// The scheme's name, one of [`schemes`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Application => schemes::APPLICATION,
            Self::External => schemes::EXTERNAL,
            Self::TwoFactorUserId => schemes::TWO_FACTOR_USER_ID,
            Self::TwoFactorRememberMe => schemes::TWO_FACTOR_REMEMBER_ME,
        }
    }
}

const BEARER_HANDLER: &str = "Microsoft.AspNetCore.Authentication.BearerToken";
const COOKIE_HANDLER: &str = "Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationMiddleware";

impl TicketFormat<AccessToken> {
    /// The form of access tokens.
    pub fn access_tokens(protection: &DataProtection) -> Self {
        Self::new(protection, &[BEARER_HANDLER, schemes::BEARER, "BearerToken"])
    }
}

impl TicketFormat<RefreshToken> {
    /// The form of refresh tokens.
    pub fn refresh_tokens(protection: &DataProtection) -> Self {
        Self::new(protection, &[BEARER_HANDLER, schemes::BEARER, "RefreshToken"])
    }
}

impl TicketFormat<Cookie> {
    /// The form of a scheme's cookies.
    pub fn cookies(protection: &DataProtection, scheme: CookieScheme) -> Self {
        Self::new(protection, &[COOKIE_HANDLER, scheme.name(), "v2"])
    }
}

impl<Kind> TicketFormat<Kind> {
    fn new(protection: &DataProtection, purposes: &[&str]) -> Self {
        Self {
            protector: protection.protector(purposes),
            kind: PhantomData,
        }
    }

    /// The ticket as text that only this kind of format with the same keys can read.
    ///
    /// # Errors
    /// [`ProtectError`] when the ring has no usable key.
    pub async fn seal(&self, ticket: &Ticket) -> Result<Protected<Kind>, ProtectError> {
        let bytes = Zeroizing::new(ticket.to_bytes());
        let text = self.protector.protect_text(&bytes).await?;
        Ok(Protected {
            text,
            kind: PhantomData,
        })
    }

    /// The ticket in `text`; `None` for everything that is not exactly what [`seal`](Self::seal) gave. Whether the
    /// ticket has ended is for the caller to see.
    ///
    /// # Errors
    /// [`Error::Protect`] when the ring cannot be read.
    pub async fn open(&self, text: &str) -> Result<Option<Ticket>, Error> {
        match self.protector.unprotect_text(text).await {
            Ok(bytes) => Ok(Ticket::from_bytes(&bytes).ok()),
            Err(UnprotectError::Invalid | UnprotectError::Expired) => Ok(None),
            Err(UnprotectError::Repository(error)) => Err(ProtectError::from(error).into()),
        }
    }
}

impl<Kind> CachedTicketFormat<Kind> {
    /// Remembers nothing yet.
    pub fn new(format: TicketFormat<Kind>) -> Self {
        Self {
            format,
            cache: TicketCache::new(),
        }
    }

    /// As [`TicketFormat::seal`]. What is sealed is not remembered.
    ///
    /// # Errors
    /// As there.
    pub async fn seal(&self, ticket: &Ticket) -> Result<Protected<Kind>, ProtectError> {
        self.format.seal(ticket).await
    }

    /// As [`TicketFormat::open`], at this time.
    ///
    /// # Errors
    /// As there.
    pub async fn open(&self, text: &str, now: OffsetDateTime) -> Result<Option<Arc<Ticket>>, Error> {
        // Asked before the ticket is opened: should the ring be read in between, what was opened counts as outdated.
        let edition = self.format.protector.ring_edition().await.map_err(ProtectError::from)?;
        if let Some(ticket) = self.cache.get(text, edition, now) {
            return Ok(Some(ticket));
        }
        // In a box, so that those who find their ticket remembered carry no room for this.
        let ticket = Box::pin(self.format.open(text)).await?.map(Arc::new);
        if let Some(ticket) = &ticket {
            self.cache.insert(text, edition, ticket);
        }
        Ok(ticket)
    }
}

impl<Kind> fmt::Debug for CachedTicketFormat<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedTicketFormat")
            .field("protector", &self.format.protector)
            .finish_non_exhaustive()
    }
}

impl<Kind> Protected<Kind> {
    /// The text to send.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text to send.
    pub fn into_string(self) -> String {
        self.text
    }
}

impl<Kind> fmt::Debug for Protected<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Protected(…)")
    }
}
