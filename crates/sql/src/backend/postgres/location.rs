//! Where a PostgreSQL server is and how it is spoken to, by a URL with one host.

use std::str::FromStr;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::open_error::OpenError;
use crate::pool::Location;
use crate::server::options::{OptionNames, Tls, refused};
use crate::server::tls::is_this_machine;
use crate::server::url::{host_and_port, without_brackets};

/// All that the driver's URLs may say behind a `?`.
const OPTIONS: OptionNames = OptionNames {
    all: &[
        "sslmode",
        "ssl-mode",
        "sslrootcert",
        "ssl-root-cert",
        "ssl-ca",
        "sslcert",
        "ssl-cert",
        "sslkey",
        "ssl-key",
        "application_name",
        "host",
        "hostaddr",
        "port",
        "dbname",
        "user",
        "password",
        "statement-cache-capacity",
        "options",
        "options[",
    ],
    files: &[
        "sslrootcert",
        "ssl-root-cert",
        "ssl-ca",
        "sslcert",
        "ssl-cert",
        "sslkey",
        "ssl-key",
    ],
    tls_mode: &["sslmode", "ssl-mode"],
    authority: &["sslrootcert", "ssl-root-cert", "ssl-ca"],
};

pub(super) fn parse(url: &str) -> Result<Location<PgConnectOptions>, OpenError> {
    OPTIONS.check(url)?;
    let options = PgConnectOptions::from_str(url).map_err(|error| refused(&error))?;
    let database = options.get_database().ok_or(OpenError::NoDatabase)?.to_owned();
    let host = without_brackets(options.get_host()).to_owned();
    let socket = options.get_socket().map(|socket| socket.display().to_string());
    let socket = socket.or_else(|| host.starts_with('/').then(|| host.clone()));
    let is_local = socket.is_some() || is_this_machine(&host);
    let name = socket.unwrap_or_else(|| host_and_port(&host, options.get_port()));
    let options = options.host(&host).disable_statement_logging();
    // The driver would also take a mode from the environment.
    let options = match OPTIONS.default_tls(url, is_local) {
        None => options,
        Some(Tls::Preferred) => options.ssl_mode(PgSslMode::Prefer),
        Some(Tls::Verified) => options.ssl_mode(PgSslMode::VerifyFull),
    };
    Ok(Location {
        name,
        database,
        // A pooler refuses what it does not know for a session, and nothing here is a float.
        options: options.extra_float_digits(None),
    })
}

/// What can be done where there is no TLS, or no certificate that can be believed.
pub(super) const TLS_REMEDY: &str = "in the database's URL, sslrootcert=FILE names the authority that signed the server's \
                                     certificate, sslmode=require does without checking it, and sslmode=disable without TLS";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_elsewhere_must_prove_who_it_is_unless_the_url_says_otherwise() {
        use PgSslMode::{Disable, Prefer, Require, VerifyCa, VerifyFull};
        for (url, expected) in [
            ("postgres://ada:a@db.example.test/app", VerifyFull),
            ("postgres://ada:a@db/app", VerifyFull),
            ("postgres://ada:a@10.0.0.1/app", VerifyFull),
            ("postgres://ada:a@[fe80::1]/app", VerifyFull),
            ("postgres://ada:a@/app?host=db", VerifyFull),
            ("postgres://ada:a@localhost/app?host=db", VerifyFull),
            ("postgres://ada:a@localhost/app?sslrootcert=Cargo.toml", VerifyFull),
            ("postgres://ada:a@db/app?sslmode=disable", Disable),
            ("postgres://ada:a@db/app?sslmode=prefer", Prefer),
            ("postgres://ada:a@db/app?ssl-mode=require", Require),
            ("postgres://ada:a@db/app?sslmode=verify-ca", VerifyCa),
            ("postgres://ada:a@localhost/app?sslmode=verify-full", VerifyFull),
            ("postgres://ada:a@localhost/app", Prefer),
            ("postgres://ada:a@[::1]:5433/app", Prefer),
            ("postgres://ada:a@127.0.0.1/app", Prefer),
            ("postgres://ada:a@/app?host=/run/postgresql", Prefer),
            ("postgres://ada:a@%2Frun%2Fpostgresql/app", Prefer),
        ] {
            let url = &crate::server::url::host_urls(url).unwrap()[0];
            let options = parse(url).unwrap().options;
            let same = std::mem::discriminant(&options.get_ssl_mode()) == std::mem::discriminant(&expected);
            assert!(same, "{}: {:?}", **url, options.get_ssl_mode());
        }
    }

    #[test]
    fn hosts_are_addresses_names_and_sockets() {
        for (url, name, host, socket) in [
            ("postgres://ada:a@[::1]:5433/app", "[::1]:5433", "::1", None),
            ("postgres://ada:a@db/app", "db:5432", "db", None),
            (
                "postgres://ada:a@/app?host=/run/postgresql",
                "/run/postgresql",
                "localhost",
                Some("/run/postgresql"),
            ),
            (
                "postgres://ada:a@:5433/app?host=/run/postgresql",
                "/run/postgresql",
                "localhost",
                Some("/run/postgresql"),
            ),
            (
                "postgres://ada:a@%2Frun%2Fpostgresql:5433/app",
                "/run/postgresql",
                "",
                Some("/run/postgresql"),
            ),
        ] {
            let url = &crate::server::url::host_urls(url).unwrap()[0];
            let location = parse(url).unwrap();
            assert_eq!(location.name, name);
            let options = location.options;
            assert_eq!(options.get_socket().and_then(|path| path.to_str()), socket, "{}", **url);
            if !host.is_empty() {
                assert_eq!(options.get_host(), host);
            }
        }
    }
}
