//! Requests that a page of another site has a browser send (ASP.NET Core 11's `ICsrfProtection`).

use http::{HeaderMap, HeaderName, HeaderValue, Method, header::ORIGIN};

use super::{AllowedOrigin, Host, PublicUrl, request_origin::RequestOrigin};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Tells which requests that change something come from pages of other sites. Pages of the application's own origin may send
/// them, and those of origins that CORS allows; what carries neither header comes from no browser of this decade.
#[derive(Debug)]
pub(crate) struct CrossSite {
    allowed: Vec<HeaderValue>,
    /// The origin that pages have at the public URL, whatever `Host` a proxy sends.
    public_origin: Option<String>,
}

impl CrossSite {
    pub(crate) fn new(cors: &[AllowedOrigin], public_url: Option<&PublicUrl>) -> Self {
        let public_origin = public_url.and_then(|url| {
            let scheme = if url.is_https() { "https" } else { "http" };
            url.host().map(|host| serialized(scheme, host))
        });
        Self {
            allowed: cors.iter().map(|origin| origin.header_value().clone()).collect(),
            public_origin,
        }
    }

    /// Whether a page of another site sent this request, whose effective origin is `own`. Requests that only read are sent by
    /// links, too, and are never meant.
    pub(crate) fn has_sent(&self, method: &Method, headers: &HeaderMap, own: &RequestOrigin) -> bool {
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE) {
            return false;
        }
        let site = Header::of(headers, &SEC_FETCH_SITE);
        if let Header::Value(site) = site
            && (site == "same-origin" || site == "none")
        {
            return false;
        }
        let origin = Header::of(headers, &ORIGIN);
        if let Header::Value(origin) = origin
            && self.allowed.contains(origin)
        {
            return false;
        }
        match (site, origin) {
            (Header::Absent, Header::Absent) => false,
            (Header::Absent, Header::Value(origin)) => !self.is_own(origin, own),
            _ => true,
        }
    }

    /// Whether pages at this origin are the application's own, or may use it by CORS. Where the public URL is known, a request's `Host`
    /// says nothing about that: whoever sends the request chooses it.
    pub(crate) fn knows(&self, origin: &HeaderValue, own: &RequestOrigin) -> bool {
        let is_public = |public: &str| origin.to_str().is_ok_and(|origin| public.eq_ignore_ascii_case(origin));
        let is_own = match self.public_origin.as_deref() {
            Some(public) => is_public(public),
            None => self.is_own(origin, own),
        };
        is_own || self.allowed.contains(origin)
    }

    fn is_own(&self, origin: &HeaderValue, own: &RequestOrigin) -> bool {
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        let is_requested = || {
            let host = own.host()?;
            Some(serialized(own.scheme.as_str(), host).eq_ignore_ascii_case(origin))
        };
        let public = self.public_origin.as_deref();
        public.is_some_and(|public| public.eq_ignore_ascii_case(origin)) || is_requested() == Some(true)
    }
}

/// An origin as browsers send it: without the scheme's own port.
fn serialized(scheme: &str, host: Host<'_>) -> String {
    let name = host.name();
    match (scheme, host.port()) {
        ("https", Some("443")) | ("http", Some("80")) | (_, None) => format!("{scheme}://{name}"),
        (_, Some(port)) => format!("{scheme}://{name}:{port}"),
    }
}

/// A header that browsers send at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header<'a> {
    /// Missing, or empty.
    Absent,
    Value(&'a HeaderValue),
    /// More than one: no browser sent this, or somebody added to what it sent.
    Several,
}

impl<'a> Header<'a> {
    fn of(headers: &'a HeaderMap, name: &HeaderName) -> Self {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(value), None) if value.is_empty() => Self::Absent,
            (Some(value), None) => Self::Value(value),
            (Some(_), Some(_)) => Self::Several,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dotnet::PathBase,
        network::request_origin::{HostNamedBy, UrlScheme},
    };

    const ALLOWED: &str = "https://app.example.test";

    fn is_refused(headers: &[(&'static str, &'static str)]) -> bool {
        is_refused_at("id.example.test", headers)
    }

    /// Whether a `POST` to `https://host` with these headers comes from elsewhere.
    fn is_refused_at(host: &'static str, headers: &[(&'static str, &'static str)]) -> bool {
        let public: PublicUrl = "https://accounts.example.test/id".parse().unwrap();
        let own = RequestOrigin {
            scheme: UrlScheme::Https,
            host: HeaderValue::from_static(host),
            named_by: HostNamedBy::Client,
            path_base: PathBase::default(),
        };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let cross_site = CrossSite::new(&[ALLOWED.parse().unwrap()], Some(&public));
        let reading = [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE];
        assert!(!reading.iter().any(|method| cross_site.has_sent(method, &map, &own)));
        let changing = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE]
            .map(|method| cross_site.has_sent(&method, &map, &own));
        assert!(changing.iter().all(|refused| *refused == changing[0]));
        changing[0]
    }

    #[test]
    fn the_browser_s_own_word_counts_before_the_origin() {
        for site in ["same-origin", "none"] {
            assert!(
                !is_refused(&[("sec-fetch-site", site), ("origin", "https://proxy.test")]),
                "{site}"
            );
        }
        for site in ["cross-site", "same-site", "Same-Origin", "same-origin, cross-site", "x"] {
            assert!(is_refused(&[("sec-fetch-site", site)]), "{site}");
            assert!(
                is_refused(&[("sec-fetch-site", site), ("origin", "https://id.example.test")]),
                "{site}"
            );
            assert!(!is_refused(&[("sec-fetch-site", site), ("origin", ALLOWED)]), "{site}");
        }
    }

    #[test]
    fn without_it_the_origin_must_be_the_one_that_was_asked_or_the_public_url_s() {
        for origin in [
            "https://id.example.test",
            "https://ID.example.test",
            "https://accounts.example.test",
            ALLOWED,
        ] {
            assert!(!is_refused(&[("origin", origin)]), "{origin}");
            assert!(!is_refused(&[("sec-fetch-site", ""), ("origin", origin)]), "{origin}");
        }
        for origin in [
            "http://id.example.test",
            "https://id.example.test:8443",
            "https://id.example.test.evil.test",
            "https://evil.test",
            "https://sub.id.example.test",
            "http://accounts.example.test",
            "null",
            "id.example.test",
        ] {
            assert!(is_refused(&[("origin", origin)]), "{origin}");
        }
        assert!(!is_refused_at(
            "id.example.test:443",
            &[("origin", "https://id.example.test")]
        ));
        assert!(!is_refused_at(
            "id.example.test:8443",
            &[("origin", "https://id.example.test:8443")]
        ));
        assert!(is_refused_at("", &[("origin", "https://")]));
    }

    #[test]
    fn several_headers_are_believed_less_than_one_and_none_is_no_browser() {
        assert!(!is_refused(&[]));
        let twice = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")];
        assert!(is_refused(&twice));
        assert!(is_refused(&[
            ("origin", "https://id.example.test"),
            ("origin", "https://evil.test")
        ]));
        assert!(is_refused(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", ALLOWED),
            ("origin", ALLOWED)
        ]));
    }
}
