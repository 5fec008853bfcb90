//! Where a MySQL server is and how it is spoken to, by a URL with one host.

use std::str::FromStr;

use percent_encoding::percent_decode_str;
use sqlx::ConnectOptions;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};

use crate::OpenError;
use crate::server_tls::{check_files, has_option, is_this_machine};
use crate::server_url::{check_options, host_and_port, refused, without_brackets};

/// All that the driver's URLs may say behind a `?`.
const OPTIONS: [&str; 14] = [
    "ssl-mode",
    "sslmode",
    "ssl-ca",
    "sslca",
    "ssl-cert",
    "sslcert",
    "ssl-key",
    "sslkey",
    "charset",
    "collation",
    "socket",
    "statement-cache-capacity",
    "timezone",
    "time-zone",
];

const FILES: [&str; 6] = ["ssl-ca", "sslca", "ssl-cert", "sslcert", "ssl-key", "sslkey"];

/// What the server is known by in messages, and the driver's options.
pub(crate) fn parse(url: &str) -> Result<(String, MySqlConnectOptions), OpenError> {
    check_options(url, &OPTIONS)?;
    check_files(url, &FILES)?;
    let options = MySqlConnectOptions::from_str(url).map_err(|error| refused(&error))?;
    if options.get_database().is_none() {
        return Err(OpenError::NoDatabase);
    }
    let host = percent_decode_str(without_brackets(options.get_host())).decode_utf8();
    let host = host.map_err(|_| OpenError::InvalidUrl("the host is not percent-encoded UTF-8".to_owned()))?;
    let host = host.into_owned();
    // As in PostgreSQL's URLs, a host may be a path.
    let options = match host.starts_with('/') {
        true => options.host("localhost").socket(&host),
        false => options.host(&host),
    };
    let name = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => host_and_port(&host, options.get_port()),
    };
    let is_local = options.get_socket().is_some() || is_this_machine(&host);
    let options = match has_option(url, &["ssl-mode", "sslmode"]) {
        true => options,
        false if is_local && !has_option(url, &["ssl-ca", "sslca"]) => options.ssl_mode(MySqlSslMode::Preferred),
        false => options.ssl_mode(MySqlSslMode::VerifyIdentity),
    };
    Ok((name, options.disable_statement_logging()))
}

/// What can be done where there is no TLS, or no certificate that can be believed.
pub(super) const TLS_REMEDY: &str = "in the database's URL, ssl-ca=FILE names the authority that signed the server's \
                                     certificate, ssl-mode=REQUIRED does without checking it, and ssl-mode=DISABLED without \
                                     TLS";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_elsewhere_must_prove_who_it_is_unless_the_url_says_otherwise() {
        use MySqlSslMode::{Disabled, Preferred, Required, VerifyCa, VerifyIdentity};
        for (url, expected) in [
            ("mysql://ada:a@db.example.test/app", VerifyIdentity),
            ("mysql://ada:a@10.0.0.1/app", VerifyIdentity),
            ("mysql://ada:a@[fe80::1]/app", VerifyIdentity),
            ("mysql://ada:a@localhost/app?ssl-ca=Cargo.toml", VerifyIdentity),
            ("mysql://ada:a@db/app?ssl-mode=DISABLED", Disabled),
            ("mysql://ada:a@db/app?sslmode=preferred", Preferred),
            ("mysql://ada:a@db/app?ssl-mode=REQUIRED", Required),
            ("mysql://ada:a@db/app?ssl-mode=VERIFY_CA", VerifyCa),
            ("mysql://ada:a@localhost/app", Preferred),
            ("mysql://ada:a@[::1]/app", Preferred),
            ("mysql://ada:a@127.0.0.1/app", Preferred),
            ("mysql://ada:a@/app?socket=/run/mysqld/mysqld.sock", Preferred),
            ("mysql://ada:a@%2Frun%2Fmysqld%2Fmysqld.sock/app", Preferred),
        ] {
            let url = &crate::server_url::host_urls(url).unwrap()[0];
            let (_, options) = parse(url).unwrap();
            let same = std::mem::discriminant(&options.get_ssl_mode()) == std::mem::discriminant(&expected);
            assert!(same, "{}: {:?}", **url, options.get_ssl_mode());
        }
    }

    #[test]
    fn hosts_are_addresses_names_and_sockets() {
        const SOCKET: &str = "/run/mysqld/mysqld.sock";
        for (url, name, host, socket) in [
            ("mysql://ada:a@[::1]:3307/app", "[::1]:3307", "::1", None),
            ("mysql://ada:a@db/app", "db:3306", "db", None),
            (
                "mysql://ada:a@/app?socket=/run/mysqld/mysqld.sock",
                SOCKET,
                "localhost",
                Some(SOCKET),
            ),
            (
                "mysql://ada:a@%2Frun%2Fmysqld%2Fmysqld.sock/app",
                SOCKET,
                "localhost",
                Some(SOCKET),
            ),
        ] {
            let url = &crate::server_url::host_urls(url).unwrap()[0];
            let (found, options) = parse(url).unwrap();
            assert_eq!((found.as_str(), options.get_host()), (name, host));
            assert_eq!(options.get_socket().and_then(|path| path.to_str()), socket);
        }
    }
}
