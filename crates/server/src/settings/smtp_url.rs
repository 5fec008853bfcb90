//! The URL of a mail server.

use std::{fmt, str::FromStr};

use percent_encoding::percent_decode_str;

use super::secret::Secret;

/// The URL of a mail server: `smtp://HOST`, `smtp+starttls://HOST` or `smtps://HOST`, optionally with `USER:PASSWORD@` before
/// the host (percent-encoded), `:PORT` after it, and, for `smtp:`, `?tls=none`, `?tls=opportunistic` or `?tls=required`.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    /// Name or address.
    pub host: String,
    /// Default: 465 with implicit TLS, 587 if STARTTLS is required, otherwise 25.
    pub port: u16,
    /// Whether and how the connection is encrypted.
    pub tls: SmtpTls,
    /// Name and password.
    pub credentials: Option<(String, Secret<String>)>,
    /// Whether `?tls=none` allows even a password to be sent unencrypted.
    pub is_clear_text_meant: bool,
}

impl SmtpUrl {
    /// Whether a password would be sent unencrypted to another machine, and `?tls=none` does not allow that.
    pub(crate) fn would_show_password(&self) -> bool {
        let is_local = self.host == "localhost"
            || self
                .host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        self.tls == SmtpTls::None && !self.is_clear_text_meant && !is_local
    }
}

/// Whether and how a connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// Never.
    None,
    /// By STARTTLS, if the server offers it.
    Opportunistic,
    /// By STARTTLS; a server that does not offer it gets no mail.
    Required,
    /// From the start (implicit TLS).
    Wrapped,
}

/// The text is not the URL of a mail server. No message shows any of it, because it may contain a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    /// Another scheme, or none.
    #[error("it must start with smtp://, smtp+starttls:// or smtps://")]
    Scheme,
    /// No host, or one with characters that no host has.
    #[error("it has no valid host")]
    Host,
    /// Not a number up to 65535.
    #[error("its port is not a number from 0 to 65535")]
    Port,
    /// A user without a password, or text that is not percent-encoded UTF-8.
    #[error("its credentials must be USER:PASSWORD, percent-encoded")]
    Credentials,
    /// An unknown query after the host.
    #[error("after the host, only ?tls=none, ?tls=opportunistic or ?tls=required is allowed, and only with smtp://")]
    Query,
    /// A password that would be sent unencrypted.
    #[error("it would send the password unencrypted; use smtps:// or ?tls=required")]
    ClearPassword,
}

impl FromStr for SmtpUrl {
    type Err = SmtpUrlError;

    fn from_str(text: &str) -> Result<Self, SmtpUrlError> {
        let (scheme, rest) = text.split_once("://").ok_or(SmtpUrlError::Scheme)?;
        let (rest, query) = rest
            .split_once('?')
            .map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let tls = match (scheme, query) {
            ("smtps", None) => SmtpTls::Wrapped,
            ("smtp+starttls", None) | ("smtp", Some("tls=required")) => SmtpTls::Required,
            ("smtp", Some("tls=opportunistic")) => SmtpTls::Opportunistic,
            ("smtp", None | Some("tls=none")) => SmtpTls::None,
            ("smtp" | "smtps" | "smtp+starttls", Some(_)) => return Err(SmtpUrlError::Query),
            _ => return Err(SmtpUrlError::Scheme),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (credentials, authority) = match rest.rsplit_once('@') {
            Some((credentials, authority)) => (Some(parse_credentials(credentials)?), authority),
            None => (None, rest),
        };
        let (host, port) = parse_authority(authority)?;
        let url = Self {
            host,
            port: port.unwrap_or(match tls {
                SmtpTls::Wrapped => 465,
                SmtpTls::Required => 587,
                SmtpTls::Opportunistic | SmtpTls::None => 25,
            }),
            tls,
            credentials,
            is_clear_text_meant: query.is_some() && tls == SmtpTls::None,
        };
        if url.credentials.is_some() && url.would_show_password() {
            return Err(SmtpUrlError::ClearPassword);
        }
        Ok(url)
    }
}

/// Without the credentials.
impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpUrl({}:{}, {:?})", self.host, self.port, self.tls)
    }
}

