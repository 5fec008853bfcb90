//! Hosts that requests may be sent to (.NET's `HostFilteringMiddleware`).

use std::{fmt, str::FromStr};

use super::{Host, request_origin::RequestOrigin};

/// A host that requests may be sent to, such as `id.example.test`, or all its subdomains, `*.example.test`. Case and port do not
/// matter (.NET's `HostString.MatchesAny`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost(Pattern);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    Exact(String),
    /// The common end of all subdomains: `.example.test`.
    Subdomains(String),
}

/// Why a text does not name a host that can be allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllowedHostError {
    /// Every host.
    #[error("that is every host, and mailed links would lead wherever a stranger says; leave the setting out instead")]
    Everything,
    /// A URL.
    #[error("a host has no scheme and no path")]
    Url,
    /// A port.
    #[error("ports are not compared: write the host without one")]
    Port,
    /// An asterisk in the wrong place.
    #[error("`*.` can only stand once, in front")]
    Wildcard,
    /// Anything else.
    #[error(
        "no request can name it: a host is letters, digits, dots and dashes, as browsers send it (xn--… for others)"
    )]
    NoHost,
}

impl FromStr for AllowedHost {
    type Err = AllowedHostError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // .NET takes each of them for every host.
        if matches!(text, "*" | "0.0.0.0" | "[::]") {
            return Err(AllowedHostError::Everything);
        }
        if text.contains('/') {
            return Err(AllowedHostError::Url);
        }
        let (name, is_wildcard) = match text.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (text, false),
        };
        if name.contains('*') {
            return Err(AllowedHostError::Wildcard);
        }
        let host = Host::parse(name).ok_or(AllowedHostError::NoHost)?;
        if host.port().is_some() {
            return Err(AllowedHostError::Port);
        }
        if name.starts_with('.') || (is_wildcard && name.starts_with('[')) {
            return Err(AllowedHostError::NoHost);
        }
        Ok(Self(if is_wildcard {
            Pattern::Subdomains(format!(".{name}"))
        } else {
            Pattern::Exact(name.to_owned())
        }))
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Pattern::Exact(name) => f.write_str(name),
            Pattern::Subdomains(end) => write!(f, "*{end}"),
        }
    }
}

impl AllowedHost {
    /// Whether `host` is this one, or one of its subdomains.
    pub fn matches(&self, host: Host<'_>) -> bool {
        let name = host.name();
        match &self.0 {
            Pattern::Exact(allowed) => allowed.eq_ignore_ascii_case(name),
            Pattern::Subdomains(end) => name
                .len()
                .checked_sub(end.len())
                .filter(|&length| length > 0)
                .and_then(|length| name.get(length..))
                .is_some_and(|last| last.eq_ignore_ascii_case(end)),
        }
    }
}

/// All of them; none means that every host is allowed.
#[derive(Debug)]
pub(crate) struct AllowedHosts(Vec<AllowedHost>);

impl AllowedHosts {
    pub(crate) fn new(hosts: Vec<AllowedHost>) -> Self {
        Self(hosts)
    }

    /// Whether a request to this origin is refused.
    pub(crate) fn refuse(&self, origin: &RequestOrigin) -> bool {
        !self.0.is_empty() && !self.name(origin)
    }

    /// Whether one of them matches the origin's host.
    pub(crate) fn name(&self, origin: &RequestOrigin) -> bool {
        let host = origin.host();
        host.is_some_and(|host| self.0.iter().any(|allowed| allowed.matches(host)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_allowed(allowed: &str, host: &str) -> bool {
        let allowed: AllowedHost = allowed.parse().unwrap();
        assert_eq!(allowed.to_string().parse(), Ok(allowed.clone()));
        allowed.matches(Host::parse(host).unwrap())
    }

    #[test]
    fn a_host_is_allowed_by_its_name_in_any_case_and_at_any_port() {
        for host in ["id.example.test", "ID.EXAMPLE.test", "id.example.test:8443"] {
            assert!(is_allowed("Id.example.test", host), "{host}");
        }
        for host in [
            "example.test",
            "a.id.example.test",
            "id.example.test.",
            "xid.example.test",
            "id.example.testx",
        ] {
            assert!(!is_allowed("id.example.test", host), "{host}");
        }
        assert!(is_allowed("[::1]", "[::1]:80"));
    }

    #[test]
    fn a_wildcard_allows_hosts_below_and_not_the_host_itself() {
        for host in ["a.example.test", "A.B.Example.Test:80"] {
            assert!(is_allowed("*.example.test", host), "{host}");
        }
        for host in [
            "example.test",
            ".example.test",
            "evilexample.test",
            "a.example.test.evil.test",
            "test",
        ] {
            assert!(!is_allowed("*.example.test", host), "{host}");
        }
    }

    #[test]
    fn what_no_request_can_name_or_what_names_all_hosts_is_refused() {
        use AllowedHostError::{Everything, NoHost, Port, Url, Wildcard};
        for (text, error) in [
            ("*", Everything),
            ("0.0.0.0", Everything),
            ("[::]", Everything),
            ("https://id.example.test", Url),
            ("id.example.test/", Url),
            ("id.example.test:443", Port),
            ("*.*.test", Wildcard),
            ("id.*", Wildcard),
            ("*example.test", Wildcard),
            ("", NoHost),
            ("*.", NoHost),
            ("*..test", NoHost),
            (".example.test", NoHost),
            ("*.[::1]", NoHost),
            ("bücher.example.test", NoHost),
            ("a@b", NoHost),
        ] {
            assert_eq!(text.parse::<AllowedHost>(), Err(error), "{text}");
        }
    }
}
