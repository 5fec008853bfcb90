//! Where a request was sent: scheme and host from the client's point of view.

use std::fmt;

use http::HeaderValue;

use super::Host;
use crate::dotnet::PathBase;

/// Where a request was sent, from its client's point of view: what links to this application begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestOrigin {
    pub(crate) scheme: UrlScheme,
    /// A [`Host`]; empty if the request names none. Kept as a header value, which is cheap to clone, since few requests need it.
    pub(crate) host: HeaderValue,
    pub(crate) named_by: HostNamedBy,
    /// The prefix that a proxy removed from the path.
    pub(crate) path_base: PathBase,
}

/// The schemes of links that a browser opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UrlScheme {
    Http,
    Https,
}

/// Who named the host that a request was sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostNamedBy {
    /// A remote client, which may name any host.
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

    /// Whether a client on this machine asked for this machine. A remote client can send `Host: localhost` as well, and is not
    /// trusted.
    pub(crate) fn is_loopback(&self) -> bool {
        self.named_by == HostNamedBy::LocalClient && self.host().is_some_and(|host| host.is_loopback())
    }
}

impl UrlScheme {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl fmt::Display for UrlScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
