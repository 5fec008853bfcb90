//! Rules for a cookie's name and attributes. Browsers silently discard a cookie that breaks one of them.

#[cfg(test)]
mod tests;

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
    /// Partitioned without `secure`.
    #[error("can be `true` only with `secure_policy` = `Always`: browsers refuse such a cookie otherwise")]
    PartitionedNotSecure,
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
            Self::PartitionedNotSecure => "partitioned",
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
        if self.partitioned && !is_secure {
            return Err(CookieOptionsError::PartitionedNotSecure);
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
