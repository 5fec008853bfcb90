//! Where requests were sent: scheme and host as the client sees them.

use std::fmt;

use http::HeaderValue;

use super::Host;
use crate::dotnet::PathBase;

/// Where a request was sent, as its client sees it: what links to this application begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestOrigin {
    pub(crate) scheme: UrlScheme,
    /// A [`Host`]; empty where the request names none. As a header's value, since a copy of that costs nothing, and few
    /// requests need it.
    pub(crate) host: HeaderValue,
    pub(crate) named_by: HostNamedBy,
    /// What a proxy took off the path.
    pub(crate) path_base: PathBase,
}

/// The two schemes that a browser opens links of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UrlScheme {
    Http,
    Https,
}

/// Who says that a request was sent to this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostNamedBy {
    /// A client, which may say what it likes.
    Client,
    /// A client on this machine.
    LocalClient,
    /// A trusted proxy, in `X-Forwarded-Host`.
    TrustedProxy,
}

impl RequestOrigin {
    pub(crate) fn is_https(&self) -> bool {
        self.scheme == UrlScheme::Https
    }

    /// The host, if the request names one.
    pub(crate) fn host(&self) -> Option<Host<'_>> {
        self.host.to_str().ok().and_then(Host::parse)
    }

    /// Whether a client on this machine asked for this machine. A client elsewhere that sends `Host: localhost` is a
    /// stranger who says what it likes.
    pub(crate) fn is_loopback(&self) -> bool {
        self.named_by == HostNamedBy::LocalClient && self.host().is_some_and(|host| host.is_loopback())
    }
}

impl fmt::Display for UrlScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

impl fmt::Display for RequestOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            scheme,
            host,
            path_base,
            ..
        } = self;
        write!(f, "{scheme}://{}{path_base}", host.to_str().unwrap_or_default())
    }
}
