//! Options of authentication, cookies and requests.

mod cookie_rules;

use time::Duration;

pub use cookie_rules::CookieOptionsError;

/// How requests prove who sends them; the defaults are .NET's.
#[derive(Debug, Clone)]
pub struct AuthenticationOptions {
    /// Access and refresh tokens.
    pub bearer: BearerTokenOptions,
    /// The cookie of a signed-in browser, `.AspNetCore.Identity.Application`.
    pub cookie: CookieAuthenticationOptions,
    /// The cookie of a browser that need not show a second factor again, `Identity.TwoFactorRememberMe`.
    pub remember_machine_cookie: CookieAuthenticationOptions,
}

impl Default for AuthenticationOptions {
    fn default() -> Self {
        Self {
            bearer: BearerTokenOptions::default(),
            cookie: CookieAuthenticationOptions::named(".AspNetCore.Identity.Application"),
            remember_machine_cookie: CookieAuthenticationOptions::named("Identity.TwoFactorRememberMe"),
        }
    }
}

/// How much a request to the Identity endpoints may bring along.
#[derive(Debug, Clone)]
pub struct RequestLimits {
    /// The longest body, in bytes: 16 KiB. A longer one is answered with 413 before it is read. (Kestrel's
    /// `MaxRequestBodySize`, which is 30,000,000 for all routes alike. Routes of the application itself keep their own
    /// limits.)
    pub max_request_body_size: usize,
    /// How many requests may be carried out at a time, those whose clients are gone among them: 2,000. Others are answered
    /// with 503. A request counts from when its body was read. (.NET has no such limit: there a client that goes cancels
    /// what it asked for.)
    pub max_running_requests: usize,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            max_request_body_size: 16 * 1024,
            max_running_requests: 2_000,
        }
    }
}

/// .NET's `BearerTokenOptions`.
#[derive(Debug, Clone)]
pub struct BearerTokenOptions {
    /// Life of an access token: one hour.
    pub bearer_token_expiration: Duration,
    /// Life of a refresh token: fourteen days.
    pub refresh_token_expiration: Duration,
}

impl Default for BearerTokenOptions {
    fn default() -> Self {
        Self {
            bearer_token_expiration: Duration::hours(1),
            refresh_token_expiration: Duration::days(14),
        }
    }
}

/// .NET's `CookieAuthenticationOptions`.
#[derive(Debug, Clone)]
pub struct CookieAuthenticationOptions {
    /// Name and attributes.
    pub cookie: CookieOptions,
    /// How long the ticket in the cookie lives: fourteen days. Session cookies end on the server after this too.
    pub expire_time_span: Duration,
    /// Whether a request in the second half of that life brings a new cookie: yes.
    pub sliding_expiration: bool,
    /// Where a route that takes cookies alone sends who is not signed in.
    pub login_path: String,
    /// Where a route that takes cookies alone sends who may not use it.
    pub access_denied_path: String,
}

impl CookieAuthenticationOptions {
    /// .NET's defaults for a cookie of this name.
    pub fn named(name: &str) -> Self {
        Self {
            cookie: CookieOptions::named(name),
            expire_time_span: Duration::days(14),
            sliding_expiration: true,
            login_path: "/Account/Login".to_owned(),
            access_denied_path: "/Account/AccessDenied".to_owned(),
        }
    }
}

/// Name and attributes of a cookie (.NET's `CookieBuilder`).
#[derive(Debug, Clone)]
pub struct CookieOptions {
    /// The name.
    pub name: String,
    /// The domain that gets the cookie back; without one, the host that set it.
    pub domain: Option<String>,
    /// The path that gets the cookie back: `/`.
    pub path: String,
    /// Whether other sites' requests carry it: `lax`.
    pub same_site: SameSite,
    /// Whether it travels over TLS alone.
    pub secure_policy: CookieSecurePolicy,
    /// Whether scripts cannot read it: yes.
    pub http_only: bool,
    /// How long the browser keeps it; overrides `expires` there.
    pub max_age: Option<Duration>,
}

impl CookieOptions {
    /// .NET's defaults for a cookie of this name.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            domain: None,
            path: "/".to_owned(),
            same_site: SameSite::Lax,
            secure_policy: CookieSecurePolicy::SameAsRequest,
            http_only: true,
            max_age: None,
        }
    }
}

/// .NET's `SameSiteMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// No attribute; the browser decides.
    Unspecified,
    /// Requests from other sites carry the cookie. Browsers want it secure then.
    None,
    /// Requests from other sites carry it only when the user follows a link.
    Lax,
    /// Requests from other sites never carry it.
    Strict,
}

/// .NET's `CookieSecurePolicy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieSecurePolicy {
    /// `secure` when the request came over TLS.
    SameAsRequest,
    /// Always `secure`.
    Always,
    /// Never `secure`.
    None,
}
