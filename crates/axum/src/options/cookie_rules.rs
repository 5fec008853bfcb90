//! Rules for a cookie's name and attributes. Browsers silently discard a cookie that breaks one of them.

use super::{CookieOptions, CookieSecurePolicy, SameSite};

/// Browsers ignore longer attributes, and cookies whose name and value together exceed 4,096 bytes.
const LONGEST_ATTRIBUTE: usize = 1024;
/// Leaves room for the value.
const LONGEST_NAME: usize = 256;

/// Name prefixes that impose conditions (RFC 6265bis, section 4.1.3), in any case. Where one begins with another, it comes
/// first.
const PREFIXES: [Prefix; 4] = [
    Prefix {
        text: "__Host-Http-",
        is_bound_to_host: true,
        is_for_http_only: true,
    },
    Prefix {
        text: "__Host-",
        is_bound_to_host: true,
        is_for_http_only: false,
    },
    Prefix {
        text: "__Http-",
        is_bound_to_host: false,
        is_for_http_only: true,
    },
    Prefix {
        text: "__Secure-",
        is_bound_to_host: false,
        is_for_http_only: false,
    },
];

/// A prefix that requires `secure`, at least.
struct Prefix {
    text: &'static str,
    is_bound_to_host: bool,
    is_for_http_only: bool,
}

