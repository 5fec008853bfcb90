//! The `Set-Cookie` header.

use std::fmt;

use time::{Duration, OffsetDateTime};
use wicketgate_identity::text::http_date;

use crate::options::{CookieOptions, SameSite};

/// One `Set-Cookie` header. Its `Display` has the attributes in .NET's order and case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SetCookie {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) expires: Option<OffsetDateTime>,
    pub(crate) max_age: Option<Duration>,
    pub(crate) domain: Option<String>,
    pub(crate) path: String,
    pub(crate) secure: bool,
    pub(crate) same_site: SameSite,
    pub(crate) http_only: bool,
    pub(crate) partitioned: bool,
}

impl SetCookie {
    /// A session cookie with these attributes.
    pub(crate) fn new(options: &CookieOptions, secure: bool, value: String) -> Self {
        Self {
            name: options.name.clone(),
            value,
            expires: None,
            max_age: options.max_age,
            domain: options.domain.clone(),
            path: options.path.clone(),
            secure,
            same_site: options.same_site,
            http_only: options.http_only,
            partitioned: options.partitioned,
        }
    }

    /// The same cookie under another name.
    pub(crate) fn named(&self, name: String, value: String) -> Self {
        Self {
            name,
            value,
            ..self.clone()
        }
    }
}

impl fmt::Display for SetCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.value)?;
        if let Some(expires) = self.expires {
            write!(f, "; expires={}", http_date::format(expires))?;
        }
        if let Some(max_age) = self.max_age {
            write!(f, "; max-age={}", max_age.whole_seconds())?;
        }
        if let Some(domain) = self.domain.as_deref().filter(|domain| !domain.is_empty()) {
            write!(f, "; domain={domain}")?;
        }
        if !self.path.is_empty() {
            write!(f, "; path={}", self.path)?;
        }
        if self.secure {
            f.write_str("; secure")?;
        }
        match self.same_site {
            SameSite::Unspecified => {}
            SameSite::None => f.write_str("; samesite=none")?,
            SameSite::Lax => f.write_str("; samesite=lax")?,
            SameSite::Strict => f.write_str("; samesite=strict")?,
        }
        if self.http_only {
            f.write_str("; httponly")?;
        }
        if self.partitioned {
            f.write_str("; partitioned")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_partitioned_cookie_says_so_at_its_end() {
        let options = CookieOptions {
            partitioned: true,
            ..CookieOptions::named("n")
        };
        assert_eq!(
            SetCookie::new(&options, true, "v".to_owned()).to_string(),
            "n=v; path=/; secure; samesite=lax; httponly; partitioned"
        );
    }

    #[test]
    fn attributes_come_in_the_order_of_the_reference() {
        let cookie = SetCookie {
            expires: Some(datetime!(2026-01-16 03:04:05 UTC)),
            max_age: Some(Duration::hours(1)),
            domain: Some("example.test".to_owned()),
            ..SetCookie::new(&CookieOptions::named("n"), true, "v".to_owned())
        };
        assert_eq!(
            cookie.to_string(),
            "n=v; expires=Fri, 16 Jan 2026 03:04:05 GMT; max-age=3600; domain=example.test; path=/; secure; \
             samesite=lax; httponly"
        );
    }

    #[test]
    fn what_is_not_set_is_not_written() {
        let options = CookieOptions {
            path: String::new(),
            same_site: SameSite::Unspecified,
            http_only: false,
            ..CookieOptions::named("n")
        };
        assert_eq!(SetCookie::new(&options, false, String::new()).to_string(), "n=");
    }
}
