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

/// The same with a cache, for tickets that are opened again and again, such as the access tokens and cookies of
/// requests. A limited number of opened tickets is kept, until they expire or the key ring is read again. Each value
/// has its own cache.
pub struct CachedTicketFormat<Kind> {
    format: TicketFormat<Kind>,
    cache: TicketCache,
}

/// A sealed ticket of one kind, as base64url. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Protected<Kind> {
    text: String,
    kind: PhantomData<Kind>,
}

/// Access tokens, which authenticate requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessToken {}

/// Refresh tokens, which get new access tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshToken {}

/// Cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {}

/// The schemes that keep a ticket in a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CookieScheme {
    /// A signed-in user.
    Application,
    /// An unfinished login with an external provider.
    External,
    /// Between password and second factor.
    TwoFactorUserId,
    /// A remembered machine, which needs no second factor.
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
    /// The format of access tokens.
    pub fn access_tokens(protection: &DataProtection) -> Self {
        Self::new(protection, &[BEARER_HANDLER, schemes::BEARER, "BearerToken"])
    }
}

impl TicketFormat<RefreshToken> {
    /// The format of refresh tokens.
    pub fn refresh_tokens(protection: &DataProtection) -> Self {
        Self::new(protection, &[BEARER_HANDLER, schemes::BEARER, "RefreshToken"])
    }
}

impl TicketFormat<Cookie> {
    /// The format of a scheme's cookies.
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

    /// Seals a ticket as text that only a format of the same kind and keys can read.
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

    /// The ticket in `text`; `None` for anything that is not exactly what [`seal`](Self::seal) returned. The caller
    /// must check whether the ticket has expired.
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
    /// A format with an empty cache.
    pub fn new(format: TicketFormat<Kind>) -> Self {
        Self {
            format,
            cache: TicketCache::new(),
        }
    }

    /// As [`TicketFormat::seal`]. Sealed tickets are not cached.
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
        // Asked before the ticket is opened, so that a ticket counts as outdated if the ring is read in between.
        let edition = self.format.protector.ring_edition().await.map_err(ProtectError::from)?;
        if let Some(ticket) = self.cache.get(text, edition, now) {
            return Ok(Some(ticket));
        }
        // Boxed, so that the future of a cache hit stays small.
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
