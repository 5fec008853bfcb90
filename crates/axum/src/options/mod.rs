//! Options for tokens, cookies and request limits; the defaults are ASP.NET Core's.

mod cookie_rules;
mod profile;

use time::Duration;
use wicketgate_identity::schemes;

pub use cookie_rules::CookieOptionsError;
pub use wicketgate_identity::options::Profile;

/// How long tokens and cookies last, and the cookies' attributes.
#[derive(Debug, Clone)]
pub struct AuthenticationOptions {
    /// Access and refresh tokens.
    pub bearer: BearerTokenOptions,
    /// The cookie that keeps a browser signed in, `.AspNetCore.Identity.Application`.
    pub cookie: CookieAuthenticationOptions,
    /// The cookie that lets a browser skip the second factor, `Identity.TwoFactorRememberMe`.
    pub remember_machine_cookie: CookieAuthenticationOptions,
    /// The cookie of an unfinished sign-in with an external provider, `Identity.External`.
    pub external_cookie: CookieOptions,
    /// The cookie between password and second factor, `Identity.TwoFactorUserId`.
    pub two_factor_user_id_cookie: CookieOptions,
    /// Whether requests that change something are refused with 403 if a page of another site sent them and they carry one of
    /// the cookies, or would set one: yes. Pages of [`cors`](crate::IdentityBuilder::cors)' origins may send them.
    pub refuse_cross_site: bool,
}

impl Default for AuthenticationOptions {
    fn default() -> Self {
        Self {
            bearer: BearerTokenOptions::default(),
            cookie: CookieAuthenticationOptions::named(".AspNetCore.Identity.Application"),
            remember_machine_cookie: CookieAuthenticationOptions::named(schemes::TWO_FACTOR_REMEMBER_ME),
            external_cookie: CookieOptions::named(schemes::EXTERNAL),
            two_factor_user_id_cookie: CookieOptions::named(schemes::TWO_FACTOR_USER_ID),
            refuse_cross_site: true,
        }
    }
}

impl AuthenticationOptions {
    /// All cookies by the names of their options.
    pub fn cookies(&self) -> [(&'static str, &CookieOptions); 4] {
        [
            ("cookie", &self.cookie.cookie),
            ("remember_machine_cookie", &self.remember_machine_cookie.cookie),
            ("external_cookie", &self.external_cookie),
            ("two_factor_user_id_cookie", &self.two_factor_user_id_cookie),
        ]
    }
}

/// Limits on requests to the Identity endpoints. The application's own routes keep their own limits.
#[derive(Debug, Clone)]
pub struct RequestLimits {
    /// Largest body in bytes: 16 KiB. A larger one is answered with 413 before it is read. (Kestrel's `MaxRequestBodySize`,
    /// which is 30,000,000 for all routes.)
    pub max_request_body_size: usize,
    /// How many requests may run at once, including those whose clients have disconnected: 2,000. Further ones are answered
    /// with 503. A request counts once its body has been read. (.NET has no such limit: there, a client that disconnects
    /// cancels its request.)
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
    /// Lifetime of an access token: one hour.
    pub bearer_token_expiration: Duration,
    /// Lifetime of a refresh token: fourteen days.
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
    /// Lifetime of the ticket in the cookie: fourteen days. A session cookie, too, is refused after that.
    pub expire_time_span: Duration,
    /// Whether a request in the second half of that lifetime renews the cookie: yes.
    pub sliding_expiration: bool,
    /// Redirect target for signed-out users on cookie-only routes.
    pub login_path: String,
    /// Redirect target for users without permission on cookie-only routes.
    pub access_denied_path: String,
}

impl CookieAuthenticationOptions {
    /// .NET's defaults, for a cookie with this name.
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
    /// Domain that the browser sends the cookie to; without one, only the host that set it.
    pub domain: Option<String>,
    /// Path that the browser sends the cookie to: `/`.
    pub path: String,
    /// Whether requests from other sites carry it: `Lax`.
    pub same_site: SameSite,
    /// Whether it is sent over TLS only.
    pub secure_policy: CookieSecurePolicy,
    /// Whether it is hidden from scripts: yes.
    pub http_only: bool,
    /// How long the browser keeps it; takes precedence over `expires`.
    pub max_age: Option<Duration>,
    /// Whether a browser keeps it apart for each site that the application is embedded in: no. Such a cookie must be `secure`.
    /// (.NET sets this by `CookieBuilder.Extensions`.)
    pub partitioned: bool,
}

impl CookieOptions {
    /// .NET's defaults, for a cookie with this name.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            domain: None,
            path: "/".to_owned(),
            same_site: SameSite::Lax,
            secure_policy: CookieSecurePolicy::SameAsRequest,
            http_only: true,
            max_age: None,
            partitioned: false,
        }
    }
}

/// .NET's `SameSiteMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// No attribute: the browser decides.
    Unspecified,
    /// Requests from other sites carry the cookie. Browsers require `secure` with it.
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
