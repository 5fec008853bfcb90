//! What a server's URL may say behind a `?`.

use std::fs;

use super::url::{TARGET, has_option};
use crate::open_error::OpenError;

/// A driver's names for options.
#[derive(Debug)]
pub(crate) struct OptionNames {
    /// All of them. One that ends in `[` is the beginning of names.
    pub(crate) all: &'static [&'static str],
    /// Those that name files.
    pub(crate) files: &'static [&'static str],
    /// Those that say how TLS is used.
    pub(crate) tls_mode: &'static [&'static str],
    /// Those that name who signed the server's certificate.
    pub(crate) authority: &'static [&'static str],
}

/// How TLS is used where the URL does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// If the server has it, with whatever certificate.
    Preferred,
    /// Always, with a certificate for the host's name that a trusted authority signed.
    Verified,
}

impl OptionNames {
    /// Refuses a URL with options that the driver does not know, or with files that are not there.
    pub(crate) fn check(&self, url: &str) -> Result<(), OpenError> {
        self.check_names(url)?;
        self.check_files(url)
    }

    /// How TLS is used with a server that `is_local`, or is not; `None` where the URL says it. Who names an authority wants
    /// the server to have its certificate.
    pub(crate) fn default_tls(&self, url: &str, is_local: bool) -> Option<Tls> {
        if has_option(url, self.tls_mode) {
            None
        } else if is_local && !has_option(url, self.authority) {
            Some(Tls::Preferred)
        } else {
            Some(Tls::Verified)
        }
    }

    /// What a driver does not know would be passed over: who writes `sslmod=verify-full` has no such connection. Values are
    /// not shown.
    fn check_names(&self, url: &str) -> Result<(), OpenError> {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
            let is_known = |known: &&str| *known == name || (known.ends_with('[') && name.starts_with(known));
            if !self.all.iter().any(is_known) {
                let known: Vec<&str> = self.all.iter().copied().filter(|known| !known.ends_with('[')).collect();
                return Err(OpenError::InvalidUrl(format!(
                    "the option `{}` is not known; there are {TARGET}, {}",
                    name.escape_debug(),
                    known.join(", ")
                )));
            }
        }
        Ok(())
    }

    /// Their value may be PEM, too.
    fn check_files(&self, url: &str) -> Result<(), OpenError> {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if self.files.contains(&&*name)
                && !value.contains("-----BEGIN")
                && let Err(error) = fs::metadata(&*value)
            {
                return Err(OpenError::InvalidUrl(format!("{name} names {value}: {error}")));
            }
        }
        Ok(())
    }
}

/// What a driver says of a URL, without the value that it does not like.
pub(crate) fn refused(error: &sqlx::Error) -> OpenError {
    let reason = match error {
        sqlx::Error::Configuration(reason) => reason.downcast_ref::<url::ParseError>(),
        _ => None,
    };
    OpenError::InvalidUrl(match reason {
        Some(reason) => reason.to_string(),
        None => "an option has a value that it cannot have, or something is not percent-encoded UTF-8".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: OptionNames = OptionNames {
        all: &["sslmode", "options[", "ca"],
        files: &["ca"],
        tls_mode: &["sslmode"],
        authority: &["ca"],
    };

    #[test]
    fn an_option_that_is_not_known_is_named_without_its_value() {
        for url in [
            "postgres://db/app",
            "postgres://db/app?",
            "postgres://db/app?sslmode=require&options[a]=b",
        ] {
            NAMES.check(url).unwrap();
        }
        for (url, name) in [
            ("postgres://db/app?sslmod=S3cret", "`sslmod`"),
            ("postgres://db/app?sslmode=a&SSLMODE=S3cret", "`SSLMODE`"),
            ("postgres://db/app?a%0Ab=S3cret", "`a\\nb`"),
        ] {
            let refusal = NAMES.check(url).unwrap_err().to_string();
            assert!(refusal.contains(name) && refusal.contains("sslmode"), "{refusal}");
            assert!(!refusal.contains("S3cret") && !refusal.contains('\n'), "{refusal}");
        }
    }

    #[test]
    fn a_file_that_is_missing_is_named() {
        NAMES.check("postgres://db/app?ca=Cargo.toml").unwrap();
        NAMES.check("postgres://db/app?ca=-----BEGIN%20CERTIFICATE").unwrap();
        let refusal = NAMES.check("postgres://db/app?ca=missing.pem").unwrap_err().to_string();
        assert!(refusal.contains("ca names missing.pem: "), "{refusal}");
    }

    #[test]
    fn only_this_machine_needs_no_certificate_unless_the_url_says_otherwise() {
        for (url, is_local, expected) in [
            ("postgres://db/app", false, Some(Tls::Verified)),
            ("postgres://db/app", true, Some(Tls::Preferred)),
            ("postgres://db/app?ca=Cargo.toml", true, Some(Tls::Verified)),
            ("postgres://db/app?sslmode=disable", false, None),
            ("postgres://db/app?sslmode=disable", true, None),
        ] {
            assert_eq!(NAMES.default_tls(url, is_local), expected, "{url} {is_local}");
        }
    }
}