/// Why browsers would discard a cookie with these options. The message continues after the option's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CookieOptionsError {
    /// The name is no token, or too long.
    #[error("must be at most 256 letters, digits and !#$%&'*+-.^_`|~ (a token, RFC 6265)")]
    Name,
    /// The domain is no host name.
    #[error("must be a host such as example.com, without scheme, port and path")]
    Domain,
    /// The path does not begin with a slash, or would end the attribute.
    #[error("must begin with `/`, and have only visible ASCII characters without `;`")]
    Path,
    /// `SameSite=None` without `secure`.
    #[error("can be `None` only with `secure_policy` = `Always`: browsers refuse such a cookie otherwise")]
    SameSiteNone,
    /// The name's prefix requires `secure`.
    #[error("begins with `{0}`, which browsers take only with `secure_policy` = `Always`")]
    PrefixNotSecure(&'static str),
    /// The name's prefix requires the path `/` and no domain.
    #[error("begins with `{0}`, which browsers take only with `path` = `/` and without `domain`")]
    PrefixNotBoundToHost(&'static str),
    /// The name's prefix requires `httponly`.
    #[error("begins with `{0}`, which browsers take only with `http_only` = `true`")]
    PrefixNotHttpOnly(&'static str),
    /// The cookie would expire at once.
    #[error("must be longer than `0s`, which tells browsers to delete the cookie")]
    MaxAge,
}

impl CookieOptionsError {
    /// The option that is wrong, as [`CookieOptions`] names it.
    pub fn option(&self) -> &'static str {
        match self {
            Self::Name | Self::PrefixNotSecure(_) | Self::PrefixNotBoundToHost(_) | Self::PrefixNotHttpOnly(_) => {
                "name"
            }
            Self::Domain => "domain",
            Self::Path => "path",
            Self::SameSiteNone => "same_site",
            Self::MaxAge => "max_age",
        }
    }
}

impl CookieOptions {
    /// Whether browsers would keep the cookie.
    ///
    /// # Errors
    /// The first rule that the options break.
    pub fn check(&self) -> Result<(), CookieOptionsError> {
        let is_secure = self.secure_policy == CookieSecurePolicy::Always;
        if !is_token(&self.name) {
            return Err(CookieOptionsError::Name);
        }
        if !self.domain.as_deref().is_none_or(is_domain) {
            return Err(CookieOptionsError::Domain);
        }
        if !is_path(&self.path) {
            return Err(CookieOptionsError::Path);
        }
        if self.same_site == SameSite::None && !is_secure {
            return Err(CookieOptionsError::SameSiteNone);
        }
        if self.max_age.is_some_and(|age| age.whole_seconds() <= 0) {
            return Err(CookieOptionsError::MaxAge);
        }
        let Some(prefix) = PREFIXES.iter().find(|prefix| prefix.begins(&self.name)) else {
            return Ok(());
        };
        let is_bound_to_host = self.path == "/" && self.domain.as_deref().is_none_or(str::is_empty);
        if !is_secure {
            Err(CookieOptionsError::PrefixNotSecure(prefix.text))
        } else if prefix.is_bound_to_host && !is_bound_to_host {
            Err(CookieOptionsError::PrefixNotBoundToHost(prefix.text))
        } else if prefix.is_for_http_only && !self.http_only {
            Err(CookieOptionsError::PrefixNotHttpOnly(prefix.text))
        } else {
            Ok(())
        }
    }
}

impl Prefix {
    fn begins(&self, name: &str) -> bool {
        name.get(..self.text.len())
            .is_some_and(|beginning| beginning.eq_ignore_ascii_case(self.text))
    }
}

fn is_token(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// Whether the text is a host name. Browsers ignore a leading dot; empty means none.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let name = text.strip_prefix('.').unwrap_or(text);
    text.is_empty() || (name.len() <= 253 && name.split('.').all(is_label))
}

/// Empty means the default that browsers derive from the request's path.
fn is_path(text: &str) -> bool {
    let is_allowed = |byte: u8| matches!(byte, b'!'..=b'~') && byte != b';';
    text.is_empty() || (text.starts_with('/') && text.len() <= LONGEST_ATTRIBUTE && text.bytes().all(is_allowed))
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    fn checked(change: impl FnOnce(&mut CookieOptions)) -> Result<(), CookieOptionsError> {
        let mut options = CookieOptions::named("n");
        change(&mut options);
        options.check()
    }

    /// With this name and all that `__Host-Http-` requires, apart from one change.
    fn strict(name: &str, change: impl FnOnce(&mut CookieOptions)) -> Result<(), CookieOptionsError> {
        checked(|options| {
            options.name = name.to_owned();
            options.secure_policy = CookieSecurePolicy::Always;
            change(options);
        })
    }

    #[test]
    fn a_cookie_that_browsers_keep_is_taken() {
        assert_eq!(checked(|_| {}), Ok(()));
        assert_eq!(checked(|options| options.path.clear()), Ok(()));
        for domain in [
            "",
            "example.test",
            ".example.test",
            "localhost",
            "127.0.0.1",
            "A_b-c.test",
        ] {
            assert_eq!(
                checked(|options| options.domain = Some(domain.to_owned())),
                Ok(()),
                "{domain}"
            );
        }
        for name in ["__Host-Http-n", "__Host-n", "__Http-n", "__Secure-n", "__HOST-n"] {
            assert_eq!(strict(name, |_| {}), Ok(()), "{name}");
        }
        assert_eq!(strict("n", |options| options.same_site = SameSite::None), Ok(()));
        assert_eq!(
            strict("__Secure-n", |options| options.domain = Some("a.test".to_owned())),
            Ok(())
        );
        assert_eq!(strict("__Host-n", |options| options.http_only = false), Ok(()));
    }

    #[test]
    fn a_cookie_without_a_proper_name_domain_path_or_age_is_refused() {
        for name in ["", "a b", "a;b", "a=b", "a,b", "ä", "\"a\"", &"n".repeat(257)] {
            let error = Err(CookieOptionsError::Name);
            assert_eq!(checked(|options| options.name = name.to_owned()), error, "{name}");
        }
        for domain in [
            "https://example.test",
            "example.test/",
            "example.test:443",
            "*.example.test",
            "..example.test",
            "example.test.",
            "a b",
            "a;b",
            "[::1]",
            "bücher.test",
        ] {
            let error = Err(CookieOptionsError::Domain);
            assert_eq!(
                checked(|options| options.domain = Some(domain.to_owned())),
                error,
                "{domain}"
            );
        }
        for path in [
            "app",
            "https://a/",
            "/a;b",
            "/a b",
            "/ä",
            "/\n",
            &format!("/{}", "a".repeat(1024)),
        ] {
            let error = Err(CookieOptionsError::Path);
            assert_eq!(checked(|options| options.path = path.to_owned()), error, "{path}");
        }
        for age in [Duration::ZERO, Duration::milliseconds(999), Duration::seconds(-1)] {
            let error = Err(CookieOptionsError::MaxAge);
            assert_eq!(checked(|options| options.max_age = Some(age)), error, "{age}");
        }
    }

    #[test]
    fn a_cookie_for_other_sites_must_be_secure() {
        for policy in [CookieSecurePolicy::SameAsRequest, CookieSecurePolicy::None] {
            let refused = checked(|options| {
                options.same_site = SameSite::None;
                options.secure_policy = policy;
            });
            assert_eq!(refused, Err(CookieOptionsError::SameSiteNone), "{policy:?}");
        }
    }

    #[test]
    fn a_name_with_a_prefix_must_meet_the_conditions_of_the_prefix() {
        use CookieOptionsError::{PrefixNotBoundToHost, PrefixNotHttpOnly, PrefixNotSecure};
        for (name, prefix) in [
            ("__Host-Http-n", "__Host-Http-"),
            ("__host-n", "__Host-"),
            ("__Http-n", "__Http-"),
            ("__SECURE-n", "__Secure-"),
        ] {
            let refused = strict(name, |options| {
                options.secure_policy = CookieSecurePolicy::SameAsRequest
            });
            assert_eq!(refused, Err(PrefixNotSecure(prefix)), "{name}");
        }
        for name in ["__Host-n", "__Host-Http-n"] {
            let prefix = &name[..name.len() - 1];
            for refused in [
                strict(name, |options| options.path = "/app".to_owned()),
                strict(name, |options| options.path.clear()),
                strict(name, |options| options.domain = Some("a.test".to_owned())),
            ] {
                assert!(
                    matches!(refused, Err(PrefixNotBoundToHost(text)) if text == prefix),
                    "{refused:?}"
                );
            }
        }
        for name in ["__Http-n", "__Host-Http-n"] {
            let refused = strict(name, |options| options.http_only = false);
            assert!(matches!(refused, Err(PrefixNotHttpOnly(_))), "{refused:?}");
        }
    }
}
