//! Where a MySQL server is and how it is spoken to, by a URL with one host.

use std::str::FromStr;

use percent_encoding::percent_decode_str;
use sqlx::ConnectOptions;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};

use crate::open_error::OpenError;
use crate::pool::Location;
use crate::server::options::{OptionNames, Tls, refused};
use crate::server::tls::is_this_machine;
use crate::server::url::{host_and_port, without_brackets};

/// All that the driver's URLs may say behind a `?`.
const OPTIONS: OptionNames = OptionNames {
    all: &[
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
    ],
    files: &["ssl-ca", "sslca", "ssl-cert", "sslcert", "ssl-key", "sslkey"],
    tls_mode: &["ssl-mode", "sslmode"],
    authority: &["ssl-ca", "sslca"],
};

pub(super) fn parse(url: &str) -> Result<Location<MySqlConnectOptions>, OpenError> {
    OPTIONS.check(url)?;
    let options = MySqlConnectOptions::from_str(url).map_err(|error| refused(&error))?;
    let database = options.get_database().ok_or(OpenError::NoDatabase)?.to_owned();
    let host = percent_decode_str(without_brackets(options.get_host())).decode_utf8();
    let host = host.map_err(|_| OpenError::InvalidUrl("the host is not percent-encoded UTF-8".to_owned()))?;
    let host = host.into_owned();
    // As in PostgreSQL's URLs, a host may be a path.
    let options = match host.starts_with('/') {
        true => options.host("localhost").socket(&host),
        false => options.host(&host),
    };
    let socket = options.get_socket().map(|socket| socket.display().to_string());
    let is_local = socket.is_some() || is_this_machine(&host);
    let name = socket.unwrap_or_else(|| host_and_port(&host, options.get_port()));
    let options = options.disable_statement_logging();
    let options = match OPTIONS.default_tls(url, is_local) {
        None => options,
        Some(Tls::Preferred) => options.ssl_mode(MySqlSslMode::Preferred),
        Some(Tls::Verified) => options.ssl_mode(MySqlSslMode::VerifyIdentity),
    };
    Ok(Location {
        name,
        database,
        options,
    })
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
            let url = &crate::server::url::host_urls(url).unwrap()[0];
            let options = parse(url).unwrap().options;
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
            let url = &crate::server::url::host_urls(url).unwrap()[0];
            let location = parse(url).unwrap();
            let options = location.options;
            assert_eq!((location.name.as_str(), options.get_host()), (name, host));
            assert_eq!(options.get_socket().and_then(|path| path.to_str()), socket);
        }
    }
}