fn parse_credentials(text: &str) -> Result<(String, Secret<String>), SmtpUrlError> {
    let decode = |part: &str| {
        percent_decode_str(part)
            .decode_utf8()
            .map(|decoded| decoded.into_owned())
            .map_err(|_| SmtpUrlError::Credentials)
    };
    let (user, password) = text.split_once(':').ok_or(SmtpUrlError::Credentials)?;
    Ok((decode(user)?, Secret(decode(password)?)))
}

/// `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`.
fn parse_authority(text: &str) -> Result<(String, Option<u16>), SmtpUrlError> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or(SmtpUrlError::Host)?;
            (
                host,
                if port.is_empty() {
                    None
                } else {
                    Some(port.strip_prefix(':').ok_or(SmtpUrlError::Port)?)
                },
            )
        }
        None => text
            .split_once(':')
            .map_or((text, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() || !host.chars().all(|c| c.is_alphanumeric() || "-._:".contains(c)) {
        return Err(SmtpUrlError::Host);
    }
    let port = port.map(str::parse).transpose().map_err(|_| SmtpUrlError::Port)?;
    Ok((host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (String, u16, SmtpTls) {
        let url: SmtpUrl = text.parse().unwrap();
        (url.host, url.port, url.tls)
    }

    #[test]
    fn the_scheme_and_the_ending_decide_on_encryption_and_port() {
        for (text, host, port, tls) in [
            ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, SmtpTls::None),
            ("smtp://mail.example.test", "mail.example.test", 25, SmtpTls::None),
            (
                "smtp://mail.example.test/?tls=none",
                "mail.example.test",
                25,
                SmtpTls::None,
            ),
            (
                "smtp://mail.example.test?tls=opportunistic",
                "mail.example.test",
                25,
                SmtpTls::Opportunistic,
            ),
            (
                "smtp://mail.example.test:25?tls=required",
                "mail.example.test",
                25,
                SmtpTls::Required,
            ),
            (
                "smtp+starttls://mail.example.test",
                "mail.example.test",
                587,
                SmtpTls::Required,
            ),
            ("smtps://mail.example.test", "mail.example.test", 465, SmtpTls::Wrapped),
            ("smtps://[::1]:4650", "::1", 4650, SmtpTls::Wrapped),
        ] {
            assert_eq!(parse(text), (host.to_owned(), port, tls), "{text}");
        }
    }

    #[test]
    fn credentials_are_percent_decoded() {
        let url: SmtpUrl = "smtps://ada%40example.test:p%3A%2F@mail.example.test".parse().unwrap();
        assert_eq!(
            url.credentials,
            Some(("ada@example.test".to_owned(), Secret("p:/".to_owned())))
        );
        assert!(!format!("{url:?}").contains("p:/"));
    }

    #[test]
    fn what_is_no_mail_server_is_refused() {
        for (text, error) in [
            ("mail.example.test", SmtpUrlError::Scheme),
            ("http://mail.example.test", SmtpUrlError::Scheme),
            ("smtp://", SmtpUrlError::Host),
            ("smtp://mail example", SmtpUrlError::Host),
            ("smtp://mail.example.test:99999", SmtpUrlError::Port),
            ("smtps://ada@mail.example.test", SmtpUrlError::Credentials),
            ("smtp://mail.example.test?tls=yes", SmtpUrlError::Query),
            ("smtps://mail.example.test?tls=none", SmtpUrlError::Query),
            ("smtp://ada:secret@mail.example.test", SmtpUrlError::ClearPassword),
        ] {
            assert_eq!(text.parse::<SmtpUrl>(), Err(error), "{text}");
        }
        // To a server on this machine nobody listens in, and who says `none` means it.
        assert!("smtp://ada:secret@127.0.0.1".parse::<SmtpUrl>().is_ok());
        assert!(
            "smtp://ada:secret@mail.example.test?tls=none"
                .parse::<SmtpUrl>()
                .is_ok()
        );
    }
}
